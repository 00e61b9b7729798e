"""The plan: what the person wants, how far it is, what is late, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import plan
from casefield.care.views import CarePlanView, GoalView, ImportReport
from casefield.errors import UnusableInput
from casefield.records.planning import CarePlan, Goal
from tests.care.bundles import about, bundle, condition, patient
from tests.care.conftest import MovedClock

Take = Callable[..., ImportReport]
Records = Callable[..., list[SimpleNamespace]]
TODAY = date(2026, 11, 10)
WISH = "I want to walk to church again"


def shown(session: Session, case_id: str) -> CarePlanView:
    return session.read(lambda w: plan.care_plan(w, case_id, w.now))


def goal(session: Session, case_id: str, words: str = WISH, **more: Any) -> str:
    return session.act(lambda w: plan.add_goal(w, case_id, own_words=words, **more), "goal")


def only_goal(session: Session, case_id: str) -> GoalView:
    (found,) = shown(session, case_id).goals
    return found


def activity(session: Session, case_id: str, words: str, **more: Any) -> str:
    return session.act(
        lambda w: plan.add_activity(w, case_id, description=words, **more), "activity"
    )


def test_no_plan_yet(session: Session, person: str) -> None:
    found = shown(session, person)
    assert (found.care_plan_id, found.status, found.goals) == (None, "none", ())


def test_the_first_goal_begins_the_plan_with_a_day_to_look_again(
    session: Session, person: str
) -> None:
    goal(session, person)
    found = shown(session, person)
    assert found.status == "active"
    assert found.review_on == TODAY + timedelta(days=90)
    assert only_goal(session, person).own_words == WISH
    goal(session, person, "I want to sleep")
    assert shown(session, person).care_plan_id == found.care_plan_id


@pytest.mark.parametrize(
    ("baseline", "now", "target", "progress"),
    [
        (9.0, 8.0, 7.0, 0.5),
        (9.0, 9.0, 7.0, 0.0),
        (9.0, 9.6, 7.0, 0.0),
        (9.0, 6.5, 7.0, 1.0),
        (0.0, 2.0, 8.0, 0.25),
        (7.0, 7.0, 7.0, None),
    ],
    ids=["half", "begun", "worse is not below zero", "beyond is not above one", "up", "no way"],
)
def test_progress_by_the_measure(
    session: Session,
    person: str,
    baseline: float,
    now: float,
    target: float,
    progress: float | None,
) -> None:
    goal_id = goal(
        session,
        person,
        target_measure="HbA1c",
        target_value=target,
        target_unit="%",
        baseline_value=baseline,
    )
    session.act(lambda w: plan.change_goal(w, goal_id, current_value=now), "goal")
    found = only_goal(session, person)
    assert found.progress == progress
    assert found.target == f"HbA1c {target:g} %"


def test_progress_by_what_was_done(session: Session, person: str) -> None:
    goal_id = goal(session, person)
    assert only_goal(session, person).progress is None
    first = activity(session, person, "Walk to the corner", goal_id=goal_id)
    activity(session, person, "Walk to the park", goal_id=goal_id)
    session.act(lambda w: plan.complete_activity(w, first, "Twice"), "done")
    assert only_goal(session, person).progress == 0.5
    session.act(lambda w: plan.reopen_activity(w, first), "not done")
    assert only_goal(session, person).progress == 0.0


def test_overdue_from_the_day_after_and_only_while_open(
    session: Session, person: str, clock: MovedClock
) -> None:
    goal_id = goal(session, person, due_on=TODAY)
    step = activity(session, person, "Walk", goal_id=goal_id, due_on=TODAY)
    clock.to(2026, 11, 10, 23, 30)
    assert not only_goal(session, person).overdue
    clock.to(2026, 11, 11, 0, 30)
    late = only_goal(session, person)
    assert late.overdue
    assert late.activities[0].overdue
    session.act(lambda w: plan.complete_activity(w, step), "done")
    session.act(lambda w: plan.complete_goal(w, goal_id, "Walked on Sunday"), "done")
    done = only_goal(session, person)
    assert not done.overdue
    assert not done.activities[0].overdue
    assert done.progress == 1.0


def test_a_goal_is_not_closed_without_what_came_of_it(
    session: Session, person: str, records: Records
) -> None:
    goal_id = goal(session, person)
    with pytest.raises(UnusableInput, match="What came of the goal"):
        session.act(lambda w: plan.complete_goal(w, goal_id, "  "), "done")
    assert only_goal(session, person).status == "active"
    session.act(lambda w: plan.complete_goal(w, goal_id, "Too steep", achieved=False), "done")
    (kept,) = records(Goal)
    assert (kept.status, kept.achievement, kept.outcome) == (
        "cancelled",
        "not-achieved",
        "Too steep",
    )
    assert kept.closed_at == session.clock.now()


def test_open_before_closed_and_soonest_first(session: Session, person: str) -> None:
    done = goal(session, person, "done", due_on=TODAY)
    goal(session, person, "some day")
    goal(session, person, "in May", due_on=date(2027, 5, 1))
    goal(session, person, "in March", due_on=date(2027, 3, 1))
    session.act(lambda w: plan.complete_goal(w, done, "Yes"), "done")
    words = [g.own_words for g in shown(session, person).goals]
    assert words == ["in March", "in May", "some day", "done"]


def test_what_says_nothing_is_refused(session: Session, person: str) -> None:
    goal_id = goal(session, person)
    for act in (
        lambda w: plan.add_goal(w, person, own_words=" "),
        lambda w: plan.change_goal(w, goal_id, own_words=""),
        lambda w: plan.add_problem(w, person, " "),
        lambda w: plan.add_activity(w, person, description=""),
    ):
        with pytest.raises(UnusableInput, match="says nothing"):
            session.act(act, "plan")
    assert only_goal(session, person).own_words == WISH


def test_a_field_that_a_goal_has_not_is_refused(session: Session, person: str) -> None:
    goal_id = goal(session, person)
    with pytest.raises(UnusableInput, match="org_id"):
        session.act(lambda w: plan.change_goal(w, goal_id, org_id="other"), "goal")
    step = activity(session, person, "Walk", goal_id=goal_id)
    with pytest.raises(UnusableInput, match="case_id"):
        session.act(lambda w: plan.change_activity(w, step, case_id="other"), "activity")


def test_an_activity_belongs_to_who_added_it_unless_said(session: Session, person: str) -> None:
    goal_id = goal(session, person)
    activity(session, person, "Call the church", goal_id=goal_id)
    activity(session, person, "Drive", goal_id=goal_id, owner_name="Daughter", frequency="Sundays")
    owners = {a.description: a.owner for a in only_goal(session, person).activities}
    assert owners == {"Call the church": "Ana", "Drive": "Daughter"}


def test_an_activity_without_a_goal_stands_on_its_own(session: Session, person: str) -> None:
    activity(session, person, "Find a scale")
    (found,) = shown(session, person).activities
    assert (found.description, found.goal_id) == ("Find a scale", None)


def test_a_problem_is_kept_when_it_is_no_more(session: Session, person: str) -> None:
    problem = session.act(lambda w: plan.add_problem(w, person, "Fear of stairs"), "plan")
    session.act(lambda w: plan.add_problem(w, person, "Lonely"), "plan")
    session.act(lambda w: plan.change_problem(w, problem, "Afraid of stairs"), "plan")
    session.act(lambda w: plan.close_problem(w, problem), "plan")
    assert [(p.display, p.clinical_status) for p in shown(session, person).problems] == [
        ("Lonely", "active"),
        ("Afraid of stairs", "resolved"),
    ]


def test_imported_diagnoses_are_no_problems_of_the_plan(session: Session, take: Take) -> None:
    case_id = take(bundle(patient(), condition("c", "I10", "Hypertension"))).people[0]
    assert shown(session, case_id).problems == ()


def test_an_imported_plan_stays_its_senders(session: Session, take: Take, records: Records) -> None:
    theirs = {
        "resourceType": "CarePlan",
        "id": "theirs",
        "status": "completed",
        "intent": "plan",
        "title": "Ward plan",
        "subject": about(),
    }
    case_id = take(bundle(patient(), theirs)).people[0]
    assert shown(session, case_id).title == "Ward plan"
    goal(session, case_id)
    assert shown(session, case_id).title == "Care plan"
    assert {(p.title, p.status) for p in records(CarePlan)} == {
        ("Ward plan", "completed"),
        ("Care plan", "active"),
    }


def test_an_active_imported_plan_is_not_written_into(
    session: Session, take: Take, records: Records
) -> None:
    theirs = {
        "resourceType": "CarePlan",
        "id": "theirs",
        "status": "active",
        "intent": "plan",
        "title": "Ward plan",
        "subject": about(),
    }
    case_id = take(bundle(patient(), theirs)).people[0]
    session.act(lambda w: plan.set_review(w, case_id, TODAY + timedelta(days=14)), "plan")
    reviews = {p.title: p.review_on for p in records(CarePlan)}
    assert reviews == {"Ward plan": None, "Care plan": TODAY + timedelta(days=14)}
