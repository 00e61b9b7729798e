"""The promises of sync (I1 to I22 of the design), as questions to a world that came to rest."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select

from casefield.records.base import FieldKind, RecordClass
from casefield.records.conflict import Conflict
from casefield.records.document import field_kind, table_of, to_document
from casefield.records.headquarters import Change, OperationResult, OrgStream, Quarantine
from casefield.records.laptop import OutboxOperation, Shadow
from casefield.records.operation import Operation, OperationKind
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.server.push import TWICE
from casefield.server.rows import document_of
from casefield.server.scope import REFERENCE_KINDS, cases_in_scope
from casefield.vault.outbox import decode
from casefield.vault.shadow import lay
from tests.simulation.laptop import SimLaptop
from tests.simulation.world import World

TAKEN = {"applied", "merged"}
EFFECTIVE = {"applied", "merged", "duplicate", "conflict"}


class Reckoning:
    """Headquarters' tables, read once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.org = world.org
        with world.hq.database.read() as connection:
            all_changes = connection.execute(
                select(Change.__table__).order_by(Change.org_id, Change.seq)
            ).all()
            self.changes = list(all_changes)
            results = connection.execute(select(OperationResult.__table__)).all()
            self.results = {r.op_id: r for r in results}
            aside = connection.execute(select(Quarantine.__table__)).all()
            self.aside = {q.op_id: q for q in aside}
            self.last = {
                row.org_id: row.last for row in connection.execute(select(OrgStream.__table__))
            }
            self.rows: dict[tuple[str, str], tuple[str, Any]] = {}
            for name, kind in KINDS.items():
                for row in connection.execute(select(table_of(kind))):
                    self.rows[row.org_id, row.id] = (name, row)
        self.conflicts = [row for name, row in self.rows.values() if name == "Conflict"]
        self.disputes: dict[str, list[Any]] = defaultdict(list)
        for conflict in self.conflicts:
            self.disputes[conflict.proposed_op].append(conflict)


def check_after_rest(world: World) -> None:
    """Ask everything that must hold once everybody has synced."""
    told = Reckoning(world)
    nothing_is_lost(told)
    each_effect_once(told)
    values_are_recoverable(told)
    no_invisible_overwrite(told)
    signed_stays(told)
    numbers_have_no_gap(told)
    groups_hold_together(told)
    nothing_from_nowhere(told)
    organisations_never_mix(told)
    for laptop in world.laptops:
        laptop_agrees(told, laptop)
        outbox_is_answered(told, laptop)


def nothing_is_lost(told: Reckoning) -> None:
    """I1, I3, I14: every operation that was ever committed has its one answer at headquarters."""
    for op_id, operation in told.world.ledger.items():
        assert op_id in told.results, f"I1: {operation.kind} of {operation.type} is lost"


def each_effect_once(told: Reckoning) -> None:
    """I2: nothing takes effect twice, however often it was sent."""
    counted = Counter((change.org_id, change.op_id) for change in told.changes)
    twice = [key for key, count in counted.items() if count > 1]
    assert not twice, f"I2: {len(twice)} operations took effect twice"


def values_are_recoverable(told: Reckoning) -> None:
    """I6: every value ever committed stands in the history, in a conflict, or set aside whole."""
    patches = {change.op_id: change.patch for change in told.changes}
    for op_id, operation in told.world.ledger.items():
        status = told.results[op_id].status
        if status in {"quarantined", "rejected"}:
            kept = told.aside.get(op_id)
            assert kept is not None, f"I6: a {status} operation was not set aside"
            assert json.loads(kept.payload)["set"] == operation.set, "I6: it was not kept whole"
        elif status == "conflict" and operation.type != "Conflict":
            kept_values: dict[str, Any] = dict(patches.get(op_id) or {})
            for conflict in told.disputes[op_id]:
                kept_values |= conflict.proposed or {}
            for name, value in operation.set.items():
                if value is not None and name in kept_values:
                    assert kept_values[name] == value, f"I6: the disputed {name} is not kept"
            assert told.disputes[op_id], "I6: a conflict without its record"


def no_invisible_overwrite(told: Reckoning) -> None:
    """I5, I15: who replaced a value had seen it, or the replaced value stands in a conflict."""
    last: dict[tuple[str, str, str], Any] = {}
    for change in told.changes:
        operation = told.world.ledger.get(change.op_id)
        for name, old in (change.previous or {}).items():
            if name == "deleted" or old is None or operation is None:
                continue
            writer = last.get((change.org_id, change.record_id, name))
            own = writer is not None and writer.device_id == change.device_id
            saw = old in _seen_by_its_author(told.world, operation, name)
            kind = KINDS[change.record_type]
            is_set = field_kind(kind, name) is FieldKind.SET
            if own or saw or is_set or change.record_type == "Conflict":
                continue
            known = any(
                old in ((c.current or {}).get(name), (c.proposed or {}).get(name))
                for c in told.conflicts
                if c.record_id == change.record_id
            )
            assert known, f"I5: {change.record_type}.{name} was overwritten unseen"
        for name in change.patch or {}:
            last[change.org_id, change.record_id, name] = change


def _seen_by_its_author(world: World, operation: Operation, name: str) -> list[Any]:
    """Return the values of a field that the laptop which said an operation ever knew."""
    seen = [operation.was.get(name)]
    for laptop in world.laptops:
        if operation.op_id in laptop.ledger:
            for said in laptop.ledger.values():
                if said.id == operation.id:
                    seen += [said.was.get(name), said.set.get(name)]
    return seen


def signed_stays(told: Reckoning) -> None:
    """I7: after a signature nothing changes any more."""
    signed: set[tuple[str, str]] = set()
    for change in told.changes:
        key = (change.org_id, change.record_id)
        if change.kind == "set_aside" or not (change.patch or change.kind == "sign"):
            continue
        again = change.kind == "sign" and not change.patch
        assert again or key not in signed, f"I7: a signed {change.record_type} changed"
        answer = told.results.get(change.op_id)
        if change.kind == OperationKind.SIGN.value and (answer is None or answer.status in TAKEN):
            signed.add(key)


def numbers_have_no_gap(told: Reckoning) -> None:
    """I8: an organisation's stream counts 1, 2, 3 … to its last."""
    found: dict[str, list[int]] = defaultdict(list)
    for change in told.changes:
        found[change.org_id].append(change.seq)
    for org, last in told.last.items():
        assert found[org] == list(range(1, last + 1)), "I8: the stream has a gap"


def groups_hold_together(told: Reckoning) -> None:
    """I17: what was done together took effect together, or not at all."""
    groups: dict[str, list[Operation]] = defaultdict(list)
    for operation in told.world.ledger.values():
        groups[operation.tx].append(operation)
    for group in groups.values():
        took = {told.results[o.op_id].status in EFFECTIVE for o in group}
        assert len(took) == 1, "I17: half of what was done together took effect"


def nothing_from_nowhere(told: Reckoning) -> None:
    """I12: no record without its birth; a stale edit raises nothing that headquarters never had."""
    born = {
        (change.org_id, change.record_id)
        for change in told.changes
        if change.kind in {OperationKind.CREATE.value, OperationKind.WITNESS.value}
    }
    for key in told.rows:
        assert key in born, "I12: a record came from nowhere"


def organisations_never_mix(told: Reckoning) -> None:
    """I21: each organisation's history was written by its own laptops."""
    owner = {laptop.member.device_id: laptop.member.org_id for laptop in told.world.laptops}
    for change in told.changes:
        assert owner.get(change.device_id, change.org_id) == change.org_id, "I21: foreign hand"


def laptop_agrees(told: Reckoning, laptop: SimLaptop) -> None:
    """I4, I9, I11, I18: a laptop holds what it may, all of it, as headquarters has it."""
    member = laptop.member
    with told.world.hq.database.read() as connection:
        scope = cases_in_scope(connection, member)
    refused = _refused(laptop)
    held: dict[str, tuple[str, Any]] = {}
    with laptop.snapshot() as session:
        for name, kind in KINDS.items():
            for record in session.scalars(select(kind)):
                held[record.id] = (name, to_document(record), record.deleted, record.signed)
    for record_id, (name, *mine) in held.items():
        if record_id in refused:
            continue
        assert (member.org_id, record_id) in told.rows, f"I4: a {name} is on the laptop alone"
        row = told.rows[member.org_id, record_id][1]
        allowed = name in REFERENCE_KINDS or row.case_id in scope
        assert allowed, f"I11: {laptop.name} holds a {name} beyond its scope"
        theirs = [document_of(KINDS[name], row), row.deleted, row.signed]
        assert mine == theirs, f"I4: {laptop.name} has another {name} than headquarters"
    for (org, record_id), (name, row) in told.rows.items():
        if org != member.org_id or not (name in REFERENCE_KINDS or row.case_id in scope):
            continue
        draft = KINDS[name].record_class is RecordClass.DRAFT and not row.signed
        if draft and row.author_id != member.user_id:
            continue
        assert record_id in held, f"I9: {laptop.name} never got a {name}"


def outbox_is_answered(told: Reckoning, laptop: SimLaptop) -> None:
    """I16: nothing waits any more, and what was refused is what headquarters refused."""
    with laptop.snapshot() as session:
        for row in session.scalars(select(OutboxOperation)):
            assert row.state == "refused", f"I16: {laptop.name} still has work that waits"
            if row.reason == TWICE:  # a copy of this disk said something else in its place
                assert row.op_id in told.aside, "I1: what a copy said is lost"
                continue
            status = told.results[row.op_id].status
            assert status in {"quarantined", "rejected"}, "I3: two answers to one operation"


def doc_is_state_and_waiting(world: World) -> None:
    """I10: at every moment a row is headquarters' state with what waits laid over it."""
    for laptop in [world.touched] if world.touched else ():
        with laptop.snapshot() as session:
            waiting: dict[str, list[Operation]] = defaultdict(list)
            rows = session.execute(
                select(OutboxOperation.__table__).order_by(OutboxOperation.dseq)
            ).all()
            spoiled = set()
            people = set(session.scalars(select(Patient.id)))
            for row in rows:
                operation = decode(row.body)
                if row.op_id in laptop.answered:
                    spoiled.add(operation.id)  # offered again to a restored headquarters
                elif row.state == "waiting":
                    waiting[operation.id].append(operation)
                else:
                    spoiled.add(operation.id)
            for record_id, operations in waiting.items():
                if record_id in spoiled:
                    continue
                shadow = session.get(Shadow, record_id)
                first = operations[0]
                if shadow is None and first.kind is not OperationKind.CREATE:
                    continue
                kind = KINDS[first.type]
                expected = kind(extra={})
                state = shadow or Shadow(rev=0, seq=0, deleted=False, signed=False, fmeta={})
                lay(expected, state, operations)
                record = session.get(kind, (laptop.member.org_id, record_id))
                if record is None and first.case_id not in people:
                    continue  # offered again for a person who has left this laptop
                assert record is not None, "I10: work waits for a record that is not here"
                shown, known = to_document(record), to_document(expected)
                assert shown == known, (
                    f"I10: {laptop.name} shows another {first.type} than it knows and waits for: "
                    f"{sorted(k for k in shown.keys() | known if shown.get(k) != known.get(k))}"
                )


def _refused(laptop: SimLaptop) -> set[str]:
    with laptop.snapshot() as session:
        return {
            row.record_id
            for row in session.execute(
                select(OutboxOperation.record_id).where(OutboxOperation.state == "refused")
            )
        }


def contents(world: World) -> dict[str, Any]:
    """Return headquarters' content without ids of things made by the server, for comparisons."""
    told = Reckoning(world)
    return {
        record_id: (name, document_of(KINDS[name], row), row.deleted, row.signed)
        for (_, record_id), (name, row) in told.rows.items()
        if name not in {*REFERENCE_KINDS, "Conflict"}
    }


__all__ = ["Conflict", "check_after_rest", "contents", "doc_is_state_and_waiting"]
