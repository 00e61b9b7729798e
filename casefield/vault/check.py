"""Is everything whole? Database pages, outbox order, audit chain, attachments."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casefield.records.laptop import AuditEntry, OutboxOperation, SentOperation
from casefield.vault.audit import first_break
from casefield.vault.outbox import WAITING, decode, last_dseq


class Attachments(Protocol):
    """The files beside the database."""

    def verdict(self, session: Session) -> tuple[bool, str]:
        """Read them all; tell whether they are whole, in words."""
        ...


class Storage(Protocol):
    """What the check needs of the vault."""

    @property
    def blobs(self) -> Attachments:
        """The attachments."""
        ...

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
    """Check everything; never changes anything. What can't be read is a finding, too."""
    return tuple(
        _found(storage, what, question)
        for what, question in (
            ("encryption", _pages),
            ("database", _structure),
            ("outbox", _outbox),
            ("audit chain", _audit),
            ("attachments", storage.blobs.verdict),
        )
    )


def _found(
    storage: Storage, what: str, question: Callable[[Session], tuple[bool, str]]
) -> CheckFinding:
    with storage.snapshot() as session:
        try:
            return CheckFinding(what, *question(session))
        except DBAPIError:
            return CheckFinding(what, False, "can't be read: the database is damaged")


def _pages(session: Session) -> tuple[bool, str]:
    bad = session.connection().exec_driver_sql("PRAGMA cipher_integrity_check").fetchall()
    return not bad, "every page carries its seal" if not bad else f"{len(bad)} pages don't"


def _structure(session: Session) -> tuple[bool, str]:
    found = session.connection().exec_driver_sql("PRAGMA integrity_check(10)").fetchall()
    good = [tuple(row) for row in found] == [("ok",)]
    return good, "whole" if good else f"{len(found)} faults"


def _outbox(session: Session) -> tuple[bool, str]:
    """Every number from the lowest kept up to the last given is waiting or sent, and only once.

    What was refused is both: kept as sent, and in sight of a person.
    """
    last = last_dseq(session)
    waiting = 0
    numbers = list(session.scalars(select(SentOperation.dseq)))
    for dseq, op_id, body, state in session.execute(
        select(
            OutboxOperation.dseq, OutboxOperation.op_id, OutboxOperation.body, OutboxOperation.state
        )
    ):
        try:
            operation = decode(body)
        except ValueError:
            return False, f"operation {dseq} can't be read"
        if (operation.dseq, operation.op_id) != (dseq, op_id):
            return False, f"operation {dseq} is not the one that was said"
        if state == WAITING:
            numbers.append(dseq)
            waiting += 1
    if max(numbers, default=0) > last:
        return False, f"numbers beyond {last} appear"
    if sorted(numbers) != list(range(last + 1 - len(numbers), last + 1)):
        return False, f"numbers up to {last} are missing or appear twice"
    return True, f"{waiting} waiting, {last} written so far"


def _audit(session: Session) -> tuple[bool, str]:
    entries = session.scalars(
        select(AuditEntry).order_by(AuditEntry.n).execution_options(yield_per=1000)
    )
    broken = first_break(entries)
    return broken is None, "unbroken" if broken is None else f"broken at entry {broken}"
