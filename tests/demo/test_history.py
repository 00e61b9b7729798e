"""What the demo shows: the acceptance scenarios' figures, on whatever day it is begun."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from casefield.care import assess, caseload, plan, stratify, transition, worklist
from casefield.care.views import Series, TransitionView
from casefield.rules.clocks import CALL, CONTACT
from tests.demo.conftest import CAST, EASTERN, Play, Played

ROSA, LUIS, DANA = "rosa-medina", "luis-ortega", "dana-whitfield"
# Sixty-six hours before this she came home: Tuesday 10 November 2026, 10:40
SCENARIO = datetime(2026, 11, 13, 4, 40)
DAYS = [
    datetime(2026, 11, 2, 8, 15),  # the clocks were set back the night before
    datetime(2027, 1, 1, 0, 30),
    datetime(2027, 3, 15, 23, 50),  # they were set forward the day before
    datetime(2028, 2, 29, 12, 0),
]


def stay_of(made: Played, name: str) -> TransitionView:
    found = made.session.read(lambda w: transition.transition(w, made.cases[name], made.now))
    assert found is not None
    return found


def test_s1_home_after_a_heart_attack(played: Play) -> None:
    made = played(SCENARIO, ROSA)
    stay = stay_of(made, ROSA)
    assert stay.discharged_at == datetime(2026, 11, 10, 10, 40, tzinfo=EASTERN)
    assert stay.lace is not None
    assert {part.id: part.points for part in stay.lace.parts} == {"L": 4, "A": 3, "C": 5, "E": 1}
    assert (stay.lace.total, stay.lace.band) == (13, "high")
    clocks = {clock.id: clock.due for clock in stay.clocks}
    assert clocks[CALL].at == datetime(2026, 11, 13, 10, 40, tzinfo=EASTERN)
    assert clocks[CONTACT].on == date(2026, 11, 13)  # Veterans Day is skipped
    assert clocks["face_to_face_7"].on == date(2026, 11, 17)
    assert clocks["face_to_face_14"].on == date(2026, 11, 24)
    assert clocks["readmission_watch"].on == date(2026, 12, 10)
    assert (stay.period_end, stay.watch_until) == (date(2026, 12, 9), date(2026, 12, 10))
    (row,) = made.session.read(lambda w: caseload.caseload(w, made.now))
    assert (row.age, row.sex, row.lace, row.language) == (71, "female", 13, "es")


@pytest.mark.parametrize("today", DAYS, ids=lambda day: f"{day:%m-%d}")
def test_s1_is_the_same_on_every_day(played: Play, today: datetime) -> None:
    made = played(today, ROSA)
    stay = stay_of(made, ROSA)
    assert stay.lace is not None
    assert stay.lace.total == 13
    assert stay.open
    (call,) = [clock for clock in stay.clocks if clock.id == CALL]
    assert not call.done
    assert call.due.at is not None
    left = call.due.at - made.now
    assert timedelta(hours=5, minutes=55) < left <= timedelta(hours=6)


def test_s2_three_prescribers_who_disagree(played: Play) -> None:
    made = played(SCENARIO, LUIS)
    found = made.session.read(
        lambda w: stratify.stratify(w, made.cases[LUIS], made.now.astimezone(EASTERN).date())
    )
    assert (found.tier, found.prioritise) == ("review", True)
    assert set(found.condition_groups) == {"Hypertension", "Diabetes", "Chronic kidney disease"}
    by = {medicine.by for medicine in CAST[LUIS].medications}
    assert len(by) == 3
    lists = sorted(medicine.display for medicine in CAST[LUIS].medications)
    assert [words for words in lists if words.startswith("Lisinopril")] == [
        "Lisinopril 20 mg tablet",
        "Lisinopril 40 mg tablet",
    ]


def test_s3_twenty_weeks_of_depression_care(played: Play) -> None:
    made = played(SCENARIO, DANA)
    asked = made.session.read(lambda w: assess.assessments(w, made.cases[DANA]))
    (series,) = asked.series
    assert isinstance(series, Series)
    assert [point.value for point in series.points] == [18, 15, 14, 8, 4, 3]
    days = [point.at.astimezone(EASTERN).date() for point in series.points]
    assert [(day - days[0]).days // 7 for day in days] == [0, 4, 8, 12, 16, 20]
    assert all((day - days[0]).days % 7 == 0 for day in days)
    assert all(form.signed_at is not None for form in asked.assessments)
    assert asked.assessments[-1].safety  # item 9, at the first asking
    assert not any(form.safety for form in asked.assessments[:-1])


def test_the_worklist_of_the_whole_caseload_is_never_empty(played: Play) -> None:
    made = played(SCENARIO, *CAST)
    rows = made.session.read(lambda w: caseload.caseload(w, made.now))
    assert len(rows) == len(CAST)
    assert {row.tier for row in rows} >= {"case_management", "care_coordination", "review"}
    work = made.session.read(lambda w: worklist.worklist(w, made.now))
    kinds = {item.kind for item in (*work.items, *work.coming)}
    assert {"call", "visit", "review"} <= kinds
    assert work.items
    assert all(made.deeds.values())
    deeds = sum(made.deeds.values())
    assert deeds > 2 * len(CAST)


def test_what_was_done_stands_at_its_own_time(played: Play) -> None:
    made = played(SCENARIO, ROSA)
    shown = made.session.read(lambda w: plan.care_plan(w, made.cases[ROSA], made.now))
    words = {goal.own_words for goal in shown.goals}
    assert words == {wish.words for wish in CAST[ROSA].goals}
    done = [item for goal in shown.goals for item in goal.activities if item.status == "completed"]
    assert len(done) == 1
    said = [item.said_at for item in made.session.waiting()]
    assert said == sorted(said)
    assert said[0] < made.now - timedelta(days=200)
    assert said[-1] <= made.now
    assert all(finding.good for finding in made.session.check())


def test_playing_a_person_takes_nothing_in_twice(played: Play) -> None:
    """Her files come in at the referral, at the discharge and today: each entry once."""
    made = played(SCENARIO, ROSA)
    counts: dict[str, int] = {}
    for item in made.session.waiting():
        if item.kind == "create":
            counts[item.record_type] = counts.get(item.record_type, 0) + 1
    assert counts["Patient"] == counts["Assignment"] == 1
    assert counts["Condition"] == len(CAST[ROSA].conditions) + 1  # and what her plan calls so
    assert counts["MedicationStatement"] == len(CAST[ROSA].medications)
    assert counts["Encounter"] >= len(CAST[ROSA].encounters)
