"""Headquarters' last word on a record with waiting operations, and how those are laid over it.

A shadow stands beside exactly those records that headquarters knows and that have something
waiting; all others are headquarters' last word themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from casefield.records.base import Synced
from casefield.records.document import apply, replace, to_document
from casefield.records.laptop import Shadow
from casefield.records.operation import Operation, OperationKind
from casefield.vault.outbox import parts


def values_of(record: Synced) -> dict[str, Any]:
    """Return the shadow of a record as it is now, before its first change that will wait."""
    return {
        "record_id": record.id,
        "record_type": record.__kind__,
        "rev": record.rev,
        "seq": record.seq,
        "deleted": record.deleted,
        "signed": record.signed,
        "document": to_document(record),
        "fmeta": record.fmeta or {},
    }


def keep(session: Session, shadows: Sequence[dict[str, Any]]) -> None:
    """Put shadows aside; a record that has one keeps the older, which is headquarters' word."""
    if shadows:
        session.execute(insert(Shadow).on_conflict_do_nothing(), shadows)


def shadows_of(session: Session, ids: Sequence[str]) -> dict[str, Shadow]:
    """Return the shadows of some records, by record."""
    found: dict[str, Shadow] = {}
    for part in parts(ids):
        rows = session.scalars(select(Shadow).where(Shadow.record_id.in_(part)))
        found |= {row.record_id: row for row in rows}
    return found


def absorb(shadow: Shadow, operation: Operation) -> None:
    """Headquarters took an operation: its last word has it now.

    What others changed meanwhile comes with the changes and replaces this; so `seq`, up to which
    others were heard, and `rev`, which later operations name as seen, stay.
    """
    merged = {**(shadow.document or {}), **operation.set}
    shadow.document = {name: value for name, value in merged.items() if value is not None}
    shadow.signed = shadow.signed or operation.kind is OperationKind.SIGN
    shadow.deleted = operation.kind is OperationKind.DELETE


def lay(record: Synced, shadow: Shadow, waiting: Sequence[Operation]) -> None:
    """Make a row headquarters' last word with the waiting operations over it.

    As headquarters will: an edit brings back what another deleted, and what is signed stays.
    """
    replace(record, shadow.document or {})
    record.rev, record.seq = shadow.rev, shadow.seq
    record.deleted, record.signed = shadow.deleted, shadow.signed
    record.fmeta = shadow.fmeta
    for operation in waiting:
        if record.signed:
            return
        apply(record, operation.set)
        record.signed = operation.kind is OperationKind.SIGN
        record.deleted = operation.kind is OperationKind.DELETE
