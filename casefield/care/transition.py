"""From hospital to home: the tasks and clocks that a discharge starts, and how they are closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from casefield.care import tables
from casefield.care.days import due, local_day, place
from casefield.care.facts import Kept, gather, lace_facts
from casefield.care.stays import latest_stay, setting_of
from casefield.care.stratify import evidence_line
from casefield.care.views import ClockView, ScorePart, ScoreView, TransitionView
from casefield.errors import NotFound, UnusableInput
from casefield.records.base import new_id
from casefield.records.clinical import Encounter
from casefield.records.document import to_wire
from casefield.records.organisation import Organization
from casefield.records.people import Patient
from casefield.records.work import Work
from casefield.records.worklist import Task
from casefield.rules.clocks import (
    CALL,
    CONTACT,
    PERIOD,
    RECONCILIATION,
    VISIT_7,
    VISIT_14,
    WATCH,
    Clock,
    ClockResult,
    Discharge,
)
from casefield.rules.lace import LaceResult

FACE_TO_FACE = "face_to_face"
TASK_OF_CLOCK = {
    CALL: CALL,
    CONTACT: CONTACT,
    VISIT_7: FACE_TO_FACE,
    RECONCILIATION: RECONCILIATION,
}
OPEN = ("requested", "in-progress")
OUTCOMES = ("reached", "no_answer", "left_message", "refused")
ATTEMPTS_THAT_COUNT = 2
FACE_KINDS = frozenset({"home_visit", "clinic", "video"})


def record_discharge(
    work: Work,
    case_id: str,
    *,
    facility: str,
    admitted_at: datetime | None,
    discharged_at: datetime,
    zone: str,
    disposition: str,
    acute: bool | None,
    class_code: str = "IMP",
) -> TransitionView:
    """Record a discharge that a worker heard of, and start its clocks.

    Raises:
        UnusableInput: the moments contradict each other or lie in the future.
    """
    if discharged_at > work.now + timedelta(minutes=5):
        raise UnusableInput("The discharge lies in the future.", way_out="Check day and time.")
    if admitted_at is not None and admitted_at > discharged_at:
        raise UnusableInput("The admission is after the discharge.", way_out="Check the two days.")
    encounter = work.add(
        Encounter(
            case_id=case_id,
            status="finished",
            class_code=class_code,
            facility_name=facility.strip() or None,
            started_at=admitted_at,
            started_zone=zone if admitted_at else None,
            ended_at=discharged_at,
            ended_zone=zone,
            admission_type=None if acute is None else ("emergency" if acute else "elective"),
            discharge_disposition=disposition,
        )
    )
    open_transition(work, encounter, work.now)
    found = transition(work, case_id, work.now)
    if found is None:
        raise UnusableInput(
            "The discharge is recorded; it is more than 30 days ago, so no clock runs any more."
        )
    return found


def open_transition(work: Work, encounter: Encounter, as_of: datetime) -> bool:
    """Open the tasks of a discharge, once; return whether any was opened.

    Only while the 30-day period runs, and only for a stay that ended in or out of hospital care
    as an inpatient or under observation.
    """
    setting = setting_of(encounter.class_code)
    if setting is None or encounter.ended_at is None or encounter.case_id is None:
        return False
    zone = _zone(work, encounter)
    day, today = local_day(encounter.ended_at, zone), local_day(as_of, zone)
    if not day <= today <= day + timedelta(days=30):
        return False
    if encounter.status in {"cancelled", "entered-in-error"}:
        return False
    if work.find(Task, case_id=encounter.case_id, encounter_id=encounter.id):
        return False
    result = _clocks(work, encounter, zone, setting)
    opened = [_open(work, encounter, zone, clock, result) for clock in result.clocks]
    return any(opened)


def transition(work: Work, case_id: str, as_of: datetime) -> TransitionView | None:
    """Return the discharge being followed up, None where there is none."""
    kept = gather(work, [case_id]).get(case_id)
    if kept is None:
        raise NotFound("Nobody with that id is on this caseload.")
    return followed_up(work, kept, as_of)


def followed_up(work: Work, kept: Kept, as_of: datetime) -> TransitionView | None:
    """Return the discharge being followed up of a person whose rows are at hand."""
    stay = latest_stay(kept, local_day(as_of, kept.zone))
    if stay is None:
        return None
    zone = stay.ended_zone if stay.ended_zone and stay.ended_zone[0] not in "+-" else kept.zone
    result = _clocks(work, stay, zone, setting_of(stay.class_code) or "inpatient")
    of_stay = work.find(Task, case_id=kept.patient.id, encounter_id=stay.id)
    tasks = {task.kind: task for task in of_stay}
    lace = score_view(tables.lace().score(lace_facts(kept, stay)), stay.id)
    day = local_day(stay.ended_at, zone)
    clocks = tuple(_view(clock, tasks, zone, as_of) for clock in result.clocks)
    return TransitionView(
        encounter_id=stay.id,
        facility=stay.facility_name or "",
        admitted_at=stay.started_at,
        discharged_at=stay.ended_at,
        zone=zone,
        disposition=result.destination.value,
        day=(local_day(as_of, zone) - day).days,
        period_end=day + timedelta(days=29),
        watch_until=day + timedelta(days=30),
        clocks=tuple(clock for clock in clocks if clock.id not in {PERIOD}),
        lace=lace,
        open=any(not c.done and c.task_id for c in clocks),
    )


def log_call(
    work: Work, task_id: str, *, outcome: str, note: str = "", at: datetime | None = None
) -> None:
    """Log one try to reach the person.

    Reached: the 72-hour call and the contact are both done. Two tries on record satisfy the
    contact (CMS), while the call itself stays open until somebody answers.

    Raises:
        UnusableInput: not an outcome that is known, the moment lies in the future, or nothing
            waits for this call any more.
    """
    if outcome not in OUTCOMES:
        raise UnusableInput(
            f"“{outcome}” is not an outcome of a call.", way_out=f"One of: {', '.join(OUTCOMES)}."
        )
    moment = at or work.now
    if moment > work.now + timedelta(minutes=5):
        raise UnusableInput("The call lies in the future.", way_out="Check the time.")
    waiting = _call_tasks(work, work.get(Task, task_id))
    if not waiting:
        raise UnusableInput(
            "This task is closed already.", way_out="Write a note about the call instead."
        )
    attempt = {
        "id": new_id(),
        "at": to_wire(moment),
        "zone": work.zone,
        "channel": "phone",
        "outcome": outcome,
        "note": note.strip(),
        "by": work.actor.name,
    }
    for other in waiting:
        attempts = [*(other.attempts or ()), attempt]
        work.change(other, attempts=attempts, status="in-progress")
        if outcome in {"reached", "refused"}:
            complete(work, other, outcome, moment)
        elif other.kind == CONTACT and len(attempts) >= ATTEMPTS_THAT_COUNT:
            complete(work, other, "attempts_documented", moment)


def visit_held(work: Work, case_id: str, at: datetime, kind: str) -> int:
    """A visit face to face took place: close what waited for it; return how many tasks.

    A visit before the discharge meets nothing that the discharge asked for.
    """
    if kind not in FACE_KINDS:
        return 0
    waiting = work.find(Task, case_id=case_id, kind=FACE_TO_FACE, status=list(OPEN))
    met = [task for task in waiting if _after_discharge(work, task, at)]
    for task in met:
        complete(work, task, "visited", at)
    return len(met)


def cancel_transition(work: Work, encounter_id: str, reason: str) -> None:
    """Take back what a discharge opened: it was cancelled, or recorded by mistake.

    Raises:
        UnusableInput: no reason given.
    """
    if not reason.strip():
        raise UnusableInput("A cancellation needs its reason.", way_out="Write why.")
    encounter = work.get(Encounter, encounter_id)
    work.change(encounter, status="entered-in-error")
    for task in work.find(Task, case_id=encounter.case_id, encounter_id=encounter_id):
        if task.status in OPEN:
            work.change(task, status="cancelled", outcome=reason.strip())


def complete(work: Work, task: Task, outcome: str, at: datetime) -> None:
    """Close a task with its outcome."""
    work.change(
        task,
        status="completed",
        outcome=outcome,
        closed_at=at,
        closed_zone=work.zone,
        closed_by=work.actor.name,
    )


def own_holidays(work: Work) -> tuple[date, ...]:
    """Return the organisation's own days off."""
    found: list[date] = []
    for organization in work.find(Organization):
        for text in organization.holidays or ():
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                continue
    return tuple(found)


def score_view(result: LaceResult, encounter_id: str) -> ScoreView:
    """Return LACE as it is shown."""
    return ScoreView(
        name="LACE",
        total=result.total,
        low=result.low,
        high=result.high,
        maximum=19,
        band=result.band,
        parts=tuple(
            ScorePart(
                id=part.id,
                label=part.label,
                points=part.points,
                maximum=part.maximum,
                statement=part.statement,
                evidence=tuple(evidence_line(item) for item in part.evidence),
            )
            for part in result.parts
        ),
        missing=result.missing,
        encounter_id=encounter_id,
        rule_version=result.version,
        source=result.source,
    )


def _clocks(work: Work, encounter: Any, zone: str, setting: str) -> ClockResult:
    return tables.clocks(own_holidays(work)).start(
        Discharge(encounter.ended_at, zone, encounter.discharge_disposition, setting)
    )


def _open(work: Work, encounter: Encounter, zone: str, clock: Clock, result: ClockResult) -> bool:
    kind = TASK_OF_CLOCK.get(clock.id)
    if kind is None:
        return False
    reason = encounter.reason_display or encounter.type_display
    work.add(
        Task(
            case_id=encounter.case_id,
            kind=kind,
            status="requested",
            reason=reason,
            due_at=clock.at,
            due_zone=zone,
            due_on=clock.on,
            priority="urgent" if kind == CALL else "routine",
            owner_id=work.actor.user_id,
            encounter_id=encounter.id,
            rule=result.rule,
            rule_version=result.version,
            rule_source=result.source,
        )
    )
    return True


def _view(clock: Clock, tasks: dict[str | None, Task], zone: str, as_of: datetime) -> ClockView:
    kind = TASK_OF_CLOCK.get(clock.id) or (FACE_TO_FACE if clock.id == VISIT_14 else None)
    task = tasks.get(kind) if kind else None
    when = due(clock.at, clock.on, zone, as_of)
    if clock.id == WATCH and when.state == "overdue":
        when = replace(when, state="later")
    values = {name: day.isoformat() for day, name in clock.skipped}
    return ClockView(
        id=clock.id,
        task_id=task.id if task else None,
        due=when,
        done=task is not None and task.status == "completed",
        done_at=task.closed_at if task else None,
        attempts=len(task.attempts or ()) if task else 0,
        note_code="holidays_skipped" if clock.skipped else "",
        note_values=values,
        source=task.rule_source or "" if task else "",
    )


def _after_discharge(work: Work, task: Task, at: datetime) -> bool:
    if task.encounter_id is None:
        return True
    encounter = work.get(Encounter, task.encounter_id)
    if encounter.ended_at is None:
        return True
    zone = task.due_zone or work.zone
    return local_day(at, zone) >= local_day(encounter.ended_at, zone)


def _call_tasks(work: Work, task: Task) -> list[Task]:
    """A call counts for the 72-hour call and the contact of the same discharge."""
    if task.encounter_id is None or task.kind not in {CALL, CONTACT}:
        return [task] if task.status in OPEN else []
    return work.find(
        Task,
        case_id=task.case_id,
        encounter_id=task.encounter_id,
        kind=[CALL, CONTACT],
        status=list(OPEN),
    )


def _zone(work: Work, encounter: Encounter) -> str:
    """The person's own zone; the zone heard at discharge where it is a named one."""
    if encounter.ended_zone and encounter.ended_zone[0] not in "+-":
        return encounter.ended_zone
    assert encounter.case_id is not None
    patient = work.get(Patient, encounter.case_id)
    name = patient.zone or work.zone
    return name if str(place(name)) == name else "UTC"
