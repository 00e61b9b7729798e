"""What headquarters refused: in a person's sight until it is dealt with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefield.records.laptop import OutboxOperation
from casefield.records.outbox import Refused
from casefield.vault.outbox import REFUSED, decode, parts


def refused(session: Session) -> tuple[Refused, ...]:
    """Return what nobody has dealt with, in the order it was said."""
    rows = session.execute(
        select(OutboxOperation.body, OutboxOperation.reason, OutboxOperation.said_at)
        .where(OutboxOperation.state == REFUSED)
        .order_by(OutboxOperation.dseq)
    )
    return tuple(Refused(decode(row.body), row.reason or "", row.said_at) for row in rows)


def put_away(session: Session, op_ids: Sequence[str], state: str) -> None:
    """Take refused operations out of the queue; headquarters has kept them."""
    for part in parts(op_ids):
        session.execute(
            update(OutboxOperation)
            .where(OutboxOperation.op_id.in_(part), OutboxOperation.state == REFUSED)
            .values(state=state),
            execution_options={"synchronize_session": False},
        )
