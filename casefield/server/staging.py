"""What a push makes of the records, operation by operation, before anything is written."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from casefield.records.base import new_id
from casefield.records.conflict import Conflict
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.server.admission import Entry, NotYours, admit
from casefield.server.offer import Offer, oddity
from casefield.server.rows import BadValue, row_values
from casefield.server.scope import Member
from casefield.sync.merge import Disagreement, Merged, Outcome, State, merge
from casefield.sync.messages import Status

REFUSING = frozenset({Outcome.QUARANTINED, Outcome.REJECTED})
BIRTHS = frozenset({OperationKind.CREATE, OperationKind.WITNESS})


@dataclass(frozen=True)
class Answer:
    """What became of an offer. `merged` is None where it was set aside."""

    offer: Offer
    status: Status
    merged: Merged | None = None
    detail: str = ""

    @property
    def moves(self) -> bool:
        """Whether its record has a new place in the stream: because it changed, or because the
        laptop, whose words were brought together with others', has to hear what came of them.
        """
        if self.merged is None:
            return False
        if self.status is Status.MERGED:
            return True
        kind = self.offer.operation.kind
        signed = kind is OperationKind.SIGN and self.merged.state.signed
        born = kind in BIRTHS and self.merged.state.rev == 1
        return bool(self.merged.patch) or born or signed


class Staging:
    """The records of one push as they become.

    Args:
        member: who offers.
        scope: the people in the member's care.
        entries: the records that exist already, by id.
    """

    def __init__(self, member: Member, scope: frozenset[str], entries: dict[str, Entry]) -> None:
        self._member = member
        self._scope = set(scope)
        self.entries = entries
        self.answers: list[Answer] = []
        self.conflicts: list[tuple[str, Entry]] = []

    def take(self, group: Sequence[Offer]) -> None:
        """Merge a group on a copy; keep the copy only if every operation of it was taken."""
        trial: dict[str, Entry] = {}
        view = ChainMap(trial, self.entries)
        answers: list[Answer] = []
        conflicts: list[tuple[str, Entry]] = []
        operations = [offer.operation for offer in group]
        born = {o.id for o in operations if o.type == "Patient" and o.kind is OperationKind.CREATE}
        for offer in group:
            try:
                merged = self._merged(offer.operation, view, born)
                disputes = merged.disagreements
                if offer.operation.type == Conflict.__kind__:
                    disputes = ()  # whoever settles a conflict first has
                for dispute in disputes:
                    conflicts.append(self._conflict(view[offer.operation.id], offer, dispute))
            except (NotYours, BadValue) as error:
                self.set_aside(group, Status.QUARANTINED, str(error), culprit=offer)
                return
            status = Status(merged.outcome.value)
            if merged.outcome in REFUSING:
                self.set_aside(group, status, merged.reason, culprit=offer)
                return
            answers.append(Answer(offer, status, merged, merged.reason))
        self.entries.update(trial)
        self.answers += answers
        self.conflicts += conflicts
        # what follows may build on the people whom this group brought into the member's care
        self._scope |= {o.id for o in operations if o.id in born and self._cares(operations, o.id)}

    def set_aside(
        self,
        group: Sequence[Offer],
        status: Status,
        reason: str,
        *,
        culprit: Offer | None = None,
    ) -> None:
        """Refuse a whole group because of one of it."""
        for offer in group:
            is_cause = culprit is None or offer is culprit
            why = reason if is_cause else f"done together with another: {reason}"
            self.answers.append(Answer(offer, status, detail=why))

    def _merged(
        self, operation: Operation, view: MutableMapping[str, Entry], born: set[str]
    ) -> Merged:
        member = self._member
        known = view.get(operation.id)
        admit(member, operation, known, scope=self._scope, born=born)
        if odd := oddity(operation):
            raise BadValue(odd)
        kind = KINDS[operation.type]
        # who wrote it is who signed in, whatever the operation says
        own = msgspec.structs.replace(operation, actor=member.user_id, actor_name=member.name)
        merged = merge(kind, known.state if known else None, own, device=member.device_id)
        if merged.outcome not in REFUSING:
            case_id = known.case_id if known else operation.case_id
            values = row_values(kind, member.org_id, operation.id, case_id, merged.state, 0)
            existed = known.existed if known else False
            view[operation.id] = Entry(kind, case_id, merged.state, existed, values)
        return merged

    def _cares(self, operations: Sequence[Operation], person: str) -> bool:
        return any(o.type == "Assignment" and o.case_id == person for o in operations)

    def _conflict(self, entry: Entry, offer: Offer, dispute: Disagreement) -> tuple[str, Entry]:
        """Return a new conflict's id and record."""
        operation, member = offer.operation, self._member
        document: dict[str, Any] = {
            "record_type": operation.type,
            "record_id": operation.id,
            "field": dispute.unit,
            "base": dispute.base,
            "current": dispute.current,
            "current_by": dispute.current_by[:200],
            "current_op": dispute.current_op or None,
            "current_at": _moment(dispute.current_at),
            "proposed": dispute.proposed,
            "proposed_by": member.name[:200],
            "proposed_op": operation.op_id,
            "proposed_at": _moment(operation.wall),
            "status": "open",
        }
        told = {name: value for name, value in document.items() if value is not None}
        mark = {"": {"rev": 1, "op": operation.op_id, "device": None, "by": "", "at": ""}}
        state = State(told, mark, 1)
        conflict_id = new_id()
        values = row_values(Conflict, member.org_id, conflict_id, entry.case_id, state, 0)
        return conflict_id, Entry(Conflict, entry.case_id, state, False, values)


def _moment(text: str) -> str | None:
    """Return a laptop's own word for a moment where it is one that can be kept."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC).isoformat() if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
