"""The mark at a row's edge that says: the keyboard is here."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

WIDTH = 3


def focus_mark(painter: QPainter, rect: QRect, colour: str) -> None:
    """Paint it at the left edge of a row."""
    painter.fillRect(QRect(rect.left(), rect.top(), WIDTH, rect.height() - 1), QColor(colour))
