"""Takes a device's operations: each answered once, merged, ordered, kept in the history.

One transaction: the device's row first (one push of a device at a time), then known answers, then
records, merge in memory, rows, and the stream's counter last. Operations of one `tx` take effect
together or go to quarantine together; a bad one never blocks the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import DBAPIError

from casefield.records.base import Synced, new_id
from casefield.records.conflict import Conflict
from casefield.records.document import to_document
from casefield.records.headquarters import (
    Change,
    DeviceSecret,
    OperationResult,
    Quarantine,
    RecordIndex,
)
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.server.database import Database
from casefield.server.rows import (
    BadValue,
    chunks,
    insert_rows,
    load_states,
    row_values,
    update_rows,
)
from casefield.server.scope import REFERENCE_KINDS, Member, cases_in_scope
from casefield.server.stream import STREAM, reserve
from casefield.sync.merge import Disagreement, Merged, Outcome, State, merge
from casefield.sync.messages import Result, Status

REFUSING = frozenset({Outcome.QUARANTINED, Outcome.REJECTED})


class NotYours(ValueError):
    """An operation reaches beyond what its author may do; the message says why."""


@dataclass
class _Staged:
    """A record as this push leaves it."""

    kind: type[Synced]
    case_id: str | None
    state: State
    existed: bool


@dataclass
class _Answer:
    operation: Operation
    status: Status
    merged: Merged | None = None
    detail: str = ""


@dataclass
class _Push:
    """What one push has decided so far, before anything is written."""

    staged: dict[str, _Staged] = field(default_factory=dict)
    answers: list[_Answer] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


class Pusher:
    """Takes operations of one organisation's devices.

    Args:
        database: headquarters' database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def push(
        self, member: Member, operations: Sequence[Operation], *, now: datetime
    ) -> list[Result]:
        """Answer every operation, in order."""
        if not operations:
            return []
        try:
            return self._in_one(member, operations, now)
        except DBAPIError:
            # Something in the batch cannot be stored: find it group by group, so that only it waits
            return self._group_by_group(member, operations, now)

    def _in_one(
        self, member: Member, operations: Sequence[Operation], now: datetime
    ) -> list[Result]:
        with self._database.write() as connection:
            return _Batch(connection, member, now).run(operations)

    def _group_by_group(
        self, member: Member, operations: Sequence[Operation], now: datetime
    ) -> list[Result]:
        results: list[Result] = []
        for group in _groups(operations):
            try:
                results += self._in_one(member, group, now)
            except DBAPIError:
                with self._database.write() as connection:
                    batch = _Batch(connection, member, now)
                    results += batch.quarantine_all(group, "headquarters could not store it")
        return results


class _Batch:
    """One transaction's worth of operations."""

    def __init__(self, connection: Connection, member: Member, now: datetime) -> None:
        self._connection = connection
        self._member = member
        self._now = now

    def run(self, operations: Sequence[Operation]) -> list[Result]:
        """Take the operations and write everything; the caller commits."""
        device = self._lock_device()
        known = self._known_answers(operations)
        fresh, deferred = _in_sequence(operations, known, device.last_dseq)
        push = _Push()
        self._load(fresh, push)
        scope = cases_in_scope(self._connection, self._member)
        for group in _groups(fresh):
            scope |= self._take_group(group, push, scope)
        results = self._write(push)
        if fresh:
            self._advance(fresh[-1].dseq)
        answered = {result.op_id: result for result in results} | known
        late = {o.op_id for o in deferred}
        return [
            Result(op_id=o.op_id, status=Status.DEFERRED, detail="an earlier one is missing")
            if o.op_id in late
            else answered[o.op_id]
            for o in operations
        ]

    def quarantine_all(self, operations: Sequence[Operation], reason: str) -> list[Result]:
        """Set a whole group aside."""
        self._lock_device()
        push = _Push()
        for operation in operations:
            push.answers.append(_Answer(operation, Status.QUARANTINED, detail=reason))
        results = self._write(push)
        self._advance(operations[-1].dseq)
        return results

    # -- deciding ---------------------------------------------------------------------------

    def _take_group(
        self, group: Sequence[Operation], push: _Push, scope: frozenset[str]
    ) -> frozenset[str]:
        """Merge a group on a copy; keep the copy only if every operation of it was taken.

        Returns the people whom the group brought into this member's care: what follows in the same
        batch may build on them.
        """
        staged = dict(push.staged)
        answers: list[_Answer] = []
        conflicts: list[Conflict] = []
        born = {o.id for o in group if o.type == "Patient" and o.kind is OperationKind.CREATE}
        for operation in group:
            try:
                self._check(operation, scope | born, born, staged)
                merged = self._merge(operation, staged)
            except (NotYours, BadValue) as error:
                self._refuse(group, push, operation, Status.QUARANTINED, str(error))
                return frozenset()
            if merged.outcome in REFUSING:
                self._refuse(group, push, operation, Status(merged.outcome.value), merged.reason)
                return frozenset()
            answers.append(_Answer(operation, Status(merged.outcome.value), merged, merged.reason))
            conflicts += [self._conflict(operation, d) for d in merged.disagreements]
        push.staged = staged
        push.answers += answers
        push.conflicts += conflicts
        return frozenset(o.case_id for o in group if o.type == "Assignment" and o.case_id in born)

    def _refuse(
        self,
        group: Sequence[Operation],
        push: _Push,
        culprit: Operation,
        status: Status,
        reason: str,
    ) -> None:
        for operation in group:
            why = reason if operation is culprit else f"done together with another: {reason}"
            push.answers.append(_Answer(operation, status, detail=why))

    def _check(
        self,
        operation: Operation,
        scope: frozenset[str] | set[str],
        born: set[str],
        staged: dict[str, _Staged],
    ) -> None:
        """Say no to what this member may not do.

        Raises:
            NotYours: with the reason.
        """
        member = self._member
        if operation.type not in KINDS:
            raise NotYours("this kind of record is not known here yet")
        if not member.may_write:
            raise NotYours(f"the role {member.role} writes no clinical records")
        if operation.type in REFERENCE_KINDS:
            raise NotYours(f"{operation.type} is kept by headquarters")
        known = staged.get(operation.id)
        case_id = known.case_id if known else operation.case_id
        if case_id is None or case_id not in scope:
            raise NotYours("late: the person is not in your care now")
        if known is not None and known.kind.__kind__ != operation.type:
            raise NotYours("another kind of record has this id")
        if operation.type == "Assignment":
            mine = operation.set.get("user_id") == member.user_id and case_id in born
            if not mine:
                raise NotYours("assignments are made at headquarters")
        if operation.type == "Patient" and operation.case_id != operation.id:
            raise NotYours("a person is her own case")

    def _merge(self, operation: Operation, staged: dict[str, _Staged]) -> Merged:
        kind = KINDS[operation.type]
        known = staged.get(operation.id)
        merged = merge(
            kind, known.state if known else None, operation, device=self._member.device_id
        )
        if merged.outcome not in REFUSING:
            case_id = known.case_id if known else operation.case_id
            row_values(kind, self._member.org_id, operation.id, case_id, merged.state, 0)
            staged[operation.id] = _Staged(
                kind, case_id, merged.state, bool(known and known.existed)
            )
        return merged

    def _conflict(self, operation: Operation, dispute: Disagreement) -> Conflict:
        return Conflict(
            org_id=self._member.org_id,
            id=new_id(),
            case_id=operation.case_id,
            record_type=operation.type,
            record_id=operation.id,
            field=dispute.unit,
            base=dispute.base,
            current=dispute.current,
            current_by=dispute.current_by,
            current_op=dispute.current_op or None,
            current_at=_moment(dispute.current_at),
            proposed=dispute.proposed,
            proposed_by=operation.actor_name,
            proposed_op=operation.op_id,
            proposed_at=_moment(operation.wall),
            status="open",
            extra={},
        )

    # -- reading ----------------------------------------------------------------------------

    def _lock_device(self) -> Any:
        table = DeviceSecret.__table__
        return self._connection.execute(
            select(table)
            .where(
                DeviceSecret.org_id == self._member.org_id,
                DeviceSecret.device_id == self._member.device_id,
            )
            .with_for_update()
        ).one()

    def _known_answers(self, operations: Sequence[Operation]) -> dict[str, Result]:
        """Return the answers once given, for replays; a changed payload is set aside."""
        hashes = {o.op_id: _digest(o) for o in operations}
        found: dict[str, Result] = {}
        for part in chunks(hashes):
            rows = self._connection.execute(
                select(OperationResult.__table__).where(
                    OperationResult.org_id == self._member.org_id,
                    OperationResult.op_id.in_(part),
                )
            )
            for row in rows:
                same = row.payload_sha256 == hashes[row.op_id]
                status = Status(row.status) if same else Status.QUARANTINED
                if same and status in {Status.APPLIED, Status.MERGED}:
                    status = Status.DUPLICATE
                detail = (row.detail or "") if same else "another operation had this id"
                found[row.op_id] = Result(
                    op_id=row.op_id, status=status, rev=row.rev, seq=row.seq, detail=detail
                )
        return found

    def _load(self, operations: Sequence[Operation], push: _Push) -> None:
        by_kind: dict[str, list[str]] = {}
        for operation in operations:
            if operation.type in KINDS:
                by_kind.setdefault(operation.type, []).append(operation.id)
        for name, ids in sorted(by_kind.items()):
            kind = KINDS[name]
            unique = sorted(set(ids))
            for record_id, (state, row) in load_states(
                self._connection, kind, self._member.org_id, unique
            ).items():
                push.staged[record_id] = _Staged(kind, row.case_id, state, existed=True)

    # -- writing ----------------------------------------------------------------------------

    def _write(self, push: _Push) -> list[Result]:
        connection, member = self._connection, self._member
        applied = [a for a in push.answers if a.merged is not None and _moves(a)]
        numbers = len(applied) + len(push.conflicts)
        first = reserve(connection, member.org_id, numbers) if numbers else 0
        newest: dict[str, int] = {}
        changes = []
        for seq, answer in enumerate(applied, start=first):
            newest[answer.operation.id] = seq
            changes.append(self._change(answer, seq))
        self._rows(push, newest)
        index = [self._index(push.staged[i], i, seq) for i, seq in newest.items()]
        for seq, conflict in enumerate(push.conflicts, start=first + len(applied)):
            index.append(self._open_conflict(conflict, seq))
            changes.append(self._conflict_change(conflict, seq))
        if changes:
            connection.execute(Change.__table__.insert(), changes)  # type: ignore[attr-defined]
        self._reindex(index)
        return self._answers(push, newest)

    def _rows(self, push: _Push, newest: dict[str, int]) -> None:
        fresh: dict[type[Synced], list[dict[str, Any]]] = {}
        known: dict[type[Synced], list[dict[str, Any]]] = {}
        for record_id, seq in newest.items():
            entry = push.staged[record_id]
            values = row_values(
                entry.kind, self._member.org_id, record_id, entry.case_id, entry.state, seq
            )
            (known if entry.existed else fresh).setdefault(entry.kind, []).append(values)
        for kind, rows in fresh.items():
            insert_rows(self._connection, kind, rows)
        for kind, rows in known.items():
            update_rows(self._connection, kind, rows)

    def _change(self, answer: _Answer, seq: int) -> dict[str, Any]:
        operation, merged = answer.operation, answer.merged
        assert merged is not None
        return {
            "org_id": self._member.org_id,
            "stream": STREAM,
            "seq": seq,
            "op_id": operation.op_id,
            "record_type": operation.type,
            "record_id": operation.id,
            "case_id": operation.case_id,
            "rev": merged.state.rev,
            "kind": operation.kind.value,
            "patch": merged.patch,
            "previous": merged.previous,
            "actor": self._member.user_id,
            "device_id": self._member.device_id,
            "received_at": self._now,
            "client_wall": operation.wall[:40],
            "client_zone": operation.zone[:64],
        }

    def _index(self, entry: _Staged, record_id: str, seq: int) -> dict[str, Any]:
        return {
            "org_id": self._member.org_id,
            "record_id": record_id,
            "record_type": entry.kind.__kind__,
            "case_id": entry.case_id,
            "seq": seq,
            "device_id": self._member.device_id,
            "fresh": not entry.existed,
        }

    def _open_conflict(self, conflict: Conflict, seq: int) -> dict[str, Any]:
        document = to_document(conflict)
        mark = {"": {"rev": 1, "op": conflict.proposed_op, "device": None, "by": "", "at": ""}}
        state = State(document, mark, 1)
        values = row_values(
            Conflict, self._member.org_id, conflict.id, conflict.case_id, state, seq
        )
        insert_rows(self._connection, Conflict, [values])
        entry = _Staged(Conflict, conflict.case_id, state, existed=False)
        return self._index(entry, conflict.id, seq) | {"device_id": None}

    def _conflict_change(self, conflict: Conflict, seq: int) -> dict[str, Any]:
        return {
            "org_id": self._member.org_id,
            "stream": STREAM,
            "seq": seq,
            "op_id": conflict.id,
            "record_type": "Conflict",
            "record_id": conflict.id,
            "case_id": conflict.case_id,
            "rev": 1,
            "kind": OperationKind.CREATE.value,
            "patch": to_document(conflict),
            "previous": {},
            "actor": self._member.user_id,
            "device_id": None,
            "received_at": self._now,
            "client_wall": None,
            "client_zone": None,
        }

    def _reindex(self, entries: Sequence[dict[str, Any]]) -> None:
        write_index(self._connection, entries)

    def _answers(self, push: _Push, newest: dict[str, int]) -> list[Result]:
        results, rows, aside = [], [], []
        for answer in push.answers:
            operation = answer.operation
            entry = push.staged.get(operation.id)
            rev = entry.state.rev if entry and answer.merged else 0
            seq = newest.get(operation.id, 0) if answer.merged else 0
            results.append(
                Result(
                    op_id=operation.op_id,
                    status=answer.status,
                    rev=rev,
                    seq=seq,
                    detail=answer.detail,
                )
            )
            rows.append(
                {
                    "org_id": self._member.org_id,
                    "op_id": operation.op_id,
                    "device_id": self._member.device_id,
                    "dseq": operation.dseq,
                    "status": answer.status.value,
                    "rev": rev,
                    "seq": seq,
                    "detail": answer.detail or None,
                    "payload_sha256": _digest(operation),
                    "answered_at": self._now,
                }
            )
            if answer.merged is None:
                aside.append(self._aside(answer))
        if rows:
            self._connection.execute(OperationResult.__table__.insert(), rows)  # type: ignore[attr-defined]
        if aside:
            self._connection.execute(Quarantine.__table__.insert(), aside)  # type: ignore[attr-defined]
        return results

    def _aside(self, answer: _Answer) -> dict[str, Any]:
        return {
            "org_id": self._member.org_id,
            "op_id": answer.operation.op_id,
            "device_id": self._member.device_id,
            "reason": answer.detail,
            "payload": msgspec.to_builtins(answer.operation),
            "state": "open",
            "received_at": self._now,
        }

    def _advance(self, dseq: int) -> None:
        self._connection.execute(
            update(DeviceSecret)
            .where(
                DeviceSecret.org_id == self._member.org_id,
                DeviceSecret.device_id == self._member.device_id,
                DeviceSecret.last_dseq < dseq,
            )
            .values(last_dseq=dseq)
        )


def write_index(connection: Connection, entries: Sequence[dict[str, Any]]) -> None:
    """Move records to their new place in the stream."""
    table = RecordIndex.__table__
    fresh = [{k: v for k, v in e.items() if k != "fresh"} for e in entries if e["fresh"]]
    moved = [
        {
            "b_org": e["org_id"],
            "b_id": e["record_id"],
            "b_seq": e["seq"],
            "b_device": e["device_id"],
        }
        for e in entries
        if not e["fresh"]
    ]
    if fresh:
        connection.execute(table.insert(), fresh)  # type: ignore[attr-defined]
    if moved:
        connection.execute(
            update(RecordIndex)
            .where(
                RecordIndex.org_id == bindparam("b_org"), RecordIndex.record_id == bindparam("b_id")
            )
            .values(seq=bindparam("b_seq"), device_id=bindparam("b_device")),
            moved,
            execution_options={"synchronize_session": False},
        )


def _moves(answer: _Answer) -> bool:
    """Whether an answer changed its record: a no-op takes no number."""
    merged, operation = answer.merged, answer.operation
    assert merged is not None
    created = operation.kind is OperationKind.CREATE
    signed = operation.kind is OperationKind.SIGN and merged.state.signed
    return bool(merged.patch) or created or signed


def _groups(operations: Sequence[Operation]) -> list[list[Operation]]:
    groups: list[list[Operation]] = []
    for operation in operations:
        if groups and groups[-1][0].tx == operation.tx:
            groups[-1].append(operation)
        else:
            groups.append([operation])
    return groups


def _in_sequence(
    operations: Sequence[Operation], known: dict[str, Result], last: int
) -> tuple[list[Operation], list[Operation]]:
    """Return (fresh in order, those behind a hole)."""
    fresh: list[Operation] = []
    deferred: list[Operation] = []
    expected = last + 1
    for operation in operations:
        if operation.op_id in known:
            continue
        if operation.dseq > expected or deferred:
            deferred.append(operation)
        else:
            fresh.append(operation)
            expected = max(expected, operation.dseq + 1)
    return fresh, deferred


def _digest(operation: Operation) -> str:
    """Return the fingerprint of what an operation does; its place in the outbox may change."""
    body = msgspec.json.encode(msgspec.structs.replace(operation, dseq=0), order="sorted")
    return hashlib.sha256(body).hexdigest()


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
