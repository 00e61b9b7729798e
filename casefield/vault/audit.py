"""The laptop's audit chain: who did what to which record, each link sealed by the one before."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from casefield.records.bulk import insert_rows
from casefield.records.document import to_wire
from casefield.records.laptop import AuditEntry
from casefield.records.work import Actor

GENESIS = "0" * 64
_encode = msgspec.json.Encoder().encode
_TABLE = cast(Table, AuditEntry.__table__)
_HEAD = select(_TABLE.c.n, _TABLE.c.hash).order_by(_TABLE.c.n.desc()).limit(1)
FIELDS = (
    "n",
    "at",
    "zone",
    "actor",
    "device_id",
    "role",
    "act",
    "record_type",
    "record_id",
    "case_id",
    "reason",
    "outcome",
    "previous",
)


@dataclass(frozen=True)
class Deed:
    """One thing done, before it becomes a link. Never clinical content."""

    act: str
    record_type: str | None = None
    record_id: str | None = None
    case_id: str | None = None
    reason: str | None = None
    outcome: str = "done"


def append(
    session: Session, deeds: Sequence[Deed], *, actor: Actor, at: datetime, zone: str
) -> None:
    """Add links in the transaction of the deeds themselves."""
    if not deeds:
        return
    connection = session.connection()  # past the ORM: each save and each reading pays for it
    last = connection.execute(_HEAD).first()
    n, previous = (last.n, last.hash) if last else (0, GENESIS)
    links: list[dict[str, Any]] = []
    for deed in deeds:
        n += 1
        link: dict[str, Any] = {
            "n": n,
            "at": at,
            "zone": zone,
            "actor": actor.user_id,
            "device_id": actor.device_id,
            "role": actor.role,
            "act": deed.act,
            "record_type": deed.record_type,
            "record_id": deed.record_id,
            "case_id": deed.case_id,
            "reason": (deed.reason or "")[:200] or None,
            "outcome": deed.outcome,
            "previous": previous,
        }
        link["hash"] = previous = sealed(link)
        links.append(link)
    insert_rows(connection, _TABLE, links)


class Owed:
    """Readings whose links could not be written yet: no room on the disk, or a long writer.

    Whoever reads is not stopped by that; the next transaction that gets through writes them.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[Sequence[Deed], Actor, datetime, str]] = []
        self._turn = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, deeds: Sequence[Deed], actor: Actor, at: datetime, zone: str) -> None:
        """Keep deeds in mind."""
        with self._turn:
            self._entries.append((tuple(deeds), actor, at, zone))

    @contextmanager
    def written(self, session: Session) -> Iterator[None]:
        """Write what is owed before the caller's own; owe it still if the caller fails."""
        with self._turn:
            entries, self._entries = self._entries, []
        try:
            for deeds, actor, at, zone in entries:
                append(session, deeds, actor=actor, at=at, zone=zone)
            yield
        except BaseException:
            with self._turn:
                self._entries = entries + self._entries
            raise


def sealed(link: dict[str, Any]) -> str:
    """Return a link's hash: SHA-256 over its fields in fixed order, as compact JSON."""
    return hashlib.sha256(_encode([to_wire(link[name]) for name in FIELDS])).hexdigest()


def first_break(entries: Iterable[AuditEntry]) -> int | None:
    """Return the number of the first link that doesn't fit, None if the chain is whole.

    Finds edits, deletions, insertions and reordering; a cut at the end shows against the head
    that headquarters was told.
    """
    previous, expected = GENESIS, 1
    for entry in entries:
        link = {name: getattr(entry, name) for name in FIELDS}
        if entry.n != expected or entry.previous != previous or sealed(link) != entry.hash:
            return expected
        previous, expected = entry.hash, expected + 1
    return None
