"""Ctrl+K: people, pages and deeds from anywhere, by the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.hands import Hands

ROSA, DANA = "rosa-medina", "dana-whitfield"


def search(ana: Hands, text: str) -> list[str]:
    """Open the finder, type, and return what it lists."""
    ana.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    ana.type(text)
    ana.settle()
    return [line.title for line in ana.shell.finder.model.lines]


def test_a_part_of_a_name_is_enough_and_enter_opens(ana: Hands) -> None:
    found = search(ana, "medi")
    assert found[0].startswith("Rosa")
    assert found[1:3] == [f"New note for {found[0]}", f"Start a visit with {found[0]}"]
    ana.key(Qt.Key.Key_Return)
    assert not ana.shell.finder.isVisible()
    assert ana.shell.place().case_id == ana.cases[ROSA]
    assert ana.shell.place().tab == "summary"


def test_a_note_begins_from_anywhere(ana: Hands) -> None:
    search(ana, "whitfield")
    ana.key(Qt.Key.Key_Down)
    ana.key(Qt.Key.Key_Return)
    assert ana.shell.place().tab == "notes"
    editor = ana.shell.workspace.tabs["notes"].editor
    assert QApplication.focusWidget() is editor.body


def test_pages_are_found_too(ana: Hands) -> None:
    assert search(ana, "casel") == ["Caseload"]
    ana.key(Qt.Key.Key_Return)
    assert ana.shell.place().page == "caseload"


def test_who_is_not_here_is_told_in_words(ana: Hands) -> None:
    assert search(ana, "zebedee") == []
    finder = ana.shell.finder
    assert finder._words.text() == "Nobody on this laptop fits “zebedee”."
    ana.key(Qt.Key.Key_Return)
    assert finder.isVisible(), "Enter on nothing does nothing"
    ana.key(Qt.Key.Key_Escape)
    assert not finder.isVisible()


def test_escape_gives_the_keyboard_back(ana: Hands) -> None:
    before = QApplication.focusWidget()
    search(ana, "ro")
    ana.key(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before


def test_arrows_stay_within_the_list_and_the_cursor_in_the_field(ana: Hands) -> None:
    search(ana, "medi")
    finder = ana.shell.finder
    for _ in range(9):
        QTest.keyClick(finder.field, Qt.Key.Key_Down)
    assert finder.list.currentIndex().row() == len(finder.model.lines) - 1
    for _ in range(9):
        QTest.keyClick(finder.field, Qt.Key.Key_Up)
    assert finder.list.currentIndex().row() == 0
    assert QApplication.focusWidget() is finder.field


def test_an_answer_that_comes_late_is_not_shown_for_other_words(ana: Hands) -> None:
    finder = ana.shell.finder
    search(ana, "medi")
    before = finder.model.lines
    finder._show("whit", ())
    assert finder.model.lines == before


def test_opened_again_it_is_empty(ana: Hands) -> None:
    search(ana, "medi")
    ana.key(Qt.Key.Key_Escape)
    ana.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert ana.shell.finder.field.text() == ""
