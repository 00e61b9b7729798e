"""My day: what is late first, then by when; nobody who died; nothing that is done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from casefield.application import Session
from casefield.care import notes, plan, transition, worklist
from casefield.care.views import ImportReport, WorkItem, Worklist
from casefield.errors import UnusableInput
from casefield.records.people import Patient
from casefield.records.work import Work
from casefield.records.worklist import Task
from tests.care.bundles import admission, after_heart_attack, bundle, encounter, patient
from tests.care.conftest import MovedClock

Take = Callable[..., ImportReport]
Records = Callable[..., list[SimpleNamespace]]
Colleague = Callable[[], AbstractContextManager[Work]]
TODAY = date(2026, 11, 10)


def my_day(session: Session) -> Worklist:
    return session.read(lambda work: worklist.worklist(work, session.clock.now()))


def everything(session: Session) -> tuple[WorkItem, ...]:
    found = my_day(session)
    return (*found.items, *found.coming)


def by_kind(items: tuple[WorkItem, ...]) -> dict[str, WorkItem]:
    return {item.kind: item for item in items}


def add(session: Session, case_id: str, words: str, due_on: date | None, **kind: str) -> str:
    return session.act(lambda w: worklist.add_task(w, case_id, words, due_on, **kind), "task")


def titles(items: tuple[WorkItem, ...]) -> list[str]:
    return [item.title for item in items]


def test_an_empty_day(session: Session, person: str) -> None:
    found = my_day(session)
    assert (found.items, found.coming, found.news) == ((), (), ())


def test_a_discharge_stands_with_reason_phone_and_rule(session: Session, take: Take) -> None:
    take(after_heart_attack())
    items = by_kind(everything(session))
    assert set(items) == {"call", "contact", "visit", "reconcile"}
    call = items["call"]
    assert (call.person, call.phone, call.priority) == ("Rosa Alvarez", "555-0142", "urgent")
    assert call.reason_code == "discharged"
    assert call.reason_values["facility"] == "St. Anna"
    assert call.reason_values["day"] == 0
    assert call.rule == "discharge_clocks"
    assert "CMS" in call.source
    assert call.due.state == "soon"


def test_late_first_then_safety_then_by_when(session: Session, person: str) -> None:
    add(session, person, "tomorrow", TODAY + timedelta(days=1))
    add(session, person, "today", TODAY)
    add(session, person, "yesterday", TODAY - timedelta(days=1))
    add(session, person, "safety tomorrow", TODAY + timedelta(days=1), kind="safety")
    add(session, person, "last week", TODAY - timedelta(days=7))
    assert titles(my_day(session).items) == [
        "last week",
        "yesterday",
        "safety tomorrow",
        "today",
        "tomorrow",
    ]


def test_what_is_a_week_away_comes_later(session: Session, person: str) -> None:
    add(session, person, "in six days", TODAY + timedelta(days=6))
    add(session, person, "in eight days", TODAY + timedelta(days=8))
    add(session, person, "some day", None)
    found = my_day(session)
    assert titles(found.items) == ["in six days"]
    assert titles(found.coming) == ["in eight days", "some day"]


def test_due_states_follow_the_clock(session: Session, take: Take, clock: MovedClock) -> None:
    take(after_heart_attack())
    states = []
    for moment in ((2026, 11, 13, 10, 39), (2026, 11, 13, 10, 41)):
        clock.to(*moment)
        items = by_kind(my_day(session).items)
        states.append((items["call"].due.state, items["contact"].due.state))
    # The call is due at the minute, the contact by the end of the day.
    assert states == [("today", "today"), ("overdue", "today")]
    clock.to(2026, 11, 14, 0, 1)
    assert by_kind(my_day(session).items)["contact"].due.state == "overdue"


def test_what_is_done_is_gone(session: Session, person: str, records: Records) -> None:
    task_id = add(session, person, "Order the scale", TODAY)
    with pytest.raises(UnusableInput, match="What came of it"):
        session.act(lambda w: worklist.complete_task(w, task_id, "  "), "done")
    session.act(lambda w: worklist.complete_task(w, task_id, "Ordered"), "done")
    assert my_day(session).items == ()
    (kept,) = records(Task)
    assert (kept.status, kept.outcome, kept.closed_by) == ("completed", "Ordered", "Ana")
    assert kept.closed_at == session.clock.now()


def test_done_twice_keeps_the_first_outcome(
    session: Session, person: str, records: Records, clock: MovedClock
) -> None:
    task_id = add(session, person, "Order the scale", TODAY)
    session.act(lambda w: worklist.complete_task(w, task_id, "Ordered"), "done")
    clock.forward(hours=1)
    with pytest.raises(UnusableInput, match="closed"):
        session.act(lambda w: worklist.complete_task(w, task_id, "Again"), "done")
    assert records(Task)[0].outcome == "Ordered"


def test_a_task_that_says_nothing_is_refused(session: Session, person: str) -> None:
    with pytest.raises(UnusableInput, match="says nothing"):
        add(session, person, "  ", TODAY)


def test_who_died_has_no_rows(session: Session, take: Take) -> None:
    report = take(after_heart_attack())
    case_id = report.people[0]
    session.act(lambda w: plan.set_review(w, case_id, TODAY), "plan")
    assert len(everything(session)) == 5
    take(bundle(patient(deceasedDateTime="2026-11-10")))
    assert everything(session) == ()
    assert session.read(lambda w: worklist.open_items(w, case_id, w.now)) == ()


def test_a_plan_to_look_at_again_is_a_row(session: Session, person: str) -> None:
    session.act(lambda w: plan.set_review(w, person, TODAY + timedelta(days=2)), "plan")
    (item,) = my_day(session).items
    assert (item.kind, item.reason_code, item.case_id) == ("review", "plan_review", person)
    assert item.due.on == TODAY + timedelta(days=2)


def test_attempts_are_counted(session: Session, take: Take) -> None:
    take(after_heart_attack())
    task_id = by_kind(my_day(session).items)["call"].task_id
    session.act(lambda w: transition.log_call(w, task_id, outcome="no_answer"), "call")
    assert by_kind(my_day(session).items)["call"].attempts == 1


def test_one_persons_items_only(session: Session, take: Take) -> None:
    report = take(
        bundle(
            patient("p1"),
            patient("p2", "Bo", "Lind"),
            admission("s1", "p1"),
            admission("s2", "p2"),
        )
    )
    assert len(everything(session)) == 8
    found = session.read(lambda w: worklist.open_items(w, report.people[0], w.now))
    assert {item.case_id for item in found} == {report.people[0]}
    assert len(found) == 4


def test_news_tell_stays_and_colleagues_notes_newest_first(
    session: Session, take: Take, as_colleague: Colleague
) -> None:
    report = take(
        bundle(
            patient(),
            encounter("er", "EMER", "2026-11-08T09:00:00-05:00", "2026-11-08T15:00:00-05:00"),
            encounter("in", "IMP", "2026-11-09T09:00:00-05:00", None),
            encounter("old", "IMP", "2026-08-01T09:00:00-04:00", "2026-08-03T15:00:00-04:00"),
        )
    )
    with as_colleague() as work:
        note_id = notes.start_note(work, report.people[0], "phone", title="Called the ward")
        notes.save_note(work, note_id, body="She is well.")
        notes.sign_note(work, note_id)
    news = my_day(session).news
    assert [(n.what_code, n.what, n.by) for n in news] == [
        ("note_signed", "Called the ward", "Ben"),
        ("admitted", "St. Anna", ""),
        ("emergency_visit", "St. Anna", ""),
    ]


def test_ones_own_notes_are_no_news(session: Session, person: str) -> None:
    def write(work: Work) -> None:
        note_id = notes.start_note(work, person, "phone")
        notes.save_note(work, note_id, body="She is well.")
        notes.sign_note(work, note_id)

    session.act(write, "note")
    assert my_day(session).news == ()


def test_a_day_is_the_workers_day(session: Session, person: str, clock: MovedClock) -> None:
    add(session, person, "today", TODAY)
    clock.to(2026, 11, 10, 23, 30)  # the 11th already in UTC
    assert my_day(session).items[0].due.state == "today"
    clock.to(2026, 11, 11, 0, 30)
    assert my_day(session).items[0].due.state == "overdue"


def test_a_person_without_a_name_still_has_a_row(session: Session) -> None:
    case_id = session.act(lambda w: w.add(Patient()).id, "test")
    add(session, case_id, "Find out the name", TODAY)
    assert my_day(session).items[0].person == "Name not recorded"
