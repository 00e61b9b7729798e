"""What goes wrong in the simulated world: crashes between statements, a network with a will."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event


class Crash(BaseException):
    """The process died here. Not an Exception: nobody may catch it and go on."""


class Fuse:
    """Blows before the n-th statement of an engine.

    Death before a commit is death after the statement before it: the transaction rolls back.
    """

    def __init__(self, engine: Engine) -> None:
        self._left: int | None = None
        event.listen(engine, "before_cursor_execute", self._tick)

    def arm(self, statements: int) -> None:
        """Blow before this many statements more."""
        self._left = statements

    def disarm(self) -> None:
        """Blow no more."""
        self._left = None

    def _tick(self, *_: Any) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            raise Crash
