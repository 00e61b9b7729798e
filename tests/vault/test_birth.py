"""What a new record gets: ids, an envelope nobody has seen, its kind's defaults."""

from __future__ import annotations

import pytest

from casefield.records.base import ENVELOPE, Synced
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.registry import KINDS
from casefield.vault.birth import columns, row_of


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_record_of_any_kind_lacks_nothing(kind: type[Synced]) -> None:
    record = kind()
    row = row_of(record, "org")
    assert tuple(row) == columns(kind)
    assert row == {name: getattr(record, name) for name in columns(kind)}
    assert (record.org_id, record.rev, record.seq) == ("org", 0, 0)
    assert (record.deleted, record.signed, record.fmeta, record.extra) == (False, False, {}, {})
    assert len(record.id) == 36
    table = kind.__table__  # type: ignore[attr-defined]
    for name in columns(kind):
        assert getattr(record, name) is not None or table.columns[name].nullable


def test_what_is_said_stands() -> None:
    record = Goal(id="mine", status="proposed", case_id="c", extra={"a": 1})
    row_of(record, "org")
    assert (record.id, record.status, record.case_id, record.extra) == (
        "mine",
        "proposed",
        "c",
        {"a": 1},
    )


def test_a_person_is_their_own_case_whatever_was_said() -> None:
    person = Patient(case_id="another")
    row_of(person, "org")
    assert person.case_id == person.id


def test_ids_are_new_each_time() -> None:
    records = [Goal() for _ in range(100)]
    for record in records:
        row_of(record, "org")
    assert len({record.id for record in records}) == 100


def test_columns_are_envelope_and_content() -> None:
    assert columns(Goal)[: len(ENVELOPE)] == ENVELOPE
    assert len(set(columns(Goal))) == len(Goal.__table__.columns)  # type: ignore[attr-defined]
