"""The outbox: operations in the order they were said, until headquarters has answered them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from casefield.records.base import RecordClass
from casefield.records.bulk import insert_rows
from casefield.records.laptop import LaptopFact, OutboxOperation, SentOperation
from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Waiting
from casefield.records.registry import KINDS

WAITING = "waiting"
REFUSED = "refused"
HANDLED = "handled"
SET_ASIDE = "set_aside"
OPEN = (WAITING, REFUSED)
LAST_DSEQ = "last_dseq"
OFFERED = "offered_dseq"
ONE_BREATH = timedelta(minutes=15)
CHUNK = 500
decode = msgspec.json.Decoder(Operation).decode
_encode = msgspec.json.Encoder().encode

# Made once and run past the ORM: each save pays for these
_COUNTER = select(cast(Table, LaptopFact.__table__).c.value).where(LaptopFact.name == LAST_DSEQ)
_MOVE = upsert(cast(Table, LaptopFact.__table__))
_MOVE = _MOVE.on_conflict_do_update(index_elements=["name"], set_={"value": _MOVE.excluded.value})


def last_dseq(session: Session) -> int:
    """Return the last number that this device gave, 0 before the first."""
    return int(session.connection().execute(_COUNTER).scalar() or 0)


def say(session: Session, operations: Sequence[Operation], said_at: datetime) -> None:
    """Put new operations at the end, and move the counter with them."""
    offer(session, ((operation, said_at) for operation in operations))
    session.connection().execute(_MOVE, {"name": LAST_DSEQ, "value": operations[-1].dseq})


def goes_on(session: Session, operation: Operation, said_at: datetime) -> bool:
    """Let a change of a draft go on where the one before it waits, and return whether it could.

    A draft is saved every moment that somebody types: without this, one note would be hundreds of
    operations. What headquarters was offered already never changes, nor what was said long ago.
    """
    if KINDS[operation.type].record_class is not RecordClass.DRAFT:
        return False
    row = session.scalars(
        select(OutboxOperation)
        .where(OutboxOperation.record_id == operation.id)
        .order_by(OutboxOperation.dseq.desc())
        .limit(1)
    ).first()
    if row is None or row.state != WAITING or row.dseq <= _offered(session):
        return False
    before = decode(row.body)
    kinds = {before.kind, operation.kind}
    if kinds != {OperationKind.CHANGE} or before.actor != operation.actor:
        return False
    if abs(said_at - datetime.fromisoformat(before.wall)) > ONE_BREATH:
        return False
    seen = {n: value for n, value in operation.was.items() if n not in before.set}
    longer = msgspec.structs.replace(
        before, set={**before.set, **operation.set}, was={**before.was, **seen}
    )
    row.body, row.said_at = _encode(longer), said_at
    return True


def offer(session: Session, operations: Iterable[tuple[Operation, datetime]]) -> None:
    """Let operations wait, each with the moment it was said, in the place of its own number."""
    rows = [
        {
            "dseq": operation.dseq,
            "op_id": operation.op_id,
            "tx": operation.tx,
            "record_type": operation.type,
            "record_id": operation.id,
            "case_id": operation.case_id,
            "body": _encode(operation),
            "state": WAITING,
            "reason": None,
            "said_at": said_at,
        }
        for operation, said_at in operations
    ]
    insert_rows(session.connection(), OutboxOperation.__table__, rows)


def offer_again(session: Session) -> None:
    """Let everything wait that a restored headquarters may have lost or not have answered.

    Revisions belong to one history: against another one only a record's birth counts as seen.
    """
    here: dict[str, datetime] = {}
    operations: list[tuple[Operation, datetime]] = []
    for body, said_at in session.execute(select(OutboxOperation.body, OutboxOperation.said_at)):
        operations.append((decode(body), said_at))
        here[operations[-1][0].op_id] = said_at
    for body in session.scalars(select(SentOperation.body).where(SentOperation.body != b"")):
        operation = decode(body)
        if operation.op_id not in here:
            operations.append((operation, datetime.fromisoformat(operation.wall)))
    session.execute(delete(OutboxOperation))
    session.execute(delete(SentOperation))
    offer(session, ((_unplaced(operation), said_at) for operation, said_at in operations))


def _unplaced(operation: Operation) -> Operation:
    trunk = min(operation.trunk_revision, 1)
    return msgspec.structs.replace(operation, trunk_revision=trunk)


def counts(session: Session) -> tuple[int, int]:
    """Return how many operations wait, and how many a person must look at."""
    found: dict[str, int] = dict(
        session.execute(
            select(OutboxOperation.state, func.count()).group_by(OutboxOperation.state)
        ).all()
    )
    return found.get(WAITING, 0), found.get(REFUSED, 0)


def told(session: Session) -> tuple[Waiting, ...]:
    """Return everything not taken yet, refused ones included, in the order it was said."""
    rows = session.scalars(
        select(OutboxOperation)
        .where(OutboxOperation.state.in_(OPEN))
        .order_by(OutboxOperation.dseq)
    )
    return tuple(_told(row) for row in rows)


def waiting_of(session: Session, ids: Sequence[str]) -> dict[str, list[Operation]]:
    """Return the waiting operations of some records, in order, by record."""
    found: dict[str, list[Operation]] = {}
    for part in parts(ids):
        bodies = session.scalars(
            select(OutboxOperation.body)
            .where(OutboxOperation.record_id.in_(part), OutboxOperation.state == WAITING)
            .order_by(OutboxOperation.dseq)
        )
        for operation in map(decode, bodies):
            found.setdefault(operation.id, []).append(operation)
    return found


def batch(session: Session, *, most: int, max_bytes: int) -> tuple[Operation, ...]:
    """Return the oldest waiting operations, which from now on stay as they are.

    A `tx` group is never split; one larger than the bounds goes alone.
    """
    rows = session.execute(
        select(OutboxOperation.tx, OutboxOperation.body)
        .where(OutboxOperation.state == WAITING)
        .order_by(OutboxOperation.dseq)
        .execution_options(yield_per=CHUNK)
    )
    found = tuple(_within(rows, most, max_bytes))
    if found and found[-1].dseq > _offered(session):
        session.merge(LaptopFact(name=OFFERED, value=found[-1].dseq))
    return found


def parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Return values in lists short enough for one IN."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _offered(session: Session) -> int:
    """Return the last number that headquarters may have seen, answered or not."""
    mark = session.get(LaptopFact, OFFERED)
    return mark.value if mark else 0


def _within(rows: Iterable[Any], most: int, max_bytes: int) -> Iterator[Operation]:
    group: list[Operation] = []
    group_tx, group_bytes, sent, size = "", 0, 0, 0
    for tx, body in rows:
        if tx != group_tx and group:
            if sent and (sent + len(group) > most or size + group_bytes > max_bytes):
                return
            yield from group
            sent, size = sent + len(group), size + group_bytes
            group, group_bytes = [], 0
            if sent >= most or size >= max_bytes:
                return
        group_tx = tx
        group.append(decode(body))
        group_bytes += len(body)
    if group and not (sent and (sent + len(group) > most or size + group_bytes > max_bytes)):
        yield from group


def _told(row: OutboxOperation) -> Waiting:
    operation = decode(row.body)
    return Waiting(
        op_id=row.op_id,
        record_type=row.record_type,
        record_id=row.record_id,
        case_id=row.case_id,
        kind=operation.kind.value,
        state=row.state,
        reason=row.reason,
        said_at=row.said_at,
        fields=tuple(operation.set),
        said=operation.set if row.state == REFUSED else {},
    )
