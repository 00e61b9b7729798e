"""Rows into tables as fast as the database takes them: columns' conversions and an `executemany`.

An ORM object or a compiled statement costs more than the row itself. A save pays that for its
operation and its audit entry; an import, a push or a pull for thousands of records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Dialect, FromClause, Table

MOST_PLANS = 256  # one a table and opened database
PLACES = {"qmark": "?", "pyformat": "%s"}
Convert = Callable[[Any], Any]


class _Plan(NamedTuple):
    """How the rows of one table are written."""

    statement: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    conversions: tuple[tuple[int, Convert], ...]


def insert_rows(
    connection: Connection, table: FromClause, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that name every column of the table, and perhaps more."""
    if not rows:
        return
    statement, pick, conversions = _plan(cast(Table, table), connection.dialect)
    values = []
    for row in rows:
        found = list(pick(row))
        for place, convert in conversions:
            found[place] = convert(found[place])
        values.append(tuple(found))
    connection.exec_driver_sql(statement, values)


@lru_cache(maxsize=MOST_PLANS)
def _plan(table: Table, dialect: Dialect) -> _Plan:
    columns = list(table.columns)
    names = ", ".join(dialect.identifier_preparer.format_column(column) for column in columns)
    places = ", ".join([PLACES[dialect.paramstyle]] * len(columns))
    into = dialect.identifier_preparer.format_table(table)
    conversions = tuple(
        (place, convert)
        for place, column in enumerate(columns)
        if (convert := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    )
    statement = f"INSERT INTO {into} ({names}) VALUES ({places})"  # noqa: S608 - names of ours
    return _Plan(statement, itemgetter(*(column.key for column in columns)), conversions)
