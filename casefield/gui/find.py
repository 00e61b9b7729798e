"""Ctrl+K: a person, a page or a deed from anywhere, results as one types."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QWidget

from casefield.care import caseload
from casefield.care.views import Hit
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.lines import Line, LinesModel
from casefield.gui.newest import Newest
from casefield.gui.overlay import Overlay
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.line_delegate import LineDelegate

SHOWN_ROWS = 8


@dataclass(frozen=True)
class Target:
    """What a line of the finder leads to: a page, or a place in a person's record."""

    page: str = ""
    case_id: str = ""
    tab: str = "summary"
    what: tuple[str, str | None] | None = None


class FindPanel(Overlay):
    """The finder.

    Signals:
        person_wanted: (case_id, tab, what) show a person's record.
        page_wanted: show a page.
    """

    person_wanted = Signal(str, str, object)
    page_wanted = Signal(str)

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._newest = Newest(desk, self)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Name, date of birth or number"))
        self.field.setAccessibleName(self.tr("Find a person or page"))
        self.field.textChanged.connect(self._ask)
        self.field.installEventFilter(self)
        self.model = LinesModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("Found"))
        self._delegate = LineDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.activated.connect(self._take)
        self.list.clicked.connect(self._take)
        self._words = label("", "small", wrap=True)
        self.body.addWidget(self.field)
        self.body.addWidget(self.list)
        self.body.addWidget(self._words)

    def open(self) -> None:
        """Show the finder, empty."""
        self.field.clear()
        self._ask("")
        self.open_over()
        self.field.setFocus()

    def forget(self) -> None:
        """Close, and show nobody any more."""
        self.hide()
        self.field.clear()
        self.model.show(())
        self._words.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while one types; Enter takes."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)  # Qt's word for this type of event
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                line = self.list.currentIndex().row() + step
                self._pick(max(0, min(self.model.rowCount() - 1, line)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _ask(self, text: str) -> None:
        self._newest.ask(
            text,
            lambda work: caseload.find_people(work, text),
            lambda hits: self._show(text, hits),
        )

    def _show(self, text: str, hits: tuple[Hit, ...]) -> None:
        if text != self.field.text():
            return
        lines = [self._person(hit) for hit in hits]
        lines[1:1] = self._deeds(hits[0]) if hits else []
        lines += self._pages(text)
        self.model.show(tuple(lines))
        self._pick(0)
        height = self._delegate.row_height() * min(max(len(lines), 1), SHOWN_ROWS)
        self.list.setFixedHeight(height if lines else 0)
        if text and not hits:
            self._words.setText(self.tr("Nobody on this laptop fits “{text}”.").format(text=text))
        else:
            self._words.setText(self.tr("Enter opens, Esc closes."))

    def _person(self, hit: Hit) -> Line:
        born = words.born(hit.detail)
        detail = self.tr("born {day}").format(day=born) if born else ""
        return Line(hit.name, detail, "user-round", Target(case_id=hit.case_id))

    def _deeds(self, hit: Hit) -> list[Line]:
        """What can be begun at once for the person found first."""
        note = self.tr("New note for {name}").format(name=hit.name)
        visit = self.tr("Start a visit with {name}").format(name=hit.name)
        return [
            Line(note, "", "pen-line", Target("", hit.case_id, "notes", ("new", "other"))),
            Line(visit, "", "map-pin", Target("", hit.case_id, "notes", ("visit", None))),
        ]

    def _pages(self, text: str) -> list[Line]:
        typed = text.casefold().split()
        pages = (
            ("my_day", self.tr("My day"), "sun"),
            ("caseload", self.tr("Caseload"), "users"),
            ("sync", self.tr("Sync"), "refresh-cw"),
        )
        return [
            Line(title, self.tr("page"), icon, Target(page=name))
            for name, title, icon in pages
            if all(word in title.casefold() for word in typed)
        ]

    def _pick(self, number: int) -> None:
        self.list.setCurrentIndex(self.model.index(number))

    def _take(self, index: QModelIndex) -> None:
        line = self.model.line(index) if self.isVisible() else None
        if line is None or not isinstance(line.what, Target):
            return
        self.close_over()
        target = line.what
        if target.page:
            self.page_wanted.emit(target.page)
        else:
            self.person_wanted.emit(target.case_id, target.tab, target.what)
