"""The newest answer to a question that is asked again and again while things change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from casefield.errors import CasefieldError
from casefield.gui.desk import Desk

if TYPE_CHECKING:
    from casefield.records.work import Work


@dataclass(frozen=True)
class _Wanted:
    about: Hashable
    question: Callable[[Work], Any]
    done: Callable[[Any], None]
    failed: Callable[[CasefieldError], None] | None


class Newest(QObject):
    """Asks the desk, one question at a time.

    What is asked while an answer is on its way is asked once more afterwards, however often it
    was asked: a sync that changes a thousand records makes two questions, not a thousand, and an
    older answer can never stand where a newer one was.

    Args:
        desk: whom to ask.
        owner: whose page this is; lives as long as that.
    """

    def __init__(self, desk: Desk, owner: QObject) -> None:
        super().__init__(owner)
        self._desk = desk
        self._asked: _Wanted | None = None
        self._next: _Wanted | None = None

    def ask(
        self,
        about: Hashable,
        question: Callable[[Work], Any],
        done: Callable[[Any], None],
        failed: Callable[[CasefieldError], None] | None = None,
    ) -> None:
        """Ask; an answer about something else that is still on its way is dropped.

        Args:
            about: what the question is about, for example the person's case.
            question, done, failed: as for `Desk.ask`.
        """
        wanted = _Wanted(about, question, done, failed)
        if self._asked is not None:
            self._next = wanted
        else:
            self._send(wanted)

    def _send(self, wanted: _Wanted) -> None:
        if self._desk.resting:
            return
        self._asked = wanted
        self._desk.ask(
            wanted.question,
            lambda answer: self._answered(wanted, lambda: wanted.done(answer)),
            lambda error: self._answered(wanted, lambda: self._fail(wanted, error)),
            owner=self,
        )

    def _answered(self, wanted: _Wanted, deliver: Callable[[], None]) -> None:
        following, self._asked, self._next = self._next, None, None
        if following is None or following.about == wanted.about:
            deliver()
        if following is not None:
            self.ask(following.about, following.question, following.done, following.failed)

    def _fail(self, wanted: _Wanted, error: CasefieldError) -> None:
        if wanted.failed is not None:
            wanted.failed(error)
        else:
            self._desk.complained.emit(error)
