"""A person's first page in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from casefield.care.days import due
from casefield.care.views import (
    ChangeView,
    ClockView,
    CriterionView,
    EvidenceLine,
    GoalView,
    ScoreView,
    Stratification,
)
from casefield.gui import words
from casefield.gui.models.summary import (
    change_words,
    clock_due,
    clock_note,
    criteria_shown,
    criterion_name,
    evidence_words,
    goal_line,
    judged_words,
    open_goals,
    part_names,
    score_title,
)

ZONE = "America/New_York"
NOW = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> None:
    words.see_from(lambda: date(2026, 11, 13))


def evidence(**fields: Any) -> EvidenceLine:
    return replace(EvidenceLine("Condition", "r1", "code", "", None, None), **fields)


def criterion(known: str = "CM1", *lines: EvidenceLine, **fields: Any) -> CriterionView:
    return replace(CriterionView(known, "In the rule's words", "true", "", lines, ()), **fields)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (evidence(display="Heart failure", date="2021-05-01"), "Heart failure (2021)"),
        (evidence(display="Heart failure"), "Heart failure"),
        (evidence(field="class", date="2026-11-05"), "Stay of 5 Nov"),
        (evidence(field="language", value="es"), "Speaks Spanish"),
        (evidence(field="food_barrier", value="yes"), "Food is short"),
        (evidence(field="housing_barrier", value="no"), "Housing is safe"),
        (evidence(field="nothing_known", value="yes"), ""),
    ],
)
def test_evidence_in_the_readers_words(line: EvidenceLine, said: str) -> None:
    assert evidence_words(criterion("CM1", line)) == said


def test_evidence_stands_once_and_not_without_end() -> None:
    lines = [evidence(display=f"Condition {n}") for n in (1, 1, 2, 3, 4, 5, 6, 7)]
    assert evidence_words(criterion("CM1", *lines)).endswith("Condition 5 +2")


def test_a_criterion_nobody_named_keeps_the_rules_words() -> None:
    assert criterion_name(criterion("CM3")) == "Social barrier open"
    assert criterion_name(criterion("ZZ9")) == "In the rule's words"


@pytest.mark.parametrize(
    ("tier", "shown"),
    [
        ("case_management", ["CM1"]),
        ("insufficient_data", ["CM1"]),
        ("care_coordination", ["CM1", "CC1"]),
        ("review", ["CM1", "CC1"]),
    ],
)
def test_the_criteria_that_decide_are_shown(tier: str, shown: list[str]) -> None:
    found = criteria_shown(judged(tier=tier, criteria=(criterion("CM1"), criterion("CC1"))))
    assert [c.id for c in found] == shown


def judged(**fields: Any) -> Stratification:
    base = Stratification(
        "c1", "Rosa", date(2026, 11, 13), "case_management", "case_management", None, False, (),
        (), (), (), 0, "boundary", "2026.1", "NCQA", 7,
    )  # fmt: skip
    return replace(base, **fields)


@pytest.mark.parametrize(("number", "said"), [(1, "1 fact"), (7, "7 facts")])
def test_how_it_was_worked_out(number: int, said: str) -> None:
    assert judged_words(judged(facts_used=number)) == f"13 Nov · {said} · rule 2026.1"


def test_a_goal_in_a_line() -> None:
    goal = GoalView(
        "g1", None, "Walk to Mass", None, "Walk 400 m", "Walk", 400.0, "m", 50.0, 150.0, 0.29,
        date(2026, 12, 4), "active", None, None, False,
    )  # fmt: skip
    assert goal_line(goal, 2) == "Goal 1 of 2 · Walk 400 m · by 4 Dec · now 150 m"
    assert goal_line(replace(goal, target=None, due_on=None, current_value=None), 1) == (
        "Goal 1 of 1"
    )
    assert open_goals((goal, replace(goal, status="completed"))) == [goal]


@pytest.mark.parametrize(
    ("code", "kind", "what", "said"),
    [
        ("stay_began", "Encounter", "St. Brigid", ("Stay", "Admitted to St. Brigid")),
        ("stay_ended", "Encounter", "St. Brigid", ("Stay", "Left St. Brigid")),
        ("note_signed", "Note", "phone", ("Note", "Phone call, signed")),
        ("note_signed", "Note", "Own title", ("Note", "Own title, signed")),
        (
            "assessment_signed",
            "QuestionnaireResponse",
            "PHQ-9 3",
            ("Assessment", "PHQ-9 3, signed"),
        ),
        ("something_new", "Goal", "x", ("Goal", "x")),
    ],
)
def test_what_happened(code: str, kind: str, what: str, said: tuple[str, str]) -> None:
    assert change_words(ChangeView(kind, code, what, NOW, "")) == said


def clock(known: str = "call_72h", **fields: Any) -> ClockView:
    base = ClockView(
        known, "t1", due(None, date(2026, 11, 17), ZONE, NOW), False, None, 0, "", {}, ""
    )
    return replace(base, **fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "by Tue 17 Nov"),
        ({"due": due(NOW, None, ZONE, NOW)}, "Fri 13 Nov 11:32"),
        ({"done": True, "done_at": NOW}, "done 13 Nov"),
        ({"due": due(None, None, ZONE, NOW)}, ""),
    ],
)
def test_by_when_a_clock_asks(fields: dict[str, Any], said: str) -> None:
    assert clock_due(clock(**fields)) == said


def test_the_watch_lasts_to_its_day() -> None:
    assert clock_due(clock("readmission_watch")) == "to Tue 17 Nov"


def test_what_else_is_to_be_known_of_a_clock() -> None:
    skipped = clock(note_values={"Veterans Day": "2026-11-11"}, attempts=2)
    assert clock_note(skipped) == "11 Nov is a holiday · tried 2 ×"
    assert clock_note(replace(skipped, done=True)) == "11 Nov is a holiday"


def test_a_score_that_is_not_whole_is_a_range() -> None:
    score = ScoreView("LACE", 13, 13, 13, 19, "high", (), (), "e1", "2026.1", "")
    assert score_title(score) == "LACE 13"
    assert score_title(replace(score, total=None, low=9, high=12)) == "LACE 9 to 12"


def test_every_part_of_lace_has_a_word() -> None:
    assert set(part_names()) == set("LACE")
