"""The shell: rail at the left, a page beside it, a line on top when something must be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from casefield.care import conflicts
from casefield.gui.clipboard import ClipboardWatch
from casefield.gui.conflict_view import ConflictPage
from casefield.gui.desk import Desk
from casefield.gui.find import FindPanel
from casefield.gui.newest import Newest
from casefield.gui.pages.caseload import CaseloadPage
from casefield.gui.pages.my_day import MyDayPage
from casefield.gui.pages.page import Page
from casefield.gui.pages.sync import SyncPage
from casefield.gui.patient.workspace import Workspace
from casefield.gui.rail import Rail
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.icon import Icon

if TYPE_CHECKING:
    from casefield.errors import CasefieldError
    from casefield.gui.demo import DemoPage
    from casefield.records.work import Work
    from casefield.sync.state import SyncState

SAID_MS = 12_000
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Place:
    """Where the worker is: the page, and within a person's record the tab."""

    page: str = "my_day"
    case_id: str | None = None
    tab: str = "summary"


class Shell(QWidget):
    """Everything after unlocking.

    Signals:
        lock_wanted: lock now.
    """

    lock_wanted = Signal()

    def __init__(self, desk: Desk, theme: Theme, demo: DemoPage | None = None) -> None:
        super().__init__()
        self.desk = desk
        self._place = self._before = Place()
        self._clipboard = ClipboardWatch(self)
        self._sync_state = Newest(desk, self)
        self._undecided = 0
        self.rail = Rail(theme, desk.session.actor.name)
        self.my_day = MyDayPage(desk, theme)
        self.caseload = CaseloadPage(desk, theme)
        self.workspace = Workspace(desk, theme)
        self.finder = FindPanel(desk, theme, self)
        self.sync = SyncPage(desk, theme)
        self.conflict = ConflictPage(desk, theme)
        self.pages: dict[str, Page] = {
            "my_day": self.my_day,
            "caseload": self.caseload,
            "sync": self.sync,
            "conflict": self.conflict,
        }
        self._stack = QStackedWidget()
        for page in (*self.pages.values(), self.workspace):
            self._stack.addWidget(page)
        self.said = SaidLine(theme)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        if demo is not None:
            beside.addWidget(_DemoLine(demo))
        beside.addWidget(self.said)
        beside.addWidget(self._stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(beside, 1)
        self._wire()

    def begin(self) -> None:
        """Show the start page."""
        self._count_waiting()
        self.go(Place())

    def back(self) -> None:
        """Be shown again after the lock screen: same place, same field, same text."""
        self._count_waiting()
        self.my_day.load()
        self.caseload.load()
        page = self._stack.currentWidget()
        if page in (self.sync, self.conflict):
            page.load()
        self.workspace.refresh()

    def place(self) -> Place:
        """Return where the worker is."""
        tab = self.workspace.current_tab if self._place.case_id else self._place.tab
        return Place(self._place.page, self._place.case_id, tab)

    def go(self, place: Place, what: Any = None) -> None:
        """Show a place."""
        self.leave()
        self._place = place
        if place.case_id is not None:
            self.workspace.show_person(place.case_id, place.tab, what)
            self._stack.setCurrentWidget(self.workspace)
            self.workspace.take_focus()
            self.rail.pick("caseload")
            return
        page = self.pages[place.page]
        page.load()
        self._stack.setCurrentWidget(page)
        page.take_focus()
        self.rail.pick(place.page)

    def open_person(self, case_id: str, tab: str = "summary", what: Any = None) -> None:
        """Show a person's record."""
        page = self._before.page if self._place.page == "conflict" else self._place.page
        self.go(Place(page, case_id, tab), what)

    def decide(self, conflict_id: str, case_id: str | None = None) -> None:
        """Show a disagreement, and those of the same person, or of all, after it."""
        if self._stack.currentWidget() is not self.conflict:
            self._before = self.place()
        self.conflict.show_conflict(conflict_id, case_id)
        self.go(Place("conflict"))

    def take_focus(self) -> None:
        """Put the keyboard where work goes on."""
        page = self._stack.currentWidget()
        if isinstance(page, Page | Workspace):
            page.take_focus()

    def leave(self) -> None:
        """Keep whatever is typed: the page is about to show something else."""
        self.workspace.leave()
        self.conflict.leave()

    def save(self) -> None:
        """Save what is saved as it is typed; everything else stays in its field."""
        self.workspace.save()

    def forget(self) -> None:
        """Show nobody any more, for the lock: what is typed stays, and all is asked again."""
        self._clipboard.clear()
        self.said.hide()
        self.finder.forget()
        for page in self.pages.values():
            page.forget()
        self.workspace.forget()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the line on top away, where nothing nearer wanted the key."""
        if event.key() == Qt.Key.Key_Escape:
            self.said.hide()
        else:
            super().keyPressEvent(event)

    def _wire(self) -> None:
        self.rail.page_wanted.connect(lambda name: self.go(Place(name)))
        self.rail.lock_wanted.connect(self.lock_wanted.emit)
        self.sync.enrolled.connect(self._enrolled)
        self.sync.conflict_wanted.connect(self.decide)
        self.workspace.conflict_wanted.connect(self.decide)
        self.conflict.back_wanted.connect(lambda: self.go(self._before))
        self.my_day.person_wanted.connect(self.open_person)
        self.my_day.counted.connect(self.rail.buttons["my_day"].count)
        self.my_day.import_wanted.connect(self._import)
        self.caseload.person_wanted.connect(self.open_person)
        self.workspace.gone.connect(lambda: self.go(Place(self._place.page)))
        for page in self.pages.values():
            page.find_wanted.connect(self.finder.open)
        self.finder.person_wanted.connect(self.open_person)
        self.finder.page_wanted.connect(lambda name: self.go(Place(name)))
        self.desk.complained.connect(self._complain)
        self.desk.sync_told.connect(self._tell)
        self.desk.changed.connect(lambda _: self._count_waiting())
        QShortcut(QKeySequence("Ctrl+K"), self, self.finder.open)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._each_minute)
        self._minute.start()

    def _count_waiting(self) -> None:
        session = self.desk.session

        def count(work: Work) -> tuple[SyncState, int]:
            return session.sync_state, len(conflicts.undecided(work))

        self._sync_state.ask("sync", count, self._counted)

    def _counted(self, answer: tuple[SyncState, int]) -> None:
        state, self._undecided = answer
        self._tell(state)

    def _tell(self, state: SyncState) -> None:
        now, zone = self.desk.now(), self.desk.zone()
        self.rail.sync.tell(state, now, zone, self._undecided)

    def _complain(self, error: CasefieldError) -> None:
        if not self.desk.resting:
            self.said.say(str(error))

    def _enrolled(self, worker: str) -> None:
        self.rail.name(worker)
        self.back()

    def _import(self) -> None:
        self.go(Place("caseload"))
        self.caseload.choose_files()

    def _each_minute(self) -> None:
        """Countdowns move on; sync's "today 14:02" becomes a day."""
        if self.desk.resting or not self.isVisible():
            return
        self._count_waiting()
        if self._stack.currentWidget() is self.my_day:
            self.my_day.load()


class SaidLine(QFrame):
    """A line that says what went wrong and what to do; goes by itself, or with Esc."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("demo")
        self._words = label("", wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 6, 20, 6)
        layout.setSpacing(8)
        layout.addWidget(Icon(theme, "circle-alert", "warning", 16))
        layout.addWidget(self._words, 1)
        layout.addWidget(button(self.tr("Close"), self.hide, role="link"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAID_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, words: str) -> None:
        """Say something."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.show()
        self._timer.start()

    def said(self) -> str:
        """Return what it says."""
        return self._words.text() if self.isVisible() else ""


class _DemoLine(QFrame):
    """Says that nobody here exists, and takes headquarters away and back."""

    def __init__(self, demo: DemoPage) -> None:
        super().__init__()
        self.setObjectName("demo")
        self._demo = demo
        words = label(self.tr("DEMO: nobody here exists. {hint}").format(hint=demo.hint))
        self._toggle = button("", demo.toggle, role="link")
        self._show(demo.open)
        demo.toggled.connect(self._show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 3, 20, 3)
        layout.addWidget(words, 1)
        layout.addWidget(self._toggle)

    def _show(self, is_open: bool) -> None:
        self._toggle.setText(self.tr("Go offline") if is_open else self.tr("Back into coverage"))
