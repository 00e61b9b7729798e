"""The window as a whole: unlock, lock, come back to the same words, close."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QWidget,
)

from casefield.application import Session
from casefield.care import notes
from casefield.demo.stage import PASSPHRASE
from casefield.gui.first_run import FirstRunPage
from casefield.gui.lock import LockPage
from casefield.gui.theme.theme import Theme
from casefield.gui.window import MainWindow
from tests.gui.hands import Hands, settle

ROSA, DANA = "rosa-medina", "dana-whitfield"


def shown(window: MainWindow) -> QWidget:
    """Return the page that is in sight."""
    found: QWidget = window._stack.currentWidget()
    return found


def columns(model: QAbstractItemModel) -> int:
    """Return how many columns a model has; one that is a list does not tell."""
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount()


def everything_said(window: MainWindow) -> str:
    """Return every word in the window, of what is hidden too, and every row of every list."""
    said = [made.text() for made in window.findChildren(QLabel)]
    said += [made.accessibleName() for made in window.findChildren(QWidget)]
    for view in window.findChildren(QAbstractItemView):
        model = view.model()
        if model is not None:
            said += [
                str(model.index(row, column).data())
                for row in range(model.rowCount())
                for column in range(columns(model))
            ]
    return "\n".join(said)


def test_the_right_passphrase_opens_my_day(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert isinstance(shown(window), LockPage)
    assert window.lock_page is not None
    window.lock_page.field.setText(PASSPHRASE)
    window.lock_page.button.click()
    assert not window.lock_page.field.isEnabled(), "no second try while one is under way"
    settle(window)
    assert window.shell is not None
    assert shown(window) is window.shell
    assert len(window.shell.my_day.model.rows) > 5
    assert QApplication.focusWidget() is window.shell.my_day.list


def test_a_wrong_one_opens_nothing_and_says_so(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    page = window.lock_page
    assert page is not None
    page.field.setText("no such words at all")
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    settle(window)
    assert shown(window) is page
    assert window.shell is None
    assert page.complaint() == "That passphrase doesn't open this profile. Try again."
    assert page.field.selectedText() != "", "the next try is typed over it"
    assert QApplication.focusWidget() is page.field
    page.field.setText("")
    page.button.click()
    assert page.complaint() == "Type your passphrase."


def test_where_there_is_no_profile_the_first_run_is_shown(
    open_window: Callable[..., MainWindow], tmp_path: object
) -> None:
    assert isinstance(shown(open_window(f"{tmp_path}/none")), FirstRunPage)


def test_the_lock_screen_tells_nothing_about_anybody(ana: Hands) -> None:
    """Hidden pages are emptied as well: nobody stays in what a page or a list holds."""
    for who in ana.cases:
        ana.person(who)
    for tab in ("assessments", "care_plan", "notes"):
        ana.person(ROSA, tab)
    ana.shell.rail.buttons["caseload"].click()
    ana.settle()
    ana.shell.finder.open()
    ana.type("me")
    ana.settle()
    ana.shell.rail.sync.click()
    ana.settle()
    assert "Medina" in everything_said(ana.window)
    people = [person.name for person in ana.shell.caseload.model.people]
    ana.window.lock()
    ana.settle()
    said = everything_said(ana.window)
    assert len(people) == len(ana.cases)
    for person in people:
        assert person.rpartition(" ")[2] not in said
    for word in ("Penicillin", "PHQ-9 3", "Mass on Sundays", "St. Brigid", "555-01"):
        assert word not in said
    assert ana.shell.my_day.model.rows == []
    assert ana.shell.caseload.model.people == ()


def test_locking_hides_everything_before_anything_is_waited_for(
    ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sync may need seconds to stop; the record must not stay in sight that long."""
    may_go = threading.Event()
    real = Session.lock

    def slow(self: Session) -> None:
        may_go.wait(10)
        real(self)

    monkeypatch.setattr(Session, "lock", slow)
    ana.window.lock()
    assert isinstance(shown(ana.window), LockPage)
    page = ana.window.lock_page
    assert page is not None
    assert page.words() == "Saving what you typed, then locking …"
    page.field.setText(PASSPHRASE)
    page.button.click()
    assert isinstance(shown(ana.window), LockPage)
    may_go.set()
    ana.settle()
    assert shown(ana.window) is ana.shell, "what was typed meanwhile is tried afterwards"


def test_locked_means_locked(ana: Hands) -> None:
    session = ana.session
    ana.window.lock()
    ana.settle()
    assert session._vault.is_locked
    page = ana.window.lock_page
    assert page is not None
    assert page.words() == "Locked at 11:32. Your unsaved words are safe."


def test_a_note_being_written_is_there_again_word_by_word(ana: Hands) -> None:
    tab = ana.person(DANA, "notes", ("new", "phone"))
    ana.type("She said the shed is")
    body, where = tab.editor.body, tab.editor.body.textCursor().position()
    ana.window.lock()
    ana.settle()
    ana.unlock()
    assert ana.shell.place().case_id == ana.cases[DANA]
    assert ana.shell.place().tab == "notes"
    assert QApplication.focusWidget() is body
    assert body.textCursor().position() == where
    ana.type(" warm enough.")
    assert body.toPlainText() == "She said the shed is warm enough."
    tab.editor.flush()
    ana.settle()
    kept = ana.kept(lambda work: notes.notes(work, ana.cases[DANA]))
    assert kept[0].body == "She said the shed is warm enough."


def test_what_is_typed_in_the_last_moment_is_saved_before_the_key_is_dropped(ana: Hands) -> None:
    tab = ana.person(DANA, "notes", ("new", "phone"))
    ana.type("Last word")
    assert tab.editor.autosave.pending
    ana.window.lock()
    ana.settle()
    tab.editor.body.clear()  # as if the window had been killed: only the record remembers
    tab.editor.autosave._timer.stop()
    ana.unlock()
    kept = ana.kept(lambda work: notes.notes(work, ana.cases[DANA]))
    assert kept[0].body == "Last word"


def test_a_form_half_filled_in_is_there_again_with_the_keyboard_in_its_field(ana: Hands) -> None:
    tab = ana.person(ROSA, "care_plan", ("new_goal", None))
    ana.type("Bake bread")
    tab.editor.description.line.setFocus()
    ana.type("Stand for ten minutes")
    ana.window.lock()
    ana.settle()
    ana.unlock()
    assert tab.editor.words.text() == "Bake bread"
    assert QApplication.focusWidget() is tab.editor.description.line
    ana.type(" at a time")
    assert tab.editor.description.text() == "Stand for ten minutes at a time"
    plan = ana.shell.workspace.tabs["care_plan"]
    assert "“I want to walk to Mass" in everything_said(ana.window), "the rest is asked again"
    assert plan.isVisible()


def test_a_call_being_logged_is_there_again(ana: Hands) -> None:
    page = ana.shell.my_day
    row = next(r for r in page.model.rows if r.item.kind == "call")
    page._do_row(row)
    ana.settle()
    assert page.panel is not None
    page.panel.choose("reached")
    page.panel.note.setFocus()
    ana.type("Feels well")
    ana.window.lock()
    ana.settle()
    ana.unlock()
    assert page.panel.note.text() == "Feels well"
    assert QApplication.focusWidget() is page.panel.note
    assert page.model.rows, "the day is asked again"


def test_a_menu_does_not_stay_above_the_lock_screen(ana: Hands) -> None:
    menu = QMenu(ana.window)
    menu.addAction("Rosa Medina")
    menu.popup(ana.window.pos())
    QApplication.processEvents()
    ana.window.lock()
    assert not menu.isVisible()


@pytest.mark.parametrize("how", ["key", "rail", "idle"])
def test_three_ways_to_lock(ana: Hands, how: str) -> None:
    if how == "key":
        ana.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    elif how == "rail":
        ana.shell.rail.lock.click()
    else:
        ana.window._idle.passed.emit()
    ana.settle()
    assert isinstance(shown(ana.window), LockPage)


def test_another_theme_changes_colours_and_nothing_else(ana: Hands, theme: Theme) -> None:
    tab = ana.person(DANA, "notes", ("new", "phone"))
    ana.type("Half a sent")
    ana.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert theme.choice == "dark"
    assert ana.shell.workspace.tabs["notes"] is tab
    assert tab.editor.body.toPlainText() == "Half a sent"
    assert QApplication.focusWidget() is tab.editor.body
    ana.type("ence")
    assert tab.editor.body.toPlainText() == "Half a sentence"


def test_closing_saves_and_locks(ana: Hands) -> None:
    tab, session = ana.person(DANA, "notes", ("new", "phone")), ana.session
    ana.type("Goodbye")
    assert tab.editor.autosave.pending
    ana.window.close()
    assert session._vault.is_locked
    assert not ana.window.isVisible()


def test_closing_while_the_lock_is_under_way_waits_for_it(
    ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, begun = ana.session, threading.Event()
    real = Session.lock

    def slow(self: Session) -> None:
        begun.set()
        real(self)

    monkeypatch.setattr(Session, "lock", slow)
    ana.window.lock()
    ana.window.close()
    assert begun.is_set()
    assert session._vault.is_locked


def test_a_title_of_the_task_switcher_names_nobody(ana: Hands) -> None:
    ana.person(ROSA)
    assert ana.window.windowTitle() == "casefield"
