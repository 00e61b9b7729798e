"""The workspace: tabs by key, calls and discharges from anywhere, people who leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from casefield.care import person as care_person
from casefield.care import transition, worklist
from casefield.care.views import WorkItem
from casefield.errors import NotFound
from casefield.gui.patient.call_panel import CallPanel
from casefield.gui.patient.discharge_panel import DischargePanel
from casefield.gui.shell import Place
from tests.gui.conftest import MOMENT
from tests.gui.hands import Hands, texts

ROSA, DANA, PRIYA = "rosa-medina", "dana-whitfield", "priya-raman"
ALT = Qt.KeyboardModifier.AltModifier


def open_items(ana: Hands, who: str) -> dict[str, WorkItem]:
    """Return what is open for a person, by its kind."""
    now = ana.session.clock.now()
    items = ana.kept(lambda work: worklist.open_items(work, ana.cases[who], now))
    return {item.task_kind: item for item in items}


@pytest.mark.parametrize(
    ("key", "tab"),
    [
        (Qt.Key.Key_A, "assessments"),
        (Qt.Key.Key_P, "care_plan"),
        (Qt.Key.Key_I, "notes"),
        (Qt.Key.Key_S, "summary"),
    ],
)
def test_every_tab_has_its_key(ana: Hands, key: Qt.Key, tab: str) -> None:
    ana.person(DANA, "care_plan" if tab != "care_plan" else "summary")
    ana.key(key, ALT)
    assert ana.shell.place().tab == tab


class TestCall:
    def test_where_one_is_open_it_is_logged_to_it(self, ana: Hands) -> None:
        ana.person(ROSA)
        ana.key(Qt.Key.Key_L, ALT)
        panel = ana.shell.workspace.panel
        assert isinstance(panel, CallPanel)
        ana.press("Reached", panel)
        ana.press("Log the call", panel)
        assert ana.shell.workspace.panel is None
        assert "call_72h" not in open_items(ana, ROSA)

    def test_where_none_is_open_it_becomes_a_note(self, ana: Hands) -> None:
        ana.person(DANA)
        ana.press("Log a call", ana.shell.workspace)
        assert ana.shell.place().tab == "notes"
        editor = ana.shell.workspace.tabs["notes"].editor
        assert editor.kind.currentData() == "phone"


class TestDischarge:
    def test_it_opens_call_visit_and_reconciliation_with_their_moments(self, ana: Hands) -> None:
        ana.person(PRIYA)
        assert "call_72h" not in open_items(ana, PRIYA)
        ana.key(Qt.Key.Key_D, ALT)
        panel = ana.shell.workspace.panel
        assert isinstance(panel, DischargePanel)
        assert QApplication.focusWidget() is panel.facility
        ana.type("St. Brigid Hospital")
        left = MOMENT - timedelta(hours=2)
        panel.discharged.set_value(left.replace(tzinfo=None))
        panel.admitted.set_value((left - timedelta(days=4)).replace(tzinfo=None))
        ana.press("Start the clocks", panel)
        assert ana.shell.workspace.panel is None
        items = open_items(ana, PRIYA)
        assert {"call_72h", "tcm_contact", "face_to_face", "reconciliation"} <= set(items)
        assert items["call_72h"].due.at == left + timedelta(hours=72)
        assert items["tcm_contact"].due.on == date(2026, 11, 17), "two business days"
        assert items["face_to_face"].due.on == date(2026, 11, 20)
        assert items["reconciliation"].due.on == date(2026, 11, 20)
        assert any("St. Brigid Hospital" in text for text in texts(ana.shell.workspace))

    def test_without_a_hospital_nothing_is_recorded(self, ana: Hands) -> None:
        ana.person(PRIYA)
        ana.press("Record discharge", ana.shell.workspace)
        panel = ana.shell.workspace.panel
        assert isinstance(panel, DischargePanel)
        ana.press("Start the clocks", panel)
        assert "Name the hospital." in texts(panel)
        assert "call_72h" not in open_items(ana, PRIYA)

    def test_left_before_one_came_is_told(self, ana: Hands) -> None:
        ana.person(PRIYA)
        ana.press("Record discharge", ana.shell.workspace)
        panel = ana.shell.workspace.panel
        assert isinstance(panel, DischargePanel)
        ana.type("St. Brigid")
        panel.admitted.set_value(MOMENT.replace(tzinfo=None))
        panel.discharged.set_value((MOMENT - timedelta(days=1)).replace(tzinfo=None))
        ana.press("Start the clocks", panel)
        assert ana.shell.workspace.panel is panel
        assert panel._complaint.isVisible()
        assert panel._complaint.text()
        assert "call_72h" not in open_items(ana, PRIYA)

    def test_escape_gives_it_up(self, ana: Hands) -> None:
        ana.person(PRIYA)
        ana.press("Record discharge", ana.shell.workspace)
        ana.key(Qt.Key.Key_Escape)
        assert ana.shell.workspace.panel is None


def test_a_person_who_left_this_laptop_is_told_and_the_list_is_shown(
    ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.shell.go(Place("caseload"))
    ana.person(ROSA)

    def gone(*args: object) -> None:
        raise NotFound("This person is not on this laptop any more.")

    monkeypatch.setattr(care_person, "header", gone)
    ana.shell.workspace.refresh()
    ana.settle()
    assert ana.shell.place() == Place("caseload")
    assert ana.shell.said.said() == "This person is not on this laptop any more."


def test_nothing_of_one_person_is_shown_under_anothers_name(ana: Hands) -> None:
    """Between the click and the answer the page is empty, not somebody else's."""
    for tab in ("care_plan", "summary"):
        ana.person(ROSA, tab)
    assert any("Rosa" in text for text in texts(ana.shell.workspace))
    ana.shell.open_person(ana.cases[DANA])
    said = " ".join(made.text() for made in ana.shell.workspace.findChildren(QLabel))
    assert "Rosa" not in said
    assert "Mass on Sundays" not in said, "nor on a tab that is not in sight"
    ana.settle()
    assert "Dana" in " ".join(texts(ana.shell.workspace))


def test_asked_for_one_after_the_other_the_last_is_shown(ana: Hands) -> None:
    for who in (ROSA, DANA, PRIYA):
        ana.shell.open_person(ana.cases[who])
    ana.settle()
    said = " ".join(texts(ana.shell.workspace.header))
    assert "Priya" in said
    assert "Rosa" not in said


def test_a_change_at_headquarters_is_shown_while_one_looks(ana: Hands) -> None:
    ana.person(ROSA)
    call = open_items(ana, ROSA)["call_72h"]
    before = texts(ana.shell.workspace.tabs["summary"])
    ana.does(lambda work: transition.log_call(work, call.task_id, outcome="reached"))
    assert texts(ana.shell.workspace.tabs["summary"]) != before
