"""My day: one ranked list of what needs the worker, each row with the button that does it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from casefield.care import worklist as care_worklist
from casefield.care.days import place
from casefield.care.views import Worklist
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.worklist import ROW, WorklistModel, WorkRow, work_row
from casefield.gui.pages.page import Page
from casefield.gui.patient.call_panel import CallPanel
from casefield.gui.patient.outcome_panel import OutcomePanel
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import column, empty, label, scrolled
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.work_delegate import WorkDelegate

SIDE_WIDTH = 310
COMING_SHOWN = 6
ROOM_FOR_SIDE = 960


class MyDayPage(Page):
    """The start page.

    Signals:
        counted: how many things need the worker.
    """

    counted = Signal(int)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme, self.tr("My day"))
        self.model = WorklistModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("What needs you"))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        delegate = WorkDelegate(theme, self.list)
        self.list.setItemDelegate(delegate)
        delegate.pressed.connect(lambda number: self._do(self.model.rows[number]))
        self.list.activated.connect(self._activated)
        self.list.doubleClicked.connect(self._open_row)
        self._card = Card(" ", self.tr("what is late first, then by when")).tight()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._nothing = EmptyState(theme, "sun", "", "")
        self._stack.addWidget(self._nothing)
        self._card.add(self._stack, 1)
        self._panel = QVBoxLayout()
        self._coming = Card(self.tr("Coming up"))
        self._coming_body = QVBoxLayout()
        self._coming.add(self._coming_body)
        self._news = Card(self.tr("Since last week"))
        self._news_body = QVBoxLayout()
        self._news.add(self._news_body)
        side = QWidget()
        side.setLayout(column(self._panel, self._coming, self._news, 1, spacing=12))
        area = scrolled(side)
        area.setFixedWidth(SIDE_WIDTH)
        self._side = area
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self._card, 1)
        across.addWidget(area)
        self.body.addLayout(across)
        desk.changed.connect(lambda _: self.load())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the list the whole width where there is little; a panel asked for still shows."""
        super().resizeEvent(event)
        self._fit()

    def load(self) -> None:
        """Ask for the day."""
        now = self.desk.now()
        self.desk.ask(lambda work: care_worklist.worklist(work, now), self._show, owner=self)

    def take_focus(self) -> None:
        """The list hears the arrow keys."""
        self.list.setFocus()

    def _show(self, day: Worklist) -> None:
        today = day.as_of.astimezone(place(day.zone)).date()
        self.aside.setText(words.long_day(today))
        self.model.show(day)
        number = len(day.items)
        title = (
            self.tr("1 thing needs you")
            if number == 1
            else self.tr("{n} things need you").format(n=number)
        )
        self._card.title.setText(title if number else self.tr("Nothing needs you now"))
        self._card.aside.setVisible(number > 0)
        self.counted.emit(number)
        if number and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))
        if not number:
            self._say_nothing(day)
        self._stack.setCurrentIndex(0 if number else 1)
        self._show_coming(day)
        self._show_news(day)

    def _say_nothing(self, day: Worklist) -> None:
        self._stack.removeWidget(self._nothing)
        self._nothing.deleteLater()
        if day.coming:
            row = work_row(day.coming[0], day.as_of)
            text = self.tr("Next: {what} for {person}, {when}.").format(
                what=row.what or row.chip, person=row.person, when=row.exact
            )
        else:
            text = self.tr(
                "Discharges, calls, visits and reviews will stand here as they fall due. "
                "People come in with an import, or from headquarters with the next sync."
            )
        self._nothing = EmptyState(self.theme, "sun", self.tr("Your day is free"), text)
        self._stack.insertWidget(1, self._nothing)

    def _show_coming(self, day: Worklist) -> None:
        empty(self._coming_body)
        self._coming.setVisible(bool(day.coming))
        for item in day.coming[:COMING_SHOWN]:
            row = work_row(item, day.as_of)
            self._coming_body.addWidget(label(f"{row.exact}  ·  {row.person}", "strong", wrap=True))
            self._coming_body.addWidget(label(row.what or row.chip, "small", wrap=True))
        left = len(day.coming) - COMING_SHOWN
        if left > 0:
            self._coming_body.addWidget(label(self.tr("and {n} later").format(n=left), "small"))

    def _show_news(self, day: Worklist) -> None:
        empty(self._news_body)
        texts = {
            "admitted": self.tr("Admitted to {what}"),
            "discharged": self.tr("Left {what}"),
            "emergency_visit": self.tr("Emergency room, {what}"),
            "note_signed": self.tr("Note signed: {what}"),
        }
        for item in day.news:
            said = texts.get(item.what_code, "{what}").format(what=item.what).rstrip(", ")
            self._news_body.addWidget(label(item.person, "strong"))
            when = words.moment(item.at, day.zone, weekday=True)
            by = f" · {item.by}" if item.by else ""
            self._news_body.addWidget(label(f"{said} · {when}{by}", "small", wrap=True))
        if not day.news:
            quiet = self.tr("No stay began or ended, and no colleague signed a note.")
            self._news_body.addWidget(label(quiet, "small", wrap=True))

    def _activated(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if isinstance(row, WorkRow):
            self._do(row)

    def _open_row(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if isinstance(row, WorkRow):
            self.person_wanted.emit(row.item.case_id, "summary", None)

    def _do(self, row: WorkRow) -> None:
        """Do what the row's button says."""
        item = row.item
        if item.kind in {"call", "contact"}:
            self._show_panel(CallPanel(self.desk, self.theme, item))
        elif item.kind == "visit":
            self.person_wanted.emit(item.case_id, "notes", ("visit", item.task_id))
        elif item.kind == "safety":
            self.person_wanted.emit(item.case_id, "assessments", item.focus_id)
        elif item.kind == "review":
            self.person_wanted.emit(item.case_id, "care_plan", None)
        else:
            self._show_panel(OutcomePanel(self.desk, self.theme, item, row.what))

    def _show_panel(self, panel: CallPanel | OutcomePanel) -> None:
        empty(self._panel)
        panel.closed.connect(self._close_panel)
        self._panel.addWidget(panel)
        self._fit()
        panel.take_focus()

    def _close_panel(self) -> None:
        empty(self._panel)
        self._fit()
        self.take_focus()

    def _fit(self) -> None:
        self._side.setVisible(self.width() >= ROOM_FOR_SIDE or self._panel.count() > 0)
