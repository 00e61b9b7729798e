"""A table that is moved, not painted again, when somebody scrolls."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView

from casefield.gui.theme.theme import Theme


class Table(QTableView):
    """A table whose cells paint their own ground (`ChipDelegate`).

    Qt then knows that nothing shines through: of a scroll it moves what is there, and only the
    rows that come into sight are painted.

    Args:
        theme: the theme in force.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what no cell covers, then the cells."""
        model, room = self.model(), self.viewport().rect()
        rows = 0 if model is None else model.rowCount()
        below = self.rowViewportPosition(rows - 1) + self.rowHeight(rows - 1) if rows else 0
        head = self.horizontalHeader()
        beside = head.length() - head.offset()
        painter = QPainter(self.viewport())
        ground = self._theme.colour("panel")
        painter.fillRect(QRect(0, below, room.width(), room.height() - below), ground)
        painter.fillRect(QRect(beside, 0, room.width() - beside, room.height()), ground)
        painter.end()
        super().paintEvent(event)
