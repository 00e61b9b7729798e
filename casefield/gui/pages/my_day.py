"""My day: one ranked list of what needs the worker, each row with the button that does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
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
from casefield.gui.desk import Desk, touches
from casefield.gui.models.worklist import ROW, WorklistModel, WorkRow, news_words, work_row
from casefield.gui.newest import Newest
from casefield.gui.pages.page import Page
from casefield.gui.patient.call_panel import CallPanel
from casefield.gui.patient.outcome_panel import OutcomePanel
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import column, empty, label, scrolled
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.keys import on_key
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.work_delegate import WorkDelegate

SIDE_WIDTH = 310
COMING_SHOWN = 6
ROOM_FOR_SIDE = 960
CALLS = ("call", "contact")
KINDS = ("Task", "CarePlan", "Patient", "Encounter", "Note")


class MyDayPage(Page):
    """The start page.

    Signals:
        counted: how many things need the worker.
        import_wanted: bring people in.
    """

    counted = Signal(int)
    import_wanted = Signal()

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme, self.tr("My day"))
        self._newest = Newest(desk, self)
        self.model = WorklistModel()
        self.list = self._list()
        self._card = Card(" ", self.tr("what is late first, then by when")).tight()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        nothing = QWidget()
        self._nothing = Slot()
        nothing.setLayout(self._nothing)
        self._stack.addWidget(nothing)
        self._card.add(self._stack, 1)
        self._panel = QVBoxLayout()
        self.panel: CallPanel | OutcomePanel | None = None
        self._coming = Card(self.tr("Coming up"))
        self._coming_body = Slot()
        self._coming.add(self._coming_body)
        self._news = Card(self.tr("Since last week"))
        self._news_body = Slot()
        self._news.add(self._news_body)
        side = QWidget()
        side.setLayout(column(self._panel, self._coming, self._news, 1, spacing=12))
        self._side = scrolled(side)
        self._side.setFixedWidth(sized(SIDE_WIDTH))
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self._card, 1)
        across.addWidget(self._side)
        self.body.addLayout(across)
        desk.changed.connect(self._heard)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the list the whole width where there is little; a panel asked for still shows."""
        super().resizeEvent(event)
        self._fit()

    def load(self) -> None:
        """Ask for the day."""
        now = self.desk.now()
        self._newest.ask("day", lambda work: care_worklist.worklist(work, now), self._show)

    def _heard(self, changed: Any) -> None:
        """Ask again when something changed that a day is made of; an answer given is not."""
        if touches(changed, None, *KINDS):
            self.load()

    def forget(self) -> None:
        """Show nobody any more; a call that is being logged stays as it is typed."""
        self.model.show_rows([])
        self._coming_body.clear()
        self._news_body.clear()
        self._nothing.clear()

    def take_focus(self) -> None:
        """The list hears the arrow keys; an empty one has its button."""
        if self.model.rows or not self._stack.currentIndex():
            self.list.setFocus()
        else:
            self.finder.setFocus()

    # -- list ---------------------------------------------------------------------------------

    def _list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setAccessibleName(self.tr("What needs you"))
        view.setAccessibleDescription(
            self.tr("Enter does what the row's button says, Ctrl+Enter opens the person's record.")
        )
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setWordWrap(True)  # another width, other heights: Qt asks again only if words wrap
        self._delegate = WorkDelegate(self.theme, view)
        view.setItemDelegate(self._delegate)
        self._delegate.pressed.connect(lambda number: self._do_row(self.model.rows[number]))
        self._delegate.opened.connect(lambda number: self._open_row(self.model.rows[number]))
        # Not `activated`: that one comes with a double click, too, which opens the record.
        for keys, deed in (
            ("Return", self._do_row),
            ("Enter", self._do_row),
            ("Ctrl+Return", self._open_row),
            ("Ctrl+Enter", self._open_row),
        ):
            on_key(view, keys, partial(self._with_current, deed))
        return view

    def _show(self, day: Worklist) -> None:
        today = day.as_of.astimezone(place(day.zone)).date()
        self.aside.setText(words.long_day(today))
        self._renew(day)
        number = len(day.items)
        title = (
            self.tr("1 thing needs you")
            if number == 1
            else self.tr("{n} things need you").format(n=number)
        )
        self._card.title.setText(title if number else self.tr("Nothing needs you now"))
        self._card.aside.setVisible(number > 0)
        self.counted.emit(number)
        if not number:
            self._nothing.fill(day.coming[:1], lambda: self._say_nothing(day))
        self._stack.setCurrentIndex(0 if number else 1)
        self._coming.setVisible(bool(day.coming))
        self._coming_body.fill((day.coming, today), lambda: self._coming_lines(day))
        self._news_body.fill((day.news, today), lambda: self._news_lines(day))

    def _renew(self, day: Worklist) -> None:
        """Show the rows; the same task stays chosen, or the one that moved into its place."""
        number = max(self.list.currentIndex().row(), 0)
        chosen = self.model.rows[number].item.task_id if number < len(self.model.rows) else ""
        self.model.show(day)
        rows = self.model.rows
        if rows:
            place = next((n for n, r in enumerate(rows) if r.item.task_id == chosen), number)
            self.list.setCurrentIndex(self.model.index(min(place, len(rows) - 1)))

    def _say_nothing(self, day: Worklist) -> EmptyState:
        title = self.tr("Your day is free")
        if day.coming:
            row = work_row(day.coming[0], day.as_of)
            text = self.tr("Next: {what} for {person}, {when}.").format(
                what=row.what or row.chip, person=row.person, when=row.exact
            )
            return EmptyState(self.theme, "sun", title, text)
        text = self.tr(
            "Discharges, calls, visits and reviews will stand here as they fall due. "
            "People come in with an import, or from headquarters with the next sync."
        )
        act = (self.tr("Bring people in …"), self.import_wanted.emit)
        return EmptyState(self.theme, "sun", title, text, act)

    # -- aside --------------------------------------------------------------------------------

    def _coming_lines(self, day: Worklist) -> QVBoxLayout:
        lines = column(spacing=10)
        for item in day.coming[:COMING_SHOWN]:
            row = work_row(item, day.as_of)
            lines.addLayout(
                column(
                    label(row.person, "strong", wrap=True),
                    label(f"{row.what or row.chip} · {row.exact}", "small", wrap=True),
                    spacing=1,
                )
            )
        left = len(day.coming) - COMING_SHOWN
        if left > 0:
            lines.addWidget(label(self.tr("and {n} later").format(n=left), "small"))
        return lines

    def _news_lines(self, day: Worklist) -> QVBoxLayout:
        lines = column(spacing=10)
        for item in day.news:
            lines.addLayout(
                column(
                    label(item.person, "strong", wrap=True),
                    label(news_words(item, day.zone), "small", wrap=True),
                    spacing=1,
                )
            )
        if not day.news:
            quiet = self.tr("No stay began or ended, and no colleague signed a note.")
            lines.addWidget(label(quiet, "small", wrap=True))
        return lines

    # -- deeds --------------------------------------------------------------------------------

    def _with_current(self, deed: Callable[[WorkRow], None]) -> None:
        row = self.list.currentIndex().data(ROW)
        if isinstance(row, WorkRow):
            deed(row)

    def _open_row(self, row: WorkRow) -> None:
        self.person_wanted.emit(row.item.case_id, "summary", None)

    def _do_row(self, row: WorkRow) -> None:
        """Do what the row's button says."""
        item = row.item
        if item.kind in CALLS:
            self._show_panel(CallPanel(self.desk, self.theme, item))
        elif item.kind == "visit":
            self.person_wanted.emit(item.case_id, "notes", ("visit", item.task_id))
        elif item.kind == "safety":
            self.person_wanted.emit(item.case_id, "assessments", item.focus_id)
        elif item.kind == "review":
            self.person_wanted.emit(item.case_id, "care_plan", None)
        else:
            self._show_panel(OutcomePanel(self.desk, item, row.what))

    def _show_panel(self, panel: CallPanel | OutcomePanel) -> None:
        empty(self._panel)
        self.panel = panel
        panel.closed.connect(self._close_panel)
        self._panel.addWidget(panel)
        panel.show()
        self._fit()
        panel.take_focus()

    def _close_panel(self) -> None:
        empty(self._panel)
        self.panel = None
        self._fit()
        self.take_focus()

    def _fit(self) -> None:
        roomy = self.width() >= sized(ROOM_FOR_SIDE)
        self._side.setVisible(roomy or self.panel is not None)
