"""The clipboard: nothing that was copied here stays on it longer than a minute."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

KEPT_MS = 60_000


class ClipboardWatch(QObject):
    """Clears what this window put on the clipboard: after a minute, and when it locks.

    Args:
        parent: lives as long as that.
        board: the clipboard; the system's own where None.
    """

    def __init__(self, parent: QObject | None = None, board: QClipboard | None = None) -> None:
        super().__init__(parent)
        self._board = board or QGuiApplication.clipboard()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_MS)
        self._timer.timeout.connect(self.clear)
        self._board.dataChanged.connect(self._copied)

    def clear(self) -> None:
        """Take back what was copied here; what another program copied stays."""
        self._timer.stop()
        if self._board.ownsClipboard() and self._board.text():
            self._board.clear()

    def _copied(self) -> None:
        if self._board.ownsClipboard() and self._board.text():
            self._timer.start()
        else:
            self._timer.stop()
