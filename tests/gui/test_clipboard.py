"""The clipboard is cleared of what was copied here, and only of that."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from casefield.gui.clipboard import KEPT_MS, ClipboardWatch


class Board(QObject):
    """A system's clipboard: who copied last owns it. (Qt's own, offscreen, never says so.)"""

    dataChanged = Signal()  # noqa: N815 - Qt's own name

    def __init__(self) -> None:
        super().__init__()
        self._text, self._ours = "", False

    def copy(self, text: str, *, ours: bool) -> None:
        """Copy something, here or in another program."""
        self._text, self._ours = text, ours
        self.dataChanged.emit()

    def ownsClipboard(self) -> bool:
        return self._ours

    def text(self) -> str:
        return self._text

    def clear(self) -> None:
        self.copy("", ours=True)


@pytest.fixture
def board(qapp: object) -> Board:
    return Board()


@pytest.fixture
def watch(board: Board) -> ClipboardWatch:
    return ClipboardWatch(board, board)  # type: ignore[arg-type]


def test_a_minute_and_it_is_gone(board: Board, watch: ClipboardWatch) -> None:
    board.copy("Rosa Medina", ours=True)
    assert watch._timer.isActive()
    assert watch._timer.interval() == KEPT_MS == 60_000
    watch._timer.timeout.emit()
    assert board.text() == ""
    assert not watch._timer.isActive()


def test_the_lock_does_not_wait_for_the_minute(board: Board, watch: ClipboardWatch) -> None:
    board.copy("Rosa Medina", ours=True)
    watch.clear()
    assert board.text() == ""


def test_what_another_program_copied_stays(board: Board, watch: ClipboardWatch) -> None:
    board.copy("Rosa Medina", ours=True)
    board.copy("a recipe", ours=False)
    assert not watch._timer.isActive()
    watch.clear()
    assert board.text() == "a recipe"
