"""Takes a device's operations: each answered once, merged, ordered, kept in the history.

One transaction: the device's row first (one push of a device at a time), then known answers, then
the records' rows, merge in memory, and the stream's counter last. Operations of one `tx` take
effect together or are set aside together; a bad one never blocks the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DataError, IntegrityError

from casefield.records.headquarters import DeviceSecret, OperationResult, Quarantine
from casefield.records.operation import Operation
from casefield.records.registry import KINDS
from casefield.server.admission import Entry
from casefield.server.database import Database
from casefield.server.history import hold_statement, set_aside, write
from casefield.server.offer import Offer, grouped, in_sequence, offered
from casefield.server.rows import CHUNK, chunks, load_rows, state_of
from casefield.server.scope import Member, cases_in_scope
from casefield.server.staging import Answer, Staging
from casefield.server.steps import NO_STEP, Forked, Step, lock_device, rotate, verify
from casefield.sync.messages import Result, Status

# A value that the database refuses is the operation's own fault; a lock, a lost connection or a
# full disk is not: then nothing is answered, and the laptop offers all of it again
UNSTORABLE = (DataError, IntegrityError)
TWICE = "another operation had this id"
Settled = dict[str, tuple[str, Result]]  # fingerprint and answer, by op_id


class Pusher:
    """Takes operations of one organisation's devices.

    Args:
        database: headquarters' database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def push(
        self,
        member: Member,
        operations: Sequence[Operation],
        *,
        now: datetime,
        step: Step = NO_STEP,
    ) -> list[Result]:
        """Answer every operation, in order.

        Raises:
            Forked: two laptops claim this device's place.
        """
        if not operations:
            return []
        offers = [offered(operation) for operation in operations]
        try:
            return self._in_one(member, offers, now, step)
        except UNSTORABLE:
            # find what cannot be stored group by group, so that only it is set aside
            return [r for group in grouped(offers) for r in self._alone(member, group, now, step)]

    def _in_one(
        self, member: Member, offers: Sequence[Offer], now: datetime, step: Step
    ) -> list[Result]:
        with self._database.write() as connection:
            return _Batch(connection, member, now, step).run(offers)

    def _alone(
        self, member: Member, group: Sequence[Offer], now: datetime, step: Step
    ) -> list[Result]:
        try:
            return self._in_one(member, group, now, step)
        except UNSTORABLE:
            with self._database.write() as connection:
                return _Batch(connection, member, now, step).run(group, aside=True)


class _Batch:
    """One transaction's worth of operations."""

    def __init__(self, connection: Connection, member: Member, now: datetime, step: Step) -> None:
        self._connection = connection
        self._member = member
        self._now = now
        self._step = step

    def run(self, offers: Sequence[Offer], *, aside: bool = False) -> list[Result]:
        """Take the operations and write everything; the caller commits.

        Args:
            aside: take none, set aside what is new.
        """
        device = lock_device(self._connection, self._member)
        verify(device, self._step)
        reached = device.last_dseq
        settled = self._answered(offers)
        fresh, now_reached = in_sequence(offers, frozenset(settled), reached)
        self._must_be_one_laptop(fresh, reached)
        scope = cases_in_scope(self._connection, self._member)
        staging = Staging(self._member, scope, self._entries(fresh))
        for group in grouped(fresh):
            if aside:
                staging.set_aside(group, Status.QUARANTINED, "headquarters could not store it")
            else:
                staging.take(group)
        results = write(self._connection, self._member, staging, self._now)
        if now_reached > reached:
            self._advance(now_reached)
        rotate(self._connection, self._member, device, self._step)
        settled |= {o.op_id: (o.digest, r) for o, r in zip(fresh, results, strict=True)}
        self._keep_clashes([o for o in offers if _clashes(o, settled)])
        return [_result(offer, settled) for offer in offers]

    def _advance(self, reached: int) -> None:
        self._connection.execute(
            update(DeviceSecret)
            .where(
                DeviceSecret.org_id == self._member.org_id,
                DeviceSecret.device_id == self._member.device_id,
            )
            .values(last_dseq=reached)
        )

    def _must_be_one_laptop(self, fresh: Sequence[Offer], reached: int) -> None:
        """Two operations in one place of a device's order were made by two laptops.

        Raises:
            Forked: a place that an operation claims was taken by another one.
        """
        claimed = [o.operation.dseq for o in fresh if o.operation.dseq <= reached]
        for start in range(0, len(claimed), CHUNK):
            taken = self._connection.execute(
                select(OperationResult.dseq).where(
                    OperationResult.org_id == self._member.org_id,
                    OperationResult.device_id == self._member.device_id,
                    OperationResult.dseq.in_(claimed[start : start + CHUNK]),
                )
            ).first()
            if taken is not None:
                raise Forked

    def _answered(self, offers: Sequence[Offer]) -> Settled:
        """Return the answers once given to operations of these ids."""
        found: Settled = {}
        for part in chunks({offer.op_id for offer in offers}):
            rows = self._connection.execute(
                select(OperationResult.__table__).where(
                    OperationResult.org_id == self._member.org_id,
                    OperationResult.op_id.in_(part),
                )
            )
            for row in rows:
                status = Status(row.status)
                if status in {Status.APPLIED, Status.MERGED}:
                    status = Status.DUPLICATE
                answer = Result(
                    op_id=row.op_id,
                    status=status,
                    rev=row.rev,
                    seq=row.seq,
                    detail=row.detail or "",
                )
                found[row.op_id] = (row.payload_sha256, answer)
        return found

    def _entries(self, offers: Sequence[Offer]) -> dict[str, Entry]:
        """Hold the rows of the records that exist, in the order of their ids, and read them."""
        org = self._member.org_id
        by_kind: dict[str, list[str]] = {}
        for part in chunks(sorted({offer.operation.id for offer in offers})):
            for record_id, kind in self._connection.execute(hold_statement(org, part)):
                by_kind.setdefault(kind, []).append(record_id)
        rows = load_rows(self._connection, org, by_kind)
        return {
            record_id: Entry(KINDS[name], row.case_id, state_of(KINDS[name], row), True, {})
            for name, ids in by_kind.items()
            for record_id in ids
            if (row := rows.get(record_id)) is not None
        }

    def _keep_clashes(self, offers: Sequence[Offer]) -> None:
        """Keep operations whose id another one had; once each, however often they come."""
        clashes = {(offer.op_id, offer.digest): offer for offer in offers}
        kept: set[tuple[str, str]] = set()
        for part in chunks({offer.op_id for offer in offers}):
            rows = self._connection.execute(
                select(Quarantine.op_id, Quarantine.payload_sha256).where(
                    Quarantine.org_id == self._member.org_id, Quarantine.op_id.in_(part)
                )
            )
            kept |= {(row.op_id, row.payload_sha256) for row in rows}
        answers = [
            Answer(offer, Status.QUARANTINED, detail=TWICE)
            for key, offer in clashes.items()
            if key not in kept
        ]
        set_aside(self._connection, self._member, self._now, answers)


def _clashes(offer: Offer, settled: Settled) -> bool:
    return offer.op_id in settled and settled[offer.op_id][0] != offer.digest


def _result(offer: Offer, settled: Settled) -> Result:
    if offer.op_id not in settled:
        return Result(op_id=offer.op_id, status=Status.DEFERRED, detail="an earlier one is missing")
    if _clashes(offer, settled):
        return Result(op_id=offer.op_id, status=Status.QUARANTINED, detail=TWICE)
    return settled[offer.op_id][1]
