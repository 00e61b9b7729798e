"""My day: the row's button does what it says, and what is done goes from the list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from casefield.care import worklist
from casefield.gui.models.worklist import WorkRow
from casefield.gui.pages.my_day import MyDayPage
from casefield.records.visit import Visit
from casefield.records.worklist import Task
from tests.gui.hands import Hands, button, texts


def day(ana: Hands) -> MyDayPage:
    """Return the page."""
    return ana.shell.my_day


def row_of(ana: Hands, kind: str) -> WorkRow:
    """Choose the first row of a kind, and return it."""
    page = day(ana)
    number = next(n for n, row in enumerate(page.model.rows) if row.item.kind == kind)
    page.list.setCurrentIndex(page.model.index(number))
    page.list.setFocus()
    return page.model.rows[number]


def press_its_button(ana: Hands, row: WorkRow) -> None:
    """Click where the row's button is painted."""
    view = day(ana).list
    index = view.currentIndex()
    view.scrollTo(index)
    spot = day(ana)._delegate._button_rect(view.visualRect(index)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    ana.settle()


def task_ids(ana: Hands) -> list[str]:
    """Return which tasks are listed."""
    return [row.item.task_id for row in day(ana).model.rows]


def test_a_call_is_logged_with_its_outcome_and_the_row_goes(ana: Hands) -> None:
    row = row_of(ana, "call")
    press_its_button(ana, row)
    panel = day(ana).panel
    assert panel is not None
    assert panel.isVisible()
    assert f"Call {row.person}" in texts(panel)
    assert row.item.phone in texts(panel)
    ana.press("Reached", panel)
    ana.press("Log the call", panel)
    assert row.item.task_id not in task_ids(ana)
    assert day(ana).panel is None
    assert QApplication.focusWidget() is day(ana).list
    now = ana.session.clock.now()
    assert all(
        i.task_id != row.item.task_id for i in ana.kept(lambda w: worklist.worklist(w, now)).items
    )


def test_the_same_with_the_keyboard_alone(ana: Hands) -> None:
    row = row_of(ana, "call")
    ana.key(Qt.Key.Key_Return)
    panel = day(ana).panel
    assert panel is not None
    ana.key(Qt.Key.Key_Space)  # the first outcome: reached
    ana.key(Qt.Key.Key_Tab)
    while QApplication.focusWidget() is not panel.note:
        ana.key(Qt.Key.Key_Tab)
    ana.type("Feels well")
    ana.key(Qt.Key.Key_Return)
    assert row.item.task_id not in task_ids(ana)


def test_nobody_answered_the_row_stays_and_says_how_often_it_was_tried(ana: Hands) -> None:
    row = row_of(ana, "call")
    ana.key(Qt.Key.Key_Return)
    ana.press("No answer", day(ana).panel)
    ana.press("Log the call", day(ana).panel)
    again = next(r for r in day(ana).model.rows if r.item.task_id == row.item.task_id)
    assert again.item.attempts == row.item.attempts + 1
    assert f"Tried {again.item.attempts} ×" in again.why


def test_a_call_without_an_outcome_is_not_logged(ana: Hands) -> None:
    row = row_of(ana, "call")
    ana.key(Qt.Key.Key_Return)
    ana.press("Log the call", day(ana).panel)
    assert "Say what came of the call." in texts(day(ana).panel)
    assert row.item.task_id in task_ids(ana)
    ana.key(Qt.Key.Key_Escape)
    assert day(ana).panel is None


def test_a_task_is_done_with_what_came_of_it(ana: Hands) -> None:
    row = row_of(ana, "reconcile")
    ana.key(Qt.Key.Key_Return)
    ana.type("Walker delivered")
    ana.key(Qt.Key.Key_Return)
    assert row.item.task_id not in task_ids(ana)
    kept = ana.kept(lambda work: work.get(Task, row.item.task_id).outcome)
    assert kept == "Walker delivered"


def test_a_visits_button_begins_the_visit(ana: Hands) -> None:
    row = row_of(ana, "visit")
    press_its_button(ana, row)
    assert ana.shell.place().case_id == row.item.case_id
    assert ana.shell.place().tab == "notes"
    editor = ana.shell.workspace.tabs["notes"].editor
    assert QApplication.focusWidget() is editor.body
    mine = select(Visit.status).where(Visit.case_id == row.item.case_id)
    assert "in-progress" in ana.kept(lambda work: [status for (status,) in work.rows(mine)])


def test_ctrl_enter_and_a_double_click_open_the_record(ana: Hands) -> None:
    row = row_of(ana, "call")
    ana.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert ana.shell.place().case_id == row.item.case_id
    assert ana.shell.place().tab == "summary"
    ana.shell.rail.buttons["my_day"].click()
    ana.settle()
    row_of(ana, "call")
    view = day(ana).list
    spot = view.visualRect(view.currentIndex()).topLeft() + QPoint(20, 20)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    ana.settle()
    assert ana.shell.place().case_id == row.item.case_id
    assert day(ana).panel is None, "a double click opens the record and logs nothing"


def test_what_is_chosen_stays_chosen_when_the_day_is_asked_again(ana: Hands) -> None:
    page = day(ana)
    page.list.setCurrentIndex(page.model.index(3))
    chosen = page.model.rows[3].item.task_id
    first = page.model.rows[0]
    ana.does(lambda work: worklist.complete_task(work, first.item.task_id, "done"))
    assert page.list.currentIndex().row() == 2
    assert page.model.rows[2].item.task_id == chosen


def test_late_comes_first_then_by_when(ana: Hands) -> None:
    states = [row.item.due.state for row in day(ana).model.rows]
    order = ("overdue", "today", "soon", "later")
    assert states == sorted(states, key=order.index)


@pytest.mark.parametrize("width", [1366, 800])
def test_the_panel_is_in_sight_in_a_narrow_window_too(ana: Hands, width: int) -> None:
    ana.window.resize(width, 640)
    ana.settle()
    assert day(ana)._side.isVisible() == (width > 1000)
    row_of(ana, "call")
    ana.key(Qt.Key.Key_Return)
    panel = day(ana).panel
    assert panel is not None
    save = button(panel, "Log the call")
    there = save.mapTo(ana.window, save.rect().center())
    assert ana.window.rect().contains(there)
    assert not save.visibleRegion().isEmpty()
    ana.key(Qt.Key.Key_Escape)
    assert day(ana)._side.isVisible() == (width > 1000)


def test_a_day_with_nothing_says_so_and_offers_the_next_step(nobody: Hands) -> None:
    page = day(nobody)
    assert "Nothing needs you now" in texts(page)
    assert "Your day is free" in texts(page)
    assert "No stay began or ended, and no colleague signed a note." in texts(page)
    assert button(page, "Bring people in").isEnabled()
    assert QApplication.focusWidget() is button(page, "Bring people in")


def test_a_day_with_only_later_things_names_the_next(ana: Hands) -> None:
    page = day(ana)
    now = ana.session.clock.now()
    full = ana.kept(lambda work: worklist.worklist(work, now))
    page._show(replace(full, items=()))
    said = " ".join(texts(page))
    assert "Nothing needs you now" in said
    assert full.coming[0].person in said


def test_news_are_told_in_words(ana: Hands) -> None:
    said = " ".join(texts(day(ana)._news))
    assert "Since last week" in said
    assert "{" not in said
