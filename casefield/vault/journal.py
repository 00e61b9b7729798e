"""The laptop's side of sync: what waits, what was answered, what headquarters last said.

What the screen shows is always headquarters' state with the waiting operations laid over it.
Implements `casefield.sync.store.LaptopStore` without knowing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from casefield.records.base import Synced
from casefield.records.document import apply, content_fields, replace, table_of, to_document
from casefield.records.laptop import (
    LaptopFact,
    OutboxOperation,
    RawUnknown,
    SentOperation,
    Shadow,
)
from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Position, Waiting
from casefield.records.registry import KINDS

POSITION = "sync_position"
WAITING = "waiting"
REFUSED = "refused"
CHUNK = 500
SETTLED = frozenset({"applied", "merged", "duplicate", "conflict"})
_decode = msgspec.json.Decoder(Operation).decode
_encode = msgspec.json.Encoder().encode


class Storage(Protocol):
    """What the journal needs of the vault."""

    def transaction(self) -> AbstractContextManager[Session]:
        """Give a writing session."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Give a reading session."""
        ...


class Journal:
    """Reads and writes the outbox, the shadow and the position, each call one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    # -- asking -----------------------------------------------------------------------------

    def position(self) -> Position:
        """Return where the laptop stands."""
        with self._storage.snapshot() as session:
            return _position(session)

    def counts(self) -> tuple[int, int]:
        """Return how many operations wait, and how many a person must look at."""
        with self._storage.snapshot() as session:
            found: dict[str, int] = dict(
                session.execute(
                    select(OutboxOperation.state, func.count()).group_by(OutboxOperation.state)
                ).all()
            )
        return found.get(WAITING, 0), found.get(REFUSED, 0)

    def waiting_count(self) -> int:
        """Return how many operations wait."""
        return self.counts()[0]

    def waiting(self) -> tuple[Waiting, ...]:
        """Return everything not taken yet, in the order it was said."""
        with self._storage.snapshot() as session:
            rows = session.scalars(select(OutboxOperation).order_by(OutboxOperation.dseq)).all()
            return tuple(_told(row) for row in rows)

    def pending(self, *, most: int, max_bytes: int) -> tuple[Operation, ...]:
        """Return the oldest waiting operations; a `tx` group is never split.

        A group larger than the bounds goes alone.
        """
        with self._storage.snapshot() as session:
            rows = session.execute(
                select(OutboxOperation.tx, OutboxOperation.body)
                .where(OutboxOperation.state == WAITING)
                .order_by(OutboxOperation.dseq)
                .execution_options(yield_per=CHUNK)
            )
            return tuple(_batch(rows, most, max_bytes))

    # -- hearing ----------------------------------------------------------------------------

    def take_results(
        self, results: Sequence[Any], *, token: str, epoch: str, now: datetime
    ) -> None:
        """Move answered operations out of the outbox; refused ones stay for a person to see."""
        with self._storage.transaction() as session:
            waiting = _by_op(session, [result.op_id for result in results])
            taken: list[OutboxOperation] = []
            for result in results:
                row = waiting.get(result.op_id)
                if row is None:
                    continue
                status = str(result.status)
                if status in SETTLED:
                    taken.append(row)
                    _revise(session, row, result.rev, result.seq)
                elif status != "deferred":
                    row.state, row.reason = REFUSED, result.detail or status
            _to_sent(session, taken, results, now)
            for row in taken:
                session.delete(row)
            session.flush()
            _settle(session, taken)
            _keep_position(session, token=token, epoch=epoch)

    def take_changes(
        self,
        changes: Sequence[Any],
        *,
        epoch: str,
        cursor: str,
        fence: str,
        now: datetime,
    ) -> frozenset[tuple[str, str, str | None]]:
        """Store a page of headquarters' states and lay waiting operations over them again."""
        with self._storage.transaction() as session:
            changed = _Page(session, changes).store()
            _keep_position(session, epoch=epoch, cursor=cursor, fence=fence)
        return changed

    def start_over(self, *, epoch: str, now: datetime) -> None:
        """Headquarters has another history: offer again all it may have lost, pull from zero."""
        with self._storage.transaction() as session:
            for sent in session.scalars(select(SentOperation).order_by(SentOperation.dseq)).all():
                operation = _decode(sent.body)
                session.add(_outbox_row(operation, said_at=sent.answered_at))
                session.delete(sent)
            _keep_position(session, epoch=epoch, cursor="", fence="", token="")

    def leave(self, cases: Sequence[str]) -> tuple[str, ...]:
        """Remove cases that left scope and have nothing waiting; return those removed."""
        removed: list[str] = []
        with self._storage.transaction() as session:
            for case_id in cases:
                unsent = session.scalar(
                    select(func.count()).where(OutboxOperation.case_id == case_id)
                )
                if not unsent:
                    _purge(session, case_id)
                    removed.append(case_id)
        return tuple(removed)


class _Page:
    """One page of headquarters' states on its way into the rows."""

    def __init__(self, session: Session, changes: Sequence[Any]) -> None:
        self._session = session
        self._changes = changes
        self._changed: set[tuple[str, str, str | None]] = set()

    def store(self) -> frozenset[tuple[str, str, str | None]]:
        """Store the page, kind by kind."""
        by_kind: dict[str, list[Any]] = {}
        for change in self._changes:
            by_kind.setdefault(change.type, []).append(change)
        for name, changes in by_kind.items():
            kind = KINDS.get(name)
            if kind is None:
                self._keep_raw(changes)
            else:
                for start in range(0, len(changes), CHUNK):
                    self._store_kind(kind, changes[start : start + CHUNK])
        return frozenset(self._changed)

    def _keep_raw(self, changes: Sequence[Any]) -> None:
        for change in changes:
            self._session.merge(
                RawUnknown(record_id=change.id, record_type=change.type, body=_encode(change))
            )

    def _store_kind(self, kind: type[Synced], changes: Sequence[Any]) -> None:
        session, org = self._session, _org(self._session)
        ids = [change.id for change in changes]
        known = {
            record.id: record
            for record in session.scalars(select(kind).where(kind.org_id == org, kind.id.in_(ids)))
        }
        waiting = _waiting_of(session, ids)
        fresh: list[dict[str, Any]] = []
        for change in changes:
            record = known.get(change.id)
            if record is None and change.doc is not None and not waiting.get(change.id):
                fresh.append(_row(kind, org, change))
                self._touched(change)
            elif record is not None:
                self._renew(record, change, waiting.get(change.id, ()))
        if fresh:
            session.execute(insert(table_of(kind)), fresh)

    def _renew(self, record: Synced, change: Any, waiting: Sequence[Operation]) -> None:
        if change.seq <= record.seq and record.seq > 0:
            return
        document = change.doc
        if waiting:
            shadow = self._session.get(Shadow, record.id)
            if document is None and shadow is not None:
                document = shadow.document
            self._session.merge(_shadow(change, document))
        elif document is None:  # our own words came back unchanged
            record.rev, record.seq = change.rev, change.seq
            record.fmeta = change.fmeta or record.fmeta
            return
        before = (to_document(record), record.deleted, record.signed)
        _lay(record, change, document, waiting)
        if before != (to_document(record), record.deleted, record.signed):
            self._touched(change)

    def _touched(self, change: Any) -> None:
        self._changed.add((change.type, change.id, change.case_id))


def _lay(
    record: Synced, change: Any, document: dict[str, Any] | None, waiting: Sequence[Operation]
) -> None:
    """Make a row headquarters' state with the waiting operations over it."""
    if document is not None:
        replace(record, document)
    record.rev, record.seq = change.rev, change.seq
    record.case_id = change.case_id
    record.deleted, record.signed = change.deleted, change.signed
    record.fmeta = change.fmeta
    for operation in waiting:
        apply(record, operation.set)
        record.signed = record.signed or operation.kind is OperationKind.SIGN
        record.deleted = record.deleted or operation.kind is OperationKind.DELETE


def _row(kind: type[Synced], org: str, change: Any) -> dict[str, Any]:
    """Return a new row's values for a bulk insert."""
    record = kind(org_id=org, id=change.id, extra={})
    apply(record, change.doc)
    values = {name: getattr(record, name) for name in content_fields(kind)}
    return values | {
        "org_id": org,
        "id": change.id,
        "case_id": change.case_id,
        "rev": change.rev,
        "seq": change.seq,
        "deleted": change.deleted,
        "signed": change.signed,
        "fmeta": change.fmeta,
        "extra": record.extra,
    }


def _shadow(change: Any, document: dict[str, Any] | None) -> Shadow:
    return Shadow(
        record_id=change.id,
        record_type=change.type,
        rev=change.rev,
        seq=change.seq,
        deleted=change.deleted,
        signed=change.signed,
        document=document,
        fmeta=change.fmeta,
    )


def _settle(session: Session, taken: Sequence[OutboxOperation]) -> None:
    """Bring the shadow of answered records up to date; drop it where nothing waits any more."""
    ids = sorted({row.record_id for row in taken})
    still: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        still |= set(
            session.scalars(
                select(OutboxOperation.record_id).where(
                    OutboxOperation.record_id.in_(part), OutboxOperation.state == WAITING
                )
            )
        )
        done = [record_id for record_id in part if record_id not in still]
        session.execute(delete(Shadow).where(Shadow.record_id.in_(done)))
    for row in taken:
        if row.record_id in still:
            _absorb(session, row)


def _absorb(session: Session, row: OutboxOperation) -> None:
    """Headquarters took one of several waiting operations: its shadow has it now.

    What others changed meanwhile comes with the changes and replaces this.
    """
    operation = _decode(row.body)
    shadow = session.get(Shadow, row.record_id)
    if shadow is None:
        shadow = Shadow(
            record_id=row.record_id,
            record_type=row.record_type,
            rev=0,
            seq=0,
            deleted=False,
            signed=False,
            document={},
            fmeta={},
        )
        session.add(shadow)
    merged = {**(shadow.document or {}), **operation.set}
    shadow.document = {name: value for name, value in merged.items() if value is not None}
    shadow.signed = shadow.signed or operation.kind is OperationKind.SIGN
    shadow.deleted = shadow.deleted or operation.kind is OperationKind.DELETE


def _revise(session: Session, row: OutboxOperation, rev: int, seq: int) -> None:
    """Let the row know the revision its own operation made, so later edits name the right trunk.

    `seq` stays: the state itself, perhaps merged with others' edits, comes with the changes.
    """
    kind = KINDS.get(row.record_type)
    if kind is None or rev <= 0:
        return
    table = table_of(kind)
    session.execute(
        update(table).where(table.c.id == row.record_id, table.c.rev < rev).values(rev=rev)
    )


def _to_sent(
    session: Session, taken: Sequence[OutboxOperation], results: Sequence[Any], now: datetime
) -> None:
    seqs = {result.op_id: result.seq for result in results}
    if taken:
        session.execute(
            insert(SentOperation),
            [
                {
                    "dseq": row.dseq,
                    "op_id": row.op_id,
                    "seq": seqs[row.op_id],
                    "body": row.body,
                    "answered_at": now,
                }
                for row in taken
            ],
        )


def _purge(session: Session, case_id: str) -> None:
    for kind in KINDS.values():
        ids = select(kind.id).where(kind.case_id == case_id)
        session.execute(delete(Shadow).where(Shadow.record_id.in_(ids)))
        session.execute(
            delete(kind).where(kind.case_id == case_id),
            execution_options={"synchronize_session": False},
        )


def _waiting_of(session: Session, ids: Sequence[str]) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = {}
    for body in session.scalars(
        select(OutboxOperation.body)
        .where(OutboxOperation.record_id.in_(ids), OutboxOperation.state == WAITING)
        .order_by(OutboxOperation.dseq)
    ):
        operation = _decode(body)
        found.setdefault(operation.id, []).append(operation)
    return found


def _by_op(session: Session, op_ids: Sequence[str]) -> dict[str, OutboxOperation]:
    found: dict[str, OutboxOperation] = {}
    for start in range(0, len(op_ids), CHUNK):
        part = op_ids[start : start + CHUNK]
        rows = session.scalars(select(OutboxOperation).where(OutboxOperation.op_id.in_(part)))
        found |= {row.op_id: row for row in rows}
    return found


def _batch(rows: Iterable[Any], most: int, max_bytes: int) -> Iterator[Operation]:
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
        group.append(_decode(body))
        group_bytes += len(body)
    if group and not (sent and (sent + len(group) > most or size + group_bytes > max_bytes)):
        yield from group


def _outbox_row(operation: Operation, *, said_at: datetime) -> OutboxOperation:
    return OutboxOperation(
        dseq=operation.dseq,
        op_id=operation.op_id,
        tx=operation.tx,
        record_type=operation.type,
        record_id=operation.id,
        case_id=operation.case_id,
        body=_encode(operation),
        state=WAITING,
        said_at=said_at,
    )


def _told(row: OutboxOperation) -> Waiting:
    operation = _decode(row.body)
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


def _org(session: Session) -> str:
    identity = session.get(LaptopFact, "identity") or session.get(LaptopFact, "local_identity")
    return "" if identity is None else str(identity.value["org_id"])


def _position(session: Session) -> Position:
    device = session.get(LaptopFact, "device_id")
    kept = session.get(LaptopFact, POSITION)
    return Position(
        device_id="" if device is None else device.value, **(kept.value if kept else {})
    )


def _keep_position(session: Session, **moved: str) -> None:
    kept = session.get(LaptopFact, POSITION)
    if kept is None:
        session.add(LaptopFact(name=POSITION, value=dict(moved)))
    else:
        kept.value = {**kept.value, **moved}
