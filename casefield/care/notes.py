"""Visits and notes: write as it happens, sign, and add beneath what was signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from casefield.care.days import local_day, place
from casefield.care.transition import FACE_KINDS, complete, visit_held
from casefield.care.views import NoteView, VisitView
from casefield.care.worklist import KINDS as ITEM_KINDS
from casefield.errors import NotAllowed, UnusableInput
from casefield.records.base import Synced
from casefield.records.visit import Note, Visit
from casefield.records.work import Work
from casefield.records.worklist import Task

KINDS = ("home_visit", "phone", "clinic", "video", "team_conference", "other")
NOON = time(12)
MEANING = "This is what I saw, heard and did"


def notes(work: Work, case_id: str) -> tuple[NoteView, ...]:
    """Return a person's notes, newest first, addenda beneath their note.

    Drafts of colleagues are not shown: a draft is its author's until it is signed.
    """
    mine = work.actor.user_id
    found = [n for n in work.find(Note, case_id=case_id) if n.signed or n.author_id == mine]
    beneath: dict[str, list[Note]] = {}
    for note in found:
        if note.amends:
            beneath.setdefault(note.amends, []).append(note)
    ids = {note.id for note in found}
    # what stands beneath no note here, say beneath an asking, is shown by itself
    tops = [note for note in found if note.amends not in ids]
    views = [_view(work, note, tuple(beneath.get(note.id, ()))) for note in tops]
    return tuple(sorted(views, key=lambda v: (v.status == "draft", v.written_at), reverse=True))


def note(work: Work, note_id: str) -> NoteView:
    """Return one note with its addenda."""
    record = work.get(Note, note_id)
    beneath = work.find(Note, case_id=record.case_id, amends=record.id)
    return _view(work, record, tuple(beneath))


def start_note(
    work: Work,
    case_id: str,
    kind: str,
    *,
    title: str = "",
    task_id: str | None = None,
    visit_id: str | None = None,
    happened_on: date | None = None,
) -> str:
    """Begin a draft; return its id.

    Raises:
        UnusableInput: not a kind of note, or a day that has not come.
    """
    if kind not in KINDS:
        raise UnusableInput(f"“{kind}” is no kind of note.", way_out=f"One of: {', '.join(KINDS)}.")
    today = local_day(work.now, work.zone)
    day = _past(happened_on, today) or today
    record = work.add(
        Note(
            case_id=case_id,
            kind=kind,
            title=title.strip() or None,
            body="",
            status="draft",
            author_id=work.actor.user_id,
            author_name=work.actor.name,
            written_at=work.now,
            written_zone=work.zone,
            happened_on=day,
            late_entry=day < today,
            visit_id=visit_id,
            task_id=task_id,
        )
    )
    return record.id


def save_note(
    work: Work,
    note_id: str,
    *,
    title: str | None = None,
    body: str | None = None,
    happened_on: date | None = None,
    kind: str | None = None,
) -> bool:
    """Keep what is typed so far; return whether anything was new.

    Raises:
        NotAllowed: signed, or somebody else's draft.
        UnusableInput: a day that has not come, or no kind of note.
    """
    record = work.get(Note, note_id)
    today = local_day(record.written_at or work.now, record.written_zone or work.zone)
    fields: dict[str, object] = {}
    if title is not None:
        fields["title"] = title.strip() or None
    if body is not None:
        fields["body"] = body
    if kind is not None:
        if kind not in KINDS:
            raise UnusableInput(f"“{kind}” is no kind of note.")
        fields["kind"] = kind
    day = _past(happened_on, local_day(work.now, work.zone))
    if day is not None:
        fields["happened_on"] = day
        fields["late_entry"] = day < today
    return work.change(record, **fields)


def sign_note(work: Work, note_id: str, meaning: str = MEANING) -> NoteView:
    """Sign a draft: it never changes again; what it was written for is done.

    Raises:
        UnusableInput: it says nothing.
        NotAllowed: signed before, or somebody else's draft.
    """
    record = work.get(Note, note_id)
    if not (record.body or "").strip():
        raise UnusableInput("The note is empty.", way_out="Write what happened, then sign.")
    work.sign(
        record,
        status="signed",
        signed_at=work.now,
        signed_zone=work.zone,
        signed_by=work.actor.name,
        signature_meaning=meaning,
    )
    if record.amends is None:
        _done_with(work, record)
    return note(work, note_id)


def add_addendum(work: Work, note_id: str, body: str = "") -> str:
    """Begin an addendum beneath a signed note; return its id.

    Raises:
        UnusableInput: the note is a draft and can simply be changed.
    """
    record = work.get(Note, note_id)
    if not record.signed:
        raise UnusableInput("This note is still a draft.", way_out="Change the note itself.")
    return addendum_to(work, record, body)


def addendum_to(
    work: Work,
    record: Synced,
    body: str,
    *,
    note_id: str | None = None,
    sections: dict[str, Any] | None = None,
    written_at: datetime | None = None,
) -> str:
    """Begin an addendum beneath a signed record of any kind; return its id.

    Args:
        note_id: the addendum's own id; None: a new one.
        written_at: when the words were typed; None: now.
    """
    about = record.kind if isinstance(record, Note) else None
    addendum = work.add(
        Note(
            id=note_id,
            case_id=record.case_id,
            kind=about or "other",
            title="Addendum",
            body=body,
            sections=sections,
            status="draft",
            author_id=work.actor.user_id,
            author_name=work.actor.name,
            written_at=written_at or work.now,
            written_zone=work.zone,
            happened_on=local_day(written_at or work.now, work.zone),
            late_entry=False,
            amends=getattr(record, "amends", None) or record.id,
        )
    )
    return addendum.id


def discard_draft(work: Work, note_id: str) -> None:
    """Take back one's own draft.

    Raises:
        NotAllowed: it is signed, or somebody else's.
    """
    record = work.get(Note, note_id)
    if record.signed:
        raise NotAllowed("A signed note stays.", way_out="Write an addendum; it stands beneath.")
    work.remove(record)


def start_visit(
    work: Work, case_id: str, kind: str, *, task_id: str | None = None, reason: str | None = None
) -> str:
    """Begin a visit now and its note with it; return the note's id.

    Raises:
        UnusableInput: not a kind of visit.
    """
    if kind not in KINDS:
        raise UnusableInput(f"“{kind}” is no kind of visit.", way_out=f"One of: {', '.join(KINDS)}")
    visit = work.add(
        Visit(
            case_id=case_id,
            kind=kind,
            status="in-progress",
            started_at=work.now,
            started_zone=work.zone,
            reason=reason,
            worker_id=work.actor.user_id,
            worker_name=work.actor.name,
        )
    )
    return start_note(work, case_id, kind, task_id=task_id, visit_id=visit.id)


def finish_visit(work: Work, visit_id: str, outcome: str | None = None) -> None:
    """End a visit now; a visit that has ended stays as it is."""
    visit = work.get(Visit, visit_id)
    if visit.status == "completed":
        return
    work.change(visit, status="completed", ended_at=work.now, ended_zone=work.zone, outcome=outcome)


def visits(work: Work, case_id: str) -> tuple[VisitView, ...]:
    """Return a person's visits, newest first."""
    return tuple(
        VisitView(
            visit_id=visit.id,
            kind=visit.kind or "other",
            status=visit.status,
            planned_at=visit.planned_at,
            zone=visit.started_zone or visit.planned_zone or work.zone,
            started_at=visit.started_at,
            ended_at=visit.ended_at,
            reason=visit.reason,
            worker=visit.worker_name,
        )
        for visit in reversed(work.find(Visit, case_id=case_id))
    )


def _done_with(work: Work, record: Note) -> None:
    """Close the visit, the task the note answers and what waited for a meeting face to face."""
    at = _happened_at(work, record)
    if record.visit_id:
        finish_visit(work, record.visit_id)
    if record.case_id and record.kind in FACE_KINDS:
        visit_held(work, record.case_id, at, record.kind)
    if record.task_id:
        task = work.get(Task, record.task_id)
        # A safety finding or a call has conditions of its own; a note alone doesn't meet them.
        if task.status in ("requested", "in-progress") and ITEM_KINDS.get(task.kind or "") not in (
            "safety",
            "call",
            "contact",
            "visit",
        ):
            complete(work, task, "documented", at)


def _happened_at(work: Work, record: Note) -> datetime:
    """When it happened: as written, or noon of the day that a late entry tells of."""
    if record.late_entry and record.happened_on is not None:
        there = place(record.written_zone or work.zone)
        return datetime.combine(record.happened_on, NOON, there).astimezone(UTC)
    return record.written_at or work.now


def _past(day: date | None, today: date) -> date | None:
    if day is not None and day > today:
        raise UnusableInput("That day has not come yet.", way_out="Give the day it happened.")
    return day


def _view(work: Work, record: Note, beneath: tuple[Note, ...] = ()) -> NoteView:
    mine = not record.signed and record.author_id == work.actor.user_id
    return NoteView(
        note_id=record.id,
        kind=record.kind or "other",
        title=record.title or "",
        body=record.body or "",
        status="signed" if record.signed else "draft",
        author=record.author_name or "",
        written_at=record.written_at or work.now,
        zone=record.written_zone or work.zone,
        happened_on=record.happened_on,
        late_entry=bool(record.late_entry),
        signed_at=record.signed_at,
        signed_by=record.signed_by,
        signature_meaning=record.signature_meaning,
        visit_id=record.visit_id,
        task_id=record.task_id,
        mine=mine,
        at_headquarters=record.rev > 0,
        addenda=tuple(
            _view(work, a)
            for a in sorted(beneath, key=lambda n: n.written_at or work.now)
            if a.signed or a.author_id == work.actor.user_id
        ),
    )
