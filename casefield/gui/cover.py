"""The dark cover with a card in its middle: lock screen, first run, getting the demo ready."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import label, row, scrolled
from casefield.gui.widgets.icon import Icon

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
        card.setFixedWidth(sized(width))
        self.body = QVBoxLayout(card)
        self.body.setContentsMargins(32, 28, 32, 28)
        self.body.setSpacing(8)
        mark = row(Icon(theme, "heart-handshake", "ink", 24), label("casefield", "mark"), 1)
        self.body.addLayout(mark)
        self.body.addSpacing(4)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.addStretch(1)
        inside.addWidget(card, alignment=Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        area = scrolled(content)
        content.setObjectName("cover")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cover; it shows nothing about anybody."""
        painter = QPainter(self)
        gradient = QLinearGradient(0, 0, self.width(), self.height())
        gradient.setColorAt(0, TOP)
        gradient.setColorAt(1, BOTTOM)
        painter.fillRect(self.rect(), gradient)
        painter.end()
