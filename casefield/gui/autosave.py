"""Saves what is typed within a second of typing it, however long somebody types on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class Autosave(QObject):
    """Calls `save` at most `EVERY_MS` after the first change since the last save.

    It is no debounce: somebody who never pauses is saved, too.
    """

    def __init__(self, save: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._save)

    @property
    def pending(self) -> bool:
        """Whether something is typed that is not given to be saved yet."""
        return self._timer.isActive()

    def touched(self) -> None:
        """Something was typed."""
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Save now if something is typed."""
        if self._timer.isActive():
            self._timer.stop()
            self._save()
