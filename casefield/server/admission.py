"""What a member may do to a record at headquarters: a laptop checks too, and may be forged."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from casefield.records.base import RecordClass, Synced
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.server.scope import REFERENCE_KINDS, Member
from casefield.sync.merge import State


class NotYours(ValueError):
    """An operation reaches beyond what its author may do; the message says why."""


@dataclass(frozen=True)
class Entry:
    """A record as the operations taken so far leave it, and its row's values to be written."""

    kind: type[Synced]
    case_id: str | None
    state: State
    existed: bool
    values: dict[str, Any]


def admit(
    member: Member,
    operation: Operation,
    known: Entry | None,
    *,
    scope: Set[str],
    born: Set[str],
) -> None:
    """Say no to what a member may not do.

    Args:
        known: the record as it stands, None if headquarters has never seen it.
        scope: the people in this member's care.
        born: the people whom the operation's own group brings in.

    Raises:
        NotYours: with the reason.
    """
    if operation.type not in KINDS:
        raise NotYours("this kind of record is not known here yet")
    if not member.may_write:
        raise NotYours(f"the role {member.role} writes no clinical records")
    if operation.type in REFERENCE_KINDS:
        raise NotYours(f"{operation.type} is kept by headquarters")
    case_id = known.case_id if known else operation.case_id
    if case_id is None or (case_id not in scope and case_id not in born):
        raise NotYours("late: the person is not in your care now")
    if known is not None and known.kind.__kind__ != operation.type:
        raise NotYours("another kind of record has this id")
    if operation.type == "Patient" and operation.case_id != operation.id:
        raise NotYours("a person's record is its own case")
    if operation.type == "Assignment":
        _own_assignment(member, operation, case_id in born)
    if KINDS[operation.type].record_class is RecordClass.DRAFT:
        _own_draft(member, operation, known)


def _own_assignment(member: Member, operation: Operation, is_born: bool) -> None:
    """A worker takes on whom she brings in; everybody else is assigned at headquarters."""
    creates = operation.kind is OperationKind.CREATE
    if not (creates and is_born and operation.set.get("user_id") == member.user_id):
        raise NotYours("assignments are made at headquarters")


def _own_draft(member: Member, operation: Operation, known: Entry | None) -> None:
    """An unsigned note is its author's alone, and nobody writes under another's name."""
    author = known.state.doc.get("author_id") if known else None
    open_draft = known is not None and not known.state.signed
    if open_draft and author not in {None, member.user_id}:
        raise NotYours("it is a colleague's draft")
    named = operation.set.get("author_id")
    if named not in {None, author, member.user_id}:
        raise NotYours("it bears another's name as its author")
