"""A laptop of the simulated world: the vault's unit of work and journal over a plain SQLite."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool, StaticPool

from casefield.errors import Offline
from casefield.records.laptop import LaptopFact, OutboxOperation, SentOperation
from casefield.records.migrations import migrate
from casefield.records.operation import Operation
from casefield.records.work import Actor
from casefield.server.scope import Member
from casefield.sync.headquarters import Headquarters
from casefield.sync.messages import HelloReply, Problem, SyncReply, SyncRequest
from casefield.sync.schedule import Schedule
from casefield.sync.transport import Refused, Traffic
from casefield.vault.journal import Journal
from casefield.vault.outbox import decode
from casefield.vault.unit_of_work import VaultWork
from tests.simulation.faults import Fuse
from tests.simulation.headquarters import SimClock

Deliver = Callable[["SimLaptop", SyncRequest], SyncReply]
_EMPTY: list[bytes] = []
_NUMBERS = itertools.count()


class SimTransport:
    """Looks to the laptop like its line; the world decides what becomes of each message."""

    def __init__(
        self, laptop: SimLaptop, deliver: Deliver, hello: Callable[[], HelloReply]
    ) -> None:
        self._laptop = laptop
        self._deliver = deliver
        self._hello = hello
        self.traffic = Traffic()
        self.has_access_token = True

    def sync(self, request: SyncRequest) -> SyncReply:
        return self._deliver(self._laptop, request)

    def hello(self) -> HelloReply:
        return self._hello()


def refused(code: str) -> Refused:
    """Return what the transport raises when headquarters says no."""
    return Refused(409, Problem(code=code, message=code))


def offline() -> Offline:
    """Return what the transport raises when nobody answers."""
    return Offline("nobody answers")


class SimLaptop:
    """One laptop; `member` is what headquarters makes of its token."""

    def __init__(self, name: str, member: Member, clock: SimClock) -> None:
        self.name = name
        self.member = member
        self.clock = clock
        self.forked = False
        self.seconds = 0.0
        self.schedule = Schedule(Random(0), self.seconds)
        self.ledger: dict[str, Operation] = {}
        self.answered: set[str] = set()
        self._open(_empty_database())
        self.become(member)

    def become(self, member: Member) -> None:
        """Be this device; what was done before goes out under its name."""
        first = self.member is member and not self.fact("device_id")
        self.member = member
        self.forked = False
        with self.transaction() as session:
            session.merge(LaptopFact(name="identity", value={"org_id": member.org_id}))
            if first:
                session.merge(LaptopFact(name="device_id", value=member.device_id))
        if not first:
            self.journal.begin_as(member.device_id)

    def connect(self, deliver: Deliver, hello: Callable[[], HelloReply]) -> None:
        """Lay the line; done again after each start of the program."""
        self._deliver, self._hello = deliver, hello
        transport: Any = SimTransport(self, deliver, hello)
        facts: Any = self
        self.line = Headquarters(self.journal, facts, transport, self.clock)

    def restart(self) -> None:
        """The program was killed: what was only in memory is gone."""
        self.fuse.disarm()
        self.schedule = Schedule(Random(0), self.seconds)
        self.connect(self._deliver, self._hello)

    # -- work -------------------------------------------------------------------------------

    def act(self, deed: Callable[[VaultWork], None]) -> None:
        """Do something as the vault does: row, operation and audit in one transaction."""
        with self.transaction() as session:
            work = VaultWork(
                session,
                self.actor,
                now=self.clock.now(),
                zone=self.clock.zone(),
                reason="simulated",
                writing=True,
            )
            deed(work)
            work.finish()
        self.schedule.changed(self.seconds)
        self.note_ledger()

    def note_ledger(self) -> None:
        """Remember every operation ever committed here, for the reckoning."""
        with self.snapshot() as session:
            for body in session.scalars(select(OutboxOperation.body)):
                operation = decode(body)  # a draft goes on in one operation until it is offered
                self.ledger[operation.op_id] = operation
            self.answered.update(session.scalars(select(SentOperation.op_id)))

    def sent(self) -> set[str]:
        """Return the ids of the operations that are kept as sent."""
        with self.snapshot() as session:
            return set(session.scalars(select(SentOperation.op_id)))

    @property
    def actor(self) -> Actor:
        m = self.member
        return Actor(m.org_id, m.user_id, m.name, m.role, m.device_id)

    # -- storage ----------------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        return Journal(self)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.engine.connect() as connection, Session(connection) as session:
            yield session
            session.commit()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        with self.engine.connect() as connection, Session(connection) as session:
            yield session

    def fact(self, name: str) -> Any:
        with self.snapshot() as session:
            kept = session.get(LaptopFact, name)
            return None if kept is None else kept.value

    def set_fact(self, name: str, value: Any) -> None:
        with self.transaction() as session:
            session.merge(LaptopFact(name=name, value=value))

    def image(self) -> bytes:
        """Copy the disk."""
        return bytes(self._keeper.serialize())

    def roll_back_to(self, image: bytes) -> None:
        """Put an old copy of the disk in."""
        self.engine.dispose()
        self._keeper.close()
        self._open(image)
        self.member = replace(self.member, device_id=self.fact("device_id"))
        self.restart()

    def _open(self, image: bytes) -> None:
        """Start on a copy of a disk; a crash closes its connection, and the disk outlives it."""
        place = f"file:laptop{next(_NUMBERS)}?mode=memory&cache=shared"
        self._keeper = sqlite3.connect(place, uri=True, check_same_thread=False)
        source = sqlite3.connect(":memory:")
        source.deserialize(image)
        source.backup(self._keeper)
        source.close()
        self.engine: Engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(
                place, uri=True, check_same_thread=False, isolation_level=None
            ),
            poolclass=QueuePool,
        )
        event.listen(self.engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
        self.fuse = Fuse(self.engine)


def _empty_database() -> bytes:
    if not _EMPTY:
        engine = create_engine("sqlite://", poolclass=StaticPool)
        with engine.connect() as connection:
            migrate(connection, "laptop")
            connection.commit()
            raw: Any = connection.connection.dbapi_connection
            _EMPTY.append(bytes(raw.serialize()))
        engine.dispose()
    return _EMPTY[0]
