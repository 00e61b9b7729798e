"""Rows into tables as fast as the database takes them: columns' conversions and an `executemany`.

An ORM object or a compiled statement costs more than the row itself. A save pays that for its
operation and its audit entry; an import, a push or a pull for thousands of records. PostgreSQL
takes many rows by COPY, which plans nothing for any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Dialect, FromClause, Table
from sqlalchemy.exc import DBAPIError

LEAST_COPIED = 16  # fewer rows are through sooner one by one
MOST_PLANS = 256  # one a table and opened database
PLACES = {"qmark": "?", "pyformat": "%s"}
Convert = Callable[[Any], Any]


class _Plan(NamedTuple):
    """How the rows of one table are written."""

    statement: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    conversions: tuple[tuple[int, Convert], ...]
    copy: str


def insert_rows(
    connection: Connection, table: FromClause, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that name every column of the table, and perhaps more."""
    if not rows:
        return
    plan = _plan(cast(Table, table), connection.dialect)
    values = []
    for row in rows:
        found = list(plan.pick(row))
        for place, convert in plan.conversions:
            found[place] = convert(found[place])
        values.append(tuple(found))
    if plan.copy and len(values) >= LEAST_COPIED:
        _copy(connection, plan.copy, values)
    else:
        connection.exec_driver_sql(plan.statement, values)


def _copy(connection: Connection, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
    """Copy rows in; what the database refuses is told as SQLAlchemy tells it.

    Raises:
        DBAPIError: without the rows' values.
    """
    if not connection.in_transaction():
        connection.begin()  # past SQLAlchemy, which would not know that there is one to commit
    raw: Any = connection.connection
    dbapi: Any = connection.dialect.dbapi
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except dbapi.Error as error:
        told = DBAPIError.instance(
            statement, None, error, dbapi.Error, hide_parameters=True, dialect=connection.dialect
        )
        raise told from error


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
    copy = f"COPY {into} ({names}) FROM STDIN" if dialect.name == "postgresql" else ""
    return _Plan(statement, itemgetter(*(column.key for column in columns)), conversions, copy)
