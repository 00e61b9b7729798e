"""Rows that PostgreSQL takes by COPY come back as they were, and what it refuses is told safely."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefield.records.base import Synced
from casefield.records.bulk import LEAST_COPIED, insert_rows
from casefield.records.document import table_of
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.server.database import Database
from tests.records.test_bulk import value_of

WORDS = "Zoë ‘Zo’ O'Neill; %s ? \\N \\t \n\t\\."


def rows_of(kind: type[Synced]) -> list[dict[str, Any]]:
    """Return enough rows to be copied; every second one has nothing where that is allowed."""
    columns = list(table_of(kind).columns)
    full = {
        c.key: WORDS[: c.type.length] if c.type.python_type is str else value_of(c) for c in columns
    }
    bare = full | {c.key: None for c in columns if c.nullable and "JSON" not in str(c.type)}
    return [(full, bare)[n % 2] | {"id": f"id-{n}"} for n in range(LEAST_COPIED)]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_comes_back_whole(on_postgresql: Database, kind: type[Synced]) -> None:
    rows = rows_of(kind)
    with on_postgresql.write() as connection:
        insert_rows(connection, table_of(kind), rows)
    with on_postgresql.read() as connection, Session(connection) as session:
        for row in rows:
            kept = session.get_one(kind, (row["org_id"], row["id"]))
            assert {name: getattr(kept, name) for name in row} == row


def test_a_refusal_holds_no_values(on_postgresql: Database) -> None:
    rows = rows_of(Patient)
    secret = rows[0] | {"given_name": "Rosalinda"}
    with pytest.raises(IntegrityError) as refused, on_postgresql.write() as connection:
        insert_rows(connection, table_of(Patient), [*rows, secret])
    assert "Rosalinda" not in str(refused.value)
