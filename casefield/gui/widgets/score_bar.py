"""A score as a stacked bar: each part in its length, what is unknown hatched."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from casefield.care.views import ScoreView
from casefield.gui.theme.sheet import SMALL
from casefield.gui.theme.theme import Theme, font

BAR = 24
GAP = 2
SHADES = (1.0, 0.78, 0.55, 0.36)


class ScoreBar(QWidget):
    """Paints LACE's parts side by side.

    Args:
        theme: the theme in force.
        score: what is painted.
        names: how each part is called, by its id.
    """

    def __init__(self, theme: Theme, score: ScoreView, names: dict[str, str]) -> None:
        super().__init__()
        self._theme = theme
        self._score = score
        self._names = names
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(
            ", ".join(f"{names.get(p.id, p.label)} {_points(p.points)}" for p in score.parts)
        )

    def sizeHint(self) -> QSize:
        """Return the size it needs."""
        return QSize(200, BAR + 6 + self._metrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar and the words beneath."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        p, score = self._theme.palette, self._score
        unit = (self.width() - 1) / max(score.maximum, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.track))
        painter.drawRoundedRect(QRectF(0, 0, self.width() - 1, BAR), 4, 4)
        x, last_word = 0.0, 0.0
        painter.setFont(font(SMALL))
        for number, part in enumerate(score.parts):
            points = part.maximum if part.points is None else part.points
            width = points * unit
            colour = QColor(p.accent)
            colour.setAlphaF(SHADES[number % len(SHADES)])
            brush = QBrush(colour)
            if part.points is None:
                brush = QBrush(QColor(p.faint), Qt.BrushStyle.BDiagPattern)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
            if width > 0:
                painter.drawRoundedRect(QRectF(x, 0, max(width - GAP, 2), BAR), 4, 4)
            words = f"{self._names.get(part.id, part.label)} {_points(part.points)}"
            place = max(x, last_word)
            painter.setPen(QColor(p.mute))
            painter.drawText(
                QRectF(place, BAR + 4, self.width(), self._metrics().height()),
                Qt.AlignmentFlag.AlignLeft,
                words,
            )
            last_word = place + self._metrics().horizontalAdvance(words) + 12
            x += width
        painter.end()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(font(SMALL))


def _points(points: int | None) -> str:
    return "?" if points is None else str(points)
