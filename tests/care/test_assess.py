"""Asking an instrument: answers kept as given, safety never lost, signed for good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import assess, worklist
from casefield.care.views import AssessmentForm
from casefield.errors import NotAllowed, NotFound, UnusableInput
from casefield.forms.state import Answer, Chosen, Declined
from casefield.records.assessment import QuestionnaireResponse
from casefield.records.clinical import Observation
from casefield.records.work import Work
from casefield.records.worklist import Task
from tests.care.conftest import MovedClock

Records = Callable[..., list[SimpleNamespace]]
Colleague = Callable[[], AbstractContextManager[Work]]
PHQ9 = [
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
]
ITEM_9 = "44260-8"
POINTS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
YES, NO = Chosen("LA33-6"), Chosen("LA32-8")
QUIET = dict.fromkeys(("93246-7", "93247-5", "93267-3"), NO)


def start(at: Session, case_id: str, instrument: str = "phq9", **more: Any) -> str:
    return at.act(lambda w: assess.start_assessment(w, case_id, instrument, **more), "ask")


def answer(session: Session, response_id: str, link: str, given: Answer | None) -> AssessmentForm:
    return session.act(lambda w: assess.save_answer(w, response_id, link, given), "answer")


def phq9(session: Session, case_id: str, *points: int, **more: Any) -> str:
    """Ask the nine questions; return the draft."""
    response_id = start(session, case_id, **more)
    for link, value in zip(PHQ9, points, strict=True):
        answer(session, response_id, link, Chosen(POINTS[value]))
    return response_id


def sign(session: Session, response_id: str) -> AssessmentForm:
    return session.act(lambda w: assess.sign_assessment(w, response_id), "sign")


def opened(session: Session, response_id: str) -> AssessmentForm:
    return session.read(lambda w: assess.open_assessment(w, response_id))


def screener(session: Session, case_id: str, tied_to: str | None, **answers: Answer) -> str:
    response_id = start(session, case_id, "cssrs_screener", session=tied_to)
    for link, given in (QUIET | {k.replace("_", "-"): v for k, v in answers.items()}).items():
        answer(session, response_id, link, given)
    return response_id


def sitting(records: Records, response_id: str) -> str:
    (found,) = records(QuestionnaireResponse, id=response_id)
    return str(found.session)


def safety_tasks(records: Records, **equals: Any) -> list[SimpleNamespace]:
    return records(Task, kind="safety", **equals)


def test_answers_become_score_and_band(session: Session, person: str) -> None:
    view = opened(session, phq9(session, person, 2, 2, 2, 2, 1, 1, 1, 1, 0)).view
    assert (view.score, view.maximum) == (12, 27)
    assert (view.band, view.band_label) == ("moderate", "Moderate")
    assert (view.answered, view.questions, view.prorated) == (9, 9, False)
    assert view.safety == ()
    assert view.mine


def test_a_signed_score_is_an_observation_that_names_its_asking(
    session: Session, person: str, records: Records
) -> None:
    response_id = phq9(session, person, 2, 2, 2, 2, 1, 1, 1, 1, 0)
    assert records(Observation) == []
    view = sign(session, response_id).view
    assert (view.status, view.signed_by, view.signed_at) == (
        "completed",
        "Ana",
        session.clock.now(),
    )
    (found,) = records(Observation)
    assert (found.code, found.value_number, found.interpretation) == ("44261-6", 12, "moderate")
    assert found.derived_from == response_id
    assert found.effective_at == session.clock.now()


def test_unanswered_is_not_zero(session: Session, person: str) -> None:
    response_id = start(session, person)
    for link in PHQ9[:7]:
        answer(session, response_id, link, Chosen(POINTS[1]))
    view = opened(session, response_id).view
    assert (view.score, view.prorated) == (9, True)
    with pytest.raises(UnusableInput, match=r"2 of 9 .*: 8, 9"):
        sign(session, response_id)
    answer(session, response_id, PHQ9[0], None)
    assert opened(session, response_id).view.score is None


def test_declined_is_an_answer_without_points(session: Session, person: str) -> None:
    response_id = phq9(session, person, 1, 1, 1, 1, 1, 1, 1, 1, 0)
    answer(session, response_id, PHQ9[3], Declined())
    view = sign(session, response_id).view
    assert (view.score, view.prorated) == (8, True)  # 7 points on 8 items, 7.9 on nine
    assert opened(session, response_id).state.given(PHQ9[3]) == Declined()


def test_unable_to_ask_is_signed_without_a_score(
    session: Session, person: str, records: Records
) -> None:
    response_id = start(session, person)
    with pytest.raises(UnusableInput, match="reason"):
        session.act(lambda w: assess.mark_unable(w, response_id, " "), "unable")
    session.act(lambda w: assess.mark_unable(w, response_id, "Too drowsy"), "unable")
    view = sign(session, response_id).view
    assert (view.score, view.unable_reason) == (None, "Too drowsy")
    assert records(Observation) == []


def test_item_nine_opens_a_safety_task_with_the_answer_itself(
    session: Session, person: str, records: Records
) -> None:
    response_id = start(session, person)
    form = answer(session, response_id, ITEM_9, Chosen(POINTS[1]))
    (finding,) = form.safety
    assert (finding.code, finding.settled) == ("SAFETY_SI", False)
    assert finding.follow_up_instrument == "cssrs_screener"
    (task,) = safety_tasks(records)
    assert (task.priority, task.focus_id) == ("stat", response_id)
    assert "988" in task.reason
    (item,) = session.read(lambda w: worklist.worklist(w, w.now)).items
    assert (item.kind, item.due.state, item.focus_id) == ("safety", "today", response_id)


def test_higher_on_item_nine_opens_no_second_task(
    session: Session, person: str, records: Records
) -> None:
    response_id = start(session, person)
    answer(session, response_id, ITEM_9, Chosen(POINTS[1]))
    answer(session, response_id, ITEM_9, Chosen(POINTS[3]))
    answer(session, response_id, PHQ9[0], Chosen(POINTS[1]))
    assert len(safety_tasks(records)) == 1


@pytest.mark.parametrize("corrected", [Chosen(POINTS[0]), None, Declined()])
def test_correcting_item_nine_cancels_the_task(
    session: Session, person: str, records: Records, corrected: Answer | None
) -> None:
    response_id = start(session, person)
    answer(session, response_id, ITEM_9, Chosen(POINTS[2]))
    answer(session, response_id, ITEM_9, corrected)
    (task,) = safety_tasks(records)
    assert (task.status, task.outcome) == ("cancelled", "The answer was corrected")
    assert session.read(lambda w: worklist.worklist(w, w.now)).items == ()
    answer(session, response_id, ITEM_9, Chosen(POINTS[1]))
    assert len(safety_tasks(records, status="requested")) == 1


def test_item_nine_blocks_signing_until_the_screener_is_signed(
    session: Session, person: str, records: Records
) -> None:
    response_id = phq9(session, person, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    with pytest.raises(UnusableInput, match="Stay with the person"):
        sign(session, response_id)
    screening = screener(session, person, sitting(records, response_id))
    with pytest.raises(UnusableInput, match="C-SSRS"):
        sign(session, response_id)  # asked, not signed yet
    sign(session, screening)
    (finding,) = opened(session, response_id).safety
    assert (finding.settled, finding.settled_by) == (True, "C-SSRS screener")
    assert sign(session, response_id).view.score == 9
    assert safety_tasks(records, status="requested") == []


def test_a_screener_of_another_session_does_not_count(
    session: Session, person: str, records: Records
) -> None:
    sign(session, screener(session, person, None))
    response_id = phq9(session, person, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    with pytest.raises(UnusableInput, match="C-SSRS"):
        sign(session, response_id)
    assert len(safety_tasks(records, status="requested")) == 1


def test_a_written_reason_settles_instead(session: Session, person: str, records: Records) -> None:
    response_id = phq9(session, person, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    with pytest.raises(UnusableInput, match="reason"):
        session.act(lambda w: assess.settle_safety(w, response_id, "  "), "settle")
    session.act(
        lambda w: assess.settle_safety(w, response_id, "Psychiatrist is in the room"), "settle"
    )
    sign(session, response_id)
    (task,) = safety_tasks(records)
    assert (task.status, task.outcome) == ("completed", "Psychiatrist is in the room")


def test_high_risk_on_the_screener_stands_in_my_day_after_signing(
    session: Session, person: str, records: Records
) -> None:
    risky = {"93247_5": YES, "93248_3": NO, "93249_1": YES, "93250_9": NO}
    view = sign(session, screener(session, person, None, **risky)).view
    assert (view.band, view.band_label) == ("high", "High risk")
    (task,) = safety_tasks(records, status="requested")
    assert "988" in task.description


def test_a_severe_total_is_told_the_same_day_and_blocks_nothing(
    session: Session, person: str, records: Records
) -> None:
    response_id = phq9(session, person, 3, 3, 3, 3, 3, 3, 2, 2, 0)
    assert sign(session, response_id).view.band == "severe"
    (task,) = safety_tasks(records, status="requested")
    assert task.description == "Tell the clinician today."


def test_signed_answers_never_change(session: Session, person: str) -> None:
    response_id = phq9(session, person, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    sign(session, response_id)
    for change in (
        lambda w: assess.save_answer(w, response_id, PHQ9[0], Chosen(POINTS[3])),
        lambda w: assess.settle_safety(w, response_id, "late thought"),
        lambda w: assess.mark_unable(w, response_id, "late thought"),
        lambda w: assess.sign_assessment(w, response_id),
        lambda w: assess.discard_assessment(w, response_id),
    ):
        with pytest.raises(NotAllowed, match=r"signed and stays as it is\. "):
            session.act(change, "change")
    assert opened(session, response_id).view.score == 0


def test_a_colleagues_draft_is_only_theirs_to_change(
    session: Session, person: str, as_colleague: Colleague
) -> None:
    with as_colleague() as work:
        response_id = assess.start_assessment(work, person, "phq9")
    with pytest.raises(NotAllowed, match="draft of Ben"):
        answer(session, response_id, PHQ9[0], Chosen(POINTS[1]))
    assert not opened(session, response_id).view.mine


def test_taking_a_draft_back_takes_its_task_along(
    session: Session, person: str, records: Records
) -> None:
    response_id = start(session, person)
    answer(session, response_id, ITEM_9, Chosen(POINTS[1]))
    session.act(lambda w: assess.discard_assessment(w, response_id), "discard")
    assert records(QuestionnaireResponse) == []
    assert safety_tasks(records, status="requested") == []


def test_what_was_answered_before_is_shown_beside(
    session: Session, person: str, clock: MovedClock
) -> None:
    sign(session, phq9(session, person, 3, 2, 1, 0, 0, 0, 0, 0, 0))
    first_day = clock.moment.date()
    clock.forward(days=14)
    form = opened(session, start(session, person))
    assert form.previous_on == first_day
    assert form.previous[PHQ9[0]] == POINTS[3]
    assert set(form.previous) == set(PHQ9)


def test_the_tab_shows_newest_first_and_a_series_of_signed_scores(
    session: Session, person: str, clock: MovedClock
) -> None:
    for value in (2, 1):
        sign(session, phq9(session, person, *[value] * 8, 0))
        clock.forward(days=14)
    draft = phq9(session, person, 3, 3, 0, 0, 0, 0, 0, 0, 0)
    found = session.read(lambda w: assess.assessments(w, person))
    assert [view.score for view in found.assessments] == [6, 8, 16]
    assert found.assessments[0].response_id == draft
    (series,) = found.series
    assert [point.value for point in series.points] == [16, 8]  # oldest first, no draft
    assert {i.id for i in found.instruments} >= {"phq9", "gad7", "cssrs_screener"}


def test_what_is_not_an_answer_is_refused(session: Session, person: str) -> None:
    response_id = start(session, person)
    for link, given in (("no-such-item", YES), (PHQ9[0], Chosen("LA99-9")), ("intro", YES)):
        with pytest.raises(UnusableInput, match="takes no such answer"):
            answer(session, response_id, link, given)
    assert opened(session, response_id).view.answered == 0


def test_an_instrument_that_is_not_shipped(session: Session, person: str) -> None:
    with pytest.raises(NotFound, match="tarot"):
        start(session, person, "tarot")


def test_who_answered_and_through_whom_is_kept(
    session: Session, person: str, records: Records
) -> None:
    start(session, person, respondent="daughter", interpreter="phone line", language="es")
    (found,) = records(QuestionnaireResponse)
    assert (found.respondent, found.interpreter, found.language) == (
        "daughter",
        "phone line",
        "es",
    )
