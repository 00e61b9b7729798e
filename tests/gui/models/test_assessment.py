"""One asking as rows: answers word for word, what was answered last time, what alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casefield.care import tables
from casefield.care.views import AssessmentForm, AssessmentView, SafetyView
from casefield.forms.state import Chosen, Declined, FormState
from casefield.gui.models.assessment import FormRow, first_open, form_rows

ITEM_9 = "44260-8"


def form(instrument: str = "phq9", **fields: Any) -> AssessmentForm:
    """Return an asking with nothing answered; its view is of no matter here."""
    shipped = tables.catalogue().all[instrument]
    view: Any = AssessmentView
    return replace(
        AssessmentForm(view, shipped.questionnaire, FormState(shipped.questionnaire)), **fields
    )


def answered(found: AssessmentForm, points: dict[int, int]) -> AssessmentForm:
    """Answer questions, by their place among the scored ones, with so many points."""
    state = found.state
    scored = [q for q in found.questionnaire.questions() if q.required]
    for place, wanted in points.items():
        option = next(o for o in scored[place].options if o.ordinal == wanted)
        state = state.answered(scored[place].link_id, Chosen(option.code))
    return replace(found, state=state)


def questions(found: AssessmentForm) -> list[FormRow]:
    return [row for row in form_rows(found) if row.choices]


def test_phq9_stands_word_for_word() -> None:
    rows = form_rows(form())
    assert rows[0].text.startswith("Over the last 2 weeks, how often have you been bothered")
    assert rows[0].choices == ()
    asked = questions(form())
    assert [row.number for row in asked] == [str(n) for n in range(1, 11)]
    assert [(c.text, c.points) for c in asked[0].choices] == [
        ("Not at all", 0),
        ("Several days", 1),
        ("More than half the days", 2),
        ("Nearly every day", 3),
    ]
    assert asked[9].choices[0].points is None, "the last question is not scored"


def test_an_answer_and_a_refusal_are_shown() -> None:
    found = answered(form(), {0: 2})
    second = questions(found)[1].link_id
    found = replace(found, state=found.state.answered(second, Declined()))
    rows = questions(found)
    assert rows[0].code == rows[0].choices[2].code
    assert (rows[1].code, rows[1].declined) == (None, True)
    assert (rows[2].code, rows[2].declined) == (None, False)


def test_the_answer_of_last_time_is_told_in_points() -> None:
    row = questions(form())[0]
    before = replace(form(), previous={row.link_id: row.choices[3].code})
    assert questions(before)[0].previous == "3"
    assert questions(before)[1].previous == ""


@pytest.mark.parametrize("points", [0, 1])
def test_the_answer_behind_a_safety_finding_alarms(points: int) -> None:
    finding = SafetyView("SAFETY_SI", "", "", None, False, None, item=ITEM_9)
    safety = (finding,) if points else ()
    rows = questions(replace(answered(form(), {8: points}), safety=safety))
    assert [row.number for row in rows if row.alarming] == (["9"] if points else [])


def test_a_finding_about_the_whole_marks_no_row() -> None:
    severe = SafetyView("SAME_DAY_NOTICE", "", "", None, True, None)
    assert not any(row.alarming for row in form_rows(replace(form(), safety=(severe,))))


def test_the_keyboard_begins_at_the_first_required_question_without_an_answer() -> None:
    found = form()
    rows = questions(found)
    assert first_open(found) == rows[0].link_id
    found = answered(found, {0: 1, 1: 1})
    assert first_open(found) == rows[2].link_id
    found = answered(found, dict.fromkeys(range(9), 0))
    assert first_open(found) == rows[9].link_id, "what need not be answered comes last"
    found = replace(found, state=found.state.answered(rows[9].link_id, Declined()))
    assert first_open(found) is None
