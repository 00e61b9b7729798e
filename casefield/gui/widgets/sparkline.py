"""A score through time, as small as a word: the line so far, and today's point at its end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from casefield.gui.theme.theme import Theme, sized

WIDTH, HEIGHT = 180, 36
AIR = 5
DOT = 3.5


class Sparkline(QWidget):
    """Paints scores of one instrument.

    Args:
        theme: the theme in force.
        scores: oldest first; the last one is today's.
        maximum: the most points there can be.
        name: what is read aloud.
    """

    def __init__(self, theme: Theme, scores: tuple[float, ...], maximum: float, name: str) -> None:
        super().__init__()
        self._theme, self._scores, self._maximum = theme, scores, maximum
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        """Return the size it needs."""
        return QSize(sized(WIDTH), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line and point."""
        spots = self.spots()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("track"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        path = QPainterPath(spots[0])
        for spot in spots[1:]:
            path.lineTo(spot)
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setBrush(self._theme.colour("accent"))
        painter.drawEllipse(spots[-1], DOT, DOT)
        painter.end()

    def spots(self) -> list[QPointF]:
        """Return where the scores stand, oldest first."""
        wide, high = self.width() - 2 * AIR - 2 * DOT, self.height() - 2 * AIR
        steps = max(len(self._scores) - 1, 1)
        return [
            QPointF(
                AIR + DOT + wide * number / steps,
                AIR + high * (1 - score / max(self._maximum, 1)),
            )
            for number, score in enumerate(self._scores)
        ]
