"""Headquarters' audit chain: one per organisation, each link sealed by the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from casefield.records.document import to_wire
from casefield.records.headquarters import ServerAudit

GENESIS = "0" * 64
FIELDS = (
    "org_id",
    "n",
    "at",
    "actor",
    "device_id",
    "act",
    "record_type",
    "record_id",
    "case_id",
    "reason",
    "outcome",
    "previous",
)


def note(
    connection: Connection,
    org_id: str,
    act: str,
    *,
    actor: str,
    at: datetime,
    device_id: str | None = None,
    case_id: str | None = None,
    record_type: str | None = None,
    record_id: str | None = None,
    reason: str | None = None,
    outcome: str = "done",
) -> None:
    """Add a link in the transaction of the deed."""
    last = connection.execute(
        select(ServerAudit.n, ServerAudit.hash)
        .where(ServerAudit.org_id == org_id)
        .order_by(ServerAudit.n.desc())
        .limit(1)
        .with_for_update()
    ).first()
    link: dict[str, Any] = {
        "org_id": org_id,
        "n": last.n + 1 if last else 1,
        "at": at.replace(microsecond=at.microsecond // 1000 * 1000),
        "actor": actor,
        "device_id": device_id,
        "act": act,
        "record_type": record_type,
        "record_id": record_id,
        "case_id": case_id,
        "reason": (reason or "")[:200] or None,
        "outcome": outcome,
        "previous": last.hash if last else GENESIS,
    }
    connection.execute(insert(ServerAudit).values(**link, hash=sealed(link)))


def sealed(link: dict[str, Any]) -> str:
    """Return a link's hash."""
    body = json.dumps([to_wire(link[name]) for name in FIELDS], separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def first_break(rows: Iterable[Any]) -> int | None:
    """Return the number of the first link that doesn't fit, None if the chain is whole."""
    previous, expected = GENESIS, 1
    for row in rows:
        link = {name: getattr(row, name) for name in FIELDS}
        if row.n != expected or row.previous != previous or sealed(link) != row.hash:
            return expected
        previous, expected = row.hash, expected + 1
    return None
