"""The workspace of one person: the head, the tabs beneath, panels between them when asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from casefield.care import person as care_person
from casefield.care import worklist
from casefield.care.views import PersonHeader, WorkItem
from casefield.errors import CasefieldError, NotFound
from casefield.gui.desk import Desk, touches
from casefield.gui.newest import Newest
from casefield.gui.patient.assessments import AssessmentsTab
from casefield.gui.patient.call_panel import CallPanel
from casefield.gui.patient.care_plan import CarePlanTab
from casefield.gui.patient.discharge_panel import DischargePanel
from casefield.gui.patient.disputed import Disputed
from casefield.gui.patient.header import Header
from casefield.gui.patient.notes import NotesTab
from casefield.gui.patient.summary import SummaryTab
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import empty
from casefield.gui.widgets.fitting import Fitting

CALLS = ("call", "contact")


class Workspace(QWidget):
    """A person's record.

    Signals:
        gone: the person is not on this laptop any more, or the worker goes back.
        conflict_wanted: (conflict_id, case_id) decide about what was written differently.
    """

    gone = Signal()
    conflict_wanted = Signal(str, str)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._theme = theme
        self._newest = Newest(desk, self)
        self.case_id: str | None = None
        self.header = Header(theme)
        self.tabs: dict[str, Tab] = {
            "summary": SummaryTab(desk, theme),
            "assessments": AssessmentsTab(desk, theme),
            "care_plan": CarePlanTab(desk, theme),
            "notes": NotesTab(desk, theme),
        }
        self._shown: set[str] = set()
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setAccessibleName(self.tr("Parts of the record"))
        for text, keys in (
            (self.tr("Summary"), self.tr("Alt+S")),
            (self.tr("Assessments"), self.tr("Alt+A")),
            (self.tr("Care plan"), self.tr("Alt+P")),
            (self.tr("Visits and notes"), self.tr("Alt+I")),
        ):
            number = self.bar.addTab(text)
            self.bar.setTabToolTip(number, f"{text} ({keys})")
            QShortcut(QKeySequence(keys), self, partial(self._go_to, number))
        self.bar.currentChanged.connect(self._picked)
        self._panel = QVBoxLayout()
        self._panel.setContentsMargins(20, 0, 20, 0)
        self.panel: CallPanel | DischargePanel | None = None
        self._stack = QStackedWidget()
        for tab in self.tabs.values():
            tab.wants.connect(self.show_tab)
            self._stack.addWidget(tab)
        top = QFrame()
        top.setObjectName("bar")
        head = QVBoxLayout(top)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(2)
        head.addWidget(self.header)
        tabs = QVBoxLayout()
        tabs.setContentsMargins(20, 0, 20, 0)
        tabs.addWidget(self.bar)
        head.addLayout(tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        panel = QWidget()
        panel.setLayout(self._panel)
        panel.setObjectName("page")
        self.disputed = Disputed(desk, theme)
        self.disputed.decide.connect(self.conflict_wanted.emit)
        layout.addWidget(self.disputed)
        layout.addWidget(Fitting(panel))
        # What is asked for in a panel comes first where there is little room.
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        layout.addWidget(self._stack, 1)
        self._wire()

    @property
    def current_tab(self) -> str:
        """The tab shown."""
        return list(self.tabs)[self.bar.currentIndex()]

    def show_person(self, case_id: str, tab: str = "summary", what: Any = None) -> None:
        """Show a person's record at a tab, at one thing of it."""
        if case_id != self.case_id:
            for known in self.tabs.values():
                known.put_away()
            self._shown.clear()
            self._close_panel()
            self.header.forget()
            self.disputed.forget()
            self.case_id = case_id
        self._load_header()
        self.show_tab(tab, what)

    def show_tab(self, name: str, what: Any = None) -> None:
        """Show a tab, at one thing of it."""
        if name == "panel":
            self._open_panel(what)
            return
        index = list(self.tabs).index(name)
        if self.bar.currentIndex() != index:
            self.bar.setCurrentIndex(index)
        else:
            self._picked(index)
        if what is not None:
            self.tabs[name].open_at(what)

    def refresh(self) -> None:
        """Ask again; what is being typed stays."""
        if self.case_id is None:
            return
        self._load_header()
        for name in self._shown:
            self.tabs[name].load()

    def leave(self) -> None:
        """Keep whatever is typed."""
        for tab in self.tabs.values():
            tab.leave()

    def save(self) -> None:
        """Save what is saved as it is typed."""
        for tab in self.tabs.values():
            tab.save()

    def forget(self) -> None:
        """Show nothing about anybody; only what is being typed stays."""
        self.header.forget()
        self.disputed.forget()
        for tab in self.tabs.values():
            tab.forget()

    def take_focus(self) -> None:
        """Put the keyboard where work goes on: a panel, the tab's own place, or the tabs."""
        if self.panel is not None:
            self.panel.take_focus()
        elif not self.tabs[self.current_tab].take_focus():
            self.bar.setFocus()

    def _wire(self) -> None:
        self.header.back_wanted.connect(self.gone.emit)
        self.header.note_wanted.connect(lambda: self.show_tab("notes", ("new", "other")))
        self.header.visit_wanted.connect(lambda: self.show_tab("notes", ("visit", None)))
        self.header.call_wanted.connect(self._call)
        self.header.discharge_wanted.connect(lambda: self._open_panel("discharge"))
        self._desk.changed.connect(self._heard)

    def _picked(self, index: int) -> None:
        name = list(self.tabs)[index]
        self._stack.setCurrentWidget(self.tabs[name])
        if self.case_id is not None and name not in self._shown:
            self._shown.add(name)
            self.tabs[name].show_person(self.case_id)

    def _go_to(self, number: int) -> None:
        if self.isVisible():
            self.bar.setCurrentIndex(number)
            self.take_focus()

    def _load_header(self) -> None:
        case_id, now = self.case_id, self._desk.now()
        if case_id is not None:
            self._newest.ask(
                case_id,
                lambda work: care_person.header(work, case_id, now),
                self._show_header,
                self._failed,
            )
            self.disputed.look(case_id)

    def _show_header(self, person: PersonHeader) -> None:
        if person.case_id == self.case_id:
            self.header.show_person(person)

    def _failed(self, error: CasefieldError) -> None:
        self._desk.complained.emit(error)
        if isinstance(error, NotFound):
            self.case_id = None
            self.gone.emit()

    def _heard(self, changed: Any) -> None:
        if self.case_id is not None and touches(changed, self.case_id):
            self._load_header()

    def _call(self) -> None:
        """Log a call: for the open call of a discharge, else as a note."""
        case_id, now = self.case_id, self._desk.now()
        if case_id is None:
            return
        self._desk.ask(
            lambda work: worklist.open_items(work, case_id, now), self._call_for, owner=self
        )

    def _call_for(self, items: tuple[WorkItem, ...]) -> None:
        waiting = [item for item in items if item.kind in CALLS]
        if waiting:
            self._open_panel(waiting[0])
        else:
            self.show_tab("notes", ("new", "phone"))

    def _open_panel(self, what: Any) -> None:
        self._close_panel()
        panel: CallPanel | DischargePanel
        if isinstance(what, WorkItem):
            panel = CallPanel(self._desk, self._theme, what)
        else:
            assert self.case_id is not None  # the button stands in a person's record
            panel = DischargePanel(self._desk, self.case_id)
        self.panel = panel
        panel.closed.connect(self._panel_done)
        self._panel.setContentsMargins(20, 16, 20, 12)
        self._panel.addWidget(panel)
        panel.show()
        panel.take_focus()

    def _panel_done(self) -> None:
        self._close_panel()
        self.take_focus()

    def _close_panel(self) -> None:
        empty(self._panel)
        self.panel = None
        self._panel.setContentsMargins(20, 0, 20, 0)
