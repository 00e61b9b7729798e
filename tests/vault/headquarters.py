"""A headquarters in memory: merges as the real one does, and remembers what each side had seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from casefield.records.document import merge_unit
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.sync.merge import Outcome, State, merge
from casefield.sync.messages import RecordState, Result, Status

LAPTOP, OTHER = "this laptop", "another laptop"
FORBIDDEN = "forbidden"
SETTLED = {
    Outcome.APPLIED: Status.APPLIED,
    Outcome.MERGED: Status.MERGED,
    Outcome.CONFLICT: Status.CONFLICT,
    Outcome.QUARANTINED: Status.QUARANTINED,
    Outcome.REJECTED: Status.REJECTED,
}


@dataclass
class Kept:
    """A record at headquarters, and where it stands in the stream."""

    type: str
    state: State
    seq: int
    device: str


@dataclass
class Headquarters:
    """One laptop's headquarters, where a colleague writes, too."""

    records: dict[str, Kept] = field(default_factory=dict)
    answers: dict[str, Result] = field(default_factory=dict)
    disputes: int = 0
    last: int = 0

    def take(self, operations: Sequence[Operation], seen: dict[str, int]) -> list[Result]:
        """Answer a push; `seen` is the revision of the record pulled when each was said."""
        return [self._answer(operation, seen) for operation in operations]

    def colleague(self, operation: Operation) -> None:
        """Somebody else does something, having seen everything."""
        self._merge(operation, OTHER)

    def page(self, since: int, most: int) -> tuple[list[RecordState], int]:
        """Return up to so many states after a number, and the number that this reaches."""
        after = sorted(
            (kept.seq, record_id) for record_id, kept in self.records.items() if kept.seq > since
        )[:most]
        states = [self._told(record_id, echo=since > 0) for _, record_id in after]
        return states, states[-1].seq if len(states) == most else self.last

    def _answer(self, operation: Operation, seen: dict[str, int]) -> Result:
        before = self.answers.get(operation.op_id)
        if before is not None:
            if before.status in (Status.APPLIED, Status.MERGED):
                return Result(
                    op_id=before.op_id, status=Status.DUPLICATE, rev=before.rev, seq=before.seq
                )
            return before
        if FORBIDDEN in operation.set.values():
            answer = Result(op_id=operation.op_id, status=Status.REJECTED, detail="forbidden")
        else:
            self._must_not_overwrite_unseen(operation, seen[operation.op_id])
            answer = self._merge(operation, LAPTOP)
        self.answers[operation.op_id] = answer
        return answer

    def _merge(self, operation: Operation, device: str) -> Result:
        kind, kept = KINDS[operation.type], self.records.get(operation.id)
        merged = merge(kind, kept.state if kept else None, operation, device=device)
        self.disputes += len(merged.disagreements)
        status = SETTLED[merged.outcome]
        if status in (Status.QUARANTINED, Status.REJECTED):
            return Result(op_id=operation.op_id, status=status, detail=merged.reason)
        seq = 0
        signs = operation.kind is OperationKind.SIGN and merged.state.signed
        if merged.patch or signs or operation.kind is OperationKind.CREATE:
            self.last += 1
            seq = self.last
            self.records[operation.id] = Kept(operation.type, merged.state, seq, device)
        return Result(op_id=operation.op_id, status=status, rev=merged.state.rev, seq=seq)

    def _must_not_overwrite_unseen(self, operation: Operation, seen: int) -> None:
        """What a colleague wrote and the author had not pulled may only fall to its own value."""
        kept = self.records.get(operation.id)
        if kept is None or operation.kind is OperationKind.CREATE:
            return
        state = kept.state
        merged = merge(KINDS[operation.type], state, operation, device=LAPTOP)
        for name in merged.patch:
            unit = merge_unit(KINDS[operation.type], name)
            mark: Any = state.fmeta.get(unit) or state.fmeta.get("") or {"rev": 0}
            unseen = mark["rev"] > seen and mark.get("device") != LAPTOP
            if unseen and not merged.disagreements:
                assert state.doc.get(name) == operation.was.get(name), "overwritten unseen"

    def _told(self, record_id: str, *, echo: bool) -> RecordState:
        kept = self.records[record_id]
        alone = kept.device == LAPTOP and all(
            mark.get("device") == LAPTOP for mark in kept.state.fmeta.values()
        )
        return RecordState(
            type=kept.type,
            id=record_id,
            rev=kept.state.rev,
            seq=kept.seq,
            case_id="c",
            deleted=kept.state.deleted,
            signed=kept.state.signed,
            doc=None if echo and alone else dict(kept.state.doc),
            fmeta={} if echo and alone else dict(kept.state.fmeta),
        )
