"""The left rail: pages, how sync stands, who works here, lock."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
)

from casefield.gui import words
from casefield.gui.theme.icons import SIZE, icon
from casefield.gui.theme.sheet import BODY
from casefield.gui.theme.theme import Theme, font, sized
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import PanelButton
from casefield.gui.widgets.icon import Icon
from casefield.gui.widgets.keys import press_with
from casefield.sync.state import Phase, SyncState

WIDTH = 168
NAME_WIDTH = 98
MOST_SHOWN = 99
PHASE_ICONS = {
    Phase.ALONE: "laptop",
    Phase.WAITING: "cloud",
    Phase.SYNCING: "refresh-cw",
    Phase.ONLINE: "cloud-check",
    Phase.OFFLINE: "cloud-off",
    Phase.STOPPED: "circle-alert",
}


class RailButton(QPushButton):
    """A button of the rail, with a number or a key at its right.

    Args:
        theme: the theme in force.
        text: what it says.
        icon_name: a Lucide icon.
        shortcut: the keys that do the same; empty for none.
        key: the keys in words, shown at the right; empty for none.
    """

    def __init__(
        self, theme: Theme, text: str, icon_name: str, shortcut: str = "", key: str = ""
    ) -> None:
        super().__init__(f"  {text}")
        self._theme = theme
        self._text = text
        self._icon_name = icon_name
        self.setIconSize(QSize(sized(SIZE), sized(SIZE)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if shortcut:
            press_with(self, shortcut)
            self.setToolTip(f"{text} ({shortcut})")
        self._aside = QLabel(key)
        self._aside.setObjectName("key" if key else "badge")
        self._aside.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._aside.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner = QHBoxLayout(self)
        inner.setContentsMargins(0, 0, 10, 0)
        inner.addStretch(1)
        inner.addWidget(self._aside, 0, Qt.AlignmentFlag.AlignVCenter)
        self._aside.setVisible(bool(key))  # not before it lies in the button: it were a window
        self.setAccessibleName(text)
        theme.changed.connect(self._tint)
        self._tint()

    def count(self, number: int) -> None:
        """Show how many things wait; nothing for none."""
        self._aside.setText(str(number) if number <= MOST_SHOWN else f"{MOST_SHOWN}+")
        self._aside.setVisible(number > 0)
        self.setAccessibleName(f"{self._text}, {number}" if number else self._text)

    def _tint(self) -> None:
        p = self._theme.palette
        self.setIcon(icon(self._icon_name, p.rail_text, p.rail_ink, sized(SIZE)))


class SyncCard(PanelButton):
    """How this laptop stands with headquarters, in words. Pressing it shows the sync page."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("synccard")
        self._icon = Icon(theme, "cloud", "rail_ink", 16)
        self.setCheckable(True)
        self.head = label("", "strong", wrap=True)
        self.body = label("", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 9, 10, 9)
        layout.setSpacing(3)
        layout.addLayout(row(self._icon, (self.head, 1), spacing=6))
        layout.addWidget(self.body)
        self.hold(self._icon, self.head, self.body)

    def tell(self, state: SyncState, now: datetime, zone: str, undecided: int = 0) -> None:
        """Show a state, and how many conflicts nobody has decided."""
        self._icon.show_icon(PHASE_ICONS[state.phase])
        head, body = self._words(state, now, zone, undecided)
        self.head.setText(head)
        self.body.setText(body)
        self.body.setVisible(bool(body))
        self.setAccessibleName(f"{head}. {body}".replace("\n", " "))
        self.setToolTip(state.message)

    def _words(self, state: SyncState, now: datetime, zone: str, undecided: int) -> tuple[str, str]:
        head = {
            Phase.ALONE: self.tr("Working alone"),
            Phase.WAITING: self.tr("Not synced yet"),
            Phase.SYNCING: self.tr("Syncing …"),
            Phase.ONLINE: self.tr("Online") if state.waiting else self.tr("At headquarters"),
            Phase.OFFLINE: self.tr("Offline"),
            Phase.STOPPED: self.tr("Sync stopped"),
        }[state.phase]
        lines = []
        if undecided == 1:
            lines.append(self.tr("1 needs a decision."))
        elif undecided:
            lines.append(self.tr("{n} need a decision.").format(n=undecided))
        if state.refused == 1:
            lines.append(self.tr("1 needs a look."))
        elif state.refused:
            lines.append(self.tr("{n} need a look.").format(n=state.refused))
        if state.waiting == 1:
            lines.append(self.tr("1 change waits on this laptop."))
        elif state.waiting:
            lines.append(self.tr("{n} changes wait on this laptop.").format(n=state.waiting))
        elif state.phase is Phase.ONLINE:
            lines.append(self.tr("Nothing waits here."))
        if state.last_synced is not None:
            when = words.ago(state.last_synced, now, zone)
            lines.append(self.tr("Last synced {when}.").format(when=when))
        elif state.phase is Phase.ALONE:
            lines.append(self.tr("Not enrolled: nothing leaves this laptop."))
        return head, "\n".join(lines)


class Rail(QFrame):
    """The rail.

    Signals:
        page_wanted: the page's name.
        lock_wanted: lock.
    """

    page_wanted = Signal(str)
    lock_wanted = Signal()

    def __init__(self, theme: Theme, worker: str) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(sized(WIDTH))
        self._theme = theme
        self._group = QButtonGroup(self)
        self.buttons: dict[str, RailButton] = {}
        mark = Icon(theme, "heart-handshake", "rail_ink", 20)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 18, 8, 10)
        layout.setSpacing(2)
        head = row(mark, label("casefield", "mark"), 1, spacing=8)
        head.setContentsMargins(10, 0, 0, 8)
        layout.addLayout(head)
        for number, (name, text, icon_name) in enumerate(self._pages(), start=1):
            made = RailButton(theme, text, icon_name, f"Ctrl+{number}")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, name=name: self.page_wanted.emit(name))
            self._group.addButton(made)
            self.buttons[name] = made
            layout.addWidget(made)
        layout.addStretch(1)
        self.sync = SyncCard(theme)
        self.sync.clicked.connect(lambda: self.page_wanted.emit("sync"))
        self.sync.setShortcut("Ctrl+9")
        self._group.addButton(self.sync)
        layout.addWidget(self.sync)
        layout.addSpacing(8)
        self.person = RailButton(theme, "", "circle-user-round")
        self.name(worker)
        self._choices = self._menu()
        self.person.clicked.connect(self._show_choices)
        layout.addWidget(self.person)
        self.lock = RailButton(theme, self.tr("Lock"), "lock", key=self.tr("Ctrl L"))
        self.lock.setToolTip(self.tr("Lock (Ctrl+L)"))
        self.lock.clicked.connect(self.lock_wanted.emit)
        layout.addWidget(self.lock)

    def name(self, worker: str) -> None:
        """Show who works here."""
        self.person.setText(f"  {self._short(worker)}")
        self.person.setAccessibleName(self.tr("{worker}: colours").format(worker=worker))
        self.person.setToolTip(worker)

    def pick(self, name: str) -> None:
        """Mark a page as the one shown."""
        if name == "sync":
            self.sync.setChecked(True)
        elif name in self.buttons:
            self.buttons[name].setChecked(True)

    def _pages(self) -> tuple[tuple[str, str, str], ...]:
        return (
            ("my_day", self.tr("My day"), "sun"),
            ("caseload", self.tr("Caseload"), "users"),
        )

    def _short(self, name: str) -> str:
        """A name that fits: the first name gives way to its letter before anything is cut."""
        metrics = QFontMetrics(font(BODY, QFont.Weight.Medium))
        first, _, rest = name.partition(" ")
        if metrics.horizontalAdvance(name) > sized(NAME_WIDTH) and rest:
            name = f"{first[:1]}. {rest}"
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, sized(NAME_WIDTH))

    def _show_choices(self) -> None:
        above = self.person.mapToGlobal(QPoint(0, -self._choices.sizeHint().height()))
        self._choices.popup(above)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for choice, text in (
            ("system", self.tr("Colours as the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(self._theme.choice == choice)
            group.addAction(action)
            action.triggered.connect(lambda _=False, choice=choice: self._theme.choose(choice))
            menu.addAction(action)
        return menu
