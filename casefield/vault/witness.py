"""What this laptop had of a headquarters that was restored, and which the restored one lacks.

Whoever wrote it may never come back to offer it again, so this laptop bears witness to it. What
headquarters made itself (assignments, devices, conflicts) it makes again itself; that goes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefield.records.base import Synced, new_id
from casefield.records.document import to_document, to_wire
from casefield.records.laptop import LaptopFact, OutboxOperation
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.vault import outbox

HEADQUARTERS_OWN = frozenset({"Assignment", "Conflict", "Device", "Organization", "User"})


def bear_witness(session: Session, now: datetime, *, going: frozenset[str]) -> None:
    """Offer what was not sent again by the pull that just ended; forget what was headquarters'.

    Args:
        going: people who leave this laptop; of them headquarters sent nothing on purpose.
    """
    open_ones = set(
        session.scalars(
            select(OutboxOperation.record_id)
            .where(OutboxOperation.state.in_(outbox.OPEN))
            .distinct()
        )
    )
    operations: list[Operation] = []
    given = outbox.last_dseq(session)
    identity = session.get(LaptopFact, "identity")
    who = identity.value if identity is not None else {}
    for name, kind in KINDS.items():
        missing = [
            record
            for record in session.scalars(select(kind).where(kind.seq == 0))
            if record.id not in open_ones
        ]
        if name in HEADQUARTERS_OWN:
            for part in outbox.parts([record.id for record in missing]):
                session.execute(delete(kind).where(kind.id.in_(part)))
            continue
        for record in missing:
            if not record.deleted and record.case_id not in going:
                last = operations[-1].dseq if operations else given
                operations += _told(record, last, who, now)
    if operations:
        outbox.say(session, operations, now)


def _told(record: Synced, last: int, who: dict[str, str], now: datetime) -> list[Operation]:
    kinds = [OperationKind.WITNESS, *([OperationKind.SIGN] if record.signed else [])]
    tx = new_id()
    return [
        Operation(
            op_id=new_id(),
            dseq=last + place,
            tx=tx,
            type=record.__kind__,
            id=record.id,
            case_id=record.case_id,
            kind=kind,
            set=to_document(record) if kind is OperationKind.WITNESS else {},
            wall=to_wire(now),
            actor=who.get("user_id", ""),
            actor_name=who.get("user_name", ""),
        )
        for place, kind in enumerate(kinds, start=1)
    ]
