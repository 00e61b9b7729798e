"""Twelve ways to break sync on purpose: a harness that misses one of them is no harness.

Each is a mistake that somebody once made for real (the design names them); each yields a patch of
the product's own code for the time of a story.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select

from casefield.records.headquarters import OperationResult, RecordIndex
from casefield.records.laptop import OutboxOperation
from casefield.records.registry import KINDS
from casefield.server import history, pull, push, stream
from casefield.sync import merge
from casefield.sync.merge import Merged, Outcome, State
from casefield.sync.messages import Result, Status
from casefield.sync.schedule import Schedule
from casefield.vault import journal, leaving, standing, unit_of_work
from tests.simulation.faults import Crash

Patch = pytest.MonkeyPatch
Mutation = Callable[[Patch], None]


def numbers_outside_the_transaction(patch: Patch) -> None:
    """A sequence of the database instead of the counter's row: who rolls back leaves a gap."""
    given: dict[str, int] = {}
    right = stream.reserve

    def reserve(connection: Any, org_id: str, count: int) -> int:
        last = stream.last_number(connection, org_id)
        first = max(given.get(org_id, 0), last) + 1
        given[org_id] = first + count - 1
        right(connection, org_id, first + count - 1 - last)
        return first

    patch.setattr(history, "reserve", reserve)


def answer_before_the_commit(patch: Patch) -> None:
    """The reply goes out although what it speaks of was never committed."""
    right = push.Pusher.push

    def hasty(self: Any, member: Any, operations: Any, **more: Any) -> list[Result]:
        try:
            return right(self, member, operations, **more)
        except Crash:
            return [Result(op_id=o.op_id, status=Status.APPLIED, rev=1, seq=1) for o in operations]

    patch.setattr(push.Pusher, "push", hasty)


def cursor_before_the_rows(patch: Patch) -> None:
    """The place of the pull is written down in a transaction before the rows'."""
    right = journal.Journal.take_reply

    def hasty(self: Any, reply: Any, **more: Any) -> Any:
        with self._storage.transaction() as session:
            before = standing.position(session)
            after = replace(before, cursor=reply.cursor, fence=reply.fence)
            standing.move(session, before, after)
        return right(self, reply, **more)

    patch.setattr(journal.Journal, "take_reply", hasty)


def trunk_of_the_operation_before(patch: Patch) -> None:
    """An edit claims to have seen what its own unsent predecessors will make."""
    right = unit_of_work.VaultWork._note

    def boastful(self: Any, record: Any, kind: Any, new: Any, was: Any) -> None:
        rev = record.rev
        try:
            record.rev = rev + 3
            right(self, record, kind, new, was)
        finally:
            record.rev = rev

    patch.setattr(unit_of_work.VaultWork, "_note", boastful)


def known_answers_outside_the_transaction(patch: Patch) -> None:
    """Answers are written down apart from their effects: a crash between leaves the effects."""
    right = push.Pusher._in_one

    def forgetful(self: Any, member: Any, offers: Any, *more: Any) -> Any:
        results = right(self, member, offers, *more)
        if forgets.pop(0) if forgets else False:
            with self._database.write() as connection:
                ids = [offer.op_id for offer in offers]
                connection.execute(delete(OperationResult).where(OperationResult.op_id.in_(ids)))
            raise Crash
        forgets.extend([False] * 5 + [True])
        return results

    forgets: list[bool] = [False] * 5 + [True]
    patch.setattr(push.Pusher, "_in_one", forgetful)


def purge_before_the_push(patch: Patch) -> None:
    """A person leaves the laptop with everything, sent or not."""
    right = leaving.leave

    def careless(session: Any, cases: Any, durable: int) -> Any:
        session.execute(delete(OutboxOperation).where(OutboxOperation.case_id.in_(list(cases))))
        return right(session, cases, durable)

    patch.setattr(leaving, "leave", careless)


def upsert_of_the_unknown(patch: Patch) -> None:
    """An edit of a record that headquarters never had makes one."""
    right = merge.merge

    def generous(kind: Any, state: Any, operation: Any, *, device: Any) -> Merged:
        if state is None and operation.kind.value == "change":
            doc = {"status": "active", **operation.set}
            mark = {"rev": 1, "op": operation.op_id, "device": device, "by": "", "at": ""}
            return Merged(Outcome.APPLIED, State(doc, {"": mark}, 1), patch=operation.set)
        return right(kind, state, operation, device=device)

    patch.setattr("casefield.server.staging.merge", generous)


def tombstones_that_expire(patch: Patch) -> None:
    """What was deleted is forgotten after a while, and whoever was away keeps it."""
    right = pull.Puller.pull

    def tidy(self: Any, member: Any, message: Any) -> Any:
        with self._database.write() as connection:
            for kind in KINDS.values():
                gone = select(kind.id).where(kind.deleted.is_(True))
                connection.execute(
                    delete(RecordIndex).where(RecordIndex.record_id.in_(gone)),
                    execution_options={"synchronize_session": False},
                )
        return right(self, member, message)

    patch.setattr(pull.Puller, "pull", tidy)


def tokens_that_stay(patch: Patch) -> None:
    """A laptop's steps have no names: a copied disk is not found out."""
    patch.setattr(push, "verify", lambda *_: None)
    patch.setattr(pull, "verify", lambda *_: None)
    patch.setattr("casefield.server.api.sync.verify", lambda *_: None)
    patch.setattr(push, "rotate", lambda *_: None)
    patch.setattr(pull, "rotate", lambda *_: None)
    patch.setattr(push._Batch, "_must_be_one_laptop", lambda *_: None)


def no_try_without_new_work(patch: Patch) -> None:
    """After a failure nothing is tried again until somebody writes something."""
    patch.setattr(Schedule, "begun", lambda self, now: setattr(self, "due", float("inf")))
    patch.setattr(Schedule, "failed", lambda self, now, asked=None: None)


def groups_torn_apart(patch: Patch) -> None:
    """What was done together is taken one by one."""
    patch.setattr(push, "grouped", lambda offers: [[offer] for offer in offers])


def fence_ignored(patch: Patch) -> None:
    """A restored headquarters goes on as if nothing had happened."""

    def trusting(connection: Any, member: Any, message: Any) -> Any:
        return stream.read_cursor(message.cursor)

    patch.setattr(pull, "check_place", trusting)
    patch.setattr("casefield.server.api.sync.check_place", trusting)
    patch.setattr("casefield.server.api.sync.epoch_of", lambda _: "always the same")


MUTATIONS: tuple[Mutation, ...] = (
    numbers_outside_the_transaction,
    answer_before_the_commit,
    cursor_before_the_rows,
    trunk_of_the_operation_before,
    known_answers_outside_the_transaction,
    purge_before_the_push,
    upsert_of_the_unknown,
    tombstones_that_expire,
    tokens_that_stay,
    no_try_without_new_work,
    groups_torn_apart,
    fence_ignored,
)
