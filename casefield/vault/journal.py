"""The laptop's side of sync: what waits, what was answered, what headquarters last said.

What the screen shows is always headquarters' state with the waiting operations laid over it.
Implements `casefield.sync.store.LaptopStore` without knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from casefield.errors import CasefieldError
from casefield.records.document import table_of
from casefield.records.laptop import LaptopFact, SentOperation, Shadow
from casefield.records.operation import Operation
from casefield.records.outbox import Position, Refused, Taken, Waiting
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.vault import answers, arrivals, blobs, leaving, outbox, refusals, standing
from casefield.vault.changes import store
from casefield.vault.witness import bear_witness

KEEP_SENT = timedelta(days=30)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC).isoformat()
_KEPT = (*map(table_of, KINDS.values()), cast(Table, Shadow.__table__))


class Storage(Protocol):
    """What the journal needs of the vault."""

    def transaction(self) -> AbstractContextManager[Session]:
        """Give a writing session."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Give a reading session."""
        ...


class Journal:
    """Reads and writes the outbox, the shadow and the position, each call one transaction.

    Args:
        storage: the vault.
        left: called when people are gone, after the transaction.
    """

    def __init__(self, storage: Storage, *, left: Callable[[], None] = lambda: None) -> None:
        self._storage = storage
        self._left = left

    # -- asking -----------------------------------------------------------------------------

    def position(self) -> Position:
        """Return where the laptop stands; the name of its next step is written down by then."""
        with self._storage.snapshot() as session:
            found = standing.position(session)
        if found.next_token:
            return found
        with self._storage.transaction() as session:
            before = standing.position(session)
            named = replace(before, next_token=standing.fresh_token())
            standing.move(session, before, named)
        return named

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

    def refused(self) -> tuple[Refused, ...]:
        """Return what headquarters refused and nobody has dealt with, in the order it was said."""
        with self._storage.snapshot() as session:
            return refusals.refused(session)

    def pending(self, *, most: int, max_bytes: int) -> tuple[Operation, ...]:
        """Return the oldest waiting operations, to be offered: from now on they stay as they are.

        A `tx` group is never split; one larger than the bounds goes alone.
        """
        with self._storage.transaction() as session:
            return outbox.batch(session, most=most, max_bytes=max_bytes)

    def held(self) -> tuple[str, ...]:
        """Return the people on this laptop."""
        with self._storage.snapshot() as session:
            return tuple(session.scalars(select(Patient.id).order_by(Patient.id)))

    def arriving(self) -> frozenset[str]:
        """Return the people whose record is not whole here yet."""
        with self._storage.snapshot() as session:
            return arrivals.arriving(session)

    def revisions(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Return (id, rev) of what headquarters has said of each case that has nothing open."""
        with self._storage.snapshot() as session:
            return arrivals.revisions(session)

    # -- hearing ----------------------------------------------------------------------------

    def take_reply(self, reply: Any, *, compared: bool, now: datetime) -> Taken:
        """Store everything a reply says, or nothing of it; see `LaptopStore.take_reply`."""
        with self._storage.transaction() as session:
            before = standing.position(session)
            heard = answers.take(session, reply.results, now)
            arrivals.expect_again(session, reply.astray)
            stored = store(session, reply.changes)
            filling = reply.more and (before.filling or not before.cursor)
            arrivals.note(
                session, reply.arriving, stored.people if filling else (), filling=filling
            )
            removed = leaving.leave(session, reply.leave, reply.durable_seq)
            if before.restarted and not reply.more:
                bear_witness(session, now, going=frozenset(reply.leave))
            if reply.durable_seq > before.durable:
                _forget_sent(session, reply.durable_seq, now)
            stepped = bool(reply.token) and reply.token == before.next_token
            whole = not reply.more and not before.compared_at
            compared_at = now.isoformat() if compared or whole else before.compared_at
            after = replace(
                before,
                epoch=reply.epoch,
                cursor=reply.cursor,
                fence=reply.fence,
                token=before.next_token if stepped else before.token,
                next_token=standing.fresh_token() if stepped else before.next_token,
                last_op=heard.last_op or before.last_op,
                durable=max(before.durable, reply.durable_seq),
                filling=filling,
                restarted=before.restarted and reply.more,
                # what went astray is looked at again, soon
                compared_at=LONG_AGO if stored.astray or reply.astray else compared_at,
            )
            standing.move(session, before, after)
        if removed:
            with suppress(CasefieldError):  # files that stay are removed later
                self._left()
        gone = frozenset(("Patient", case_id, case_id) for case_id in removed)
        return Taken(heard.touched | stored.touched | gone, removed)

    def start_over(self, *, epoch: str, now: datetime) -> None:
        """Headquarters has another history: offer again all it may have lost, pull from zero.

        Numbers of the old history mean nothing in the new one: every state pulled from now on is
        news, and until it came an edit counts as made in sight of the record's birth only.
        """
        with self._storage.transaction() as session:
            outbox.offer_again(session)
            blobs.offer_again(session)
            for table in _KEPT:
                session.execute(update(table).where(table.c.seq > 0).values(seq=0))
                session.execute(update(table).where(table.c.rev > 1).values(rev=1))
            before = standing.position(session)
            anew = Position(before.device_id, epoch=epoch, restarted=True)
            standing.move(session, before, replace(anew, next_token=standing.fresh_token()))

    def begin_as(self, device_id: str, facts: Mapping[str, Any] | None = None) -> None:
        """This laptop is a device of its own from now on: all that waits goes out under its name.

        The pull begins at the beginning, since headquarters doesn't know what a new device holds.
        The last answer stays in mind: it tells whether headquarters still knows what was sent.

        Args:
            device_id: as headquarters names it.
            facts: kept in the same transaction, so that identity and position never disagree.
        """
        with self._storage.transaction() as session:
            for name, value in (facts or {}).items():
                session.merge(LaptopFact(name=name, value=value))
            for table in _KEPT:
                session.execute(update(table).where(table.c.seq > 0).values(seq=0))
            standing.begin_as(session, device_id)


def _forget_sent(session: Session, durable: int, now: datetime) -> None:
    """What is in a second place at headquarters, and has been for long, need not stay here."""
    session.execute(
        delete(SentOperation).where(
            SentOperation.seq <= durable, SentOperation.answered_at < now - KEEP_SENT
        )
    )
