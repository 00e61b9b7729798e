"""The shell: rail at the left, a page beside it, a line on top when something must be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from casefield.gui.desk import Desk
from casefield.gui.find import FindPanel
from casefield.gui.pages.caseload import CaseloadPage
from casefield.gui.pages.my_day import MyDayPage
from casefield.gui.patient.workspace import Workspace
from casefield.gui.rail import Rail
from casefield.gui.theme.theme import Theme
from casefield.gui.waiting import WaitingPanel
from casefield.gui.widgets.basics import button, label

if TYPE_CHECKING:
    from casefield.errors import CasefieldError
    from casefield.gui.demo import DemoPage
    from casefield.sync.state import SyncState

SAID_MS = 12_000
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Place:
    """Where the worker is: the page, and within a person's record the tab and thing."""

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
        self._place = Place()
        self.rail = Rail(theme, desk.session.actor.name)
        self.rail.page_wanted.connect(lambda name: self.go(Place(name)))
        self.rail.lock_wanted.connect(self.lock_wanted.emit)
        self.rail.waiting_wanted.connect(self._show_waiting)
        self.my_day = MyDayPage(desk, theme)
        self.caseload = CaseloadPage(desk, theme)
        self.workspace = Workspace(desk, theme)
        self.finder = FindPanel(desk, theme, self)
        self.waiting = WaitingPanel(desk, theme, self)
        self._stack = QStackedWidget()
        for page in (self.my_day, self.caseload, self.workspace):
            self._stack.addWidget(page)
        self._said = _Said()
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        if demo is not None:
            beside.addWidget(_DemoLine(demo))
        beside.addWidget(self._said)
        beside.addWidget(self._stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(beside, 1)
        self._wire()

    def begin(self) -> None:
        """Show the start page."""
        self._tell(self.desk.session.sync_state)
        self.go(Place())

    def back(self) -> None:
        """Be shown again after the lock screen: same place, same field, same text."""
        self._tell(self.desk.session.sync_state)
        self.my_day.load()
        self.caseload.load()
        if self._place.case_id is not None:
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
            self.rail.pick("caseload")
            return
        page = self.caseload if place.page == "caseload" else self.my_day
        page.load()
        self._stack.setCurrentWidget(page)
        page.take_focus()
        self.rail.pick(place.page)

    def open_person(self, case_id: str, tab: str = "summary", what: Any = None) -> None:
        """Show a person's record."""
        self.go(Place(self._place.page, case_id, tab), what)

    def leave(self) -> None:
        """Keep whatever is typed."""
        self.workspace.leave()

    def _wire(self) -> None:
        self.my_day.person_wanted.connect(self.open_person)
        self.my_day.counted.connect(self.rail.buttons["my_day"].count)
        self.caseload.person_wanted.connect(self.open_person)
        self.workspace.gone.connect(lambda: self.go(Place("caseload")))
        for page in (self.my_day, self.caseload):
            page.find_wanted.connect(self.finder.open)
        self.finder.person_wanted.connect(self.open_person)
        self.finder.page_wanted.connect(lambda name: self.go(Place(name)))
        self.desk.complained.connect(self._complain)
        self.desk.sync_told.connect(self._tell)
        self.desk.changed.connect(lambda _: self._count_waiting())
        QShortcut(QKeySequence("Ctrl+K"), self, self.finder.open)
        QShortcut(
            QKeySequence("Esc"),
            self,
            self._said.hide,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._each_minute)
        self._minute.start()

    def _count_waiting(self) -> None:
        session = self.desk.session
        self.desk.work(lambda _: session.sync_state, self._tell, owner=self)

    def _tell(self, state: SyncState) -> None:
        self.rail.sync.tell(state, self.desk.now(), self.desk.zone())

    def _complain(self, error: CasefieldError) -> None:
        if not self.desk.resting:
            self._said.say(str(error))

    def _show_waiting(self) -> None:
        self.waiting.open()

    def _each_minute(self) -> None:
        """Countdowns move on; sync's "today 14:02" becomes a day."""
        if self.desk.resting or not self.isVisible():
            return
        self._tell(self.desk.session.sync_state)
        if self._stack.currentWidget() is self.my_day:
            self.my_day.load()


class _Said(QFrame):
    """A line that says what went wrong and what to do; goes by itself, or with Esc."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("demo")
        self._words = label("", wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 6, 20, 6)
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
