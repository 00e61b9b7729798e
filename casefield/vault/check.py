"""Is everything whole? Database pages, outbox order, audit chain."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefield.records.laptop import AuditEntry, LaptopFact, OutboxOperation, SentOperation
from casefield.vault.audit import first_break
from casefield.vault.unit_of_work import LAST_DSEQ


class Storage(Protocol):
    """What the check needs of the vault."""

    def snapshot(self) -> AbstractContextManager[Session]:
        """Give a reading session."""
        ...


@dataclass(frozen=True)
class CheckFinding:
    """One thing checked."""

    what: str
    good: bool
    words: str


def check(storage: Storage) -> tuple[CheckFinding, ...]:
    """Check everything; never changes anything."""
    with storage.snapshot() as session:
        return (_pages(session), _structure(session), _outbox(session), _audit(session))


def _pages(session: Session) -> CheckFinding:
    bad = session.connection().exec_driver_sql("PRAGMA cipher_integrity_check").fetchall()
    words = "every page carries its seal" if not bad else f"{len(bad)} pages don't"
    return CheckFinding("encryption", not bad, words)


def _structure(session: Session) -> CheckFinding:
    found = session.connection().exec_driver_sql("PRAGMA integrity_check(10)").fetchall()
    good = [tuple(row) for row in found] == [("ok",)]
    return CheckFinding("database", good, "whole" if good else f"{len(found)} faults")


def _outbox(session: Session) -> CheckFinding:
    """Every number up to the last was given once and is waiting or sent."""
    counter = session.get(LaptopFact, LAST_DSEQ)
    last = counter.value if counter else 0
    waiting = session.scalar(select(func.count()).select_from(OutboxOperation)) or 0
    highest = session.scalar(select(func.max(OutboxOperation.dseq))) or 0
    sent = session.scalar(select(func.max(SentOperation.dseq))) or 0
    good = max(highest, sent) <= last
    words = f"{waiting} waiting, {last} written so far"
    return CheckFinding("outbox", good, words if good else f"numbers beyond {last} appear")


def _audit(session: Session) -> CheckFinding:
    entries = session.scalars(
        select(AuditEntry).order_by(AuditEntry.n).execution_options(yield_per=1000)
    )
    broken = first_break(entries)
    words = "unbroken" if broken is None else f"broken at entry {broken}"
    return CheckFinding("audit chain", broken is None, words)
