"""A record's content as a plain JSON document and back: one shape for wire, history and shadow.

Only content fields stand in a document; the envelope travels beside it. Fields this version
doesn't know are kept in `extra` and come out again, so an older app never erases them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Date, Table, inspect

from casefield.records.base import ENVELOPE, FieldKind, Synced, UtcDateTime

R = TypeVar("R", bound=Synced)
F = TypeVar("F", bound=Callable[..., Any])
Document = dict[str, Any]


def _remembered(function: F) -> F:
    """Cache per kind; typed, because mypy takes a class for unhashable in `functools.cache`."""
    return cast(F, cache(function))


@_remembered
def table_of(kind: type[Synced]) -> Table:
    """Return a kind's table, for statements that bypass the ORM."""
    return cast(Table, inspect(kind).local_table)


@_remembered
def content_fields(kind: type[Synced]) -> tuple[str, ...]:
    """Return the names of a kind's content fields, in declaration order."""
    return tuple(c.key for c in inspect(kind).columns if c.key not in ENVELOPE)


@_remembered
def field_kind(kind: type[Synced], name: str) -> FieldKind:
    """Return how edits of a field merge; unknown fields merge as scalars."""
    column = inspect(kind).columns.get(name)
    return FieldKind.SCALAR if column is None else column.info.get("kind", FieldKind.SCALAR)


@_remembered
def merge_unit(kind: type[Synced], name: str) -> str:
    """Return the name under which a field merges: its group's, or its own."""
    column = inspect(kind).columns.get(name)
    return name if column is None else column.info.get("group") or name


@_remembered
def unit_fields(kind: type[Synced], unit: str) -> tuple[str, ...]:
    """Return the fields that merge together under one name."""
    fields = tuple(n for n in content_fields(kind) if merge_unit(kind, n) == unit)
    return fields or (unit,)


def to_wire(value: Any) -> Any:
    """Turn a field's Python value into JSON's: moments as ``…Z``, dates as ISO."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def to_document(record: Synced) -> Document:
    """Return a record's content, without empty fields, with the unknown ones from `extra`."""
    document = {
        name: to_wire(value)
        for name in content_fields(type(record))
        if (value := getattr(record, name)) is not None
    }
    document.update(record.extra or {})
    return document


def document_of(kind: type[Synced], row: Mapping[str, Any]) -> Document:
    """Return the content that a row's values hold, as `to_document` does of a record."""
    document = {
        name: to_wire(value) for name in content_fields(kind) if (value := row[name]) is not None
    }
    document.update(row["extra"] or {})
    return document


def from_wire(kind: type[Synced], name: str, value: Any) -> Any:
    """Turn a JSON value into what the field holds.

    Raises:
        ValueError: the value is not of the field's type.
    """
    reader = readers_of(kind).get(name)
    return value if reader is None or value is None else reader(value)


def apply(record: Synced, changes: Mapping[str, Any]) -> None:
    """Write JSON values into a record; unknown fields go to `extra`, None clears a field.

    Raises:
        ValueError: a value is not of its field's type.
    """
    known = frozenset(content_fields(type(record)))
    for name, value in changes.items():
        if name in known:
            setattr(record, name, from_wire(type(record), name, value))
        elif value is None:
            record.extra = {k: v for k, v in (record.extra or {}).items() if k != name}
        else:
            record.extra = {**(record.extra or {}), name: value}


def replace(record: Synced, document: Mapping[str, Any]) -> None:
    """Make a record's content equal to a document: what the document lacks is cleared."""
    record.extra = {}
    cleared = {name: None for name in content_fields(type(record)) if name not in document}
    apply(record, {**cleared, **document})


@_remembered
def readers_of(kind: type[Synced]) -> dict[str, Callable[[Any], Any]]:
    """Return, for the fields that JSON says otherwise, what turns its value into the field's."""
    readers: dict[str, Callable[[Any], Any]] = {}
    for column in inspect(kind).columns:
        if isinstance(column.type, UtcDateTime):
            readers[column.key] = _moment
        elif isinstance(column.type, Date):
            readers[column.key] = _day
    return readers


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
