"""Asking an instrument: start, answer, meet what safety demands, sign; and what came before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casefield.care import tables
from casefield.care.days import day_of, local_day
from casefield.care.views import (
    AssessmentForm,
    AssessmentsView,
    AssessmentView,
    InstrumentView,
    SafetyView,
    Series,
    SeriesPoint,
)
from casefield.errors import NotFound, UnusableInput
from casefield.forms.catalogue import Instrument
from casefield.forms.scoring import Outcome, Safety, ScoreResult, evaluate
from casefield.forms.state import Answer, Chosen, FormState
from casefield.records.assessment import QuestionnaireResponse
from casefield.records.base import new_id
from casefield.records.clinical import Observation
from casefield.records.work import Work
from casefield.records.worklist import Task

LOINC = "http://loinc.org"
MEANING = "I asked these questions and recorded the answers"
SAFETY_TASK = "safety"
DRAFT, SIGNED = "in-progress", "completed"


def instruments() -> tuple[InstrumentView, ...]:
    """Return the instruments shipped, by title."""
    return tuple(_instrument(found) for found in tables.catalogue().all.values())


def assessments(work: Work, case_id: str) -> AssessmentsView:
    """Return what was asked, newest first, with a series per scored instrument."""
    found = work.find(QuestionnaireResponse, case_id=case_id)
    views = tuple(_view(work, record) for record in reversed(found))
    return AssessmentsView(instruments(), views, _series(views))


def start_assessment(
    work: Work,
    case_id: str,
    instrument: str,
    *,
    respondent: str | None = None,
    interpreter: str | None = None,
    language: str = "en",
    session: str | None = None,
) -> str:
    """Begin an asking; return its id. `session` ties a follow-up to what made it necessary.

    Raises:
        NotFound: no such instrument is shipped.
    """
    shipped = _shipped(instrument)
    record = work.add(
        QuestionnaireResponse(
            case_id=case_id,
            instrument=shipped.rules.id,
            instrument_version=shipped.questionnaire.version,
            status=DRAFT,
            response=[],
            authored_at=work.now,
            authored_zone=work.zone,
            author_id=work.actor.user_id,
            author_name=work.actor.name,
            respondent=respondent,
            interpreter=interpreter,
            language=language,
            session=session or new_id(),
        )
    )
    return record.id


def open_assessment(work: Work, response_id: str) -> AssessmentForm:
    """Return an asking with its questions, answers and the last signed answers before it."""
    record = work.get(QuestionnaireResponse, response_id)
    shipped = _shipped(record.instrument)
    state = FormState.from_items(shipped.questionnaire, record.response)
    previous = _previous(work, record)
    earlier: dict[str, str] = {}
    if previous is not None:
        before = FormState.from_items(shipped.questionnaire, previous.response)
        earlier = {
            link: answer.code
            for link, answer in before.answers.items()
            if isinstance(answer, Chosen)
        }
    return AssessmentForm(
        view=_view(work, record),
        questionnaire=shipped.questionnaire,
        state=state,
        previous=earlier,
        previous_on=_day(previous) if previous is not None else None,
        safety=_safety(work, record, evaluate(shipped.rules, state)),
    )


def save_answer(
    work: Work, response_id: str, link_id: str, answer: Answer | None
) -> AssessmentForm:
    """Keep one answer of a draft, or clear it with None.

    A safety finding is written down with the answer itself, so that closing the lid right after
    can't lose it: its task stands in My day until it is met.

    Raises:
        UnusableInput: the item is not in the instrument, or has no such answer.
        NotAllowed: signed, or somebody else's draft.
    """
    record = work.get(QuestionnaireResponse, response_id)
    shipped = _shipped(record.instrument)
    state = FormState.from_items(shipped.questionnaire, record.response)
    try:
        state = state.answered(link_id, answer)
    except (KeyError, ValueError) as error:
        raise UnusableInput(
            f"“{link_id}” in {shipped.rules.title} takes no such answer.",
            way_out="Choose one of those shown.",
        ) from error
    outcome = evaluate(shipped.rules, state)
    work.change(
        record,
        response=state.to_items(),
        safety=[{"id": s.id, "blocks": s.blocks_signing} for s in outcome.safety] or None,
        **_score_fields(outcome),
    )
    _keep_safety_tasks(work, record, outcome)
    return open_assessment(work, response_id)


def settle_safety(work: Work, response_id: str, reason: str) -> AssessmentForm:
    """Record why the safety follow-up is not done in this session.

    Raises:
        UnusableInput: without a reason.
    """
    if not reason.strip():
        raise UnusableInput("A reason is needed.", way_out="Write what was done for safety.")
    record = work.get(QuestionnaireResponse, response_id)
    work.change(record, safety_reason=reason.strip())
    return open_assessment(work, response_id)


def mark_unable(work: Work, response_id: str, reason: str) -> AssessmentForm:
    """Record that the person could not be asked, and why: unable is not zero.

    Raises:
        UnusableInput: without a reason.
    """
    if not reason.strip():
        raise UnusableInput("A reason is needed.", way_out="Write why it could not be asked.")
    work.change(work.get(QuestionnaireResponse, response_id), unable_reason=reason.strip())
    return open_assessment(work, response_id)


def sign_assessment(work: Work, response_id: str, meaning: str = MEANING) -> AssessmentForm:
    """Sign: the answers never change again and the score becomes an observation.

    Raises:
        UnusableInput: required questions are open, or a safety finding is not met.
        NotAllowed: signed before, or somebody else's draft.
    """
    record = work.get(QuestionnaireResponse, response_id)
    shipped = _shipped(record.instrument)
    state = FormState.from_items(shipped.questionnaire, record.response)
    outcome = evaluate(shipped.rules, state)
    _must_be_whole(record, state)
    for finding in _safety(work, record, outcome):
        if not finding.settled and _blocks(outcome, finding.code):
            raise UnusableInput(
                f"{shipped.rules.title} can't be signed yet: {finding.title}",
                way_out=(
                    f"Complete {_title(finding.follow_up_instrument)} in this session, "
                    "or write why not."
                ),
            )
    work.sign(
        record,
        status=SIGNED,
        signed_at=work.now,
        signed_zone=work.zone,
        signed_by=work.actor.name,
        signature_meaning=meaning,
    )
    if outcome.total is not None and outcome.total.value is not None:
        _observe(work, record, shipped, outcome.total)
    _close_safety_tasks(work, record)
    return open_assessment(work, response_id)


def discard_assessment(work: Work, response_id: str) -> None:
    """Take back a draft that was started by mistake.

    Raises:
        NotAllowed: it is signed, or somebody else's.
    """
    record = work.get(QuestionnaireResponse, response_id)
    for task in work.find(Task, case_id=record.case_id, focus_id=record.id, status="requested"):
        work.change(task, status="cancelled", outcome="The draft was taken back")
    work.remove(record)


def _shipped(instrument: str | None) -> Instrument:
    try:
        return tables.catalogue().get(instrument or "")
    except KeyError as error:
        raise NotFound(
            f"No instrument “{instrument}” is shipped.", way_out="See casefield instruments."
        ) from error


def _title(instrument: str | None) -> str:
    known = tables.catalogue().all.get(instrument or "")
    return known.rules.title if known else (instrument or "the follow-up")


def _instrument(found: Instrument) -> InstrumentView:
    rules = found.rules
    return InstrumentView(
        id=rules.id,
        title=rules.title,
        version=rules.version,
        loinc=rules.loinc,
        languages=tuple(rules.languages),
        licence=rules.licence,
        owner=rules.owner,
        item_count=len(found.questionnaire.questions()),
    )


def _view(work: Work, record: QuestionnaireResponse) -> AssessmentView:
    shipped = tables.catalogue().all.get(record.instrument or "")
    answered = questions = 0
    total: ScoreResult | None = None
    label: str | None = None
    safety: tuple[str, ...] = tuple(s["id"] for s in record.safety or ())
    band = record.score_band
    if shipped is not None:
        state = FormState.from_items(shipped.questionnaire, record.response)
        answered, questions = state.progress()
        outcome = evaluate(shipped.rules, state)
        total, label = outcome.total, outcome.triage_label
        safety = tuple(s.id for s in outcome.safety)
        band = band or outcome.triage
    return AssessmentView(
        response_id=record.id,
        instrument=record.instrument or "",
        title=shipped.rules.title if shipped else (record.instrument or "Unknown instrument"),
        status=record.status,
        authored_at=record.authored_at or work.now,
        zone=record.authored_zone or work.zone,
        author=record.author_name or "",
        score=record.score,
        maximum=float(total.maximum) if total else None,
        band=band,
        band_label=total.band_label if total else label,
        prorated=bool(record.score_prorated),
        answered=answered,
        questions=questions,
        safety=safety,
        signed_at=record.signed_at,
        signed_by=record.signed_by,
        mine=not record.signed and record.author_id == work.actor.user_id,
        at_headquarters=record.rev > 0,
        unable_reason=record.unable_reason,
        session=record.session,
    )


def _series(views: tuple[AssessmentView, ...]) -> tuple[Series, ...]:
    found: dict[str, list[SeriesPoint]] = {}
    for view in reversed(views):
        if view.signed_at is not None and view.score is not None:
            found.setdefault(view.title, []).append(SeriesPoint(view.authored_at, view.score))
    return tuple(
        Series(name, "", tuple(sorted(points, key=lambda p: p.at)))
        for name, points in found.items()
    )


def _previous(work: Work, record: QuestionnaireResponse) -> QuestionnaireResponse | None:
    others = work.find(
        QuestionnaireResponse, case_id=record.case_id, instrument=record.instrument, signed=True
    )
    before = [
        o
        for o in others
        if o.id != record.id
        and o.authored_at
        and record.authored_at
        and o.authored_at < record.authored_at
    ]
    return max(before, key=_authored, default=None)


def _authored(record: QuestionnaireResponse) -> datetime:
    assert record.authored_at is not None  # only records with one are compared
    return record.authored_at


def _day(record: QuestionnaireResponse) -> Any:
    if record.authored_at is None:
        return day_of(None)
    return local_day(record.authored_at, record.authored_zone)


def _score_fields(outcome: Outcome) -> dict[str, Any]:
    total = outcome.total
    if total is None:
        return {"score_band": outcome.triage, "score_rule": outcome.rule}
    return {
        "score": None if total.value is None else float(total.value),
        "score_band": total.band,
        "score_prorated": total.prorated,
        "score_rule": outcome.rule,
        "score_evidence": [{"item": link, "points": points} for link, points in total.evidence],
    }


def _must_be_whole(record: QuestionnaireResponse, state: FormState) -> None:
    open_items = state.open_required()
    if not open_items or record.unable_reason:
        return
    words = ", ".join(item.prefix.rstrip(".") or item.text for item in open_items)
    raise UnusableInput(
        f"{len(open_items)} of {state.progress()[1]} questions have no answer yet: {words}.",
        way_out="Answer them, mark them as declined, or record why the person could not be asked.",
    )


def _blocks(outcome: Outcome, code: str) -> bool:
    return any(s.id == code and s.blocks_signing for s in outcome.safety)


def _safety(work: Work, record: QuestionnaireResponse, outcome: Outcome) -> tuple[SafetyView, ...]:
    return tuple(_safety_view(work, record, found) for found in outcome.safety)


def _safety_view(work: Work, record: QuestionnaireResponse, found: Safety) -> SafetyView:
    settled_by = record.safety_reason
    if settled_by is None and found.follow_up is not None:
        done = work.find(
            QuestionnaireResponse,
            case_id=record.case_id,
            instrument=found.follow_up,
            session=record.session,
            signed=True,
        )
        settled_by = _title(found.follow_up) if done else None
    return SafetyView(
        code=found.id,
        title=found.title,
        text=found.text,
        follow_up_instrument=found.follow_up,
        settled=settled_by is not None or not found.blocks_signing,
        settled_by=settled_by,
        item=found.item,
    )


def _keep_safety_tasks(work: Work, record: QuestionnaireResponse, outcome: Outcome) -> None:
    """One open task per safety finding, as long as the answers say so."""
    open_tasks = {
        task.description: task
        for task in work.find(Task, case_id=record.case_id, focus_id=record.id, status="requested")
    }
    wanted = {found.title: found for found in outcome.safety}
    for title, found in wanted.items():
        if title not in open_tasks:
            work.add(_safety_task(work, record, found, outcome))
    for said, task in open_tasks.items():
        if said not in wanted:
            work.change(task, status="cancelled", outcome="The answer was corrected")


def _safety_task(
    work: Work, record: QuestionnaireResponse, found: Safety, outcome: Outcome
) -> Task:
    return Task(
        case_id=record.case_id,
        kind=SAFETY_TASK,
        status="requested",
        description=found.title,
        reason=found.text,
        due_on=local_day(work.now, work.zone),
        due_zone=work.zone,
        priority="stat",
        owner_id=work.actor.user_id,
        focus_type="QuestionnaireResponse",
        focus_id=record.id,
        rule=found.id,
        rule_version=outcome.rule,
    )


def _close_safety_tasks(work: Work, record: QuestionnaireResponse) -> None:
    """Close what signing meets: the tasks of this asking that block, and of the one it follows."""
    for other in work.find(QuestionnaireResponse, case_id=record.case_id, session=record.session):
        shipped = tables.catalogue().all.get(other.instrument or "")
        if shipped is None:
            continue
        state = FormState.from_items(shipped.questionnaire, other.response)
        outcome = evaluate(shipped.rules, state)
        settled = {
            s.title
            for s in _safety(work, other, outcome)
            if s.settled_by is not None and s.follow_up_instrument
        }
        for task in work.find(Task, case_id=record.case_id, focus_id=other.id, status="requested"):
            if task.description in settled:
                work.change(
                    task,
                    status="completed",
                    outcome=other.safety_reason or "Safety questions asked and signed",
                    closed_at=work.now,
                    closed_zone=work.zone,
                    closed_by=work.actor.name,
                )


def _observe(
    work: Work, record: QuestionnaireResponse, shipped: Instrument, total: ScoreResult
) -> None:
    work.add(
        Observation(
            case_id=record.case_id,
            status="final",
            category="survey",
            code_system=LOINC if total.loinc else None,
            code=total.loinc,
            display=total.label,
            effective_at=record.authored_at,
            effective_zone=record.authored_zone,
            effective=record.authored_at.isoformat() if record.authored_at else None,
            value_number=float(total.value or 0),
            value_unit="{score}",
            interpretation=total.band,
            derived_from=record.id,
        )
    )
