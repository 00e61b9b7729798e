"""Records at headquarters as plain states, many at a time, without the ORM's per-row cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, Connection, bindparam, select

from casefield.records.base import Synced, UtcDateTime
from casefield.records.document import content_fields, readers_of, table_of, to_wire
from casefield.records.registry import KINDS
from casefield.sync.merge import State

CHUNK = 500
HEAD = ("id", "rev", "seq", "case_id", "deleted", "signed", "fmeta")


class BadValue(ValueError):
    """A field's value does not fit its column; the message names the field, never the value."""


def load_rows(
    connection: Connection, org_id: str, ids_by_kind: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the rows of the records that exist, by id.

    Args:
        ids_by_kind: a kind's name, and ids of that kind.
    """
    return _load(connection, org_id, ids_by_kind, ())


def load_heads(
    connection: Connection, org_id: str, ids_by_kind: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return what stands around the content of the records that exist, by id."""
    return _load(connection, org_id, ids_by_kind, HEAD)


def _load(
    connection: Connection,
    org_id: str,
    ids_by_kind: Mapping[str, Sequence[str]],
    names: Sequence[str],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, ids in ids_by_kind.items():
        table = table_of(KINDS[name])
        columns = [table.c[column] for column in names] or list(table.columns)
        for part in chunks(ids):
            rows = connection.execute(
                select(*columns).where(table.c.org_id == org_id, table.c.id.in_(part))
            )
            found |= {row.id: row for row in rows}
    return found


def state_of(kind: type[Synced], row: Any) -> State:
    """Return a row as merge sees it."""
    return State(document_of(kind, row), row.fmeta or {}, row.rev, row.deleted, row.signed)


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
    columns = _columns_of(kind.__kind__)
    values: dict[str, Any] = dict.fromkeys(columns)
    extra: dict[str, Any] = {}
    for name, value in state.doc.items():
        if name in columns:
            values[name] = columns[name].checked(value)
        else:
            extra[name] = value
    for column in columns.values():
        if not column.nullable and values[column.name] is None:
            column.checked(None)
    return values | {
        "org_id": org_id,
        "id": record_id,
        "case_id": case_id,
        "rev": state.rev,
        "seq": seq,
        "deleted": state.deleted,
        "signed": state.signed,
        "fmeta": state.fmeta,
        "extra": extra,
    }


def update_rows(connection: Connection, kind: type[Synced], rows: Sequence[dict[str, Any]]) -> None:
    """Replace records that exist."""
    if not rows:
        return
    table = table_of(kind)
    names = [c.key for c in table.columns if c.key not in {"org_id", "id"}]
    statement = (
        table.update()
        .where(table.c.org_id == bindparam("b_org"), table.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}") for name in names})
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


@dataclass(frozen=True)
class _Column:
    """A content field as its column can hold it."""

    kind: type[Synced]
    name: str
    nullable: bool
    wanted: type | None
    length: int | None
    read: Callable[[Any], Any] | None

    def checked(self, value: Any) -> Any:
        """Return a JSON value as the column's own.

        Raises:
            BadValue: it does not fit.
        """
        if value is None:
            if self.nullable:
                return None
            raise self._bad("may not be empty")
        found = value
        if self.read is not None:
            try:
                found = self.read(value)
            except (ValueError, TypeError, OverflowError) as error:
                raise self._bad("is not of its type") from error
        if self.wanted is not None and type(found) is not self.wanted:
            if self.wanted is float and type(found) is int:
                return found
            raise self._bad("is not of its type")
        if self.length is not None and len(found) > self.length:
            raise self._bad(f"is longer than {self.length} characters")
        return found

    def _bad(self, words: str) -> BadValue:
        return BadValue(f"{self.kind.__kind__}.{self.name} {words}")


@cache
def _columns_of(name: str) -> dict[str, _Column]:
    kind = KINDS[name]
    columns = table_of(kind).columns
    return {
        field: _Column(
            kind,
            field,
            bool(columns[field].nullable),
            _python_type(columns[field].type),
            getattr(columns[field].type, "length", None),
            readers_of(kind).get(field),
        )
        for field in content_fields(kind)
    }


def _python_type(column_type: Any) -> type | None:
    """Return what a column holds, None for any JSON."""
    if isinstance(column_type, JSON):
        return None
    if isinstance(column_type, UtcDateTime):
        return datetime
    found: type = column_type.python_type
    return found
