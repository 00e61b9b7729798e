"""An organisation's stream row: the gap-free order of its changes, the fence, the audit's head."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from casefield.records.headquarters import Change, OrgStream

STREAM = 0


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a device's pull stands: opaque to it.

    `s`: place in the stream. `e`: cases entering scope: how far their snapshot got, and how far
    it goes (the place in the stream where it was begun; what is newer comes with the stream).
    """

    s: int = 0
    e: dict[str, tuple[int, int]] = {}


def read_cursor(text: str) -> Cursor:
    """Return a cursor as handed out; the beginning for an empty text.

    Raises:
        ValueError: this server never handed it out.
    """
    if not text:
        return Cursor()
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=Cursor)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ValueError("not a cursor of this server") from error


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor for handing out."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def reserve(connection: Connection, org_id: str, count: int) -> int:
    """Take `count` numbers of the stream and return the first; call it last in a transaction.

    The row stays locked until commit, so whoever sees number n sees every smaller one.
    """
    last = connection.execute(
        update(OrgStream)
        .where(*_row(org_id))
        .values(last=OrgStream.last + count)
        .returning(OrgStream.last)
    ).scalar()
    if last is None:
        _begin(connection, org_id, last=count)
        last = count
    return int(last) - count + 1


def last_number(connection: Connection, org_id: str) -> int:
    """Return the newest number of an organisation's stream."""
    found = connection.execute(select(OrgStream.last).where(*_row(org_id))).scalar()
    return int(found or 0)


def standing(connection: Connection, org_id: str) -> tuple[int, int]:
    """Return the newest number of a stream, and up to where it is safe in a second place."""
    row = connection.execute(select(OrgStream.last, OrgStream.durable).where(*_row(org_id))).first()
    return (row.last, row.durable) if row else (0, 0)


def mark_durable(connection: Connection) -> None:
    """Whatever this transaction sees of any stream is about to be in a second place."""
    connection.execute(update(OrgStream).values(durable=OrgStream.last))


def fence(connection: Connection, org_id: str, seq: int) -> str:
    """Return a short fingerprint of the history at a number: another history gives another."""
    if seq == 0:
        return ""
    op_id: Any = connection.execute(
        select(Change.op_id).where(
            Change.org_id == org_id, Change.stream == STREAM, Change.seq == seq
        )
    ).scalar()
    return hashlib.sha256(f"{op_id}".encode()).hexdigest()[:16] if op_id else "none"


def chain_head(
    connection: Connection, org_id: str, *, locked: bool = False
) -> tuple[int, str | None]:
    """Return the number and hash of the newest audit link; (0, None) before the first.

    Args:
        locked: keep the row locked until the transaction ends, to add a link.
    """
    statement = select(OrgStream.audit_last, OrgStream.audit_head).where(*_row(org_id))
    row = connection.execute(statement.with_for_update() if locked else statement).first()
    return (row.audit_last, row.audit_head) if row else (0, None)


def advance_chain(connection: Connection, org_id: str, number: int, head: str) -> None:
    """Write down the newest audit link."""
    moved = connection.execute(
        update(OrgStream).where(*_row(org_id)).values(audit_last=number, audit_head=head)
    )
    if not moved.rowcount:
        _begin(connection, org_id, audit_last=number, audit_head=head)


def _row(org_id: str) -> tuple[Any, ...]:
    return OrgStream.org_id == org_id, OrgStream.stream == STREAM


def _begin(connection: Connection, org_id: str, **values: Any) -> None:
    connection.execute(insert(OrgStream).values(org_id=org_id, stream=STREAM, **values))
