"""Whose record is whole on this laptop, and what of it is known to headquarters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.orm import Session

from casefield.records.base import RecordClass
from casefield.records.document import table_of
from casefield.records.laptop import ArrivingCase, OutboxOperation, RawUnknown
from casefield.records.registry import KINDS
from casefield.vault.outbox import OPEN


def arriving(session: Session) -> frozenset[str]:
    """Return the people whose record has begun to arrive and is not whole yet."""
    return frozenset(session.scalars(select(ArrivingCase.case_id)))


def note(
    session: Session, coming: Sequence[str], new_people: Iterable[str], *, filling: bool
) -> None:
    """Write down who is not whole here yet.

    Args:
        coming: cases that headquarters says are still on their way.
        new_people: who came with this page of a first pull.
        filling: the first pull goes on, so whoever was arriving still is.
    """
    known = arriving(session)
    wanted = frozenset(coming) | frozenset(new_people) | (known if filling else frozenset())
    if known - wanted:
        session.execute(delete(ArrivingCase).where(ArrivingCase.case_id.in_(known - wanted)))
    session.add_all(ArrivingCase(case_id=case_id) for case_id in sorted(wanted - known))
    session.flush()


def expect_again(session: Session, cases: Sequence[str]) -> None:
    """What is held of these people is not what headquarters holds: whatever comes is news."""
    if cases:
        for table in map(table_of, KINDS.values()):
            session.execute(update(table).where(table.c.case_id.in_(cases)).values(seq=0))


def revisions(session: Session) -> dict[str, list[tuple[str, int]]]:
    """Return (id, rev) of what headquarters has said of each case that has nothing open here."""
    found: dict[str, list[tuple[str, int]]] = {}
    unsettled = set(
        session.scalars(
            select(OutboxOperation.case_id).where(OutboxOperation.state.in_(OPEN)).distinct()
        )
    )
    unsettled |= arriving(session)
    sources = [
        select(table.c.case_id, table.c.id, table.c.rev).where(table.c.rev > 0)
        for table in (
            table_of(k) for k in KINDS.values() if k.record_class is not RecordClass.DRAFT
        )
    ]
    raw_rev = func.json_extract(cast(RawUnknown.body, String), "$.rev")
    for source in (*sources, select(RawUnknown.case_id, RawUnknown.record_id, raw_rev)):
        for case_id, record_id, rev in session.execute(source):
            if case_id is not None and case_id not in unsettled:
                found.setdefault(case_id, []).append((record_id, rev))
    return found
