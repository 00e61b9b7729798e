"""How changes enter an organisation's stream: row, place, history and answer, in one transaction.

Everything is made ready before the stream's counter is touched: from then until the commit every
other writer of the organisation waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from casefield.records.base import Synced
from casefield.records.bulk import insert_rows
from casefield.records.document import table_of
from casefield.records.headquarters import Change, OperationResult, Quarantine, RecordIndex
from casefield.records.operation import OperationKind
from casefield.server.admission import Entry
from casefield.server.rows import update_rows
from casefield.server.scope import Member
from casefield.server.staging import Answer, Staging
from casefield.server.stream import STREAM, reserve
from casefield.sync.messages import Result

Row = dict[str, Any]
SET_ASIDE = "set_aside"


def write(connection: Connection, member: Member, staging: Staging, now: datetime) -> list[Result]:
    """Write what a push decided; return its answers."""
    batch = _Ready(member, staging, now)
    count = len(batch.changes)
    first = reserve(connection, member.org_id, count) if count else 0
    for rows in (*batch.fresh.values(), *batch.known.values(), batch.changes, batch.index):
        for row in rows:
            row["seq"] += first
    for kind, rows in batch.fresh.items():
        insert_rows(connection, table_of(kind), rows)
    for kind, rows in batch.known.items():
        update_rows(connection, kind, rows)
    write_changes(connection, batch.changes, batch.index)
    return _answer(connection, member, staging, now, {i: n + first for i, n in batch.place.items()})


def write_changes(connection: Connection, changes: Sequence[Row], index: Sequence[Row]) -> None:
    """Write history rows, and move the records to their new place in the stream."""
    insert_rows(connection, Change.__table__, changes)
    insert_rows(connection, RecordIndex.__table__, [row for row in index if row["fresh"]])
    moved = [
        {
            "b_org": r["org_id"],
            "b_id": r["record_id"],
            "b_seq": r["seq"],
            "b_rev": r["rev"],
            "b_dev": r["device_id"],
        }
        for r in index
        if not r["fresh"]
    ]
    if moved:
        connection.execute(
            update(RecordIndex)
            .where(
                RecordIndex.org_id == bindparam("b_org"), RecordIndex.record_id == bindparam("b_id")
            )
            .values(seq=bindparam("b_seq"), rev=bindparam("b_rev"), device_id=bindparam("b_dev")),
            moved,
            execution_options={"synchronize_session": False},
        )


def hold_statement(org_id: str, record_ids: Sequence[str]) -> Select[str, str]:
    """Return what keeps records locked till the transaction ends: their (id, kind), by id.

    Whoever writes records holds their places first, in this order, so nobody's edit is lost
    between reading and writing and no two writers wait for each other.
    """
    return (
        select(RecordIndex.record_id, RecordIndex.record_type)
        .where(RecordIndex.org_id == org_id, RecordIndex.record_id.in_(record_ids))
        .order_by(RecordIndex.record_id)
        .with_for_update()
    )


def index_row(
    org_id: str, kind: str, record_id: str, case_id: str | None, seq: int, rev: int, *, fresh: bool
) -> Row:
    """Return a record's place in the stream, last written by no device.

    Args:
        fresh: it has no place yet.
    """
    return {
        "org_id": org_id,
        "record_id": record_id,
        "record_type": kind,
        "case_id": case_id,
        "seq": seq,
        "rev": rev,
        "device_id": None,
        "fresh": fresh,
    }


def change_row(
    org_id: str,
    seq: int,
    *,
    op_id: str,
    record: tuple[str, str, str | None],
    rev: int,
    kind: str,
    patch: Row,
    previous: Row,
    actor: str,
    now: datetime,
) -> Row:
    """Return one row of the history, as said at headquarters itself.

    Args:
        record: kind, id and case of the record.
    """
    record_type, record_id, case_id = record
    return {
        "org_id": org_id,
        "stream": STREAM,
        "seq": seq,
        "op_id": op_id,
        "record_type": record_type,
        "record_id": record_id,
        "case_id": case_id,
        "rev": rev,
        "kind": kind,
        "patch": patch,
        "previous": previous,
        "actor": actor,
        "device_id": None,
        "received_at": now,
        "client_wall": None,
        "client_zone": None,
    }


def set_aside(
    connection: Connection, member: Member, now: datetime, answers: Sequence[Answer]
) -> None:
    """Keep operations whole that could not be applied."""
    if answers:
        connection.execute(
            insert(Quarantine),
            [
                {
                    "org_id": member.org_id,
                    "op_id": answer.offer.op_id,
                    "payload_sha256": answer.offer.digest,
                    "device_id": member.device_id,
                    "reason": answer.detail,
                    "payload": answer.offer.payload,
                    "state": "open",
                    "received_at": now,
                }
                for answer in answers
            ],
        )


class _Ready:
    """The rows of a push; their `seq` counts from 0 until the counter says where they begin."""

    def __init__(self, member: Member, staging: Staging, now: datetime) -> None:
        self._member = member
        self._now = now
        self.place: dict[str, int] = {}
        newest: dict[str, int] = {}
        self.changes: list[Row] = []
        self.index: list[Row] = []
        self.fresh: dict[type[Synced], list[Row]] = {}
        self.known: dict[type[Synced], list[Row]] = {}
        for answer in staging.answers:
            seq = len(self.changes)
            self.place[answer.offer.op_id] = seq
            if answer.moves:
                newest[answer.offer.operation.id] = seq
            self.changes.append(self._change(answer, staging))
        for record_id, seq in newest.items():
            self._row(record_id, staging.entries[record_id], seq, device_id=member.device_id)
        for conflict_id, entry in staging.conflicts:
            self._row(conflict_id, entry, len(self.changes), device_id=None)
            self.changes.append(self._opened(conflict_id, entry))

    def _row(self, record_id: str, entry: Entry, seq: int, *, device_id: str | None) -> None:
        rows = self.known if entry.existed else self.fresh
        rows.setdefault(entry.kind, []).append(entry.values | {"seq": seq})
        org, kind = self._member.org_id, entry.kind.__kind__
        rev, fresh = entry.state.rev, not entry.existed
        place = index_row(org, kind, record_id, entry.case_id, seq, rev, fresh=fresh)
        self.index.append(place | {"device_id": device_id})

    def _change(self, answer: Answer, staging: Staging) -> Row:
        """Every operation has its place, also one that changed nothing or was set aside: so a
        backup that holds a number holds every answer before it.
        """
        operation, merged = answer.offer.operation, answer.merged
        case_id = staging.entries[operation.id].case_id if merged else operation.case_id
        row = change_row(
            self._member.org_id,
            len(self.changes),
            op_id=operation.op_id,
            record=(operation.type[:40], operation.id, case_id),
            rev=merged.state.rev if merged else 0,
            kind=operation.kind.value if merged else SET_ASIDE,
            patch=merged.patch if merged else {},
            previous=merged.previous if merged else {},
            actor=self._member.user_id,
            now=self._now,
        )
        return row | {
            "device_id": self._member.device_id,
            "client_wall": operation.wall[:40],
            "client_zone": operation.zone[:64],
        }

    def _opened(self, conflict_id: str, entry: Entry) -> Row:
        return change_row(
            self._member.org_id,
            len(self.changes),
            op_id=conflict_id,
            record=("Conflict", conflict_id, entry.case_id),
            rev=entry.state.rev,
            kind=OperationKind.CREATE.value,
            patch=entry.state.doc,
            previous={},
            actor=self._member.user_id,
            now=self._now,
        )


def _answer(
    connection: Connection,
    member: Member,
    staging: Staging,
    now: datetime,
    place: dict[str, int],
) -> list[Result]:
    """Write down what each operation was answered, and give the answers."""
    results: list[Result] = []
    rows: list[Row] = []
    for answer in staging.answers:
        operation = answer.offer.operation
        taken = answer.merged is not None
        rev = staging.entries[operation.id].state.rev if taken else 0
        seq = place[operation.op_id]
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
                "org_id": member.org_id,
                "op_id": operation.op_id,
                "device_id": member.device_id,
                "dseq": operation.dseq,
                "status": answer.status.value,
                "rev": rev,
                "seq": seq,
                "detail": answer.detail or None,
                "payload_sha256": answer.offer.digest,
                "answered_at": now,
            }
        )
    insert_rows(connection, OperationResult.__table__, rows)
    aside = [answer for answer in staging.answers if answer.merged is None]
    set_aside(connection, member, now, aside)
    return results
