"""My day: one ranked list of what needs the worker, what comes next, what is new."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from casefield.care.days import due, due_key, local_day
from casefield.care.names import full_name
from casefield.care.transition import OPEN, complete
from casefield.care.views import NewsItem, WorkItem, Worklist
from casefield.errors import UnusableInput
from casefield.records.clinical import Encounter
from casefield.records.people import Patient
from casefield.records.planning import CarePlan
from casefield.records.visit import Note
from casefield.records.work import Work
from casefield.records.worklist import Task

KINDS = {
    "call_72h": "call",
    "tcm_contact": "contact",
    "face_to_face": "visit",
    "reconciliation": "reconcile",
    "safety": "safety",
    "plan_review": "review",
}
HORIZON = timedelta(days=7)
NEWS = timedelta(days=7)
MOST_NEWS = 6
PRIORITIES = {"stat": 0, "urgent": 1, "routine": 2}
TASK = (
    Task.id,
    Task.case_id,
    Task.kind,
    Task.description,
    Task.reason,
    Task.due_at,
    Task.due_zone,
    Task.due_on,
    Task.priority,
    Task.attempts,
    Task.encounter_id,
    Task.focus_id,
    Task.rule,
    Task.rule_version,
    Task.rule_source,
)


def worklist(work: Work, as_of: datetime) -> Worklist:
    """Return My day as of a moment: late first, then by when, then by priority."""
    items = [*_tasks(work, as_of), *_reviews(work, as_of)]
    items.sort(
        key=lambda i: (
            i.due.state != "overdue",
            i.kind != "safety",
            due_key(i.due),
            PRIORITIES.get(i.priority, 3),
        )
    )
    limit = as_of + HORIZON
    near: list[WorkItem] = []
    far: list[WorkItem] = []
    for item in items:
        is_near = item.due.state == "overdue" or due_key(item.due) <= limit
        (near if is_near else far).append(item)
    return Worklist(as_of, work.zone, tuple(near), tuple(far), _news(work, as_of))


def next_items(work: Work, as_of: datetime) -> dict[str, WorkItem]:
    """Return what is due soonest for each person who has something open."""
    soonest: dict[str, tuple[Any, WorkItem]] = {}
    for item in (*_tasks(work, as_of), *_reviews(work, as_of)):
        rank = _rank(item)
        if item.case_id not in soonest or rank < soonest[item.case_id][0]:
            soonest[item.case_id] = (rank, item)
    return {case_id: item for case_id, (_, item) in soonest.items()}


def open_items(work: Work, case_id: str, as_of: datetime) -> tuple[WorkItem, ...]:
    """Return what is open for one person, soonest first."""
    items = _tasks(work, as_of, case_id) + _reviews(work, as_of, case_id)
    return tuple(sorted(items, key=lambda i: due_key(i.due)))


def complete_task(work: Work, task_id: str, outcome: str) -> None:
    """Close a task.

    Raises:
        UnusableInput: without a word on what came of it, or closed before.
    """
    if not outcome.strip():
        raise UnusableInput("What came of it?", way_out="Write an outcome in a few words.")
    task = work.get(Task, task_id)
    if task.status not in OPEN:
        raise UnusableInput("This task is closed already.", way_out="Look at the list again.")
    complete(work, task, outcome.strip(), work.now)


def add_task(
    work: Work, case_id: str, description: str, due_on: date | None, kind: str = "general"
) -> str:
    """Add a thing to do; return its id.

    Raises:
        UnusableInput: it says nothing.
    """
    if not description.strip():
        raise UnusableInput("The task says nothing.", way_out="Write what is to be done.")
    task = work.add(
        Task(
            case_id=case_id,
            kind=kind,
            description=description.strip(),
            due_on=due_on,
            due_zone=work.zone,
            owner_id=work.actor.user_id,
            priority="routine",
        )
    )
    return task.id


def _rank(item: WorkItem) -> tuple[datetime, bool, int]:
    return due_key(item.due), item.kind != "safety", PRIORITIES.get(item.priority, 3)


def _tasks(work: Work, as_of: datetime, case_id: str | None = None) -> list[WorkItem]:
    statement = (
        select(
            *TASK,
            Patient.given_name,
            Patient.family_name,
            Patient.phone,
            Encounter.facility_name,
            Encounter.ended_at,
            Encounter.ended_zone,
            Encounter.discharge_disposition,
        )
        .join(Patient, (Patient.org_id == Task.org_id) & (Patient.id == Task.case_id))
        .outerjoin(
            Encounter, (Encounter.org_id == Task.org_id) & (Encounter.id == Task.encounter_id)
        )
        .where(
            Task.org_id == work.actor.org_id,
            Task.deleted.is_(False),
            Patient.deleted.is_(False),
            or_(Patient.deceased.is_(None), Patient.deceased.is_(False)),
            Task.status.in_(OPEN),
        )
    )
    if case_id is not None:
        statement = statement.where(Task.case_id == case_id)
    return [_item(row, as_of, work.zone) for row in work.rows(statement)]


def _item(row: Any, as_of: datetime, zone: str) -> WorkItem:
    there = row.due_zone or zone
    values: dict[str, Any] = {}
    if row.ended_at is not None:
        values = {
            "facility": row.facility_name or "",
            "discharged_at": row.ended_at,
            "zone": there,
            "reason": row.reason or "",
            "disposition": row.discharge_disposition or "",
            "day": (local_day(as_of, there) - local_day(row.ended_at, there)).days,
        }
    title = row.description or row.reason or ""
    return WorkItem(
        task_id=row.id,
        task_kind=row.kind or "general",
        kind=KINDS.get(row.kind or "", "general"),
        case_id=row.case_id or "",
        person=full_name(row),
        title=title,
        reason_code="discharged" if values else "",
        reason_values=values,
        due=due(row.due_at, row.due_on, there, as_of),
        attempts=len(row.attempts or ()),
        priority=row.priority or "routine",
        encounter_id=row.encounter_id,
        rule=row.rule or "",
        rule_version=row.rule_version or "",
        source=row.rule_source or "",
        phone=row.phone,
        focus_id=row.focus_id,
    )


def _reviews(work: Work, as_of: datetime, case_id: str | None = None) -> list[WorkItem]:
    statement = (
        select(
            CarePlan.id,
            CarePlan.case_id,
            CarePlan.review_on,
            Patient.given_name,
            Patient.family_name,
            Patient.phone,
        )
        .join(Patient, (Patient.org_id == CarePlan.org_id) & (Patient.id == CarePlan.case_id))
        .where(
            CarePlan.org_id == work.actor.org_id,
            CarePlan.deleted.is_(False),
            Patient.deleted.is_(False),
            or_(Patient.deceased.is_(None), Patient.deceased.is_(False)),
            CarePlan.status == "active",
            CarePlan.review_on.is_not(None),
        )
    )
    if case_id is not None:
        statement = statement.where(CarePlan.case_id == case_id)
    return [
        WorkItem(
            task_id=row.id,
            task_kind="plan_review",
            kind="review",
            case_id=row.case_id,
            person=full_name(row),
            title="",
            reason_code="plan_review",
            reason_values={},
            due=due(None, row.review_on, work.zone, as_of),
            attempts=0,
            priority="routine",
            encounter_id=None,
            rule="",
            rule_version="",
            source="",
            phone=row.phone,
        )
        for row in work.rows(statement)
    ]


def _news(work: Work, as_of: datetime) -> tuple[NewsItem, ...]:
    """Stays that began or ended and notes that colleagues signed in the last week."""
    begin = as_of - NEWS
    org = work.actor.org_id
    stays = work.rows(
        select(
            Encounter.case_id,
            Encounter.class_code,
            Encounter.started_at,
            Encounter.ended_at,
            Encounter.facility_name,
            Patient.given_name,
            Patient.family_name,
        )
        .join(Patient, (Patient.org_id == Encounter.org_id) & (Patient.id == Encounter.case_id))
        .where(
            Encounter.org_id == org,
            Encounter.deleted.is_(False),
            Encounter.class_code.in_(("IMP", "ACUTE", "OBSENC", "EMER")),
            or_(Encounter.started_at >= begin, Encounter.ended_at >= begin),
        )
    )
    notes = work.rows(
        select(
            Note.case_id,
            Note.title,
            Note.kind,
            Note.signed_at,
            Note.signed_by,
            Patient.given_name,
            Patient.family_name,
        )
        .join(Patient, (Patient.org_id == Note.org_id) & (Patient.id == Note.case_id))
        .where(
            Note.org_id == org,
            Note.deleted.is_(False),
            Note.signed_at >= begin,
            Note.author_id != work.actor.user_id,
        )
    )
    found = [_stay_news(row) for row in stays] + [
        NewsItem(
            row.case_id,
            full_name(row),
            "Note",
            "note_signed",
            row.title or row.kind or "",
            row.signed_at,
            row.signed_by or "",
        )
        for row in notes
    ]
    past = [item for item in found if begin <= item.at <= as_of]
    return tuple(sorted(past, key=lambda item: item.at, reverse=True)[:MOST_NEWS])


def _stay_news(row: Any) -> NewsItem:
    ended = row.ended_at is not None
    emergency = row.class_code == "EMER"
    code = "emergency_visit" if emergency else "discharged" if ended else "admitted"
    return NewsItem(
        case_id=row.case_id,
        person=full_name(row),
        kind="Encounter",
        what_code=code,
        what=row.facility_name or "",
        at=row.ended_at or row.started_at,
        by="",
    )
