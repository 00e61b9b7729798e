"""Rows put in past the ORM come out of it as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import JSON, Connection, create_engine
from sqlalchemy.orm import Session

from casefield.records.base import Base, Synced, UtcDateTime
from casefield.records.bulk import insert_rows
from casefield.records.document import table_of
from casefield.records.people import Patient
from casefield.records.registry import KINDS

MOMENT = datetime(2026, 11, 10, 13, 5, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
VALUES = {
    str: "Zoë ‘Zo’ O'Neill; %s ?",
    int: 7,
    float: 7.5,
    bool: True,
    date: date(2026, 11, 10),
    dict: {"a": [1, None, "é"], "b": {}},
}


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Return a connection to empty tables of every kind."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def value_of(column: Any) -> Any:
    """Return a value of a column's type."""
    if isinstance(column.type, UtcDateTime):
        return MOMENT
    if isinstance(column.type, JSON):
        return VALUES[dict]
    return VALUES[column.type.python_type]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_comes_back_whole(connection: Connection, kind: type[Synced]) -> None:
    row = {c.key: value_of(c) for c in table_of(kind).columns}
    insert_rows(connection, table_of(kind), [row])
    with Session(connection) as session:
        kept = session.get_one(kind, (row["org_id"], row["id"]))
        assert {name: getattr(kept, name) for name in row} == row


def test_nothing_stays_nothing(connection: Connection) -> None:
    table = table_of(Patient)
    needed = {"org_id": "o", "rev": 0, "seq": 0, "deleted": False, "signed": False}
    row = dict.fromkeys(table.columns.keys()) | needed | {"id": "p", "fmeta": {}, "extra": {}}
    insert_rows(connection, table, [row, row | {"id": "q"}])
    stored = connection.exec_driver_sql(
        "SELECT identifiers, birth_date, consent_given FROM patient"
    )
    assert stored.all() == [(None, None, None)] * 2


def test_moments_are_kept_in_utc(connection: Connection) -> None:
    kind = KINDS["Note"]
    row = {c.key: value_of(c) for c in table_of(kind).columns}
    insert_rows(connection, table_of(kind), [row])
    with Session(connection) as session:
        written: Any = session.get_one(kind, (row["org_id"], row["id"]))
        assert written.written_at.tzinfo is UTC


def test_a_row_without_a_column_is_refused(connection: Connection) -> None:
    with pytest.raises(KeyError):
        insert_rows(connection, table_of(Patient), [{"id": "p"}])


def test_no_rows_are_no_statement(connection: Connection) -> None:
    insert_rows(connection, table_of(Patient), [])
    assert connection.exec_driver_sql("SELECT count(*) FROM patient").scalar() == 0
