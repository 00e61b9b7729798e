"""The dark cover with a card in its middle: lock screen, first run, getting the demo ready."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import icon_label, label, row

WIDTH = 420
TOP, BOTTOM = QColor("#0A1214"), QColor("#12393B")


class Cover(QWidget):
    """A full window with one card.

    Args:
        theme: the theme in force.
        width: of the card.
    """

    def __init__(self, theme: Theme, width: int = WIDTH) -> None:
        super().__init__()
        self.theme = theme
        card = QFrame()
        card.setObjectName("card")
        card.setFixedWidth(width)
        self.body = QVBoxLayout(card)
        self.body.setContentsMargins(32, 28, 32, 28)
        self.body.setSpacing(10)
        mark = icon_label("heart-handshake", theme.palette.ink, 24)
        self.body.addLayout(row(mark, label("casefield", "section"), 1, spacing=10))
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(card, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cover; it shows nothing about anybody."""
        painter = QPainter(self)
        gradient = QLinearGradient(0, 0, self.width(), self.height())
        gradient.setColorAt(0, TOP)
        gradient.setColorAt(1, BOTTOM)
        painter.fillRect(self.rect(), gradient)
        painter.end()
