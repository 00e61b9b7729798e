"""A laptop's storage and a headquarters, both in memory, for tests of the protocol without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Position, Taken, Waiting
from casefield.records.planning import Goal
from casefield.sync.merge import State, merge
from casefield.sync.messages import (
    SETTLED,
    RecordState,
    Result,
    Status,
    SyncReply,
    SyncRequest,
)

NOW = datetime(2026, 11, 10, 18, tzinfo=UTC)


class MemoryLaptop:
    """Implements `casefield.sync.store.LaptopStore` over lists.

    `crash_at` names a method that fails the next time it is called, before it changed anything.
    """

    def __init__(self, device: str = "device-a") -> None:
        self.at = Position(device_id=device)
        self.outbox: list[Operation] = []
        self.refused: list[Operation] = []
        self.sent: list[Operation] = []
        self.states: dict[str, RecordState] = {}
        self.cases: list[str] = []
        self.calls: list[str] = []
        self.asked: list[tuple[int, int]] = []
        self.crash_at = ""
        self._last = 0

    def say(
        self, record: str, kind: OperationKind = OperationKind.CHANGE, tx: str = "", **values: Any
    ) -> Operation:
        """Put an operation into the outbox."""
        self._last += 1
        name = f"{self.at.device_id}-{self._last}"
        known = self.states.get(record)
        said = Operation(
            op_id=name, dseq=self._last, tx=tx or f"t-{name}", type="Goal", id=record,
            case_id="case", kind=kind, trunk_revision=known.rev if known else 0, set=values,
            wall=NOW.isoformat(), actor_name=self.at.device_id,
        )  # fmt: skip
        self.outbox.append(said)
        return said

    # -- LaptopStore --------------------------------------------------------------------------

    def position(self) -> Position:
        return self.at

    def pending(self, *, most: int, max_bytes: int) -> Sequence[Operation]:
        self.asked.append((most, max_bytes))
        batch: list[Operation] = []
        size = 0
        for said in self.outbox:
            size += len(msgspec.json.encode(said))
            if batch and said.tx != batch[-1].tx and (len(batch) >= most or size > max_bytes):
                break
            batch.append(said)
        return batch

    def waiting_count(self) -> int:
        return len(self.outbox)

    def waiting(self) -> Sequence[Waiting]:
        raise NotImplementedError

    def held(self) -> Sequence[str]:
        return list(self.cases)

    def revisions(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for state in self.states.values():
            found.setdefault(state.case_id or "", []).append((state.id, state.rev))
        return found

    def take_reply(self, reply: SyncReply, *, compared: bool, now: datetime) -> Taken:
        self._called("take_reply")
        by_id = {said.op_id: said for said in self.outbox}
        for result in reply.results:
            said = by_id.get(result.op_id)
            if said is None or result.status is Status.DEFERRED:
                continue
            self.outbox.remove(said)
            (self.sent if result.status in SETTLED else self.refused).append(said)
        self.states |= {change.id: change for change in reply.changes}
        going = tuple(case for case in reply.leave if case in self.cases)
        self.cases = [case for case in self.cases if case not in going]
        self.at = replace(
            self.at,
            epoch=reply.epoch,
            cursor=reply.cursor,
            fence=reply.fence,
            token=reply.token or self.at.token,
            compared_at=now.isoformat() if compared else self.at.compared_at,
        )
        changed = frozenset((change.type, change.id, change.case_id) for change in reply.changes)
        return Taken(changed, going)

    def start_over(self, *, epoch: str, now: datetime) -> None:
        self._called("start_over")
        self.outbox = [*self.sent, *self.outbox]
        self.sent = []
        self.at = replace(self.at, epoch=epoch, cursor="", fence="", token="")

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.crash_at == name:
            self.crash_at = ""
            raise KeyboardInterrupt  # no error of ours: the lid was closed


@dataclass
class MemoryOffice:
    """Headquarters as the protocol promises it: idempotent, ordered, in pages.

    Attributes:
        page: how many changes one reply holds.
        leaving: cases to leave until they are said to be purged.
        seen: every request.
    """

    page: int = 1000
    epoch: str = "epoch-1"
    leaving: list[str] = field(default_factory=list)
    seen: list[SyncRequest] = field(default_factory=list)
    records: dict[str, tuple[State, int]] = field(default_factory=dict)
    answers: dict[str, Result] = field(default_factory=dict)
    last: int = 0
    last_dseq: dict[str, int] = field(default_factory=dict)

    def answer(self, request: SyncRequest) -> SyncReply:
        """Take the operations and give a page."""
        self.seen.append(request)
        self.leaving = [case for case in self.leaving if case not in request.purged]
        results = [self._take(request.device, said) for said in request.ops]
        since = int(request.cursor or 0)
        newer = sorted((seq, name) for name, (_, seq) in self.records.items() if seq > since)
        page = newer[: self.page]
        reached = page[-1][0] if len(page) < len(newer) else self.last
        return SyncReply(
            epoch=self.epoch,
            results=results,
            changes=[self._state(name, seq) for seq, name in page],
            cursor=str(reached),
            fence=f"fence-{reached}",
            token=f"token-{len(self.seen)}" if request.ops else "",
            more=len(page) < len(newer),
            leave=list(self.leaving),
        )

    def _take(self, device: str, said: Operation) -> Result:
        if said.op_id in self.answers:
            return msgspec.structs.replace(self.answers[said.op_id], status=Status.DUPLICATE)
        if said.dseq != self.last_dseq.get(device, 0) + 1:
            return Result(op_id=said.op_id, status=Status.DEFERRED)
        self.last_dseq[device] = said.dseq
        state = self.records.get(said.id, (None, 0))[0]
        merged = merge(Goal, state, said, device=device)
        if merged.state != state and merged.state.rev:
            self.last += 1
            self.records[said.id] = (merged.state, self.last)
        status = Status(merged.outcome.value)
        result = Result(op_id=said.op_id, status=status, rev=merged.state.rev, seq=self.last)
        self.answers[said.op_id] = result
        return result

    def _state(self, name: str, seq: int) -> RecordState:
        state, _ = self.records[name]
        return RecordState(
            type="Goal", id=name, rev=state.rev, seq=seq, case_id="case", doc=state.doc
        )
