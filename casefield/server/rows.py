"""Records at headquarters as plain states, many at a time, without the ORM's per-row cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, String, bindparam, select

from casefield.records.base import Synced
from casefield.records.document import content_fields, from_wire, table_of, to_wire
from casefield.sync.merge import State

CHUNK = 500
ENVELOPE = ("case_id", "rev", "seq", "deleted", "signed", "fmeta", "extra")


class BadValue(ValueError):
    """A field's value does not fit its column; the message names the field, never the value."""


def load_states(
    connection: Connection, kind: type[Synced], org_id: str, ids: Sequence[str]
) -> dict[str, tuple[State, Any]]:
    """Return (state, row) of the records that exist, by id."""
    table = table_of(kind)
    found: dict[str, tuple[State, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        part = list(ids[start : start + CHUNK])
        rows = connection.execute(
            select(table).where(table.c.org_id == org_id, table.c.id.in_(part)).order_by(table.c.id)
        )
        for row in rows:
            state = State(document_of(kind, row), row.fmeta or {}, row.rev, row.deleted, row.signed)
            found[row.id] = (state, row)
    return found


def document_of(kind: type[Synced], row: Any) -> dict[str, Any]:
    """Return a row's content as JSON values, unknown fields included."""
    mapping = row._mapping
    document = {
        name: to_wire(value)
        for name in content_fields(kind)
        if (value := mapping[name]) is not None
    }
    document.update(mapping["extra"] or {})
    return document


def row_values(
    kind: type[Synced], org_id: str, record_id: str, case_id: str | None, state: State, seq: int
) -> dict[str, Any]:
    """Return a row's column values.

    Raises:
        BadValue: a value is not of its field's type, or too long for it.
    """
    fields = content_fields(kind)
    values: dict[str, Any] = {name: checked(kind, name, state.doc.get(name)) for name in fields}
    known = frozenset(fields)
    return values | {
        "org_id": org_id,
        "id": record_id,
        "case_id": case_id,
        "rev": state.rev,
        "seq": seq,
        "deleted": state.deleted,
        "signed": state.signed,
        "fmeta": state.fmeta,
        "extra": {name: value for name, value in state.doc.items() if name not in known},
    }


def checked(kind: type[Synced], name: str, value: Any) -> Any:
    """Return a field's Python value.

    Raises:
        BadValue: it does not fit the column.
    """
    column = table_of(kind).columns[name]
    if value is None:
        if column.nullable:
            return None
        raise BadValue(f"{kind.__kind__}.{name} may not be empty")
    try:
        found = from_wire(kind, name, value)
    except (ValueError, TypeError) as error:
        raise BadValue(f"{kind.__kind__}.{name} is not of its type") from error
    wanted = _python_type(column.type)
    if wanted is not None and (not isinstance(found, wanted) or _bool_for_number(found, wanted)):
        raise BadValue(f"{kind.__kind__}.{name} is not of its type")
    if isinstance(found, str):
        if "\0" in found:
            raise BadValue(f"{kind.__kind__}.{name} holds a null character")
        length = column.type.length if isinstance(column.type, String) else None
        if length is not None and len(found) > length:
            raise BadValue(f"{kind.__kind__}.{name} is longer than {length} characters")
    return found


def insert_rows(connection: Connection, kind: type[Synced], rows: Sequence[dict[str, Any]]) -> None:
    """Insert new records."""
    if rows:
        connection.execute(table_of(kind).insert(), list(rows))


def update_rows(connection: Connection, kind: type[Synced], rows: Sequence[dict[str, Any]]) -> None:
    """Replace records that exist."""
    if not rows:
        return
    table = table_of(kind)
    names = [c.key for c in table.columns if c.key not in {"org_id", "id"}]
    statement = (
        table.update()
        .where(table.c.org_id == bindparam("b_org"), table.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}") for name in names if name != "org"})
    )
    connection.execute(
        statement,
        [
            {"b_org": row["org_id"], "b_id": row["id"]} | {f"b_{n}": row[n] for n in names}
            for row in rows
        ],
    )


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Return values in lists short enough for one IN."""
    whole = list(values)
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]


def _python_type(column_type: Any) -> Any:
    try:
        wanted = column_type.python_type
    except NotImplementedError:
        return None
    if wanted is dict:
        return None
    return (int, float) if wanted is float else wanted


def _bool_for_number(found: Any, wanted: Any) -> bool:
    return isinstance(found, bool) and wanted is not bool
