"""Paints table cells, as chips where the model names a tone."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from casefield.gui.theme.sheet import BODY, SMALL
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone

PAD = 10
ROW_HEIGHT = 40
Index = QModelIndex | QPersistentModelIndex


class ChipDelegate(QStyledItemDelegate):
    """Paints a cell.

    Args:
        theme: the theme in force.
        tone_role: the model's role that gives a `Tone`, or None for plain text.
        strong: the column whose text stands out.
    """

    def __init__(self, theme: Theme, tone_role: int, strong: int = 0) -> None:
        super().__init__()
        self._theme = theme
        self._role = tone_role
        self._strong = strong

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a cell."""
        return QSize(60, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        p = self._theme.palette
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(p.accent_wash))
        painter.setPen(QColor(p.line))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        text, tone = str(index.data() or ""), index.data(self._role)
        if tone:  # on the way through a proxy model, Qt makes a plain text of it
            self._chip(painter, rect, text, Tone(tone))
        else:
            self._plain(painter, rect, text, strong=index.column() == self._strong)
        painter.restore()

    def _plain(self, painter: QPainter, rect: QRect, text: str, *, strong: bool) -> None:
        font = _font(BODY, QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.palette.ink))
        inner = rect.adjusted(PAD, 0, -4, 0)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)

    def _chip(self, painter: QPainter, rect: QRect, text: str, tone: Tone) -> None:
        ink, wash = self._theme.palette.tone(tone)
        font = _font(SMALL, QFont.Weight.Medium)
        metrics = QFontMetrics(font)
        room = rect.width() - PAD - 4
        width = min(metrics.horizontalAdvance(text) + 14, room)
        box = QRect(rect.left() + PAD - 2, 0, width, metrics.height() + 4)
        box.moveTop(rect.center().y() - box.height() // 2)
        border = self._theme.palette.line if tone is Tone.NEUTRAL else wash
        painter.setPen(QPen(QColor(border)))
        painter.setBrush(QColor(wash))
        painter.drawRoundedRect(box, 6, 6)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 10)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _font(points: float, weight: QFont.Weight) -> QFont:
    made = QFont(QApplication.font())
    made.setPointSizeF(points)
    made.setWeight(weight)
    return made
