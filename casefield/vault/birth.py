"""What a record has from birth: its ids, an envelope nobody has seen, its columns' defaults."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.schema import ScalarElementColumnDefault

from casefield.records.base import ENVELOPE, Synced, new_id
from casefield.records.document import content_fields, table_of


def fill_in(record: Synced, org_id: str) -> None:
    """Give a new record what it lacks; a Patient is its own case."""
    record.id = record.id or new_id()
    record.org_id = org_id
    if record.__kind__ == "Patient":
        record.case_id = record.id
    for name, value in (("rev", 0), ("seq", 0), ("deleted", False), ("signed", False)):
        if getattr(record, name) is None:
            setattr(record, name, value)
    record.fmeta = record.fmeta or {}
    record.extra = record.extra or {}
    for name, default in _defaults(type(record)).items():
        if getattr(record, name) is None:
            setattr(record, name, default)


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
