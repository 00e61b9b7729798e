"""A laptop checks what its worker may do; headquarters checks again, for a laptop may be forged."""

from __future__ import annotations

from typing import Any

import pytest

from casefield.records.operation import Operation
from casefield.records.registry import KINDS
from casefield.server.admission import Entry, NotYours, admit
from casefield.server.scope import Member, Role
from casefield.sync.merge import State
from tests.server.office import Writer

MINE, FOREIGN = "person-of-mine", "person-of-another"
write = Writer()


def member(role: str = "case_manager") -> Member:
    return Member("org", "ana", "Ana", role, None, "laptop")


def known(record_type: str, case_id: str | None, *, signed: bool = False, **doc: Any) -> Entry:
    return Entry(KINDS[record_type], case_id, State(doc, {}, 1, signed=signed), True, {})


def ask(
    operation: Operation,
    record: Entry | None = None,
    *,
    role: str = "case_manager",
    born: frozenset[str] = frozenset(),
) -> str:
    """Return why an operation is refused, nothing if it isn't."""
    try:
        admit(member(role), operation, record, scope=frozenset({MINE}), born=born)
    except NotYours as error:
        return str(error)
    return ""


def goal(case_id: str | None, kind: str = "create") -> Operation:
    return write.operation(kind, "Goal", "goal", case_id, {"status": "active"})


def note(kind: str = "create", **fields: Any) -> Operation:
    return write.operation(kind, "Note", "note", MINE, fields)


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_care_for_people_write(role: Role) -> None:
    writes = role in {Role.CASE_MANAGER, Role.CARE_MANAGER, Role.SUPERVISOR}
    assert (ask(goal(MINE), role=role) == "") is writes


def test_a_role_nobody_knows_writes_nothing() -> None:
    assert "writes no clinical records" in ask(goal(MINE), role="wizard")


@pytest.mark.parametrize("case_id", [FOREIGN, None, ""])
def test_nobody_writes_about_a_person_outside_her_care(case_id: str | None) -> None:
    assert "not in your care" in ask(goal(case_id))


def test_where_a_record_stands_decides_not_what_the_operation_says() -> None:
    assert "not in your care" in ask(goal(MINE, "change"), known("Goal", FOREIGN))
    assert ask(goal(FOREIGN, "change"), known("Goal", MINE)) == ""


@pytest.mark.parametrize("record_type", ["User", "Organization", "Device"])
def test_what_headquarters_keeps_is_not_written_by_laptops(record_type: str) -> None:
    said = write.operation("create", record_type, "id", MINE, {})
    assert "kept by headquarters" in ask(said)


def test_a_kind_from_a_newer_casefield_waits() -> None:
    assert "not known here yet" in ask(write.operation("create", "Spaceship", "id", MINE, {}))


def test_an_id_belongs_to_one_kind_of_record() -> None:
    assert "another kind" in ask(goal(MINE, "change"), known("Visit", MINE))


def test_a_person_is_her_own_case() -> None:
    said = write.operation("create", "Patient", "somebody", MINE, {})
    assert "its own case" in ask(said, born=frozenset({"somebody"}))


def test_whom_a_worker_brings_in_she_may_write_about() -> None:
    assert ask(goal("new"), born=frozenset({"new"})) == ""


@pytest.mark.parametrize(
    ("kind", "case_id", "user_id", "fine"),
    [
        ("create", "new", "ana", True),
        ("create", "new", "ben", False),
        ("create", "new", None, False),
        ("create", MINE, "ana", False),
        ("change", "new", "ana", False),
        ("delete", "new", "ana", False),
    ],
)
def test_a_worker_assigns_only_herself_and_only_whom_she_brings_in(
    kind: str, case_id: str, user_id: str | None, fine: bool
) -> None:
    said = write.operation(kind, "Assignment", "assignment", case_id, {"user_id": user_id})
    refused = ask(said, born=frozenset({"new"}))
    assert refused == ("" if fine else "assignments are made at headquarters")


def test_a_draft_is_its_authors_alone() -> None:
    assert "colleague's draft" in ask(
        note("change", body="x"), known("Note", MINE, author_id="ben")
    )
    assert ask(note("change", body="x"), known("Note", MINE, author_id="ana")) == ""


@pytest.mark.parametrize("kind", ["create", "change"])
def test_nobody_writes_under_anothers_name(kind: str) -> None:
    record = None if kind == "create" else known("Note", MINE, author_id="ana")
    assert "another's name" in ask(note(kind, author_id="ben"), record)
    assert ask(note(kind, author_id="ana"), record) == ""


def test_a_signed_note_is_refused_by_merge_which_says_why() -> None:
    assert ask(note("change", body="x"), known("Note", MINE, signed=True, author_id="ben")) == ""
