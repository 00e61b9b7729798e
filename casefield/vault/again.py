"""Says a refused operation again, as a change of what stands today."""

from __future__ import annotations

from sqlalchemy import select

from casefield.errors import NotAllowed
from casefield.records.base import Synced
from casefield.records.document import content_fields, from_wire, replace, to_wire
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.vault.unit_of_work import VaultWork

BIRTHS = frozenset({OperationKind.CREATE, OperationKind.WITNESS})


def say_again(work: VaultWork, operation: Operation) -> None:
    """Say it again; what stands so already needs no saying.

    Raises:
        NotFound: the record is not here.
        NotAllowed: it is signed now, or it is a signature, which is given by hand.
    """
    kind = KINDS[operation.type]
    if operation.kind in BIRTHS:
        _bear(work, kind, operation)
        return
    record = work.get(kind, operation.id)
    if operation.kind is OperationKind.DELETE:
        work.remove(record)
    elif stands(record, operation):
        return
    elif operation.kind is OperationKind.SIGN:
        raise NotAllowed(
            "A signature is not offered again: it is given for what was read.",
            way_out="Open the record, read it as it is now and sign it; then set this aside.",
        )
    else:
        _change(work, record, operation)


def overwrites_nobody(work: VaultWork, operation: Operation) -> bool:
    """Whether saying it again overwrites nothing that its author had not seen."""
    kind = KINDS[operation.type]
    if operation.kind in BIRTHS:
        return True
    if operation.kind is not OperationKind.CHANGE:
        return False
    record = _found(work, kind, operation.id)
    if record is None or record.deleted or record.signed:
        return False
    return all(
        to_wire(getattr(record, name, None)) == operation.was.get(name) for name in operation.set
    )


def says_nothing_new(work: VaultWork, operation: Operation) -> bool:
    """Whether a change was made by somebody else as well."""
    record = _found(work, KINDS[operation.type], operation.id)
    changes = operation.kind is OperationKind.CHANGE
    return changes and record is not None and stands(record, operation)


def stands(record: Synced, operation: Operation) -> bool:
    """Whether a record says already what an operation wants."""
    if operation.kind is OperationKind.SIGN and not record.signed:
        return False
    return all(
        to_wire(getattr(record, name, None)) == value for name, value in operation.set.items()
    )


def _bear(work: VaultWork, kind: type[Synced], operation: Operation) -> None:
    record = _found(work, kind, operation.id)
    if record is None:
        born = kind(id=operation.id, case_id=operation.case_id)
        replace(born, operation.set)
        work.add(born)
    elif record.rev == 0 and not record.deleted:
        work.bear_again(record)
    elif not stands(record, operation):
        _change(work, record, operation)


def _change(work: VaultWork, record: Synced, operation: Operation) -> None:
    kind = type(record)
    known = frozenset(content_fields(kind))
    fields = {n: from_wire(kind, n, v) for n, v in operation.set.items() if n in known}
    work.change(record, **fields)


def _found(work: VaultWork, kind: type[Synced], record_id: str) -> Synced | None:
    """Return a record, removed or not."""
    rows = work.rows(
        select(kind).where(kind.org_id == work.actor.org_id, kind.id == record_id).limit(1)
    )
    return rows[0][0] if rows else None
