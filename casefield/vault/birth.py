"""What a record has from birth: its ids, an envelope nobody has seen, its columns' defaults."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.schema import ScalarElementColumnDefault

from casefield.records.base import ENVELOPE, Synced, new_id
from casefield.records.document import content_fields, table_of


def row_of(record: Synced, org_id: str) -> dict[str, Any]:
    """Return a new record's columns, with what it lacks; a Patient is its own case.

    The record has them itself afterwards, past the ORM's bookkeeping: it is written as a row.
    """
    given = vars(record)
    row = {name: given.get(name) for name in columns(type(record))}
    for name, default in _defaults(type(record)).items():
        if row[name] is None:
            row[name] = default
    row["id"] = row["id"] or new_id()
    row["org_id"] = org_id
    if record.__kind__ == "Patient":
        row["case_id"] = row["id"]
    row["fmeta"] = row["fmeta"] or {}
    row["extra"] = row["extra"] or {}
    given.update(row)
    return row


def columns(kind: type[Synced]) -> tuple[str, ...]:
    """Return the names of all columns of a kind."""
    return ENVELOPE + content_fields(kind)


_DEFAULTS: dict[type[Synced], dict[str, Any]] = {}


def _defaults(kind: type[Synced]) -> dict[str, Any]:
    """Return the plain defaults of a kind's columns (states), which bulk inserts would skip."""
    if kind not in _DEFAULTS:
        _DEFAULTS[kind] = {
            column.key: column.default.arg
            for column in table_of(kind).columns
            if isinstance(column.default, ScalarElementColumnDefault)
        }
    return _DEFAULTS[kind]
