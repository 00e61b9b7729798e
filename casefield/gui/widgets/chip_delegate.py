"""Paints table cells, as chips where the model names a tone."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from casefield.gui.theme.sheet import BODY, SMALL
from casefield.gui.theme.theme import Theme, font, sized
from casefield.gui.theme.tokens import Palette, Tone
from casefield.gui.widgets.focus_mark import focus_mark

PAD = 12
AIR = 22
LEAST_ROW = 40
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
        return QSize(sized(60), row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        p = self._theme.palette
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = option.state & QStyle.StateFlag.State_Selected
        painter.fillRect(rect, QColor(p.accent_wash if chosen else p.panel))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(p.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            focus_mark(painter, rect, p.accent)
        text, tone = str(index.data() or ""), index.data(self._role)
        if tone:  # on the way through a proxy model, Qt makes a plain text of it
            self._chip(painter, rect, text, Tone(tone))
        else:
            self._plain(painter, rect, text, strong=index.column() == self._strong)
        painter.restore()

    def _plain(self, painter: QPainter, rect: QRect, text: str, *, strong: bool) -> None:
        face = font(BODY, QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        painter.setFont(face)
        painter.setPen(QColor(self._theme.palette.ink))
        inner = rect.adjusted(PAD, 0, -4, 0)
        shown = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)

    def _chip(self, painter: QPainter, rect: QRect, text: str, tone: Tone) -> None:
        face = font(SMALL, QFont.Weight.Medium)
        metrics = QFontMetrics(face)
        room = rect.width() - PAD - 4
        width = min(metrics.horizontalAdvance(text) + 14, room)
        box = QRect(rect.left() + PAD, 0, width, metrics.height() + 5)
        box.moveTop(rect.center().y() - box.height() // 2)
        paint_chip(painter, self._theme.palette, box, tone)
        painter.setFont(face)
        painter.setPen(QColor(self._theme.palette.tone(tone)[0]))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 10)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def row_height() -> int:
    """Return the height of a table's row."""
    return max(LEAST_ROW, QFontMetrics(font(BODY)).height() + AIR)


def paint_chip(painter: QPainter, palette: Palette, box: QRect, tone: Tone) -> None:
    """Paint the shape of a chip; whoever asks paints the words on it."""
    _, wash = palette.tone(tone)
    painter.setPen(QPen(QColor(palette.line if tone is Tone.NEUTRAL else wash)))
    painter.setBrush(QColor(wash))
    painter.drawRoundedRect(box, 6, 6)
