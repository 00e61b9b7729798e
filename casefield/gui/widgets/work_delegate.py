"""Paints one row of My day: kind, person and what, why, by when, and the button that does it."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from casefield.gui import words
from casefield.gui.models.worklist import ROW, WorkRow
from casefield.gui.theme.icons import pixmap
from casefield.gui.theme.sheet import BODY, SMALL, TITLE
from casefield.gui.theme.theme import Theme, font, sized
from casefield.gui.widgets.chip_delegate import paint_chip
from casefield.gui.widgets.focus_mark import focus_mark

PAD_X, PAD_Y = 14, 12
BUTTON_HEIGHT, BUTTON_AIR = 32, 14
BUTTON_PAD = 28
CHIP_ICON = 14
CHIP_PAD = 20
GAP = 14
LEADING = 20 / 17  # the line height that Inter is set in
LEAST_MIDDLE = 80
Index = QModelIndex | QPersistentModelIndex


class WorkDelegate(QStyledItemDelegate):
    """Paints and hears rows.

    Signals:
        pressed: the row number whose button was clicked.
        opened: the row number that was clicked twice beside its button.
    """

    pressed = Signal(int)
    opened = Signal(int)

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        chip = QFontMetrics(font(SMALL, QFont.Weight.Medium))
        press = QFontMetrics(font(TITLE, QFont.Weight.DemiBold))
        kinds = words.WORK_ICONS
        self._chip_width = max(chip.horizontalAdvance(words.work_kind(k)) for k in kinds)
        self._chip_width += sized(CHIP_ICON) + CHIP_PAD
        self._button_width = (
            max(press.horizontalAdvance(words.work_button(k)) for k in kinds) + BUTTON_PAD
        )
        self._button_height = max(BUTTON_HEIGHT, press.height() + BUTTON_AIR)
        small = QFontMetrics(font(SMALL))
        self._due_width = max(small.horizontalAdvance(text) for text in words.long_dues()) + 1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height the words need at this width."""
        row: WorkRow = index.data(ROW)
        width = self._view.viewport().width()
        text = self._text(row, self._middle(QRect(0, 0, width, 0)).width())
        small = QFontMetrics(font(SMALL)).height()
        height = text.boundingRect().height() + (small + 2 if row.why else 0) + 2 * PAD_Y
        return QSize(LEAST_MIDDLE, max(int(height), self._button_height + 2 * PAD_Y))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row: WorkRow = index.data(ROW)
        p = self._theme.palette
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        if picked:
            painter.fillRect(rect, QColor(p.accent_wash))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(p.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            focus_mark(painter, rect, p.accent)
        self._chip(painter, row, rect)
        self._words(painter, row, rect)
        self._due(painter, row, rect)
        self._button(painter, row, self._button_rect(rect), primary=picked)
        painter.restore()

    def editorEvent(
        self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the button does the row's deed; a double click beside it opens the record."""
        if not isinstance(event, QMouseEvent):
            return False
        on_button = self._button_rect(option.rect).contains(event.position().toPoint())
        if event.type() == QEvent.Type.MouseButtonRelease and on_button:
            self.pressed.emit(index.row())
            return True
        if event.type() == QEvent.Type.MouseButtonDblClick and not on_button:
            self.opened.emit(index.row())
            return True
        return False

    def _chip(self, painter: QPainter, row: WorkRow, rect: QRect) -> None:
        text, _ = self._theme.palette.tone(row.tone)
        metrics = QFontMetrics(font(SMALL, QFont.Weight.Medium))
        width = metrics.horizontalAdvance(row.chip) + sized(CHIP_ICON) + CHIP_PAD
        box = QRect(rect.left() + PAD_X, 0, width, metrics.height() + 5)
        box.moveTop(rect.center().y() - box.height() // 2)
        paint_chip(painter, self._theme.palette, box, row.tone)
        size = sized(CHIP_ICON)
        icon = pixmap(row.icon, text, size)
        painter.drawPixmap(box.left() + 8, box.center().y() - size // 2 + 1, icon)
        painter.setFont(font(SMALL, QFont.Weight.Medium))
        painter.setPen(QColor(text))
        painter.drawText(box.adjusted(size + 13, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.chip)

    def _words(self, painter: QPainter, row: WorkRow, rect: QRect) -> None:
        middle = self._middle(rect)
        text = self._text(row, middle.width())
        small = font(SMALL)
        line = QFontMetrics(small).height()
        height = text.boundingRect().height() + (line + 2 if row.why else 0)
        top = rect.center().y() - height / 2 + 1
        painter.setPen(QColor(self._theme.palette.ink))
        text.draw(painter, QPointF(middle.left(), top))
        if row.why:
            painter.setFont(small)
            painter.setPen(QColor(self._theme.palette.mute))
            where = QRect(
                middle.left(), int(top + text.boundingRect().height() + 2), middle.width(), line
            )
            shown = QFontMetrics(small).elidedText(
                row.why, Qt.TextElideMode.ElideRight, middle.width()
            )
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, shown)

    def _due(self, painter: QPainter, row: WorkRow, rect: QRect) -> None:
        p = self._theme.palette
        strong, small = font(BODY, QFont.Weight.DemiBold), font(SMALL)
        upper, lower = QFontMetrics(strong).height(), QFontMetrics(small).height()
        box = QRect(0, 0, self._due_width, upper + lower + 2)
        box.moveRight(self._button_rect(rect).left() - GAP)
        box.moveTop(rect.center().y() - box.height() // 2)
        painter.setFont(strong)
        painter.setPen(QColor(p.danger if row.item.due.state == "overdue" else p.ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignTop, row.urgency)
        painter.setFont(small)
        painter.setPen(QColor(p.mute))
        shown = QFontMetrics(small).elidedText(row.exact, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignBottom, shown)

    def _button(self, painter: QPainter, row: WorkRow, box: QRect, *, primary: bool) -> None:
        p = self._theme.palette
        painter.setPen(QPen(QColor(p.accent if primary else p.line)))
        painter.setBrush(QColor(p.accent if primary else p.panel))
        painter.drawRoundedRect(box, 8, 8)
        painter.setFont(font(TITLE, QFont.Weight.DemiBold if primary else QFont.Weight.Medium))
        painter.setPen(QColor(p.on_accent if primary else p.ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, row.button)

    def _text(self, row: WorkRow, width: int) -> QTextLayout:
        """The person in bold and what it is about, set in lines."""
        layout = QTextLayout(f"{row.person}   {row.what}", font(BODY))
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.DemiBold)
        bold = QTextLayout.FormatRange()
        bold.start, bold.length, bold.format = 0, len(row.person), strong
        layout.setFormats([bold])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height() * LEADING
        layout.endLayout()
        return layout

    def _middle(self, rect: QRect) -> QRect:
        left = rect.left() + PAD_X + self._chip_width + GAP
        right = rect.right() - PAD_X - self._button_width - GAP - self._due_width - GAP
        return QRect(left, rect.top(), max(right - left, LEAST_MIDDLE), rect.height())

    def _button_rect(self, rect: QRect) -> QRect:
        box = QRect(0, 0, self._button_width, self._button_height)
        box.moveRight(rect.right() - PAD_X)
        box.moveTop(rect.center().y() - self._button_height // 2)
        return box
