"""The left rail: pages, how sync stands, who works here, lock."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from casefield.gui import words
from casefield.gui.theme.icons import SIZE, icon
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import icon_label, label, row
from casefield.sync.state import Phase, SyncState

WIDTH = 168
NAME_WIDTH = 104
PHASE_ICONS = {
    Phase.ALONE: "laptop",
    Phase.WAITING: "cloud",
    Phase.SYNCING: "refresh-cw",
    Phase.ONLINE: "cloud-check",
    Phase.OFFLINE: "cloud-off",
    Phase.STOPPED: "circle-alert",
}


class RailButton(QPushButton):
    """A page's button, with a number where something waits."""

    def __init__(self, theme: Theme, text: str, icon_name: str, shortcut: str = "") -> None:
        super().__init__(f"  {text}")
        p = theme.palette
        self._text = text
        self.setIcon(icon(icon_name, p.rail_text, "#FFFFFF"))
        self.setIconSize(QSize(SIZE, SIZE))
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if shortcut:
            self.setShortcut(shortcut)
            self.setToolTip(f"{text} ({shortcut})")
        self._badge = QLabel()
        self._badge.setObjectName("badge")
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._badge.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._badge.hide()
        inner = QHBoxLayout(self)
        inner.setContentsMargins(0, 0, 10, 0)
        inner.addStretch(1)
        inner.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignVCenter)
        self.count(0)

    def count(self, number: int) -> None:
        """Show how many things wait; nothing for none."""
        self._badge.setText(str(number))
        self._badge.setVisible(number > 0)
        self.setAccessibleName(f"{self._text}, {number}" if number else self._text)


class SyncCard(QFrame):
    """How this laptop stands with headquarters, in words. Clicking lists what waits."""

    clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("synccard")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._theme = theme
        self._icon = icon_label("cloud", "#FFFFFF", 16)
        self._head = label("", "strong")
        self._body = label("", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 9, 10, 9)
        layout.setSpacing(3)
        layout.addLayout(row(self._icon, self._head, 1, spacing=6))
        layout.addWidget(self._body)

    def tell(self, state: SyncState, now: datetime, zone: str) -> None:
        """Show a state."""
        from casefield.gui.theme.icons import pixmap

        self._icon.setPixmap(pixmap(PHASE_ICONS[state.phase], "#FFFFFF", 16))
        head, body = self._words(state, now, zone)
        self._head.setText(head)
        self._body.setText(body)
        self._body.setVisible(bool(body))
        self.setAccessibleName(f"{head}. {body}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """List what waits."""
        self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """List what waits."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def _words(self, state: SyncState, now: datetime, zone: str) -> tuple[str, str]:
        head = {
            Phase.ALONE: self.tr("Working alone"),
            Phase.WAITING: self.tr("Not synced yet"),
            Phase.SYNCING: self.tr("Syncing …"),
            Phase.ONLINE: self.tr("Online") if state.waiting else self.tr("At headquarters"),
            Phase.OFFLINE: self.tr("Offline"),
            Phase.STOPPED: self.tr("Sync stopped"),
        }[state.phase]
        lines = []
        if state.refused:
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
        waiting_wanted: list what waits for headquarters.
        lock_wanted: lock.
    """

    page_wanted = Signal(str)
    waiting_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, theme: Theme, worker: str) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._group = QButtonGroup(self)
        self.buttons: dict[str, RailButton] = {}
        mark = icon_label("heart-handshake", "#FFFFFF", 20)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 16, 8, 10)
        layout.setSpacing(2)
        head = row(mark, label("casefield", "mark"), 1, spacing=8)
        head.setContentsMargins(10, 0, 0, 8)
        layout.addLayout(head)
        for number, (name, text, icon_name) in enumerate(self._pages(), start=1):
            made = RailButton(theme, text, icon_name, f"Ctrl+{number}")
            made.clicked.connect(lambda _=False, name=name: self.page_wanted.emit(name))
            self._group.addButton(made)
            self.buttons[name] = made
            layout.addWidget(made)
        layout.addStretch(1)
        self.sync = SyncCard(theme)
        self.sync.clicked.connect(self.waiting_wanted.emit)
        layout.addWidget(self.sync)
        layout.addSpacing(8)
        self.person = self._plain(worker, "circle-user-round")
        self._choices = self._menu()
        self.person.clicked.connect(self._show_choices)
        layout.addWidget(self.person)
        lock = self._plain(self.tr("Lock"), "lock")
        lock.setToolTip("Ctrl+L")
        lock.clicked.connect(self.lock_wanted.emit)
        layout.addWidget(lock)

    def pick(self, name: str) -> None:
        """Mark a page as the one shown."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)

    def _pages(self) -> tuple[tuple[str, str, str], ...]:
        return (
            ("my_day", self.tr("My day"), "sun"),
            ("caseload", self.tr("Caseload"), "users"),
        )

    def _plain(self, text: str, icon_name: str) -> QPushButton:
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, NAME_WIDTH)
        made = QPushButton(f"  {shown}")
        made.setAccessibleName(text)
        made.setIcon(icon(icon_name, self._theme.palette.rail_text))
        made.setIconSize(QSize(SIZE, SIZE))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        return made

    def _show_choices(self) -> None:
        above = self.person.mapToGlobal(QPoint(0, -self._choices.sizeHint().height()))
        self._choices.popup(above)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for choice, text in (
            ("system", self.tr("Colours as the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(self._theme.choice == choice)
            action.triggered.connect(lambda _=False, choice=choice: self._theme.choose(choice))
            menu.addAction(action)
        return menu
