"""The bar on top of a page: title, a word beside it, the way to find anything."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import icon_label, label

BAR_HEIGHT = 52


class Page(QWidget):
    """A page of the rail.

    Signals:
        person_wanted: (case_id, tab, what) show a person's record.
        find_wanted: open the finder.
    """

    person_wanted = Signal(str, str, object)
    find_wanted = Signal()

    def __init__(self, desk: Desk, theme: Theme, title: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self.theme = theme
        bar = QFrame()
        bar.setObjectName("bar")
        bar.setMinimumHeight(BAR_HEIGHT)
        self.bar = QHBoxLayout(bar)
        self.bar.setContentsMargins(20, 8, 20, 8)
        self.bar.setSpacing(14)
        self.bar.addWidget(label(title, "page"))
        self.aside = label("", "mute")
        self.bar.addWidget(self.aside)
        self.bar.addStretch(1)
        self.bar.addWidget(FindField(theme, self.find_wanted.emit))
        self.body = QVBoxLayout()
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addLayout(self.body, 1)

    def load(self) -> None:
        """Ask for what is shown, and show it."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Put the keyboard where work begins."""


class FindField(QFrame):
    """Looks like a field and opens the finder."""

    def __init__(self, theme: Theme, opened: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._opened = opened
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Find a person or page, Ctrl+K"))
        self.setMinimumWidth(260)
        key = label("Ctrl K")
        key.setObjectName("key")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 4)
        layout.addWidget(icon_label("search", theme.palette.mute, 16))
        layout.addWidget(label(self.tr("Find a person or page"), "mute"), 1)
        layout.addWidget(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the finder."""
        self._opened()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the finder."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._opened()
        else:
            super().keyPressEvent(event)
