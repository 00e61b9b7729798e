"""Headquarters' audit chain: one per organisation, each link sealed by the one before.

The chain's head stands in the organisation's stream row. That row is locked while a link is added,
so two deeds at once make two links; and the head misses links that were cut off the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from casefield.records.document import to_wire
from casefield.records.headquarters import ServerAudit
from casefield.server.stream import advance_chain, chain_head

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


@dataclass(frozen=True)
class Verification:
    """What following a chain found. `broken_at` is the first number that doesn't fit."""

    links: int
    head: str
    broken_at: int | None = None
    words: str = ""


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
    last, head = chain_head(connection, org_id, locked=True)
    link: dict[str, Any] = {
        "org_id": org_id,
        "n": last + 1,
        "at": at.replace(microsecond=at.microsecond // 1000 * 1000),
        "actor": actor,
        "device_id": device_id,
        "act": act,
        "record_type": record_type,
        "record_id": record_id,
        "case_id": case_id,
        "reason": (reason or "")[:200] or None,
        "outcome": outcome,
        "previous": head or GENESIS,
    }
    seal = sealed(link)
    connection.execute(insert(ServerAudit).values(**link, hash=seal))
    advance_chain(connection, org_id, last + 1, seal)


def sealed(link: dict[str, Any]) -> str:
    """Return a link's hash."""
    body = json.dumps([to_wire(link[name]) for name in FIELDS], separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def links(connection: Connection, org_id: str, *, newest: int | None = None) -> Iterator[Any]:
    """Return an organisation's links, oldest first; only the newest ones if asked."""
    table = ServerAudit.__table__
    chosen = select(table).where(ServerAudit.org_id == org_id)
    if newest is None:
        ordered = chosen.order_by(ServerAudit.n).execution_options(yield_per=1000)
        return iter(connection.execute(ordered))
    rows = connection.execute(chosen.order_by(ServerAudit.n.desc()).limit(newest)).all()
    return reversed(rows)


def verify(connection: Connection, org_id: str) -> Verification:
    """Follow a chain to its head: an edited, inserted, removed or moved link doesn't fit."""
    last, head = chain_head(connection, org_id)
    found = follow(links(connection, org_id))
    if found.broken_at is None and (found.links, found.head) != (last, head or GENESIS):
        words = f"it should end with link {last} and ends with {found.links}"
        return Verification(found.links, found.head, min(found.links, last) + 1, words)
    return found


def follow(rows: Iterable[Any]) -> Verification:
    """Follow links from the first one to the end of what is there."""
    previous, expected = GENESIS, 1
    for row in rows:
        link = {name: getattr(row, name) for name in FIELDS}
        words = ""
        if row.n != expected:
            words = f"link {expected} is missing"
        elif row.previous != previous:
            words = f"link {expected} doesn't continue the one before"
        elif sealed(link) != row.hash:
            words = f"link {expected} was changed"
        if words:
            return Verification(expected - 1, previous, expected, words)
        previous, expected = row.hash, expected + 1
    return Verification(expected - 1, previous)
