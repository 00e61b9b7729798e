"""A list of lines: a strong word, a small one beneath or beside, an icon; needs no window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from casefield.gui.theme.tokens import Tone

ROW = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        title: what it is.
        detail: more about it, smaller.
        icon: a Lucide icon.
        what: what it stands for; whoever made the line knows.
        tone: of the icon.
    """

    title: str
    detail: str = ""
    icon: str = ""
    what: object = None
    tone: Tone = Tone.NEUTRAL

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        return ", ".join(part for part in (self.title, self.detail) if part)


class LinesModel(QAbstractListModel):
    """Lines in order."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        """Show these lines; where they stand for the same things, the selection stays."""
        same = [line.what for line in lines] == [line.what for line in self.lines]
        if same and lines:
            self.lines = lines
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def line(self, index: Index) -> Line | None:
        """Return the line at an index, None where there is none."""
        return self.lines[index.row()] if index.isValid() else None

    def place(self, what: object) -> int:
        """Return the number of the line that stands for something, -1 where none does."""
        return next((n for n, line in enumerate(self.lines) if line.what == what), -1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a line, or its words."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        found = self.lines[index.row()]
        if role == ROW:
            return found
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return found.spoken
        return None
