"""Rows and documents say the same on both databases; a value that doesn't fit is named by field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.base import new_id
from casefield.records.bulk import insert_rows
from casefield.records.document import content_fields, table_of
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.registry import KINDS
from casefield.server.database import Database
from casefield.server.rows import (
    CHUNK,
    BadValue,
    chunks,
    load_rows,
    row_values,
    state_of,
    update_rows,
)
from casefield.sync.merge import State

ORG = "org"


def kept(database: Database, kind: Any, state: State, record_id: str) -> State:
    """Return a state as it comes back from the database."""
    with database.write() as connection:
        values = row_values(kind, ORG, record_id, "case", state, 7)
        insert_rows(connection, table_of(kind), [values])
    with database.read() as connection:
        row = load_rows(connection, ORG, {kind.__kind__: [record_id]})[record_id]
        assert (row.case_id, row.seq) == ("case", 7)
        return state_of(kind, row)


FULL = {
    "given_name": "Rosa ñ 家 🙂",
    "family_name": "",
    "birth_date": "1955-03",
    "telecom": [{"system": "phone", "value": "+1"}],
    "a_newer_field": {"deep": [1, 2.5, None, True, "x"]},
}


def test_what_goes_in_comes_out(database: Database) -> None:
    mark = {"": {"rev": 3, "op": "o", "device": "d", "by": "Ana", "at": "2026-11-10T18:00:00Z"}}
    state = State(FULL, mark, 3, deleted=True, signed=True)
    assert kept(database, Patient, state, new_id()) == state


def test_moments_and_dates_come_out_as_they_were_said(database: Database) -> None:
    doc = {"due_on": "2026-12-24", "status": "active", "target_value": 3.5}
    assert kept(database, Goal, State(doc, {}, 1), new_id()).doc == doc
    task = {"due_at": "2026-11-10T18:00:00.123000Z", "status": "open"}
    found = kept(database, KINDS["Task"], State(task, {}, 1), new_id()).doc
    assert found["due_at"] == task["due_at"]


def test_a_moment_said_in_another_zone_is_the_same_moment(database: Database) -> None:
    doc = {"due_at": "2026-11-10T13:00:00-05:00", "status": "open"}
    found = kept(database, KINDS["Task"], State(doc, {}, 1), new_id()).doc
    assert found["due_at"] == "2026-11-10T18:00:00Z"


def test_an_update_replaces_all_of_a_record_and_nothing_of_its_neighbour(
    database: Database,
) -> None:
    first, second = new_id(), new_id()
    before = State({"description": "Walk", "status": "active", "later": 1}, {}, 1)
    after = State({"status": "achieved"}, {"status": {"rev": 2}}, 2)
    kept(database, Goal, before, first)
    kept(database, Goal, before, second)
    with database.write() as connection:
        update_rows(connection, Goal, [row_values(Goal, ORG, first, "case", after, 8)])
        rows = load_rows(connection, ORG, {"Goal": [first, second]})
    assert state_of(Goal, rows[first]) == after
    assert state_of(Goal, rows[second]) == before


def test_another_organisations_record_of_the_same_id_is_not_read(database: Database) -> None:
    record_id = new_id()
    kept(database, Goal, State({"status": "active"}, {}, 1), record_id)
    with database.read() as connection:
        assert load_rows(connection, "another", {"Goal": [record_id]}) == {}


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("Goal", "status", None),
        ("Goal", "status", 3),
        ("Goal", "status", "x" * 33),
        ("Goal", "description", ["not", "text"]),
        ("Goal", "due_on", "soon"),
        ("Goal", "due_on", "2026-13-01"),
        ("Goal", "target_value", "three"),
        ("Goal", "target_value", True),
        ("Task", "due_at", "2026-11-10T18:00:00"),
        ("Task", "due_at", "0001-01-01T00:00:00+14:00"),
        ("Task", "due_at", "9999-12-31T23:59:59-14:00"),
        ("Task", "due_at", 7),
        ("Patient", "deceased", "no"),
        ("Patient", "deceased", 1),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_field(kind: str, field: str, value: Any) -> None:
    doc = {"status": "active"} | {field: value}
    with pytest.raises(BadValue) as error:
        row_values(KINDS[kind], ORG, "id", "case", State(doc, {}, 1), 0)
    assert str(error.value).startswith(f"{kind}.{field} ")
    assert str(error.value).removeprefix(f"{kind}.{field} ") in {
        "may not be empty",
        "is not of its type",
        "is longer than 32 characters",
    }


def test_dates_and_moments_become_what_the_columns_hold() -> None:
    task = row_values(
        KINDS["Task"],
        ORG,
        "id",
        "case",
        State({"due_at": "2026-11-10T18:00:00Z", "status": "x"}),
        0,
    )
    assert task["due_at"] == datetime(2026, 11, 10, 18, tzinfo=UTC)
    goal = row_values(Goal, ORG, "id", "case", State({"due_on": "2026-12-24", "status": "x"}), 0)
    assert goal["due_on"] == date(2026, 12, 24)


NEWER = st.text(min_size=1, max_size=12).filter(lambda name: name not in content_fields(Goal))


@given(names=st.lists(NEWER, unique=True, max_size=6))
def test_fields_of_a_newer_version_stand_apart_and_never_in_the_envelope(names: list[str]) -> None:
    doc = {"status": "active"} | dict.fromkeys(names, "x") | {"org_id": "other", "seq": 99}
    values = row_values(Goal, ORG, "id", "case", State(doc, {}, 1), 5)
    assert (values["org_id"], values["seq"], values["id"]) == (ORG, 5, "id")
    assert {"org_id", "seq"} <= values["extra"].keys()
    assert set(values["extra"]) == set(doc) - (values.keys() - {"org_id", "id", "seq"} - set(names))


def test_long_lists_are_asked_in_parts() -> None:
    whole = [str(n) for n in range(2 * CHUNK + 1)]
    parts = list(chunks(whole))
    assert [len(part) for part in parts] == [CHUNK, CHUNK, 1]
    assert [value for part in parts for value in part] == whole
