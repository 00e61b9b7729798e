"""Ctrl+K: a person or a page from anywhere, results as one types."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from casefield.care import caseload
from casefield.care.views import Hit
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.overlay import Overlay
from casefield.gui.theme.icons import icon
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label

WHAT = Qt.ItemDataRole.UserRole
ROWS_HEIGHT = 300


class FindPanel(Overlay):
    """The finder.

    Signals:
        person_wanted: show a person's record.
        page_wanted: show a page.
    """

    person_wanted = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Name, date of birth or number"))
        self.field.setAccessibleName(self.tr("Find a person or page"))
        self.field.textChanged.connect(self._ask)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Found"))
        self.list.setFixedHeight(ROWS_HEIGHT)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        self._words = label("", "small")
        self.body.addWidget(self.field)
        self.body.addWidget(self.list)
        self.body.addWidget(self._words)

    def open(self) -> None:
        """Show the finder, empty."""
        self.field.clear()
        self._ask("")
        self.open_over()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while one types; Enter takes."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)  # Qt's word for this type of event
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.list.currentRow() + step
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None:
                    self._take(item)
                return True
        return super().eventFilter(watched, event)

    def _ask(self, text: str) -> None:
        self._desk.ask(
            lambda work: caseload.find_people(work, text),
            lambda hits: self._show(text, hits),
            owner=self,
        )

    def _show(self, text: str, hits: tuple[Hit, ...]) -> None:
        if text != self.field.text():
            return
        self.list.clear()
        for hit in hits:
            born = words.born(hit.detail)
            detail = self.tr("born {day}").format(day=born) if born else ""
            self._row(f"{hit.name}   {detail}", "user-round", ("person", hit.case_id))
        for name, title, symbol in (
            ("my_day", self.tr("My day"), "sun"),
            ("caseload", self.tr("Caseload"), "users"),
        ):
            if all(word in title.casefold() for word in text.casefold().split()):
                self._row(title, symbol, ("page", name))
        if self.list.count():
            self.list.setCurrentRow(0)
        if text and not hits:
            self._words.setText(self.tr("Nobody on this laptop fits “{text}”.").format(text=text))
        else:
            self._words.setText(self.tr("Enter opens, Esc closes."))

    def _row(self, text: str, symbol: str, what: tuple[str, str]) -> None:
        item = QListWidgetItem(icon(symbol, self._theme.palette.mute), text)
        item.setData(WHAT, what)
        self.list.addItem(item)

    def _take(self, item: QListWidgetItem) -> None:
        kind, name = item.data(WHAT)
        self.close_over()
        (self.person_wanted if kind == "person" else self.page_wanted).emit(name)
