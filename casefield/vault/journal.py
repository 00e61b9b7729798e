"""The laptop's side of sync: what waits, what was answered, what headquarters last said.

What the screen shows is always headquarters' state with the waiting operations laid over it.
Implements `casefield.sync.store.LaptopStore` without knowing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casefield.records.document import table_of
from casefield.records.laptop import SentOperation, Shadow
from casefield.records.operation import Operation
from casefield.records.outbox import Position, Waiting
from casefield.records.registry import KINDS
from casefield.vault import answers, leaving, outbox, standing
from casefield.vault.changes import store

Touched = frozenset[tuple[str, str, str | None]]


class Storage(Protocol):
    """What the journal needs of the vault."""

    def transaction(self) -> AbstractContextManager[Session]:
        """Give a writing session."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Give a reading session."""
        ...


class Journal:
    """Reads and writes the outbox, the shadow and the position, each call one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    # -- asking -----------------------------------------------------------------------------

    def position(self) -> Position:
        """Return where the laptop stands."""
        with self._storage.snapshot() as session:
            return standing.position(session)

    def counts(self) -> tuple[int, int]:
        """Return how many operations wait, and how many a person must look at."""
        with self._storage.snapshot() as session:
            return outbox.counts(session)

    def waiting_count(self) -> int:
        """Return how many operations wait."""
        return self.counts()[0]

    def waiting(self) -> tuple[Waiting, ...]:
        """Return everything not taken yet, in the order it was said."""
        with self._storage.snapshot() as session:
            return outbox.told(session)

    def pending(self, *, most: int, max_bytes: int) -> tuple[Operation, ...]:
        """Return the oldest waiting operations, to be offered: from now on they stay as they are.

        A `tx` group is never split; one larger than the bounds goes alone.
        """
        with self._storage.transaction() as session:
            return outbox.batch(session, most=most, max_bytes=max_bytes)

    # -- hearing ----------------------------------------------------------------------------

    def take_results(
        self, results: Sequence[Any], *, token: str, epoch: str, now: datetime
    ) -> Touched:
        """Move answered operations out of the outbox; refused ones stay for a person to see.

        Returns (kind, id, case id) of the records that look different now: what headquarters did
        not take no longer stands in them.
        """
        with self._storage.transaction() as session:
            touched = answers.take(session, results, now)
            standing.move(session, token=token, epoch=epoch)
        return touched

    def take_changes(
        self,
        changes: Sequence[Any],
        *,
        epoch: str,
        cursor: str,
        fence: str,
        now: datetime,
    ) -> Touched:
        """Store a page of headquarters' states and lay waiting operations over them again."""
        with self._storage.transaction() as session:
            touched = store(session, changes)
            standing.move(session, epoch=epoch, cursor=cursor, fence=fence)
        return touched

    def start_over(self, *, epoch: str, now: datetime) -> None:
        """Headquarters has another history: offer again all it may have lost, pull from zero.

        Numbers of the old history mean nothing in the new one: every state pulled from now on is
        news, and until it came an edit counts as made in sight of the record's birth only.
        """
        with self._storage.transaction() as session:
            sent = map(outbox.decode, session.scalars(select(SentOperation.body)))
            outbox.offer(session, ((said, datetime.fromisoformat(said.wall)) for said in sent))
            session.execute(delete(SentOperation))
            for table in [table_of(kind) for kind in KINDS.values()]:
                session.execute(update(table).where(table.c.seq > 0).values(seq=0))
                session.execute(update(table).where(table.c.rev > 1).values(rev=1))
            session.execute(update(Shadow).values(seq=0))
            session.execute(update(Shadow).where(Shadow.rev > 1).values(rev=1))
            standing.move(session, epoch=epoch, cursor="", fence="", token="")

    def leave(self, cases: Sequence[str]) -> tuple[str, ...]:
        """Remove cases that left scope and have nothing waiting; return those removed."""
        with self._storage.transaction() as session:
            return leaving.leave(session, cases)
