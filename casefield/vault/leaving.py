"""People who left this laptop's scope: everything of theirs goes, once nothing of it waits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casefield.records.laptop import (
    ArrivingCase,
    OutboxOperation,
    RawUnknown,
    SentOperation,
    Shadow,
)
from casefield.records.registry import KINDS
from casefield.vault import blobs
from casefield.vault.outbox import OPEN, WAITING, parts

NO_SYNC = {"synchronize_session": False}


def leave(session: Session, cases: Sequence[str], durable: int) -> tuple[str, ...]:
    """Remove the cases that have nothing waiting; return them.

    An attachment that headquarters has not got whole holds its person here, refused or not. What
    headquarters refused of words it keeps as well, so that holds nobody; the refused words
    themselves stay in their author's sight until they are dealt with. What headquarters took stays
    until its own copy is durable, since sent operations can mend a restored headquarters; then
    only the number is kept.

    Args:
        durable: up to where headquarters' stream is safe in a second place.
    """
    removed: list[str] = []
    for part in parts(list(cases)):
        unsent = set(
            session.scalars(
                select(OutboxOperation.case_id)
                .where(OutboxOperation.case_id.in_(part), OutboxOperation.state == WAITING)
                .distinct()
            )
        )
        unsent |= blobs.holding(session, part)
        going = [case_id for case_id in part if case_id not in unsent]
        _remove(session, going, durable)
        removed += going
    return tuple(removed)


def _remove(session: Session, cases: Sequence[str], durable: int) -> None:
    blobs.leave(session, cases)
    for kind in KINDS.values():
        ids = select(kind.id).where(kind.case_id.in_(cases))
        session.execute(delete(Shadow).where(Shadow.record_id.in_(ids)), execution_options=NO_SYNC)
        session.execute(delete(kind).where(kind.case_id.in_(cases)), execution_options=NO_SYNC)
    for table in (RawUnknown, ArrivingCase):
        session.execute(delete(table).where(table.case_id.in_(cases)), execution_options=NO_SYNC)
    session.execute(
        delete(OutboxOperation).where(
            OutboxOperation.case_id.in_(cases), OutboxOperation.state.not_in(OPEN)
        ),
        execution_options=NO_SYNC,
    )
    session.execute(
        update(SentOperation)
        .where(SentOperation.case_id.in_(cases), SentOperation.seq <= durable)
        .values(body=b"", case_id=None),
        execution_options=NO_SYNC,
    )
