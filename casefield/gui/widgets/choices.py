"""Inputs one chooses with: a list, a day, a moment, a tick; drawn alike on every system.

They take the wheel only when they have the keyboard: scrolling a page must not change a record.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from casefield.gui.theme.icons import pixmap
from casefield.gui.theme.theme import sized

ICON = 16
CHECK = 14
RIGHT = 8
DAY_WIDTH = 140
MOMENT_WIDTH = 210
DAY_FORMAT = "d MMM yyyy"


# A class with two bases of Qt's own is no widget that Qt can make: the mixin is plain at run time
if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object


class _Chosen(_Widget):
    """Mixin: paints its icon at the right, and leaves the wheel to the page."""

    icon: ClassVar[str]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, then the icon in the colour of the text."""
        super().paintEvent(event)
        _draw_at_right(self, self.icon)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page unless the keyboard is here."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Choice(_Chosen, QComboBox):
    """One of a list of (code, words)."""

    icon = "chevron-down"

    def __init__(self, options: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__()
        for code, text in options:
            self.addItem(text, code)

    def choose(self, code: object) -> None:
        """Choose by code; the first where there is no such."""
        self.setCurrentIndex(max(0, self.findData(code)))


class DayEdit(_Chosen, QDateEdit):
    """A day."""

    icon = "calendar"

    def __init__(self, value: date | None = None) -> None:
        super().__init__()
        self.setCalendarPopup(True)
        self.setDisplayFormat(DAY_FORMAT)
        self.setMinimumWidth(sized(DAY_WIDTH))
        if value is not None:
            self.set_value(value)

    def value(self) -> date:
        """Return the day."""
        day = self.date()
        return date(day.year(), day.month(), day.day())

    def set_value(self, value: date) -> None:
        """Show a day."""
        self.setDate(QDate(value.year, value.month, value.day))


class MomentEdit(_Chosen, QDateTimeEdit):
    """A day and a time of day, without a zone: whoever asks knows where it happened."""

    icon = "calendar"

    def __init__(self, value: datetime) -> None:
        super().__init__()
        self.setCalendarPopup(True)
        time = QLocale().timeFormat(QLocale.FormatType.ShortFormat)
        self.setDisplayFormat(f"ddd {DAY_FORMAT}  {time}")
        self.setMinimumWidth(sized(MOMENT_WIDTH))
        self.set_value(value)

    def value(self) -> datetime:
        """Return the moment, naive."""
        day, time = self.dateTime().date(), self.dateTime().time()
        return datetime(day.year(), day.month(), day.day(), time.hour(), time.minute())

    def set_value(self, value: datetime) -> None:
        """Show a moment."""
        day = QDate(value.year, value.month, value.day)
        self.setDateTime(QDateTime(day, QTime(value.hour, value.minute)))


class Tick(QCheckBox):
    """A box to tick."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and the words, then the tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        colour = self.palette().color(QPalette.ColorRole.HighlightedText).name()
        painter = QPainter(self)
        corner = box.center()
        painter.drawPixmap(
            corner.x() - CHECK // 2 + 1, corner.y() - CHECK // 2 + 1, pixmap("check", colour, CHECK)
        )
        painter.end()


def _draw_at_right(widget: QWidget, icon_name: str) -> None:
    colour = widget.palette().color(QPalette.ColorRole.PlaceholderText).name()
    painter = QPainter(widget)
    size = sized(ICON)
    painter.drawPixmap(
        widget.width() - RIGHT - size,
        (widget.height() - size) // 2,
        pixmap(icon_name, colour, size),
    )
    painter.end()
