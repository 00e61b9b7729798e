"""The shell: places, what is said on top, and what hears of a change."""

from __future__ import annotations

from PySide6.QtCore import Qt

from casefield.errors import CasefieldError
from casefield.gui.shell import Place
from tests.gui.hands import Hands

ROSA = "rosa-medina"


def test_a_place_is_a_page_or_a_tab_of_a_person(ana: Hands) -> None:
    ana.shell.go(Place("caseload"))
    ana.settle()
    assert ana.shell.place() == Place("caseload")
    ana.person(ROSA, "care_plan")
    assert ana.shell.place() == Place("caseload", ana.cases[ROSA], "care_plan")
    assert ana.shell.rail.buttons["caseload"].isChecked()


def test_back_leads_to_the_list_one_came_from(ana: Hands) -> None:
    for page in ("my_day", "caseload"):
        ana.shell.go(Place(page))
        ana.person(ROSA)
        ana.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        assert ana.shell.place() == Place(page)


def test_an_error_nobody_else_shows_is_said_on_top_and_goes(ana: Hands) -> None:
    said = ana.shell.said
    assert said.said() == ""
    ana.window.desk.complained.emit(CasefieldError("The disk is full. Make room."))  # type: ignore[union-attr]
    assert said.said() == "The disk is full. Make room."
    assert said.accessibleName() == said.said()
    ana.key(Qt.Key.Key_Escape)
    assert said.said() == ""
    ana.window.desk.complained.emit(CasefieldError("Again."))  # type: ignore[union-attr]
    said._timer.timeout.emit()
    assert said.said() == ""


def test_each_minute_countdowns_move_on(ana: Hands) -> None:
    rows = ana.shell.my_day.model.rows
    row = next(r for r in rows if r.item.kind == "call")
    ana.window._application.clock.forward(hours=30)  # type: ignore[union-attr]
    ana.shell._minute.timeout.emit()
    ana.settle()
    again = next(r for r in ana.shell.my_day.model.rows if r.item.task_id == row.item.task_id)
    assert again.urgency != row.urgency


def test_a_change_made_elsewhere_is_counted(ana: Hands) -> None:
    from casefield.care import notes

    before = ana.shell.rail.sync.body.text()
    ana.does(lambda work: notes.start_note(work, ana.cases[ROSA], "phone"))
    assert ana.shell.rail.sync.body.text() != before


def test_my_days_number_stands_on_the_rail(ana: Hands) -> None:
    number = len(ana.shell.my_day.model.rows)
    assert ana.shell.rail.buttons["my_day"].accessibleName() == f"My day, {number}"
