"""How headquarters brings an operation together with what it has: pure, field by field.

A unit is a field or a field group (dose, unit and route). It conflicts when somebody else wrote it
after what the author had seen, and the values really differ; then the kept value stays, and a
conflict with both values is opened. Clocks never decide: the order of arrival does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
    if operation.kind in {OperationKind.CREATE, OperationKind.WITNESS}:
        return _create(state, operation, device)
    if state is None:
        return Merged(Outcome.QUARANTINED, State({}), reason="the record is not known here")
    if state.signed and operation.kind is OperationKind.SIGN and _is_so(state, operation):
        return Merged(Outcome.APPLIED, state)
    if state.signed:
        reason = "the record is signed; write an addendum"
        return Merged(Outcome.REJECTED, state, reason=reason)
    if operation.kind is OperationKind.DELETE:
        return _delete(kind, state, operation, device)
    return _change(kind, state, operation, device)


def _create(state: State | None, operation: Operation, device: str | None) -> Merged:
    witnesses = operation.kind is OperationKind.WITNESS
    if state is not None:
        if witnesses or state.fmeta.get("", {}).get("witness"):
            return Merged(Outcome.APPLIED, state)  # its birth and its witness tell of one record
        reason = "a record with this id is already here"
        return Merged(Outcome.QUARANTINED, state, reason=reason)
    doc = {name: value for name, value in operation.set.items() if value is not None}
    mark = _mark(operation, 1, device) | ({"witness": True} if witnesses else {})
    fresh = State(doc=doc, fmeta={"": mark}, rev=1)
    return Merged(Outcome.APPLIED, fresh, patch=doc)


def _change(kind: type[Synced], state: State, operation: Operation, device: str | None) -> Merged:
    patch, previous, disputed = _fields(kind, state, operation, device)
    signs = operation.kind is OperationKind.SIGN
    reason = ""
    if state.deleted:
        mark = state.fmeta.get("deleted") or {"rev": state.rev}
        if _seen(mark, operation, device):
            return Merged(Outcome.QUARANTINED, state, reason="the record was deleted before")
        disputed.append(_of_life(mark, now=True, wanted=False))
    unseen = _unseen(state, operation, device)
    if signs and unseen:
        # signing what nobody has seen as a whole would seal a text its author never read
        wanted = {"signed": True, **operation.set}
        disputed.append(_disagreement("signed", {}, {"signed": False}, wanted, _newest(unseen)))
        patch, previous, signs = {}, {}, False
        reason = "not signed: it was changed meanwhile"
    if state.deleted:  # whoever edits wants the record to live
        patch, previous = patch | {"deleted": False}, previous | {"deleted": True}
    agreed = Outcome.MERGED if unseen else Outcome.APPLIED
    outcome = Outcome.CONFLICT if disputed else agreed
    if not patch and not signs:
        return Merged(outcome, state, disagreements=tuple(disputed), reason=reason)
    rev = state.rev + 1
    fmeta = dict(state.fmeta)
    for name, value in patch.items():
        # what was merged of two is nobody's own: its author has not seen it yet
        own = name in operation.set and operation.set[name] == value
        fmeta[merge_unit(kind, name)] = _mark(operation, rev, device if own else None)
    content = {n: v for n, v in patch.items() if n != "deleted"}
    doc = {n: v for n, v in {**state.doc, **content}.items() if v is not None}
    changed = State(doc, fmeta, rev, deleted=False, signed=signs)
    return Merged(outcome, changed, patch, previous, tuple(disputed), reason)


def _fields(
    kind: type[Synced], state: State, operation: Operation, device: str | None
) -> tuple[dict[str, Any], dict[str, Any], list[Disagreement]]:
    """Return what an operation's fields change, what they were, and what is disputed."""
    units: dict[str, dict[str, Any]] = {}
    for name, value in operation.set.items():
        units.setdefault(merge_unit(kind, name), {})[name] = value
    patch: dict[str, Any] = {}
    disputed: list[Disagreement] = []
    for unit, proposed in units.items():
        merged = _unit(kind, state, operation, unit, proposed, device)
        if isinstance(merged, Disagreement):
            disputed.append(merged)
        else:
            patch |= {n: v for n, v in merged.items() if state.doc.get(n) != v}
    return patch, {name: state.doc.get(name) for name in patch}, disputed


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
    if _seen(last, operation, device):
        return proposed
    fields = unit_fields(kind, unit)
    current = {name: state.doc.get(name) for name in proposed}
    base = {name: operation.was.get(name) for name in proposed}
    # half a group says nothing of the other half: a new dose may not meet another's new unit
    whole = len(proposed) == len(fields)
    if current == proposed or (whole and current == base):
        return proposed
    if all(field_kind(kind, name) is FieldKind.SET for name in proposed):
        sets = {name: merged_set(base[name], current[name], proposed[name]) for name in proposed}
        if None not in sets.values():
            return sets
    standing = {name: state.doc.get(name) for name in fields}
    return _disagreement(unit, base, standing, {**standing, **proposed}, last)


def _delete(kind: type[Synced], state: State, operation: Operation, device: str | None) -> Merged:
    """An edit that the deleter had not seen wins, and the deletion is disputed."""
    if state.deleted:
        return Merged(Outcome.APPLIED, state)
    unseen = _unseen(state, operation, device)
    if unseen:
        dispute = _of_life(_newest(unseen), now=False, wanted=True)
        return Merged(Outcome.CONFLICT, state, disagreements=(dispute,))
    rev = state.rev + 1
    fmeta = {**state.fmeta, "deleted": _mark(operation, rev, device)}
    gone = State(state.doc, fmeta, rev, deleted=True, signed=state.signed)
    return Merged(Outcome.APPLIED, gone, {"deleted": True}, {"deleted": False})


def merged_set(base: Any, current: Any, proposed: Any) -> list[Any] | None:
    """Bring two edits of one list together: what either added stays, what either removed goes.

    Members are told apart by their "id", where they have one, else by their whole value. None:
    both touched the same member and left it different, so a person must choose.
    """
    before, theirs, mine = (_members(value) for value in (base, current, proposed))
    merged: dict[str, Any] = {}
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        was, there, here = (members.get(key, _ABSENT) for members in (before, theirs, mine))
        if there != here and was not in (there, here):
            return None
        kept = here if there == was else there
        if kept is not _ABSENT:
            merged[key] = kept
    return list(merged.values())


_ABSENT = object()


def _members(value: Any) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for member in value or ():
        key = member.get("id") if isinstance(member, Mapping) else None
        # a database may have put a member's keys in another order: that is the same member
        members[json.dumps(member, sort_keys=True) if key is None else f"id {key}"] = member
    return members


def _disagreement(
    unit: str,
    base: dict[str, Any],
    current: dict[str, Any],
    proposed: dict[str, Any],
    last: Mapping[str, Any],
) -> Disagreement:
    return Disagreement(
        unit=unit,
        base=base,
        current=current,
        proposed=proposed,
        current_op=str(last.get("op") or ""),
        current_by=str(last.get("by") or ""),
        current_at=str(last.get("at") or ""),
    )


def _of_life(last: Mapping[str, Any], *, now: bool, wanted: bool) -> Disagreement:
    """Whether the record is gone: what stood here, and what the operation wants."""
    return _disagreement("deleted", {}, {"deleted": now}, {"deleted": wanted}, last)


def _is_so(state: State, operation: Operation) -> bool:
    """Whether an operation says only what stands already."""
    return all(state.doc.get(name) == value for name, value in operation.set.items())


def _last(state: State, unit: str) -> dict[str, Any]:
    """Who wrote a unit last; the creator, where nobody has since."""
    return state.fmeta.get(unit) or state.fmeta.get("") or {"rev": 0}


def _own(mark: Mapping[str, Any], device: str | None) -> bool:
    return device is not None and mark.get("device") == device


def _seen(mark: Mapping[str, Any], operation: Operation, device: str | None) -> bool:
    """Whether an operation's author knew of a writing: it was pulled, or done on this device."""
    return bool(mark["rev"] <= operation.trunk_revision or _own(mark, device))


def _unseen(state: State, operation: Operation, device: str | None) -> list[Mapping[str, Any]]:
    """What others wrote since the author saw the record."""
    return [mark for mark in state.fmeta.values() if not _seen(mark, operation, device)]


def _newest(marks: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return max(marks, key=lambda mark: int(mark["rev"]))


def _mark(operation: Operation, rev: int, device: str | None) -> dict[str, Any]:
    return {
        "rev": rev,
        "op": operation.op_id,
        "device": device,
        "by": operation.actor_name,
        "at": operation.wall,
    }
