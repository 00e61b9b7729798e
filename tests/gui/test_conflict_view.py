"""Two versions side by side: read, chosen by keyboard alone, and the next one after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from casefield.application import Session
from casefield.care import conflicts
from casefield.gui.theme.theme import Theme
from casefield.records.planning import Goal
from tests.fieldwork import Fieldwork, MovedClock, fieldwork
from tests.gui.fieldwindow import (
    ANAS,
    BASE,
    BENS,
    FieldWindow,
    field_window,
    write_again,
    write_differently,
)

KEEP, MINE = "Keep theirs", "Take mine"
BOTH, THIRD = "Keep both, one below the other", "Use this text"


@pytest.fixture(autouse=True)
def _no_database_on_the_gui_thread() -> None:
    """Leave it to `field_window`: laptops are prepared in this thread, before there is a window."""


@pytest.fixture
def field(fresh_profile: Path, tmp_path: Path) -> Iterator[Fieldwork]:
    """Return a headquarters without workers."""
    with fieldwork(fresh_profile, tmp_path, MovedClock()) as made:
        yield made


@pytest.fixture
def ana(field: Fieldwork) -> Session:
    """Return Ana's laptop."""
    return field.laptop("ana")


@pytest.fixture
def ben(field: Fieldwork) -> Session:
    """Return Ben's laptop."""
    return field.laptop("ben")


@pytest.fixture
def rosa(field: Fieldwork, ana: Session, ben: Session) -> tuple[str, str]:
    """Return Rosa's case and her goal, whose barrier Ana and Ben wrote differently."""
    return write_differently(field, ana, ben)


@pytest.fixture
def window(qapp: QApplication, ben: Session, rosa: tuple[str, str]) -> Iterator[FieldWindow]:
    """Return Ben's window at the conflict, opened from the sync page."""
    with field_window(ben, Theme(qapp, "light")) as made:
        made.shell.begin()
        made.settle()
        made.shell.rail.sync.click()
        made.settle()
        made.press("Decide: Rosa Alvarez")
        yield made


def barrier(window: FieldWindow, goal_id: str) -> str | None:
    return window.kept(lambda w: w.get(Goal, goal_id).barrier)


def left(window: FieldWindow) -> int:
    return len(window.kept(conflicts.open_conflicts))


def test_both_versions_are_told_with_who_when_and_what_differs(window: FieldWindow) -> None:
    page = window.shell.conflict
    said = window.said(page)
    assert page.aside.text() == "Rosa Alvarez"
    assert "Goal “Walk to church” · What stands in the way" in said
    for words in ("Yours", "Ana wrote", "Ben · Tue 10 Nov", "Before both"):
        assert words in said
    for text in (BASE, ANAS, BENS):
        assert text in said
    assert "Only here: Fear" in said
    assert "Only here: Ice … steps, no rail" in said, "what differs is said, not only coloured"
    assert "stays in the history" in said
    assert page.choices() == [MINE, KEEP, BOTH, THIRD]


def test_settled_by_keyboard_alone(window: FieldWindow, rosa: tuple[str, str]) -> None:
    assert window.focused() == MINE
    window.key(Qt.Key.Key_Right)
    assert window.focused() == KEEP
    window.key(Qt.Key.Key_Left)
    assert window.focused() == MINE
    window.key(Qt.Key.Key_Tab)
    assert window.focused() == KEEP
    window.key(Qt.Key.Key_Return)
    assert left(window) == 0
    assert barrier(window, rosa[1]) == ANAS
    said = window.said(window.shell.conflict)
    assert "Nothing needs a decision" in said
    assert "Both versions stay in the history" in said
    assert BENS not in said
    window.key(Qt.Key.Key_Return)
    assert window.shell.sync.isVisible(), "Enter goes back to where one came from"


@pytest.mark.parametrize(
    ("name", "then"), [(MINE, BENS), (KEEP, ANAS), (BOTH, f"{ANAS}\n\n{BENS}")]
)
def test_each_choice_does_what_it_says(
    window: FieldWindow, rosa: tuple[str, str], name: str, then: str
) -> None:
    window.press(name)
    assert barrier(window, rosa[1]) == then
    assert left(window) == 0


def test_a_third_begins_with_both_and_is_kept_as_it_was_written(
    window: FieldWindow, rosa: tuple[str, str]
) -> None:
    (editor,) = window.shell.conflict.findChildren(QPlainTextEdit)
    assert editor.accessibleName() == "What stands in the way"
    assert editor.toPlainText() == f"{ANAS}\n\n{BENS}"
    editor.setPlainText("Ice and fear")
    window.press(THIRD)
    assert barrier(window, rosa[1]) == "Ice and fear"


def test_what_is_typed_outlives_the_lock_and_nobody_is_told_meanwhile(
    window: FieldWindow,
) -> None:
    page = window.shell.conflict
    (editor,) = page.findChildren(QPlainTextEdit)
    editor.setPlainText("Half a thou")
    window.shell.forget()
    QApplication.processEvents()
    assert "Rosa" not in window.said()
    assert page.findChildren(QPlainTextEdit) == []
    window.shell.back()
    window.settle()
    (editor,) = page.findChildren(QPlainTextEdit)
    assert editor.toPlainText() == "Half a thou"


def test_a_colleague_who_was_faster_is_named_and_nothing_is_overwritten(
    window: FieldWindow, ana: Session, rosa: tuple[str, str]
) -> None:
    def settle_there() -> None:
        (view,) = ana.read(conflicts.open_conflicts)
        ana.act(lambda w: conflicts.settle(w, view.conflict_id, "current"), "test")
        ana.sync_now()
        window.session.sync_now()

    window.beside(settle_there)
    said = window.said(window.shell.conflict)
    assert "Ana has settled this already" in said
    assert "Nothing needs a decision" in said
    assert barrier(window, rosa[1]) == ANAS


def test_from_the_person_one_after_the_other(
    window: FieldWindow, ana: Session, ben: Session, rosa: tuple[str, str]
) -> None:
    window.beside(lambda: write_again(ana, ben, rosa[1], own_words=("Church", "Walk alone")))
    window.shell.open_person(rosa[0])
    window.settle()
    banner = window.shell.workspace.disputed
    assert banner.said() == "2 fields were written differently by two people."
    window.press("Decide between two versions")
    first = window.shell.conflict.conflict_id
    window.press(MINE)
    assert window.shell.conflict.conflict_id not in ("", first)
    assert "Settled. Both versions stay" in window.said(window.shell.conflict)
    assert window.focused() == MINE
    window.press(MINE)
    window.press("Back")
    assert window.shell.workspace.isVisible()
    assert banner.said() == ""
