"""A vault of one's own for each test, and one worker's hands to do something in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from casefield.clock import FixedClock
from casefield.records.base import Synced
from casefield.records.document import to_document
from casefield.records.laptop import OutboxOperation, Shadow
from casefield.records.operation import Operation
from casefield.records.outbox import Taken
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.records.work import Actor
from casefield.sync.messages import RecordState, Result, Status, SyncReply
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation
from casefield.vault.outbox import decode
from casefield.vault.vault import Vault

R = TypeVar("R", bound=Synced)
PASSPHRASE = "correct horse battery staple field"
CHEAP = Derivation(LEAST_MEMORY_KIB, 2, 1)
NOW = datetime(2026, 11, 10, 18, tzinfo=UTC)
CLOCK = FixedClock(NOW)


class Hands:
    """What one worker does in a vault, one unit of work for each deed."""

    def __init__(self, vault: Vault, actor: Actor) -> None:
        self.vault = vault
        self.actor = actor

    def add(self, record: Synced) -> str:
        with self.vault.work(self.actor, "a test") as work:
            return work.add(record).id

    def goal(self, **fields: Any) -> str:
        return self.add(Goal(case_id="c", **fields))

    def note(self, **fields: Any) -> str:
        return self.add(Note(case_id="c", author_id=self.actor.user_id, **fields))

    def person(self, **fields: Any) -> str:
        return self.add(Patient(**fields))

    def change(self, kind: type[Synced], record_id: str, **fields: Any) -> bool:
        with self.vault.work(self.actor, "a test") as work:
            return work.change(work.get(kind, record_id), **fields)

    def sign(self, kind: type[Synced], record_id: str, **fields: Any) -> None:
        with self.vault.work(self.actor, "a test") as work:
            work.sign(work.get(kind, record_id), **fields)

    def remove(self, kind: type[Synced], record_id: str) -> None:
        with self.vault.work(self.actor, "a test") as work:
            work.remove(work.get(kind, record_id))

    # -- seeing -----------------------------------------------------------------------------

    def row(self, kind: type[R], record_id: str) -> R | None:
        """Return a row as it is kept, deleted or not."""
        with self.vault.snapshot() as session:
            found = session.get(kind, (self.actor.org_id, record_id))
            if found is not None:
                session.expunge(found)
            return found

    def document(self, kind: type[Synced], record_id: str) -> dict[str, Any] | None:
        """Return the content of a record as it is kept, None where there is none."""
        record = self.row(kind, record_id)
        return None if record is None else to_document(record)

    def outbox(self, state: str = "waiting") -> list[Operation]:
        """Return the operations of a state, in order."""
        with self.vault.snapshot() as session:
            rows = session.query(OutboxOperation).order_by(OutboxOperation.dseq)
            return [decode(row.body) for row in rows if row.state == state]

    def shadow(self, record_id: str) -> Shadow | None:
        """Return a record's shadow, None where there is none."""
        with self.vault.snapshot() as session:
            found = session.get(Shadow, record_id)
            if found is not None:
                session.expunge(found)
            return found

    # -- headquarters -----------------------------------------------------------------------

    def answered(self, *results: Result) -> frozenset[tuple[str, str, str | None]]:
        """Headquarters answers."""
        return self.hear(results=list(results)).changed

    def pulled(self, *states: RecordState) -> frozenset[tuple[str, str, str | None]]:
        """Headquarters tells what changed."""
        cursor = str(max((state.seq for state in states), default=0))
        return self.hear(changes=list(states), cursor=cursor, fence="f").changed

    def left(self, *cases: str, durable: int = 0) -> tuple[str, ...]:
        """Headquarters says who has left this laptop's scope; return who is gone."""
        return self.hear(leave=list(cases), durable_seq=durable).removed

    def hear(self, **reply: Any) -> Taken:
        """Headquarters says something; where it says nothing of the place, that stays."""
        at = self.vault.journal.position()
        whole = {"epoch": "e", "cursor": at.cursor, "fence": at.fence, **reply}
        return self.vault.journal.take_reply(SyncReply(**whole), compared=False, now=NOW)

    def all_taken(self, *, rev: int = 1, seq: int = 1) -> None:
        """Headquarters takes whatever waits."""
        self.answered(*(answer(op, rev=rev, seq=seq) for op in self.outbox()))


def answer(
    operation: Operation, status: str = "applied", *, rev: int = 1, seq: int = 1, detail: str = ""
) -> Result:
    """Return headquarters' answer to an operation."""
    return Result(op_id=operation.op_id, status=Status(status), rev=rev, seq=seq, detail=detail)


def state(kind: type[Synced], record_id: str, seq: int, **more: Any) -> RecordState:
    """Return a state at headquarters; `doc` None: what this laptop itself said."""
    told = {"rev": seq, "case_id": "c", "doc": None, **more}
    return RecordState(type=kind.__kind__, id=record_id, seq=seq, **told)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a profile as it was made, locked; its key is derived as cheaply as may be."""
    folder = tmp_path_factory.mktemp("made") / "p"
    Vault.create(folder, PASSPHRASE, clock=CLOCK, cost=CHEAP).lock()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Return a copy of the locked profile, one for each test."""
    return Path(shutil.copytree(made, tmp_path / "p"))


@pytest.fixture
def vault(folder: Path) -> Iterator[Vault]:
    """Return the unlocked vault of a profile of one's own."""
    opened = Vault.open(folder, clock=CLOCK)
    opened.unlock(PASSPHRASE)
    yield opened
    opened.lock()


def goal_of(**fields: Any) -> dict[str, Any]:
    """Return a goal's content as headquarters tells it."""
    return {"status": "active", **fields}


def actor_of(vault: Vault) -> Actor:
    """Return the worker whose laptop this is."""
    local = vault.local_identity()
    return Actor(org_id=local.org_id, user_id=local.user_id, name="Ana")


@pytest.fixture
def actor(vault: Vault) -> Actor:
    """Return the worker whose laptop this is."""
    return actor_of(vault)


@pytest.fixture
def ana(vault: Vault, actor: Actor) -> Hands:
    """Return Ana's hands."""
    return Hands(vault, actor)
