"""The outbox: operations in the order they were said, until headquarters has answered them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from casefield.records.laptop import LaptopFact, OutboxOperation
from casefield.records.operation import Operation
from casefield.records.outbox import Waiting

WAITING = "waiting"
REFUSED = "refused"
LAST_DSEQ = "last_dseq"
CHUNK = 500
decode = msgspec.json.Decoder(Operation).decode
_encode = msgspec.json.Encoder().encode


def last_dseq(session: Session) -> int:
    """Return the last number that this device gave, 0 before the first."""
    counter = session.get(LaptopFact, LAST_DSEQ)
    return counter.value if counter else 0


def say(session: Session, operations: Sequence[Operation], said_at: datetime) -> None:
    """Put new operations at the end, and move the counter with them."""
    offer(session, ((operation, said_at) for operation in operations))
    session.merge(LaptopFact(name=LAST_DSEQ, value=operations[-1].dseq))


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
            "said_at": said_at,
        }
        for operation, said_at in operations
    ]
    if rows:
        session.execute(insert(OutboxOperation), rows)


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
    rows = session.scalars(select(OutboxOperation).order_by(OutboxOperation.dseq))
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
    """Return the oldest waiting operations; a `tx` group is never split.

    A group larger than the bounds goes alone.
    """
    rows = session.execute(
        select(OutboxOperation.tx, OutboxOperation.body)
        .where(OutboxOperation.state == WAITING)
        .order_by(OutboxOperation.dseq)
        .execution_options(yield_per=CHUNK)
    )
    return tuple(_within(rows, most, max_bytes))


def parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Return values in lists short enough for one IN."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


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
    )
