"""Headquarters' answers to operations: what is settled leaves the outbox, the rest stays in sight.

Where an answer may mean another content than the row shows (refused, in conflict, or ordered before
what was pulled since), the row is laid anew from headquarters' last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casefield.records.base import Synced
from casefield.records.bulk import insert_rows
from casefield.records.document import table_of, to_document
from casefield.records.laptop import OutboxOperation, SentOperation, Shadow
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.vault.outbox import CHUNK, REFUSED, WAITING, decode, parts, waiting_of
from casefield.vault.shadow import absorb, lay, shadows_of
from casefield.vault.standing import org_of

SETTLED = frozenset({"applied", "merged", "duplicate", "conflict"})
Touched = frozenset[tuple[str, str, str | None]]


@dataclass(frozen=True)
class Heard:
    """What answers did here: records that look different now, the newest operation answered."""

    touched: Touched
    last_op: str


@dataclass(frozen=True)
class Answer:
    """An operation of the outbox with what headquarters said to it."""

    dseq: int
    op_id: str
    record_type: str
    record_id: str
    case_id: str | None
    body: bytes
    status: str
    rev: int
    seq: int
    detail: str

    @cached_property
    def operation(self) -> Operation:
        """What was said; read only where the answer makes it matter."""
        return decode(self.body)

    @property
    def settled(self) -> bool:
        """Whether headquarters has dealt with it for good."""
        return self.status in SETTLED


def take(session: Session, results: Sequence[Any], now: datetime) -> Heard:
    """Store answers."""
    answers = [a for a in _answers(session, results) if a.status != "deferred"]
    if not answers:
        return Heard(frozenset(), "")
    settled = [answer for answer in answers if answer.settled]
    _keep_sent(session, answers, now)
    _drop(session, settled)
    _refuse(session, [answer for answer in answers if not answer.settled])
    org = org_of(session)
    _make_known(session, org, settled)
    return Heard(_lay_anew(session, org, answers), answers[-1].op_id)


def _answers(session: Session, results: Sequence[Any]) -> list[Answer]:
    """Return the answers to what still stands in the outbox, in the order it was said."""
    by_id = {result.op_id: result for result in results}
    found: list[Answer] = []
    for part in parts(list(by_id)):
        rows = session.execute(
            select(
                OutboxOperation.dseq,
                OutboxOperation.op_id,
                OutboxOperation.record_type,
                OutboxOperation.record_id,
                OutboxOperation.case_id,
                OutboxOperation.body,
            ).where(OutboxOperation.op_id.in_(part), OutboxOperation.state == WAITING)
        )
        for row in rows:
            said = by_id[row.op_id]
            found.append(Answer(*row, str(said.status), said.rev, said.seq, said.detail))
    return sorted(found, key=lambda answer: answer.dseq)


def _keep_sent(session: Session, answers: Sequence[Answer], now: datetime) -> None:
    """Keep what headquarters has, refused or not: a restored one is offered it again."""
    insert_rows(
        session.connection(),
        SentOperation.__table__,
        [
            {
                "op_id": answer.op_id,
                "dseq": answer.dseq,
                "case_id": answer.case_id,
                "seq": answer.seq,
                "body": answer.body,
                "answered_at": now,
            }
            for answer in answers
        ],
    )


def _drop(session: Session, settled: Sequence[Answer]) -> None:
    for start in range(0, len(settled), CHUNK):
        numbers = [answer.dseq for answer in settled[start : start + CHUNK]]
        session.execute(
            delete(OutboxOperation).where(OutboxOperation.dseq.in_(numbers)),
            execution_options={"synchronize_session": False},
        )


def _refuse(session: Session, refused: Sequence[Answer]) -> None:
    if refused:
        session.execute(
            update(OutboxOperation),
            [{"dseq": a.dseq, "state": REFUSED, "reason": a.detail or a.status} for a in refused],
        )


def _make_known(session: Session, org: str, settled: Sequence[Answer]) -> None:
    """Let rows born here know the revision that their birth made.

    Later revisions come with the changes only: naming one whose content was not seen yet would
    let an edit overwrite what somebody else wrote meanwhile.
    """
    first: dict[str, dict[str, int]] = {}
    for answer in settled:
        if answer.rev > 0:
            first.setdefault(answer.record_type, {}).setdefault(answer.record_id, answer.rev)
    for name, revisions in first.items():
        if name not in KINDS:
            continue
        table = table_of(KINDS[name]).name
        session.connection().exec_driver_sql(
            f"UPDATE {table} SET rev = ? WHERE org_id = ? AND id = ? AND rev = 0",  # noqa: S608
            [(rev, org, record_id) for record_id, rev in revisions.items()],
        )


def _lay_anew(session: Session, org: str, answers: Sequence[Answer]) -> Touched:
    """Bring shadows up to date, and the rows whose content the answers put in question."""
    by_record: dict[str, list[Answer]] = {}
    for answer in answers:
        by_record.setdefault(answer.record_id, []).append(answer)
    ids = sorted(by_record)
    waiting = waiting_of(session, ids)
    shadows = shadows_of(session, ids)
    questioned: dict[str, dict[str, Shadow]] = {}
    for record_id, said in by_record.items():
        kept = shadows.get(record_id)
        doubt = any(_questions(answer, kept) for answer in said)
        shadow = _heard(kept, said) if doubt or record_id in waiting else kept
        if doubt and shadow is not None:
            questioned.setdefault(shadow.record_type, {})[record_id] = shadow
        if record_id not in waiting:
            if kept is not None:
                session.delete(kept)
        elif kept is None and shadow is not None:
            session.add(shadow)
    touched: set[tuple[str, str, str | None]] = set()
    for name, of_kind in questioned.items():
        for record in _rows(session, KINDS[name], org, sorted(of_kind)):
            before = (to_document(record), record.deleted, record.signed)
            lay(record, of_kind[record.id], waiting.get(record.id, ()))
            if before != (to_document(record), record.deleted, record.signed):
                touched.add((name, record.id, record.case_id))
    return frozenset(touched)


def _questions(answer: Answer, shadow: Shadow | None) -> bool:
    """Whether headquarters' content may be another than this operation left here."""
    heard_since = shadow is not None and answer.seq <= shadow.seq
    return not answer.settled or answer.status == "conflict" or heard_since


def _heard(shadow: Shadow | None, said: Sequence[Answer]) -> Shadow | None:
    """Return headquarters' last word after its answers; None where it was not heard yet."""
    for answer in said:
        operation = answer.operation
        if shadow is None and answer.settled and operation.kind is OperationKind.CREATE:
            shadow = Shadow(
                record_id=operation.id,
                record_type=operation.type,
                rev=answer.rev,
                seq=0,
                deleted=False,
                signed=False,
                document={},
                fmeta={},
            )
            absorb(shadow, operation)
        elif shadow is not None and not _questions(answer, shadow):
            absorb(shadow, operation)
    return shadow


def _rows(session: Session, kind: type[Synced], org: str, ids: Sequence[str]) -> list[Synced]:
    found: list[Synced] = []
    for part in parts(ids):
        found += session.scalars(select(kind).where(kind.org_id == org, kind.id.in_(part)))
    return found
