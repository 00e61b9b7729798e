"""A plain plot: one line a series, a band for the range, the last value written at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from casefield.care.views import Series
from casefield.gui import words
from casefield.gui.theme.sheet import SMALL
from casefield.gui.theme.theme import Theme, font, sized
from casefield.gui.widgets.basics import row
from casefield.gui.widgets.buttons import button

LEAST_WIDTH = 200
HEIGHT = 132
TABLE_HEIGHT = 168
HEADROOM = 0.12
DOT = 3.5


@dataclass(frozen=True)
class Mark:
    """An event on the time line."""

    at: datetime
    text: str


class Plot(QWidget):
    """A picture of one or two series, and the same values as a table on demand.

    Args:
        theme: the theme in force.
        series: what is drawn; the first one's range is the band.
        zone: where the days are told.
        marks: events with their words.
    """

    def __init__(
        self, theme: Theme, series: tuple[Series, ...], zone: str, marks: tuple[Mark, ...] = ()
    ) -> None:
        super().__init__()
        self._series = series
        self._zone = zone
        self._canvas = PlotCanvas(theme, series, zone, marks)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._canvas)
        self._stack.setFixedHeight(sized(HEIGHT))
        self._toggle = button(self.tr("As a table"), self.toggle, role="link")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._stack)
        layout.addLayout(row(1, self._toggle))

    def toggle(self) -> None:
        """Show the table, or the picture again."""
        if self._stack.count() == 1:
            self._stack.addWidget(self._table())
        shown = 1 - self._stack.currentIndex()
        self._stack.setCurrentIndex(shown)
        self._stack.setFixedHeight(sized(TABLE_HEIGHT if shown else HEIGHT))
        self._toggle.setText(self.tr("As a picture") if shown else self.tr("As a table"))

    def _table(self) -> QTableWidget:
        moments = sorted({p.at for s in self._series for p in s.points}, reverse=True)
        table = QTableWidget(len(moments), len(self._series) + 1)
        table.setAccessibleName(", ".join(s.name for s in self._series))
        table.setHorizontalHeaderLabels([self.tr("Day"), *(s.name for s in self._series)])
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        for line, moment in enumerate(moments):
            table.setItem(line, 0, QTableWidgetItem(words.moment(moment, self._zone)))
            for number, series in enumerate(self._series, start=1):
                value = next((p.value for p in series.points if p.at == moment), None)
                if value is not None:
                    table.setItem(line, number, QTableWidgetItem(words.number(value)))
        return table


class PlotCanvas(QWidget):
    """Paints the picture."""

    def __init__(
        self, theme: Theme, series: tuple[Series, ...], zone: str, marks: tuple[Mark, ...]
    ) -> None:
        super().__init__()
        self._theme = theme
        self._series = tuple(s for s in series if s.points)
        self._zone = zone
        self._marks = marks
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(spoken(self._series, zone))

    def sizeHint(self) -> QSize:
        """Return the size it likes."""
        return QSize(LEAST_WIDTH, sized(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint band, lines, marks and words."""
        if not self._series:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL))
        metrics = QFontMetrics(font(SMALL))
        last = " / ".join(words.number(s.points[-1].value) for s in self._series)
        room = metrics.horizontalAdvance(last) + 14
        area = QRectF(0, 6, self.width() - room, self.height() - metrics.height() - 12)
        scale = Scale(self._series, area)
        self._band(painter, scale, area)
        for mark in self._marks:
            self._mark(painter, scale, area, mark)
        for number, series in enumerate(self._series):
            self._line(painter, scale, series, faded=number > 0)
        self._words(painter, scale, area, last, metrics)
        painter.end()

    def _band(self, painter: QPainter, scale: Scale, area: QRectF) -> None:
        p = self._theme.palette
        painter.setPen(QPen(QColor(p.line)))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        for series in self._series:
            if series.low is None and series.high is None:
                continue
            top = area.top() if series.high is None else scale.y(series.high)
            bottom = area.bottom() if series.low is None else scale.y(series.low)
            box = QRectF(area.left(), top, area.width(), bottom - top).intersected(area)
            painter.fillRect(box, QColor(p.good_wash))

    def _line(self, painter: QPainter, scale: Scale, series: Series, *, faded: bool) -> None:
        colour = self._theme.colour("accent")
        colour.setAlphaF(0.6 if faded else 1.0)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath()
        spots = [scale.spot(p.at, p.value) for p in series.points]
        path.moveTo(spots[0])
        for spot in spots[1:]:
            path.lineTo(spot)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        shown = spots if len(spots) <= 12 else spots[-1:]
        for spot in shown:
            painter.drawEllipse(spot, DOT - 1, DOT - 1)
        painter.drawEllipse(spots[-1], DOT, DOT)

    def _mark(self, painter: QPainter, scale: Scale, area: QRectF, mark: Mark) -> None:
        x = scale.x(mark.at)
        colour = self._theme.colour("danger")
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(colour)
        painter.drawText(QPointF(x + 4, area.top() + 10), mark.text)

    def _words(
        self, painter: QPainter, scale: Scale, area: QRectF, last: str, metrics: QFontMetrics
    ) -> None:
        strong = font(SMALL)
        strong.setWeight(QFont.Weight.DemiBold)
        painter.setFont(strong)
        painter.setPen(self._theme.colour("ink"))
        first = self._series[0]
        y = scale.y(first.points[-1].value)
        y = min(max(y, area.top() + metrics.ascent() / 2), area.bottom())
        painter.drawText(QPointF(area.right() + 8, y + metrics.ascent() / 2 - 1), last)
        painter.setFont(font(SMALL))
        painter.setPen(self._theme.colour("mute"))
        begin, end = scale.span
        base = self.height() - 3
        painter.drawText(QPointF(area.left(), base), words.day(begin.date()))
        closing = words.day(end.date())
        painter.drawText(QPointF(area.right() - metrics.horizontalAdvance(closing), base), closing)


class Scale:
    """From moments and values to places in the picture."""

    def __init__(self, series: tuple[Series, ...], area: QRectF) -> None:
        moments = [p.at for s in series for p in s.points]
        values = [p.value for s in series for p in s.points]
        values += [v for s in series for v in (s.low, s.high) if v is not None]
        self.span = (min(moments), max(moments))
        low, high = min(values), max(values)
        spread = (high - low) or max(abs(high), 1.0)
        self._low, self._high = low - spread * HEADROOM, high + spread * HEADROOM
        self._area = area

    def x(self, at: datetime) -> float:
        """Return where a moment stands."""
        begin, end = self.span
        whole = (end - begin).total_seconds()
        share = (at - begin).total_seconds() / whole if whole else 0.5
        return self._area.left() + DOT + share * (self._area.width() - 2 * DOT)

    def y(self, value: float) -> float:
        """Return where a value stands."""
        share = (value - self._low) / (self._high - self._low)
        return self._area.bottom() - share * self._area.height()

    def spot(self, at: datetime, value: float) -> QPointF:
        """Return where a point stands."""
        return QPointF(self.x(at), self.y(value))


def spoken(series: tuple[Series, ...], zone: str) -> str:
    """Return the picture in words, for who doesn't see it."""
    parts = []
    for one in series:
        first, last = one.points[0], one.points[-1]
        unit = f" {one.unit}" if one.unit else ""
        parts.append(
            f"{one.name}: {words.number(first.value)}{unit} {words.moment(first.at, zone)}, "
            f"{words.number(last.value)}{unit} {words.moment(last.at, zone)}"
        )
    return "; ".join(parts)
