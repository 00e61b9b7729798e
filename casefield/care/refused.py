"""What headquarters refused, as its author sees it: what was typed, about whom, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casefield.care.conflict_views import FieldValue, Values
from casefield.care.names import full_name
from casefield.care.titles import title_of
from casefield.records.base import Synced
from casefield.records.document import replace
from casefield.records.operation import Operation
from casefield.records.outbox import Refused
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.records.work import Work


@dataclass(frozen=True)
class RefusedView:
    """One refused operation.

    Attributes:
        act: refused operations of one act bear the same, and are dealt with together.
        person: whose record; empty where that is not known here.
        here: the person is on this laptop; else only what was typed is.
        kind: create, change, sign, delete or witness.
        fields: what was typed.
        reason: headquarters' words.
    """

    op_id: str
    act: str
    case_id: str | None
    person: str
    here: bool
    record_type: str
    record_id: str
    title: str
    kind: str
    fields: Values
    reason: str
    said_at: datetime
    zone: str


def refused_views(work: Work, refused: Sequence[Refused]) -> tuple[RefusedView, ...]:
    """Return refused operations with what is known of them here."""
    return tuple(_view(work, one) for one in refused)


def _view(work: Work, one: Refused) -> RefusedView:
    operation = one.operation
    person = _row(work, Patient, operation.case_id or "")
    record = _record(work, operation)
    return RefusedView(
        op_id=operation.op_id,
        act=operation.tx,
        case_id=operation.case_id,
        person=full_name(person) if isinstance(person, Patient) else "",
        here=person is not None and not person.deleted,
        record_type=operation.type,
        record_id=operation.id,
        title=title_of(record) if record is not None else "",
        kind=operation.kind.value,
        fields=tuple(FieldValue(name, value) for name, value in operation.set.items()),
        reason=one.reason,
        said_at=one.said_at,
        zone=operation.zone,
    )


def _record(work: Work, operation: Operation) -> Synced | None:
    """Return the record, or what the operation alone tells of it."""
    kind = KINDS.get(operation.type)
    if kind is None:
        return None
    found = _row(work, kind, operation.id)
    if found is None:
        found = kind()
        replace(found, operation.set)
    return found


def _row(work: Work, kind: type[Synced], record_id: str) -> Synced | None:
    rows = work.rows(
        select(kind).where(kind.org_id == work.actor.org_id, kind.id == record_id).limit(1)
    )
    return rows[0][0] if rows else None
