"""The bar on top of a page: title, a word beside it, the way to find anything."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.buttons import PanelButton
from casefield.gui.widgets.icon import Icon

BAR_HEIGHT = 52
FIND_WIDTH = 260


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
        self.finder = FindField(theme)
        self.finder.clicked.connect(self.find_wanted.emit)
        self.bar.addWidget(self.finder)
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

    def forget(self) -> None:
        """Show nobody any more, for the lock."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Put the keyboard where work begins."""


class FindField(PanelButton):
    """Looks like a field and opens the finder."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("findfield")
        self.setAccessibleName(self.tr("Find a person or page, Ctrl+K"))
        self.setMinimumWidth(sized(FIND_WIDTH))
        key = label(self.tr("Ctrl K"))
        key.setObjectName("key")
        icon = Icon(theme, "search", "mute", 16)
        words = label(self.tr("Find a person or page"), "mute")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 5, 8, 5)
        layout.addWidget(icon)
        layout.addWidget(words, 1)
        layout.addWidget(key)
        self.hold(icon, words, key)
