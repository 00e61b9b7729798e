"""Paints a line of a list: icon, title, and what is smaller beneath it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from casefield.gui.models.lines import ROW, Line
from casefield.gui.theme.icons import pixmap
from casefield.gui.theme.sheet import BODY, SMALL
from casefield.gui.theme.theme import Theme, font, sized
from casefield.gui.widgets.focus_mark import focus_mark

PAD_X, PAD_Y = 12, 8
ICON = 18
GAP = 10
Index = QModelIndex | QPersistentModelIndex


class LineDelegate(QStyledItemDelegate):
    """Paints lines.

    Args:
        theme: the theme in force.
        view: whose lines.
        two: whether the detail stands beneath the title instead of beside it.
    """

    def __init__(self, theme: Theme, view: QAbstractItemView, *, two: bool = False) -> None:
        super().__init__(view)
        self._theme = theme
        self._two = two

    def row_height(self) -> int:
        """Return the height of one line."""
        lines = QFontMetrics(font(BODY)).height()
        if self._two:
            lines += QFontMetrics(font(SMALL)).height() + 2
        return lines + 2 * PAD_Y

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a line."""
        return QSize(80, self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        line: Line = index.data(ROW)
        p, rect = self._theme.palette, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(p.accent_wash))
        if option.state & QStyle.StateFlag.State_HasFocus:
            focus_mark(painter, rect, p.accent)
        left = rect.left() + PAD_X
        if line.icon:
            colour = p.tone(line.tone)[0]
            size = sized(ICON)
            top = rect.center().y() - size // 2
            painter.drawPixmap(left, top, pixmap(line.icon, colour, size))
            left += size + GAP
        self._words(
            painter, line, QRect(left, rect.top(), rect.right() - PAD_X - left, rect.height())
        )
        painter.restore()

    def _words(self, painter: QPainter, line: Line, room: QRect) -> None:
        p = self._theme.palette
        strong = font(BODY, QFont.Weight.DemiBold if self._two else QFont.Weight.Medium)
        small = font(SMALL)
        upper, lower = QFontMetrics(strong), QFontMetrics(small)
        if not self._two:
            detail = lower.horizontalAdvance(line.detail) + GAP if line.detail else 0
            title = upper.elidedText(
                line.title, Qt.TextElideMode.ElideRight, max(room.width() - detail, 80)
            )
            _write(painter, room, strong, p.ink, title)
            if line.detail:
                beside = room.adjusted(upper.horizontalAdvance(title) + GAP, 0, 0, 0)
                _write(painter, beside, small, p.mute, line.detail)
            return
        top = room.center().y() - (upper.height() + 2 + lower.height()) // 2 + 1
        first = QRect(room.left(), top, room.width(), upper.height())
        second = QRect(room.left(), first.bottom() + 3, room.width(), lower.height())
        right = Qt.TextElideMode.ElideRight
        _write(painter, first, strong, p.ink, upper.elidedText(line.title, right, room.width()))
        _write(painter, second, small, p.mute, lower.elidedText(line.detail, right, room.width()))


def _write(painter: QPainter, box: QRect, face: QFont, colour: str, text: str) -> None:
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
