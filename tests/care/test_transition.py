"""From hospital to home: a discharge opens its clocks, and each is closed by what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import notes, transition
from casefield.care.views import ClockView, ImportReport, TransitionView
from casefield.errors import NotFound, UnusableInput
from casefield.records.organisation import Organization
from casefield.records.worklist import Task
from tests.care.bundles import admission, after_heart_attack, bundle, encounter, patient
from tests.care.conftest import EASTERN, MovedClock

Take = Callable[..., ImportReport]
Records = Callable[..., list[SimpleNamespace]]
DISCHARGED = datetime(2026, 11, 10, 10, 40, tzinfo=EASTERN)
CALL, CONTACT, VISIT, RECONCILIATION = (
    "call_72h",
    "tcm_contact",
    "face_to_face",
    "reconciliation",
)


@pytest.fixture
def rosa(take: Take) -> str:
    """Return the case of the woman who came home after a heart attack today."""
    return take(after_heart_attack()).people[0]


@pytest.fixture
def tasks(records: Records) -> Callable[[], dict[str, SimpleNamespace]]:
    """Return what reads the tasks by kind."""
    return lambda: {task.kind: task for task in records(Task)}


Tasks = Callable[[], dict[str, SimpleNamespace]]


def ask(session: Session, case_id: str) -> TransitionView:
    found = session.read(lambda w: transition.transition(w, case_id, session.clock.now()))
    assert found is not None
    return found


def clocks(session: Session, case_id: str) -> dict[str, ClockView]:
    return {clock.id: clock for clock in ask(session, case_id).clocks}


def call(session: Session, task: SimpleNamespace, outcome: str, note: str = "", **at: Any) -> None:
    session.act(lambda w: transition.log_call(w, task.id, outcome=outcome, note=note, **at), "call")


def visited(session: Session, case_id: str, kind: str = "home_visit", on: Any = None) -> None:
    def write(work: Any) -> None:
        note_id = notes.start_note(work, case_id, kind, happened_on=on)
        notes.save_note(work, note_id, body="Sat together at the kitchen table.")
        notes.sign_note(work, note_id)

    session.act(write, "note")


def by_hand(session: Session, case_id: str, **said: Any) -> TransitionView:
    fields = {
        "facility": "St. Anna",
        "admitted_at": datetime(2026, 11, 7, 12, tzinfo=EASTERN),
        "discharged_at": DISCHARGED,
        "zone": "America/New_York",
        "disposition": "home",
        "acute": True,
    } | said
    return session.act(lambda w: transition.record_discharge(w, case_id, **fields), "discharge")


def test_an_imported_discharge_opens_call_contact_visit_and_reconciliation(
    rosa: str, tasks: Tasks
) -> None:
    opened = tasks()
    assert set(opened) == {CALL, CONTACT, VISIT, RECONCILIATION}
    assert opened[CALL].due_at == datetime(2026, 11, 13, 15, 40, tzinfo=UTC)
    assert opened[CONTACT].due_on == date(2026, 11, 13)  # Veterans Day is no business day
    assert opened[VISIT].due_on == date(2026, 11, 17)
    assert opened[RECONCILIATION].due_on == date(2026, 11, 17)
    assert {task.case_id for task in opened.values()} == {rosa}
    assert all(task.rule and task.rule_version and task.rule_source for task in opened.values())


def test_the_clocks_stand_as_the_discharge_says(session: Session, rosa: str) -> None:
    found = ask(session, rosa)
    assert (found.facility, found.disposition, found.day) == ("St. Anna", "home", 0)
    assert found.discharged_at == DISCHARGED
    assert found.period_end == date(2026, 12, 9)
    assert found.watch_until == date(2026, 12, 10)
    shown = clocks(session, rosa)
    assert shown["call_72h"].due.at == DISCHARGED + timedelta(hours=72)
    assert shown["tcm_contact"].due.on == date(2026, 11, 13)
    assert shown["tcm_contact"].note_code == "holidays_skipped"
    assert "2026-11-11" in shown["tcm_contact"].note_values.values()
    assert shown["face_to_face_7"].due.on == date(2026, 11, 17)
    assert shown["face_to_face_14"].due.on == date(2026, 11, 24)
    assert shown["readmission_watch"].due.on == date(2026, 12, 10)
    assert found.open


def test_lace_of_the_stay_is_thirteen_and_each_part_says_why(session: Session, rosa: str) -> None:
    lace = ask(session, rosa).lace
    assert lace is not None
    assert (lace.total, lace.band) == (13, "high")
    assert {part.id: part.points for part in lace.parts} == {"L": 4, "A": 3, "C": 5, "E": 1}
    parts = {part.id: part for part in lace.parts}
    weighed = {line.source_reference for line in parts["C"].evidence}
    assert weighed == {"Condition/hf", "Condition/dm", "Condition/old"}  # not the index infarction
    assert {line.source_reference for line in parts["E"].evidence} == {"Encounter/er"}


def test_two_unanswered_calls_meet_the_contact_and_not_the_call(
    session: Session, rosa: str, tasks: Tasks
) -> None:
    call(session, tasks()[CALL], "no_answer")
    assert tasks()[CONTACT].status == "in-progress"
    call(session, tasks()[CALL], "left_message", "On her sister's machine")
    after = tasks()
    assert (after[CONTACT].status, after[CONTACT].outcome) == ("completed", "attempts_documented")
    assert after[CALL].status == "in-progress"
    assert [a["outcome"] for a in after[CALL].attempts] == ["no_answer", "left_message"]
    assert after[CALL].attempts[1]["note"] == "On her sister's machine"
    shown = clocks(session, rosa)
    assert shown["tcm_contact"].done
    assert not shown["call_72h"].done
    assert shown["call_72h"].attempts == 2


@pytest.mark.parametrize("outcome", ["reached", "refused"])
@pytest.mark.parametrize("dialled", [CALL, CONTACT])
def test_an_answered_call_closes_both(
    session: Session, rosa: str, tasks: Tasks, clock: MovedClock, outcome: str, dialled: str
) -> None:
    moment = clock.to(2026, 11, 12, 9, 30)
    call(session, tasks()[dialled], outcome)
    after = tasks()
    for kind in (CALL, CONTACT):
        assert (after[kind].status, after[kind].outcome) == ("completed", outcome)
        assert after[kind].closed_at == moment
        assert after[kind].closed_by == "Ana"
    assert after[VISIT].status == "requested"


def test_a_call_of_a_minute_ago_is_dated_when_it_was(
    session: Session, rosa: str, tasks: Tasks
) -> None:
    then = session.clock.now() - timedelta(hours=1)
    call(session, tasks()[CALL], "reached", at=then)
    assert tasks()[CALL].closed_at == then


def test_a_call_that_was_not_made_yet_is_refused(session: Session, rosa: str, tasks: Tasks) -> None:
    later = session.clock.now() + timedelta(days=1)
    with pytest.raises(UnusableInput, match="future"):
        call(session, tasks()[CALL], "reached", at=later)
    with pytest.raises(UnusableInput, match="busy"):
        call(session, tasks()[CALL], "busy")
    assert tasks()[CALL].status == "requested"


def test_a_call_on_a_closed_task_is_refused_and_reopens_nothing(
    session: Session, rosa: str, tasks: Tasks
) -> None:
    call(session, tasks()[CALL], "reached")
    before = tasks()[CALL]
    with pytest.raises(UnusableInput, match="closed"):
        call(session, before, "no_answer")
    assert tasks()[CALL].attempts == before.attempts
    assert tasks()[CALL].status == "completed"


def test_a_signed_home_visit_closes_the_face_to_face(
    session: Session, rosa: str, tasks: Tasks, clock: MovedClock
) -> None:
    moment = clock.to(2026, 11, 16, 10)
    visited(session, rosa)
    after = tasks()
    assert (after[VISIT].status, after[VISIT].outcome) == ("completed", "visited")
    assert after[VISIT].closed_at == moment
    shown = clocks(session, rosa)
    assert shown["face_to_face_7"].done
    assert shown["face_to_face_14"].done
    assert after[CALL].status == "requested"


@pytest.mark.parametrize(
    ("kind", "on"),
    [("home_visit", date(2026, 11, 9)), ("phone", None), ("team_conference", None)],
    ids=["before the discharge", "by phone", "without the person"],
)
def test_what_is_no_visit_after_the_discharge_closes_nothing(
    session: Session, rosa: str, tasks: Tasks, kind: str, on: date | None
) -> None:
    visited(session, rosa, kind, on)
    assert tasks()[VISIT].status == "requested"


def test_a_draft_of_a_visit_closes_nothing(session: Session, rosa: str, tasks: Tasks) -> None:
    session.act(lambda w: notes.start_visit(w, rosa, "home_visit"), "visit")
    assert tasks()[VISIT].status == "requested"


def test_a_discharge_by_hand_opens_the_same(session: Session, person: str, tasks: Tasks) -> None:
    found = by_hand(session, person)
    assert set(tasks()) == {CALL, CONTACT, VISIT, RECONCILIATION}
    assert found.facility == "St. Anna"
    assert found.period_end == date(2026, 12, 9)


def test_a_stay_in_another_place_opens_the_contact_alone(
    session: Session, person: str, tasks: Tasks
) -> None:
    by_hand(session, person, disposition="snf")
    assert set(tasks()) == {CONTACT}


def test_who_died_in_hospital_is_not_called(session: Session, person: str, tasks: Tasks) -> None:
    by_hand(session, person, disposition="exp")
    assert tasks() == {}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"discharged_at": DISCHARGED + timedelta(days=2)}, "future"),
        ({"admitted_at": DISCHARGED + timedelta(hours=1)}, "after the discharge"),
        (
            {
                "admitted_at": DISCHARGED - timedelta(days=45),
                "discharged_at": DISCHARGED - timedelta(days=40),
            },
            "30 days",
        ),
    ],
)
def test_a_discharge_that_can_not_be_is_refused(
    session: Session, person: str, tasks: Tasks, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnusableInput, match=words):
        by_hand(session, person, **said)
    assert tasks() == {}


def test_an_emergency_visit_or_an_old_stay_opens_nothing(take: Take) -> None:
    report = take(
        bundle(
            patient(),
            encounter("er", "EMER", "2026-11-09T09:00:00-05:00", "2026-11-09T15:00:00-05:00"),
            encounter("old", "IMP", "2026-09-01T09:00:00-04:00", "2026-09-05T15:00:00-04:00"),
        )
    )
    assert report.transitions_opened == 0


def test_the_hospital_takes_its_stay_back(session: Session, take: Take, tasks: Tasks) -> None:
    report = take(bundle(patient(), admission(status="entered-in-error")))
    assert report.transitions_opened == 0
    assert tasks() == {}
    assert session.read(lambda w: transition.transition(w, report.people[0], w.now)) is None


def test_taking_back_cancels_what_is_open_and_keeps_what_was_done(
    session: Session, rosa: str, tasks: Tasks
) -> None:
    call(session, tasks()[CALL], "reached")
    stay = ask(session, rosa).encounter_id
    with pytest.raises(UnusableInput, match="reason"):
        session.act(lambda w: transition.cancel_transition(w, stay, " "), "cancel")
    session.act(lambda w: transition.cancel_transition(w, stay, "Wrong person"), "cancel")
    after = tasks()
    assert after[CALL].status == "completed"
    assert (after[VISIT].status, after[VISIT].outcome) == ("cancelled", "Wrong person")
    assert session.read(lambda w: transition.transition(w, rosa, w.now)) is None


def test_the_organisations_own_days_off_move_the_contact(
    session: Session, take: Take, tasks: Tasks
) -> None:
    session.act(
        lambda w: w.add(Organization(name="Field", holidays=["2026-11-13", "no day"])), "test"
    )
    take(after_heart_attack())
    assert tasks()[CONTACT].due_on == date(2026, 11, 16)


def test_the_follow_up_ends_with_its_thirty_days(
    session: Session, rosa: str, clock: MovedClock
) -> None:
    clock.to(2026, 12, 10, 12)
    assert ask(session, rosa).day == 30
    clock.to(2026, 12, 11, 12)
    assert session.read(lambda w: transition.transition(w, rosa, w.now)) is None


def test_nobody_has_no_transition(session: Session) -> None:
    with pytest.raises(NotFound):
        session.read(lambda w: transition.transition(w, "nobody", w.now))
