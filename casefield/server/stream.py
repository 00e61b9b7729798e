"""The gap-free order of an organisation's changes, its fence, and its history."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from casefield.records.headquarters import Change, OrgStream

STREAM = 0


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a device's pull stands: opaque to it.

    `s`: place in the stream. `e`: cases entering scope, and how far their snapshot got.
    """

    s: int = 0
    e: dict[str, int] = {}


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
    table = OrgStream.__table__
    last = connection.execute(
        update(OrgStream)
        .where(OrgStream.org_id == org_id, OrgStream.stream == STREAM)
        .values(last=OrgStream.last + count)
        .returning(OrgStream.last)
    ).scalar()
    if last is None:
        connection.execute(
            table.insert(),  # type: ignore[attr-defined]
            {"org_id": org_id, "stream": STREAM, "last": count},
        )
        last = count
    return int(last) - count + 1


def last_number(connection: Connection, org_id: str) -> int:
    """Return the newest number of an organisation's stream."""
    found = connection.execute(
        select(OrgStream.last).where(OrgStream.org_id == org_id, OrgStream.stream == STREAM)
    ).scalar()
    return int(found or 0)


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
