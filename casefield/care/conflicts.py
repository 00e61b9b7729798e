"""Disagreements that merge kept for a person: look at them, settle them.

What is settled stays in the record's history with both values; the first decision stands. A
signed record is not touched: what was chosen against it becomes the draft of an addendum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, select

from casefield.care.conflict_views import (
    BOTH,
    CURRENT,
    PROPOSED,
    THIRD,
    ConflictView,
    FieldValue,
    Settled,
    Side,
    Values,
)
from casefield.care.names import full_name
from casefield.care.notes import addendum_to
from casefield.care.titles import title_of
from casefield.errors import NotAllowed, UnusableInput
from casefield.records.base import FieldKind, Synced
from casefield.records.conflict import Conflict
from casefield.records.document import (
    content_fields,
    field_kind,
    from_wire,
    table_of,
    to_document,
    to_wire,
    unit_fields,
)
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.records.work import Work

DELETED, SIGNED = "deleted", "signed"
OPEN, MISSING = "open", "missing"
CHUNK = 500


def open_conflicts(work: Work) -> tuple[ConflictView, ...]:
    """Return what waits for a decision, by person; edits of one field stand together."""
    groups = _grouped(work.find(Conflict, status="open"))
    records = _records(work, [group[0] for group in groups])
    names = _names(work, [group[0].case_id for group in groups])
    views = [
        _view(work, group, records.get(_target(group[0])), names.get(group[0].case_id or "", ""))
        for group in groups
    ]
    return tuple(sorted(views, key=lambda v: (v.person.casefold(), v.conflict_id)))


def undecided(work: Work, case_id: str | None = None) -> tuple[str, ...]:
    """Return the oldest conflict of each field that waits for a decision.

    Args:
        case_id: of this person only.
    """
    found = work.find(Conflict, case_id=case_id, status="open")
    return tuple(group[0].id for group in _grouped(found))


def conflict(work: Work, conflict_id: str) -> ConflictView:
    """Return one disagreement; notes for the audit that it was opened.

    Raises:
        NotFound: there is none of this id here.
        NotAllowed: it is settled.
    """
    group = _open_group(work, conflict_id)
    first = group[0]
    if first.case_id:
        work.opened(first.case_id, "conflict")
    name = _names(work, [first.case_id]).get(first.case_id or "", "")
    return _view(work, group, _records(work, [first]).get(_target(first)), name)


def settle(
    work: Work, conflict_id: str, choice: str, values: Mapping[str, Any] | None = None
) -> Settled:
    """Decide, for all open conflicts about this field.

    Args:
        conflict_id: of several proposals, the one that is meant.
        choice: `current`: what stands stays. `proposed`: this proposal. `both`: the texts, one
            below the other. `third`: `values`.
        values: for `third`: fields and their values, as JSON says them.

    Raises:
        NotFound: there is none of this id here.
        NotAllowed: somebody settled it before, or the record allows no such choice.
        UnusableInput: no such choice, or values that don't fit.
    """
    view = conflict(work, conflict_id)
    if choice not in (CURRENT, PROPOSED, BOTH, THIRD):
        raise UnusableInput(f"“{choice}” is no choice.", way_out=f"One of: {_either(view)}.")
    if choice not in view.choices:
        raise _no_such_choice(view, choice)
    record = _records(work, [work.get(Conflict, conflict_id)]).get(
        (view.record_type, view.record_id)
    )
    done = _carried_out(work, view, record, conflict_id, choice, values or {})
    resolution: dict[str, Any] = {
        "choice": choice,
        "conflict": conflict_id,
        "values": {v.name: v.value for v in _chosen(view, conflict_id, choice, values or {})},
    }
    if done.addendum_id:
        resolution["addendum"] = done.addendum_id
    if done.restored_id:
        resolution["restored_as"] = done.restored_id
    for closed in done.closed:
        work.change(
            work.get(Conflict, closed),
            status="resolved",
            resolution=resolution,
            resolved_by=work.actor.name,
            resolved_at=work.now,
        )
    return done


# -- carrying out -------------------------------------------------------------------------------


def _carried_out(
    work: Work,
    view: ConflictView,
    record: Synced | None,
    conflict_id: str,
    choice: str,
    values: Mapping[str, Any],
) -> Settled:
    chosen = {v.name: v.value for v in _chosen(view, conflict_id, choice, values)}
    if view.unit == DELETED and record is not None:
        return _of_life(work, view, record, gone=bool(chosen.get(DELETED)))
    if choice == CURRENT or record is None or view.unit == SIGNED:
        return Settled(view.ids)
    fields = {name: _read(type(record), name, value) for name, value in chosen.items()}
    if not record.signed:
        work.change(record, **fields)
        return Settled(view.ids)
    return Settled(view.ids, addendum_id=addendum_to(work, record, _in_words(chosen)))


def _of_life(work: Work, view: ConflictView, record: Synced, *, gone: bool) -> Settled:
    if gone and not record.deleted:
        work.remove(record)
    elif record.deleted and not gone:
        # a deletion that everybody has seen is final: the content lives on in a new record
        kept = {name: getattr(record, name) for name in content_fields(type(record))}
        again = work.add(type(record)(case_id=record.case_id, extra=record.extra, **kept))
        return Settled(view.ids, restored_id=again.id)
    return Settled(view.ids)


def _chosen(view: ConflictView, conflict_id: str, choice: str, values: Mapping[str, Any]) -> Values:
    (proposal,) = (side for side in view.proposals if side.conflict_id == conflict_id)
    if choice == PROPOSED:
        return proposal.values
    if choice == BOTH:
        return (FieldValue(view.unit, both_texts(view)),)
    if choice == THIRD:
        return _typed(view, values)
    return view.current.values if view.unit in (DELETED, SIGNED) else view.standing


def both_texts(view: ConflictView) -> str:
    """Return all texts, one below the other: what `both` takes."""
    texts: list[str] = []
    for values in (view.standing, *(side.values for side in view.proposals)):
        for value in values:
            text = str(value.value or "").strip()
            if text and not any(text in known for known in texts):
                texts.append(text)
    return "\n\n".join(texts)


def _typed(view: ConflictView, values: Mapping[str, Any]) -> Values:
    known = [value.name for value in view.current.values]
    for name in values:
        if name not in known:
            raise UnusableInput(
                f"“{name}” is not what this conflict is about.",
                way_out=f"Give a value for: {', '.join(known)}.",
            )
    if not values:
        raise UnusableInput("No value was given.", way_out=f"Give one for: {', '.join(known)}.")
    standing = {value.name: value.value for value in view.standing}
    return tuple(FieldValue(name, values.get(name, standing.get(name))) for name in known)


def _read(kind: type[Synced], name: str, value: Any) -> Any:
    """Return a JSON value as the field's own.

    Raises:
        UnusableInput: it is not of the field's type.
    """
    column = table_of(kind).columns[name]
    blank = value is None or (value == "" and column.nullable)
    if blank or isinstance(column.type, JSON):
        return None if blank else value
    wanted: type = column.type.python_type
    try:
        read = from_wire(kind, name, value)
        if not isinstance(read, wanted):
            read = _flag(read) if wanted is bool else wanted(read)
    except (ValueError, TypeError, KeyError) as error:
        raise UnusableInput(
            f"The value for “{name}” is not of its kind.",
            way_out="Write days like 2026-11-13, moments like 2026-11-13T10:40Z, numbers in "
            "digits, and yes or no.",
        ) from error
    return read


def _flag(value: Any) -> bool:
    return {"yes": True, "true": True, "no": False, "false": False}[str(value).strip().casefold()]


def _in_words(values: Mapping[str, Any]) -> str:
    """Return chosen values as the text of an addendum."""
    if set(values) == {"body"}:
        return str(values["body"] or "")
    return "\n".join(
        f"{name.replace('_', ' ').capitalize()}: {value}"
        for name, value in values.items()
        if value is not None
    )


# -- looking ------------------------------------------------------------------------------------


def _open_group(work: Work, conflict_id: str) -> list[Conflict]:
    found = work.get(Conflict, conflict_id)
    if found.status != "open":
        raise NotAllowed(
            f"{found.resolved_by or 'Somebody'} has settled this already, and the first decision "
            "stands.",
            way_out="If it must be otherwise, change the field in the record itself.",
        )
    same = work.find(
        Conflict,
        status="open",
        record_type=found.record_type,
        record_id=found.record_id,
        field=found.field,
    )
    return sorted(same, key=lambda c: c.id)


def _grouped(found: Sequence[Conflict]) -> list[list[Conflict]]:
    groups: dict[tuple[Any, ...], list[Conflict]] = {}
    for one in found:
        groups.setdefault((*_target(one), one.field), []).append(one)
    return [sorted(group, key=lambda c: c.id) for group in groups.values()]


def _target(one: Conflict) -> tuple[str, str]:
    return one.record_type or "", one.record_id or ""


def _records(work: Work, conflicts: Sequence[Conflict]) -> dict[tuple[str, str], Synced]:
    """Return the disputed records, those that were removed included."""
    wanted: dict[str, set[str]] = {}
    for one in conflicts:
        name, record_id = _target(one)
        wanted.setdefault(name, set()).add(record_id)
    found: dict[tuple[str, str], Synced] = {}
    for name, ids in wanted.items():
        kind = KINDS.get(name)
        if kind is None:
            continue
        for start in range(0, len(ids), CHUNK):
            part = sorted(ids)[start : start + CHUNK]
            rows = work.rows(
                select(kind).where(kind.org_id == work.actor.org_id, kind.id.in_(part))
            )
            found |= {(name, row[0].id): row[0] for row in rows}
    return found


def _names(work: Work, case_ids: Sequence[str | None]) -> dict[str, str]:
    ids = sorted({case_id for case_id in case_ids if case_id})
    found: dict[str, str] = {}
    for start in range(0, len(ids), CHUNK):
        rows = work.rows(
            select(Patient.id, Patient.given_name, Patient.family_name).where(
                Patient.org_id == work.actor.org_id, Patient.id.in_(ids[start : start + CHUNK])
            )
        )
        found |= {row.id: full_name(row) for row in rows}
    return found


def _view(
    work: Work, group: Sequence[Conflict], record: Synced | None, person: str
) -> ConflictView:
    first = group[0]
    unit = first.field or ""
    standing = _standing(record, unit, first)
    mark = (record.fmeta or {}).get(unit, {}) if record is not None else {}
    state = _state(record)
    current = Side(
        CURRENT,
        first.id,
        _values(first.current),
        first.current_by or "",
        first.current_at,
        first.current_by == work.actor.name,
    )
    proposals = tuple(
        Side(
            PROPOSED,
            one.id,
            _values(one.proposed),
            one.proposed_by or "",
            one.proposed_at,
            one.proposed_by == work.actor.name,
        )
        for one in group
    )
    known = {value.name: value.value for value in current.values}
    now = {value.name: value.value for value in standing}
    return ConflictView(
        conflict_id=first.id,
        case_id=first.case_id,
        person=person,
        record_type=first.record_type or "",
        record_id=first.record_id or "",
        title=title_of(record) if record is not None else "",
        unit=unit,
        base=_values(first.base),
        current=current,
        proposals=proposals,
        standing=standing,
        standing_by=str(mark.get("by") or ""),
        standing_at=_moment(mark.get("at")),
        changed_since=unit not in (DELETED, SIGNED) and now != known,
        state=state,
        choices=_choices(record, unit, state, known),
    )


def _standing(record: Synced | None, unit: str, first: Conflict) -> Values:
    if record is None:
        return _values(first.current)
    if unit == DELETED:
        return (FieldValue(DELETED, record.deleted),)
    if unit == SIGNED:
        return (FieldValue(SIGNED, record.signed),)
    document = to_document(record)
    names = unit_fields(type(record), unit)
    return tuple(FieldValue(name, to_wire(document.get(name))) for name in names)


def _choices(
    record: Synced | None, unit: str, state: str, current: Mapping[str, Any]
) -> tuple[str, ...]:
    if unit == DELETED and record is not None:
        if record.signed:  # it stays, whoever wanted that
            return (PROPOSED if current.get(DELETED) else CURRENT,)
        return CURRENT, PROPOSED
    if record is None or unit in (DELETED, SIGNED) or state == DELETED:
        return (CURRENT,)
    fields = unit_fields(type(record), unit)
    if not set(fields) <= set(content_fields(type(record))):
        return (CURRENT,)  # a field that this version doesn't know
    if len(fields) == 1 and field_kind(type(record), fields[0]) is FieldKind.TEXT:
        return CURRENT, PROPOSED, BOTH, THIRD
    return CURRENT, PROPOSED, THIRD


def _no_such_choice(view: ConflictView, choice: str) -> NotAllowed:
    if view.unit == SIGNED:
        return NotAllowed(
            "Only its author can sign this, and must have read it as it stands now.",
            way_out="Open it, read it, sign it again; then settle this by keeping what stands.",
        )
    if view.state == MISSING:
        return NotAllowed(
            "The record is not on this laptop.", way_out="Sync, then look at it again."
        )
    if view.unit == DELETED and view.state == SIGNED:
        return NotAllowed(
            "It is signed meanwhile, and what is signed stays.",
            way_out=f"Settle this by keeping it: {_either(view)}.",
        )
    if view.state == DELETED:
        return NotAllowed(
            "The record was removed meanwhile.",
            way_out="Keep what stands; write the record anew if it is needed.",
        )
    words = {BOTH: "Only texts can stand one below the other."}.get(
        choice, "That choice does not fit this conflict."
    )
    return NotAllowed(words, way_out=f"Choose one of: {_either(view)}.")


def _either(view: ConflictView) -> str:
    return ", ".join(view.choices)


def _state(record: Synced | None) -> str:
    if record is None:
        return MISSING
    if record.deleted:
        return DELETED
    return SIGNED if record.signed else OPEN


def _values(document: Mapping[str, Any] | None) -> Values:
    return tuple(FieldValue(name, value) for name, value in (document or {}).items())


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
