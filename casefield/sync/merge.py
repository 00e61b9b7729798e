"""How headquarters brings an operation together with what it has: pure, field by field.

A unit is a field or a field group (dose, unit and route). It conflicts when somebody else wrote it
after what the author had seen, and the values really differ; then the kept value stays, and a
conflict with both values is opened. Clocks never decide: the order of arrival does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from casefield.records.base import FieldKind, Synced
from casefield.records.document import field_kind, merge_unit, unit_fields
from casefield.records.operation import Operation, OperationKind


class Outcome(StrEnum):
    """What merge decided about an operation."""

    APPLIED = "applied"
    MERGED = "merged"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


@dataclass(frozen=True)
class State:
    """A record at headquarters. `doc` holds content fields only, in JSON values."""

    doc: dict[str, Any]
    fmeta: dict[str, dict[str, Any]] = field(default_factory=dict)
    rev: int = 0
    deleted: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Disagreement:
    """Two values for one unit."""

    unit: str
    base: dict[str, Any]
    current: dict[str, Any]
    proposed: dict[str, Any]
    current_op: str
    current_by: str
    current_at: str


@dataclass(frozen=True)
class Merged:
    """The new state with what was changed, what it was before, what is disputed."""

    outcome: Outcome
    state: State
    patch: dict[str, Any] = field(default_factory=dict)
    previous: dict[str, Any] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    reason: str = ""


def merge(
    kind: type[Synced], state: State | None, operation: Operation, *, device: str | None
) -> Merged:
    """Return what an operation makes of a record.

    Args:
        kind: the record's class.
        state: what headquarters has; None: it has never seen the record.
        operation: what somebody did, against `operation.trunk_revision`.
        device: who sent it; its own earlier operations never conflict with its later ones.
    """
    if operation.kind is OperationKind.CREATE:
        return _create(state, operation, device)
    if state is None:
        return Merged(Outcome.QUARANTINED, State({}), reason="the record is not known here")
    if state.signed:
        reason = "the record is signed; write an addendum"
        return Merged(Outcome.REJECTED, state, reason=reason)
    if operation.kind is OperationKind.DELETE:
        return _delete(kind, state, operation, device)
    return _change(kind, state, operation, device)


def _create(state: State | None, operation: Operation, device: str | None) -> Merged:
    if state is not None:
        reason = "a record with this id is already here"
        return Merged(Outcome.QUARANTINED, state, reason=reason)
    doc = {name: value for name, value in operation.set.items() if value is not None}
    mark = _mark(operation, 1, device)
    fresh = State(doc=doc, fmeta={"": mark}, rev=1)
    return Merged(Outcome.APPLIED, fresh, patch=doc)


def _change(kind: type[Synced], state: State, operation: Operation, device: str | None) -> Merged:
    units: dict[str, dict[str, Any]] = {}
    for name, value in operation.set.items():
        units.setdefault(merge_unit(kind, name), {})[name] = value
    patch: dict[str, Any] = {}
    previous: dict[str, Any] = {}
    disputed: list[Disagreement] = []
    fmeta = dict(state.fmeta)
    rev = state.rev + 1
    for unit, proposed in units.items():
        merged = _unit(kind, state, operation, unit, proposed, device)
        if isinstance(merged, Disagreement):
            disputed.append(merged)
            continue
        changed = {n: v for n, v in merged.items() if state.doc.get(n) != v}
        if changed:
            patch |= changed
            previous |= {n: state.doc.get(n) for n in changed}
            fmeta[unit] = _mark(operation, rev, device)
    signs = operation.kind is OperationKind.SIGN
    if signs and disputed:
        # signing what nobody has seen as a whole would seal a text its author never read
        return Merged(
            Outcome.CONFLICT, state, disagreements=tuple(disputed), reason="not signed: disputed"
        )
    if not patch and not signs:
        outcome = Outcome.CONFLICT if disputed else Outcome.APPLIED
        return Merged(outcome, state, disagreements=tuple(disputed))
    doc = {n: v for n, v in {**state.doc, **patch}.items() if v is not None}
    changed_state = State(doc, fmeta, rev, deleted=False, signed=signs)
    if disputed:
        outcome = Outcome.CONFLICT
    else:
        outcome = Outcome.APPLIED if _unseen(state, operation, device) else Outcome.MERGED
    return Merged(outcome, changed_state, patch, previous, tuple(disputed))


def _unit(
    kind: type[Synced],
    state: State,
    operation: Operation,
    unit: str,
    proposed: dict[str, Any],
    device: str | None,
) -> dict[str, Any] | Disagreement:
    """Return what a unit becomes, or the disagreement about it."""
    last = _last(state, unit)
    if last["rev"] <= operation.trunk_revision or _own(last, device):
        return proposed
    current = {name: state.doc.get(name) for name in proposed}
    base = {name: operation.was.get(name) for name in proposed}
    if current in (proposed, base):
        return proposed
    if all(field_kind(kind, name) is FieldKind.SET for name in proposed):
        return {name: merged_set(base[name], current[name], proposed[name]) for name in proposed}
    fields = unit_fields(kind, unit)
    return Disagreement(
        unit=unit,
        base=base,
        current={name: state.doc.get(name) for name in fields},
        proposed={**{name: state.doc.get(name) for name in fields}, **proposed},
        current_op=str(last.get("op", "")),
        current_by=str(last.get("by", "")),
        current_at=str(last.get("at", "")),
    )


def _delete(kind: type[Synced], state: State, operation: Operation, device: str | None) -> Merged:
    """An edit that the deleter had not seen wins, and the deletion is disputed."""
    if state.deleted:
        return Merged(Outcome.APPLIED, state)
    unseen = [
        mark
        for mark in state.fmeta.values()
        if mark["rev"] > operation.trunk_revision and not _own(mark, device)
    ]
    if unseen:
        last = max(unseen, key=lambda mark: int(mark["rev"]))
        dispute = Disagreement(
            unit="deleted",
            base={},
            current={"deleted": False},
            proposed={"deleted": True},
            current_op=str(last.get("op", "")),
            current_by=str(last.get("by", "")),
            current_at=str(last.get("at", "")),
        )
        return Merged(Outcome.CONFLICT, state, disagreements=(dispute,))
    rev = state.rev + 1
    fmeta = {**state.fmeta, "deleted": _mark(operation, rev, device)}
    gone = State(state.doc, fmeta, rev, deleted=True, signed=state.signed)
    return Merged(Outcome.APPLIED, gone, {"deleted": True}, {"deleted": False})


def merged_set(base: Any, current: Any, proposed: Any) -> list[Any]:
    """Bring two edits of one list together: what either added stays, what either removed goes.

    Members are told apart by their "id", where they have one, else by their whole value.
    """
    before, theirs, mine = (_members(value) for value in (base, current, proposed))
    removed = {key for key in before if key not in mine}
    kept = {key: value for key, value in theirs.items() if key not in removed}
    for key, value in mine.items():
        added = key not in before
        edited = key in before and before[key] != value
        if (added and key not in kept) or (edited and key in kept):
            kept[key] = value
    return list(kept.values())


def _members(value: Any) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for member in value or ():
        key = member.get("id") if isinstance(member, Mapping) else None
        members[str(key) if key is not None else repr(member)] = member
    return members


def _last(state: State, unit: str) -> dict[str, Any]:
    """Who wrote a unit last; the creator, where nobody has since."""
    return state.fmeta.get(unit) or state.fmeta.get("") or {"rev": 0}


def _own(mark: Mapping[str, Any], device: str | None) -> bool:
    return device is not None and mark.get("device") == device


def _unseen(state: State, operation: Operation, device: str | None) -> bool:
    """Whether nobody else changed the record since the author saw it."""
    return not any(
        mark["rev"] > operation.trunk_revision and not _own(mark, device)
        for mark in state.fmeta.values()
    )


def _mark(operation: Operation, rev: int, device: str | None) -> dict[str, Any]:
    return {
        "rev": rev,
        "op": operation.op_id,
        "device": device,
        "by": operation.actor_name,
        "at": operation.wall,
    }
