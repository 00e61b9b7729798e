"""Visits and notes: the list at the left, the chosen note at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from casefield.care import notes
from casefield.care.views import NoteView
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.patient.note_editor import NoteEditor
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.icons import icon
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import button, dress, hairline, label, row, scrolled
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.empty import EmptyState

ID = Qt.ItemDataRole.UserRole
LIST_WIDTH = 320
ROW_HEIGHT = 62
ICONS = {
    "home_visit": "house",
    "phone": "phone",
    "clinic": "stethoscope",
    "video": "laptop",
    "team_conference": "users",
    "other": "sticky-note",
}


class NotesTab(Tab):
    """The tab."""

    kinds = ("Note", "Visit")

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._notes: tuple[NoteView, ...] = ()
        self._chosen: str | None = None
        self._wanted: str | None = None
        self.editor: NoteEditor | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Notes and visits"))
        self.list.setIconSize(QSize(18, 18))
        self.list.setWordWrap(True)
        self.list.currentItemChanged.connect(self._picked)
        new = self._menu(self.tr("New note"), "pen-line", self._new)
        visit = self._menu(self.tr("Start visit"), "map-pin", self._visit)
        left = Card(self.tr("Notes and visits")).tight()
        left.setFixedWidth(LIST_WIDTH)
        bar = row(new, visit, 1)
        bar.setContentsMargins(14, 0, 14, 8)
        left.add(bar)
        left.add(hairline())
        left.add(self.list, 1)
        self._right = QStackedWidget()
        self._empty = EmptyState(
            theme,
            "notebook-pen",
            self.tr("No notes yet"),
            self.tr(
                "What you see, hear and do with this person stands here, signed by who wrote it. "
                "Begin with a note, or start a visit."
            ),
        )
        self._right.addWidget(self._empty)
        frame = QFrame()
        frame.setObjectName("card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(16, 14, 16, 14)
        inside.addWidget(self._right)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(16)
        layout.addWidget(left)
        layout.addWidget(frame, 1)

    def show_person(self, case_id: str) -> None:
        """Show a person's notes."""
        if case_id != self.case_id:
            self._forget()
        super().show_person(case_id)

    def load(self) -> None:
        """Ask for the notes."""
        case_id = self.case_id
        assert case_id is not None  # a tab loads when it has a person
        self.desk.ask(lambda work: notes.notes(work, case_id), self._show, owner=self)

    def leave(self) -> None:
        """Save what is typed."""
        if self.editor is not None:
            self.editor.flush()

    def open_at(self, what: Any) -> None:
        """Open a note by its id, or begin one: ("new", kind) or ("visit", task id)."""
        if isinstance(what, tuple):
            begin, detail = what
            if begin == "new":
                self._new(detail)
            else:
                self._visit("home_visit", detail)
        else:
            self._choose(what)

    # -- list ---------------------------------------------------------------------------------

    def _show(self, found: tuple[NoteView, ...]) -> None:
        if self._wanted is not None and any(_has(n, self._wanted) for n in found):
            self._chosen, self._wanted = _top(found, self._wanted), None
        self._notes = found
        self.list.blockSignals(True)
        self.list.clear()
        for note in found:
            self.list.addItem(self._item(note))
        ids = [note.note_id for note in found]
        if self._chosen not in ids:
            self._chosen = ids[0] if ids else None
        if self._chosen is not None:
            self.list.setCurrentRow(ids.index(self._chosen))
        self.list.blockSignals(False)
        self._show_chosen()

    def _item(self, note: NoteView) -> QListWidgetItem:
        title = note.title or words.note_kind(note.kind)
        day = words.day(note.happened_on) if note.happened_on else ""
        about = [day, note.author]
        if note.status == "draft":
            about.insert(0, self.tr("draft"))
        if note.addenda:
            about.append(self.tr("{n} addenda").format(n=len(note.addenda)))
        text = f"{title}\n{' · '.join(part for part in about if part)}"
        colour = self.theme.palette.warning if note.status == "draft" else self.theme.palette.mute
        item = QListWidgetItem(icon(ICONS.get(note.kind, "sticky-note"), colour), text)
        item.setData(ID, note.note_id)
        item.setSizeHint(QSize(LIST_WIDTH - 20, ROW_HEIGHT))
        return item

    def _picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.leave()
            self._chosen = item.data(ID)
            self._show_chosen()

    def _choose(self, note_id: str) -> None:
        if any(_has(note, note_id) for note in self._notes):
            self._chosen = _top(self._notes, note_id)
            self._show(self._notes)
        else:
            self._wanted = note_id

    # -- the chosen note ----------------------------------------------------------------------

    def _show_chosen(self) -> None:
        note = next((n for n in self._notes if n.note_id == self._chosen), None)
        if note is None:
            self._put(None)
            self.editor = None
            self._right.setCurrentWidget(self._empty)
            return
        draft = note if note.mine else next((a for a in note.addenda if a.mine), None)
        if self.editor is not None and draft is not None and self.editor.note_id == draft.note_id:
            self.editor.told(draft)  # the person is writing: nothing under the cursor moves
            return
        if note.mine:
            self._put(self._draft(note))
        else:
            self._put(self._signed(note, draft))

    def _draft(self, note: NoteView) -> QWidget:
        self.editor = self._editor(note)
        return self.editor

    def _signed(self, note: NoteView, draft: NoteView | None) -> QWidget:
        self.editor = None
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        title = note.title or words.note_kind(note.kind)
        layout.addLayout(row((label(title, "section", wrap=True), 1), *self._chips(note)))
        layout.addWidget(label(_about(note), "small", wrap=True))
        layout.addWidget(label(note.body, wrap=True, select=True))
        layout.addWidget(label(self._signature(note), "small", wrap=True))
        for addendum in note.addenda:
            if addendum.mine:
                continue
            layout.addWidget(hairline())
            layout.addWidget(label(self.tr("Addendum"), "title"))
            layout.addWidget(label(addendum.body, wrap=True, select=True))
            layout.addWidget(label(self._signature(addendum), "small", wrap=True))
        layout.addWidget(hairline())
        if draft is not None:
            layout.addWidget(label(self.tr("Addendum, not signed yet"), "title"))
            self.editor = self._editor(draft, addendum=True)
            layout.addWidget(self.editor)
        else:
            add = button(self.tr("Add an addendum"), lambda: self._addendum(note.note_id))
            dress(add, self.theme, "plus")
            layout.addLayout(row(add, 1))
        layout.addStretch(1)
        return scrolled(page, on_card=True)

    def _editor(self, note: NoteView, *, addendum: bool = False) -> NoteEditor:
        made = NoteEditor(self.desk, self.theme, note, addendum=addendum)
        made.signed.connect(self._renew)
        made.discarded.connect(self._renew)
        return made

    def _chips(self, note: NoteView) -> list[QWidget]:
        found: list[QWidget] = [Chip(self.theme, self.tr("signed"), Tone.GOOD, "check")]
        where = (
            Chip(self.theme, self.tr("at headquarters"), Tone.INFO, "cloud-check")
            if note.at_headquarters
            else Chip(self.theme, self.tr("on this laptop"), Tone.NEUTRAL, "laptop")
        )
        if note.late_entry:
            found.append(Chip(self.theme, self.tr("late entry"), Tone.WARNING, "clock"))
        return [*found, where]

    def _signature(self, note: NoteView) -> str:
        if note.signed_at is None:
            return ""
        return self.tr("Signed by {who}, {when}: “{meaning}.”").format(
            who=note.signed_by or note.author,
            when=words.moment(note.signed_at, note.zone),
            meaning=note.signature_meaning or "",
        )

    def _put(self, page: QWidget | None) -> None:
        for number in range(self._right.count() - 1, -1, -1):
            old = self._right.widget(number)
            if old is not None and old is not self._empty and old is not page:
                self._right.removeWidget(old)
                old.deleteLater()
        if page is not None:
            self._right.addWidget(page)
            self._right.setCurrentWidget(page)

    def _renew(self) -> None:
        """The editor is done with its draft: show what is kept now."""
        self._put(None)
        self.editor = None
        self.load()

    def _forget(self) -> None:
        self.leave()
        self._put(None)
        self.editor = None
        self._notes, self._chosen, self._wanted = (), None, None
        self.list.clear()

    # -- beginning ----------------------------------------------------------------------------

    def _menu(self, text: str, icon_name: str, act: Any) -> QPushButton:
        made = button(text)
        dress(made, self.theme, icon_name)
        menu = QMenu(made)
        for code in notes.KINDS:
            if act == self._visit and code not in ("home_visit", "clinic", "video"):
                continue
            menu.addAction(words.note_kind(code), partial(act, code))
        made.setMenu(menu)
        return made

    def _new(self, kind: str) -> None:
        case_id = self.case_id
        assert case_id is not None  # the button stands in a person's record
        self.leave()
        self.desk.act(
            lambda work: notes.start_note(work, case_id, kind),
            "new note",
            self._begun,
            owner=self,
        )

    def _visit(self, kind: str, task_id: str | None = None) -> None:
        case_id = self.case_id
        assert case_id is not None  # the button stands in a person's record
        self.leave()
        self.desk.act(
            lambda work: notes.start_visit(work, case_id, kind, task_id=task_id),
            "start visit",
            self._begun,
            owner=self,
        )

    def _addendum(self, note_id: str) -> None:
        self.desk.act(
            lambda work: notes.add_addendum(work, note_id), "addendum", self._begun, owner=self
        )

    def _begun(self, note_id: str) -> None:
        self._wanted = note_id
        case_id = self.case_id
        assert case_id is not None  # a note was begun for a person

        def show(found: tuple[NoteView, ...]) -> None:
            self._wanted = note_id
            self._show(found)
            if self.editor is not None:
                self.editor.take_focus()

        self.desk.ask(lambda work: notes.notes(work, case_id), show, owner=self)


def _has(note: NoteView, note_id: str) -> bool:
    return note.note_id == note_id or any(a.note_id == note_id for a in note.addenda)


def _top(found: tuple[NoteView, ...], note_id: str) -> str:
    return next(note.note_id for note in found if _has(note, note_id))


def _about(note: NoteView) -> str:
    parts = [words.note_kind(note.kind)]
    if note.happened_on:
        parts.append(words.day(note.happened_on, weekday=True))
    parts.append(note.author)
    return " · ".join(part for part in parts if part)
