"""Visits and notes: the list at the left, the chosen note at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from casefield.care import notes
from casefield.care.views import NoteView
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.lines import LinesModel
from casefield.gui.models.notes import draft_of, holds, note_line
from casefield.gui.patient.note_editor import NoteEditor
from casefield.gui.patient.signed_note import SignedNote
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import hairline, scrolled
from casefield.gui.widgets.buttons import Button, button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.flow import FlowLayout
from casefield.gui.widgets.line_delegate import LineDelegate

LIST_WIDTH = 320
LIST_SHARE, NOTE_SHARE = 1, 2
VISITS = ("home_visit", "clinic", "video")


class NotesTab(Tab):
    """The tab."""

    kinds = ("Note", "Visit")

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._notes: tuple[NoteView, ...] = ()
        self._chosen: str | None = None
        self._wanted: str | None = None
        self._shown: tuple[object, ...] = ()
        self._begun = False
        self.editor: NoteEditor | None = None
        self.model = LinesModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("Notes and visits"))
        self.list.setItemDelegate(LineDelegate(theme, self.list, two=True))
        self.list.selectionModel().currentChanged.connect(self._picked)
        new = self._menu(self.tr("New note"), "pen-line", notes.KINDS, self._new)
        visit = self._menu(self.tr("Start visit"), "map-pin", VISITS, self._visit)
        left = Card(self.tr("Notes and visits")).tight()
        left.setMaximumWidth(sized(LIST_WIDTH))
        begin = QWidget()
        bar = FlowLayout(begin, 8)
        bar.setContentsMargins(14, 0, 14, 8)
        bar.addWidget(new)
        bar.addWidget(visit)
        left.add(begin)
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
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._right)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(16)
        layout.addWidget(left, LIST_SHARE)
        layout.addWidget(frame, NOTE_SHARE)

    def load(self) -> None:
        """Ask for the notes."""
        case_id = self.case_id
        assert case_id is not None  # a tab loads when it has a person
        self.newest.ask(case_id, lambda work: notes.notes(work, case_id), self._show)

    def leave(self) -> None:
        """Save what is typed."""
        self.save()

    def save(self) -> None:
        """Save what is typed."""
        if self.editor is not None:
            self.editor.flush()

    def put_away(self) -> None:
        """Keep what is typed and be about nobody."""
        self.leave()
        self.editor = None
        self._chosen = self._wanted = None
        super().put_away()

    def forget(self) -> None:
        """Show nothing but the note that is being written."""
        self._notes, self._begun = (), False
        self.model.show(())
        if self.editor is None:
            self._put(None)

    def take_focus(self) -> bool:
        """Go on with the words, else with the list."""
        if self.editor is not None:
            self.editor.take_focus()
        else:
            self.list.setFocus()
        return True

    def open_at(self, what: Any) -> None:
        """Open a note by its id, or begin one: ("new", kind) or ("visit", task id)."""
        if isinstance(what, tuple):
            begin, detail = what
            if begin == "new":
                self._new(detail)
            else:
                self._visit("home_visit", detail)
        else:
            self._wanted = what
            self._show(self._notes)

    # -- list ---------------------------------------------------------------------------------

    def _show(self, found: tuple[NoteView, ...]) -> None:
        wanted = next((n for n in found if self._wanted and holds(n, self._wanted)), None)
        if wanted is not None:
            self._chosen, self._wanted = wanted.note_id, None
        self._notes = found
        lines = tuple(note_line(note) for note in found)
        picking = self.list.selectionModel()
        picking.blockSignals(True)
        self.model.show(lines)
        ids = [note.note_id for note in found]
        if self._chosen not in ids:
            self._chosen = ids[0] if ids else None
        if self._chosen is not None:
            self.list.setCurrentIndex(self.model.index(ids.index(self._chosen)))
        picking.blockSignals(False)
        self.list.viewport().update()
        self._show_chosen()
        if wanted is not None and self._begun:
            self._begun = False
            self.take_focus()

    def _picked(self, index: QModelIndex) -> None:
        line = self.model.line(index)
        if line is not None and line.what != self._chosen:
            self.leave()
            self._chosen = str(line.what)
            self._show_chosen()

    # -- the chosen note ----------------------------------------------------------------------

    def _show_chosen(self) -> None:
        note = next((n for n in self._notes if n.note_id == self._chosen), None)
        if note is None:
            self.editor = None
            self._put(None)
            return
        draft = draft_of(note)
        if self.editor is not None and draft is not None and self.editor.note_id == draft.note_id:
            self.editor.told(draft)  # the person is writing: nothing under the cursor moves
            return
        if self._shown == (note,):
            return
        self.editor = self._editor(draft, addendum=not note.mine) if draft is not None else None
        if note.mine:
            self._put(self.editor, note)
        else:
            begin = partial(self._addendum, note.note_id)
            self._put(
                scrolled(SignedNote(self.theme, note, self.editor, begin), on_card=True), note
            )

    def _editor(self, note: NoteView, *, addendum: bool) -> NoteEditor:
        made = NoteEditor(self.desk, self.theme, note, addendum=addendum)
        made.signed.connect(self._renew)
        made.discarded.connect(self._renew)
        return made

    def _put(self, page: QWidget | None, *shown: object) -> None:
        """Show a page, or that there is none."""
        self._shown = shown
        for number in range(self._right.count() - 1, -1, -1):
            old = self._right.widget(number)
            if old is not None and old is not self._empty and old is not page:
                self._right.removeWidget(old)
                old.deleteLater()
        if page is not None:
            self._right.addWidget(page)
        self._right.setCurrentWidget(page or self._empty)

    def _renew(self) -> None:
        """The editor is done with its draft: show what is kept now."""
        self.list.setFocus()
        self.editor = None
        self._put(None)
        self.load()

    # -- beginning ----------------------------------------------------------------------------

    def _menu(
        self, text: str, icon_name: str, kinds: tuple[str, ...], act: Callable[[str], object]
    ) -> Button:
        made = button(text, theme=self.theme, icon_name=icon_name)
        menu = QMenu(made)
        for code in kinds:
            menu.addAction(words.note_kind(code), partial(act, code))
        made.setMenu(menu)
        return made

    def _new(self, kind: str) -> None:
        case_id = self._about()
        self._begin(lambda work: notes.start_note(work, case_id, kind), "new note")

    def _visit(self, kind: str, task_id: str | None = None) -> None:
        case_id = self._about()
        self._begin(
            lambda work: notes.start_visit(work, case_id, kind, task_id=task_id), "start visit"
        )

    def _addendum(self, note_id: str) -> None:
        self._begin(lambda work: notes.add_addendum(work, note_id), "addendum")

    def _begin(self, act: Callable[[Any], str], reason: str) -> None:
        """Begin a draft, then show it with the keyboard in it."""
        self.leave()
        case_id = self.case_id

        def begun(note_id: str) -> None:
            if self.case_id == case_id:
                self._wanted, self._begun = note_id, True
                self.load()

        self.desk.act(act, reason, begun, owner=self)

    def _about(self) -> str:
        assert self.case_id is not None  # the button stands in a person's record
        return self.case_id
