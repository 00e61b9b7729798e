"""Headquarters' database: SQLite in its data folder by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from casefield.errors import CasefieldError, StorageFull, UnusableInput
from casefield.records.base import new_id
from casefield.records.headquarters import ServerFact
from casefield.records.migrations import HEAD, migrate, stored_revision

SQLITE_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA busy_timeout = 15000",
    "PRAGMA cache_size = -65536",
)
LOCK_WAIT = "SET lock_timeout = '5s'"
IDLE_LIMIT = "SET idle_in_transaction_session_timeout = '10s'"


class Database:
    """Gives connections for reading and writing; knows its dialect's way of taking turns.

    Args:
        url: ``postgresql://…``, ``sqlite:///…``, or the path of an SQLite file.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_postgres = self.engine.dialect.name == "postgresql"

    def prepare(self) -> None:
        """Bring the schema up to date and make sure the server has an epoch.

        Raises:
            UnusableInput: unreachable, or written by a newer casefield.
        """
        try:
            with self.write() as connection:
                stored = stored_revision(connection)
                if stored is not None and stored > HEAD:
                    raise UnusableInput(
                        f"The database was written by a newer casefield (version {stored}).",
                        way_out=f"Run that version; this one knows version {HEAD}.",
                    )
                if stored != HEAD:
                    migrate(connection, "headquarters")
                _keep_epoch(connection)
        except OperationalError as error:
            raise UnusableInput(
                "The database can't be reached or opened.",
                way_out="Check --database, the server and its permissions.",
            ) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for questions."""
        with self.engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is committed at the end, or not at all."""
        with (
            _sentences(),
            self.engine.connect().execution_options(casefield_begin="IMMEDIATE") as connection,
        ):
            yield connection
            connection.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def epoch_of(connection: Connection) -> str:
    """Return the server's epoch."""
    return str(
        connection.execute(ServerFact.__table__.select().where(ServerFact.name == "epoch"))
        .one()
        .value
    )


def _keep_epoch(connection: Connection) -> None:
    table = ServerFact.__table__
    if connection.execute(table.select().where(ServerFact.name == "epoch")).first() is None:
        connection.execute(table.insert(), {"name": "epoch", "value": new_id()})  # type: ignore[attr-defined]


def _engine(url: str) -> Engine:
    if "://" not in url:
        Path(url).expanduser().parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{Path(url).expanduser()}"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite":
            raise UnusableInput(
                f"{parsed.get_backend_name()} is not a database that casefield knows.",
                way_out="Give postgresql://… or the path of an SQLite file.",
            )
        engine = create_engine(parsed, pool_size=5, max_overflow=15, pool_pre_ping=True)
    except ArgumentError as error:
        raise UnusableInput("--database is not a database URL.") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgres_connect)
    return engine


def _sqlite_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(setting)


def _sqlite_begin(connection: Any) -> None:
    mode = connection.get_execution_options().get("casefield_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _postgres_connect(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_WAIT)
        cursor.execute(IDLE_LIMIT)
    connection.commit()


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except CasefieldError:
        raise
    except DBAPIError as error:
        if "full" in str(error.orig).lower() or "no space" in str(error.orig).lower():
            raise StorageFull(
                "The server's disk is full; nothing was saved.", way_out="Free some space."
            ) from error
        raise
