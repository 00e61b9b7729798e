"""Notes: saved behind the keys, signed on purpose, added to beneath, and never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit

from casefield.care import notes
from casefield.care.views import NoteView
from casefield.demo.stage import PASSPHRASE
from casefield.errors import StorageFull
from casefield.gui.autosave import EVERY_MS
from casefield.gui.patient.note_editor import NoteEditor
from casefield.gui.patient.notes import NotesTab
from casefield.gui.widgets.asking import SurePanel
from casefield.gui.widgets.sign_panel import SignPanel
from tests.gui.conftest import MovedClock
from tests.gui.hands import Hands, buttons, texts

DANA, SAMUEL, ROSA = "dana-whitfield", "samuel-adeyemi", "rosa-medina"


def begin(ana: Hands, who: str = DANA, kind: str = "phone") -> NoteEditor:
    """Begin a note; return its editor."""
    tab: NotesTab = ana.person(who, "notes", ("new", kind))
    assert tab.editor is not None
    return tab.editor


def tab_of(ana: Hands) -> NotesTab:
    """Return the tab that is open."""
    found = ana.shell.workspace.tabs["notes"]
    assert isinstance(found, NotesTab)
    return found


def kept(ana: Hands, who: str = DANA) -> tuple[NoteView, ...]:
    """Return the notes as the record has them."""
    return ana.kept(lambda work: notes.notes(work, ana.cases[who]))


def tick(ana: Hands, editor: NoteEditor) -> None:
    """Let the time pass after which what was typed is saved."""
    assert editor.autosave.pending
    editor.autosave._timer.stop()
    editor.autosave._timer.timeout.emit()
    ana.settle()


def sign(ana: Hands, editor: NoteEditor, passphrase: str = PASSPHRASE) -> None:
    """Review and sign with a passphrase."""
    ana.press("Review and sign", editor)
    assert isinstance(editor.panel, SignPanel)
    editor.panel.field.setText(passphrase)
    ana.key(Qt.Key.Key_Return)


class TestWriting:
    def test_the_cursor_is_in_the_words_at_once(self, ana: Hands) -> None:
        editor = begin(ana)
        assert QApplication.focusWidget() is editor.body
        assert editor.kind.currentData() == "phone"

    def test_it_is_saved_at_most_a_second_behind_the_keys(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("She")
        assert EVERY_MS <= 1000
        assert editor.autosave._timer.interval() == EVERY_MS
        assert editor.autosave.pending
        ana.type(" said")  # whoever never pauses is saved, too: the clock runs from the first key
        tick(ana, editor)
        assert kept(ana)[0].body == "She said"
        assert not editor.autosave.pending
        assert any(text.startswith("saved on this laptop 11:32") for text in texts(editor))

    def test_title_kind_and_day_are_saved_too(self, ana: Hands) -> None:
        editor = begin(ana)
        editor.title.setFocus()
        ana.type("Sleep")
        editor.kind.choose("home_visit")
        tick(ana, editor)
        note = kept(ana)[0]
        assert (note.title, note.kind) == ("Sleep", "home_visit")

    def test_saving_moves_nothing_under_the_cursor(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("one two")
        cursor = editor.body.textCursor()
        cursor.setPosition(3)
        editor.body.setTextCursor(cursor)
        tick(ana, editor)
        assert tab_of(ana).editor is editor
        assert editor.body.textCursor().position() == 3
        assert QApplication.focusWidget() is editor.body
        assert editor.body.document().isUndoAvailable()

    def test_a_full_disk_says_so_and_tries_again(
        self, ana: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        editor = begin(ana)

        def full(*args: object, **fields: object) -> None:
            raise StorageFull("The disk of this laptop is full. Make room; nothing is lost.")

        ana.type("Important")
        with monkeypatch.context() as patch:
            patch.setattr(notes, "save_note", full)
            tick(ana, editor)
        assert "disk of this laptop is full" in editor.complaint.text()
        assert editor.complaint.isVisible()
        assert editor.body.toPlainText() == "Important"
        tick(ana, editor)
        assert kept(ana)[0].body == "Important"
        assert not editor.complaint.isVisible()

    def test_going_elsewhere_saves_at_once(self, ana: Hands) -> None:
        begin(ana)
        ana.type("Half a sen")
        ana.shell.rail.buttons["my_day"].click()
        ana.settle()
        assert kept(ana)[0].body == "Half a sen"

    def test_another_note_chosen_saves_the_first(self, ana: Hands, clock: MovedClock) -> None:
        begin(ana)
        ana.type("First")
        clock.forward(minutes=5)
        begin(ana, kind="clinic")
        ana.type("Second")
        tab = tab_of(ana)
        tab.list.setCurrentIndex(tab.model.index(1))
        ana.settle()
        assert {note.body for note in kept(ana)} == {"First", "Second"}
        assert tab.editor is not None
        assert tab.editor.body.toPlainText() == "First"


class TestSigning:
    def test_signed_it_can_only_be_read(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("She slept well.")
        sign(ana, editor)
        (note,) = kept(ana)
        assert note.signed_at is not None
        tab = tab_of(ana)
        assert tab.editor is None
        assert tab.findChildren(QPlainTextEdit) == []
        assert "She slept well." in texts(tab)
        assert "signed" in texts(tab)
        assert QApplication.focusWidget() is tab.list

    def test_words_typed_a_moment_before_are_signed_with_the_rest(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("All of it.")
        assert editor.autosave.pending
        sign(ana, editor)
        assert kept(ana)[0].body == "All of it."

    def test_a_wrong_passphrase_signs_nothing(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("Words")
        sign(ana, editor, "not this one")
        assert isinstance(editor.panel, SignPanel)
        assert "Nothing is signed" in editor.panel.complaint()
        assert kept(ana)[0].signed_at is None

    def test_an_empty_note_is_not_signed(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.press("Review and sign", editor)
        assert editor.panel is None
        assert editor.complaint.text().startswith("The note is empty.")
        assert QApplication.focusWidget() is editor.body

    def test_escape_returns_to_the_words(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("Words")
        ana.press("Review and sign", editor)
        ana.key(Qt.Key.Key_Escape)
        assert editor.panel is None
        assert QApplication.focusWidget() is editor.body
        assert "Review and sign" in buttons(editor)

    def test_what_is_signed_is_said_before(self, ana: Hands) -> None:
        editor = begin(ana)
        ana.type("She slept well and ate.")
        ana.press("Review and sign", editor)
        assert editor.panel is not None
        said = " ".join(texts(editor.panel))
        assert "5 words" in said
        assert "“She slept well" in said
        assert "it never changes again" in said


class TestAddendum:
    def test_it_stands_beneath_with_its_own_signature(self, ana: Hands) -> None:
        ana.person(SAMUEL, "notes")
        tab = tab_of(ana)
        before = kept(ana, SAMUEL)[0]
        ana.press("Add an addendum", tab)
        assert tab.editor is not None
        assert QApplication.focusWidget() is tab.editor.body
        ana.type("He called back: no fever.")
        sign(ana, tab.editor)
        after = kept(ana, SAMUEL)[0]
        assert after.body == before.body
        assert [a.body for a in after.addenda] == ["He called back: no fever."]
        said = texts(tab)
        assert said.index(before.body) < said.index("He called back: no fever.")
        assert "Add an addendum" in buttons(tab)

    def test_begun_and_left_it_is_there_to_go_on(self, ana: Hands) -> None:
        ana.person(SAMUEL, "notes")
        ana.press("Add an addendum", tab_of(ana))
        ana.type("He cal")
        ana.person(ROSA)
        ana.person(SAMUEL, "notes")
        editor = tab_of(ana).editor
        assert editor is not None
        assert editor.body.toPlainText() == "He cal"
        assert "Addendum, not signed yet" in texts(tab_of(ana))


def test_a_draft_is_taken_back_only_when_one_is_sure(ana: Hands) -> None:
    editor = begin(ana)
    ana.type("Wrong person")
    ana.press("Discard draft", editor)
    assert isinstance(editor.panel, SurePanel)
    assert QApplication.focusWidget() is editor.panel.back
    ana.key(Qt.Key.Key_Space)
    assert editor.panel is None
    assert len(kept(ana)) == 1
    ana.press("Discard draft", editor)
    assert isinstance(editor.panel, SurePanel)
    editor.panel.act.click()
    ana.settle()
    assert kept(ana) == ()
    assert "No notes yet" in texts(tab_of(ana))


def test_a_visit_is_begun_from_the_menu(ana: Hands) -> None:
    ana.person(ROSA, "notes")
    tab = tab_of(ana)
    menus = {m.parentWidget().text().strip(): m for m in tab.findChildren(QMenu)}  # type: ignore[attr-defined]
    assert set(menus) == {"New note", "Start visit"}
    menus["Start visit"].actions()[0].trigger()
    ana.settle()
    assert tab.editor is not None
    assert kept(ana, ROSA)[0].visit_id is not None
    assert QApplication.focusWidget() is tab.editor.body


def test_tab_leaves_the_words(ana: Hands) -> None:
    editor = begin(ana)
    ana.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not editor.body
    assert editor.body.toPlainText() == ""


def test_no_notes_says_what_will_stand_here(ana: Hands) -> None:
    ana.person(ROSA, "notes")
    said = " ".join(texts(tab_of(ana)))
    assert "No notes yet" in said
    assert "Begin with a note, or start a visit." in said
