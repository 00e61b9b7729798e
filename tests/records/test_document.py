"""A record and its document say the same; what this version doesn't know comes out again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.base import ENVELOPE, FieldKind
from casefield.records.document import (
    apply,
    content_fields,
    field_kind,
    from_wire,
    merge_unit,
    replace,
    table_of,
    to_document,
    to_wire,
    unit_fields,
)
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.registry import KINDS
from casefield.records.worklist import Task

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
UNKNOWN = st.dictionaries(
    st.text(min_size=1, max_size=6).map(lambda name: f"later_{name}"),
    JSON_VALUES.filter(lambda value: value is not None),
    max_size=4,
)


def goal(**fields: Any) -> Goal:
    return Goal(org_id="org", id="id", extra={}, **fields)


def test_a_document_holds_what_is_said_and_nothing_of_the_envelope() -> None:
    record = goal(description="Walk", status="active", due_on=date(2026, 12, 24), rev=7, seq=9)
    assert to_document(record) == {
        "description": "Walk",
        "status": "active",
        "due_on": "2026-12-24",
    }


def test_false_and_zero_and_nothing_are_three_things() -> None:
    person = Patient(org_id="org", id="id", extra={}, deceased=False, given_name="")
    assert to_document(person) == {"deceased": False, "given_name": ""}
    assert to_document(goal(target_value=0.0)) == {"target_value": 0.0}


def test_moments_are_told_in_utc_with_a_z() -> None:
    assert to_wire(datetime(2026, 11, 10, 18, tzinfo=UTC)) == "2026-11-10T18:00:00Z"
    eastern = datetime.fromisoformat("2026-11-10T13:00:00.5-05:00")
    assert to_wire(eastern) == "2026-11-10T18:00:00.500000Z"
    assert to_wire(date(2026, 11, 10)) == "2026-11-10"
    assert to_wire(None) is None


@given(moment=st.datetimes(min_value=datetime(1900, 1, 2), timezones=st.just(UTC)), day=st.dates())
def test_what_goes_over_the_wire_comes_back(moment: datetime, day: date) -> None:
    assert from_wire(Task, "due_at", to_wire(moment)) == moment
    assert from_wire(Task, "due_on", to_wire(day)) == day


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due_at", "soon"),
        ("due_at", "2026-11-10T18:00:00"),
        ("due_on", "2026-02-30"),
        ("due_on", ""),
    ],
)
def test_what_is_no_moment_or_date_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_wire(Task, name, value)


@given(unknown=UNKNOWN)
def test_fields_of_a_newer_version_come_out_as_they_went_in(unknown: dict[str, Any]) -> None:
    record = goal(status="active")
    apply(record, unknown | {"description": "Walk"})
    assert to_document(record) == {"status": "active", "description": "Walk"} | unknown
    assert record.extra == unknown


@given(before=UNKNOWN, after=UNKNOWN)
def test_replacing_leaves_nothing_of_what_was(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    record = goal(status="active")
    apply(record, before | {"description": "Walk", "due_on": "2026-12-24"})
    document = {"status": "achieved"} | after
    replace(record, document)
    assert to_document(record) == document


def test_none_clears_known_and_unknown_fields_alike() -> None:
    record = goal(status="active")
    apply(record, {"description": "Walk", "later": 1})
    apply(record, {"description": None, "later": None, "never": None})
    assert to_document(record) == {"status": "active"}


def test_a_field_never_reaches_the_envelope() -> None:
    record = goal(status="active")
    apply(record, {"org_id": "another", "rev": 99, "signed": True})
    assert (record.org_id, record.rev, record.signed) == ("org", None, None)
    assert record.extra == {"org_id": "another", "rev": 99, "signed": True}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__kind__)
def test_each_field_merges_in_one_unit(kind: Any) -> None:
    fields = content_fields(kind)
    assert not set(fields) & set(ENVELOPE)
    for name in fields:
        unit = merge_unit(kind, name)
        assert name in unit_fields(kind, unit)
        assert {merge_unit(kind, other) for other in unit_fields(kind, unit)} == {unit}
    assert set(fields) | set(ENVELOPE) == set(table_of(kind).columns.keys())


def test_an_address_merges_as_one() -> None:
    assert merge_unit(Patient, "city") == "address"
    lines = {"address_line", "city", "state", "postal_code", "country"}
    assert set(unit_fields(Patient, "address")) == lines
    assert merge_unit(Patient, "phone") == "phone"


def test_what_is_not_known_merges_as_a_scalar_of_its_own() -> None:
    assert field_kind(Goal, "later") is FieldKind.SCALAR
    assert merge_unit(Goal, "later") == "later"
    assert unit_fields(Goal, "later") == ("later",)


def test_lists_states_and_texts_merge_as_what_they_are() -> None:
    assert field_kind(Patient, "identifiers") is FieldKind.SET
    assert field_kind(Goal, "status") is FieldKind.STATUS
    assert field_kind(Goal, "description") is FieldKind.TEXT
