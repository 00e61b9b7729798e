"""Headquarters' database: SQLite in its data folder by default, PostgreSQL by URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from casefield.errors import Busy, StorageFull, UnusableInput
from casefield.records.base import new_id
from casefield.records.headquarters import ServerFact
from casefield.records.migrations import HEAD, migrate, stored_revision

SQLITE_SETTINGS = (
    "PRAGMA busy_timeout = 15000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
# A push waits this long for another's record or counter and is then tried again by the laptop;
# a session that forgot its transaction lets go of its locks
POSTGRES_SETTINGS = (
    "SET lock_timeout = '5s'",
    "SET idle_in_transaction_session_timeout = '10s'",
)
POSTGRES_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
CONNECT_SECONDS = 10
MIGRATION_LOCK = 0x0CA5EF1E
DISK_FULL = frozenset({"53100", "SQLITE_FULL"})
BUSY = frozenset({"55P03", "40P01", "40001", "SQLITE_BUSY"})  # waited too long, or a circle


class Database:
    """Gives connections for reading and writing; knows its dialect's way of taking turns.

    Args:
        url: ``postgresql://…``, ``sqlite:///…``, or the path of an SQLite file.

    Raises:
        UnusableInput: the URL is none, or names a database that casefield doesn't know.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._url = _parsed(url)
        self.engine = _engine(self._url)
        self.is_postgres = self.engine.dialect.name == "postgresql"
        self._snapshot = POSTGRES_SNAPSHOT if self.is_postgres else {}

    @property
    def place(self) -> str:
        """Where the database is, for a sentence: a file, or a URL without its password."""
        if not self.is_postgres:
            return str(self._url.database)
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    def prepare(self) -> None:
        """Bring the schema up to date and make sure the server has an epoch.

        Raises:
            UnusableInput: unreachable, not ours to write, or written by a newer casefield.
            StorageFull: no room.
        """
        try:
            with self.write() as connection:
                if self.is_postgres:  # two servers that start together take turns
                    lock = text("SELECT pg_advisory_xact_lock(:key)")
                    connection.execute(lock, {"key": MIGRATION_LOCK})
                self._bring_up_to_date(connection)
                _keep_epoch(connection)
        except DBAPIError as error:
            raise self.unusable(error) from error
        except OSError as error:
            raise self.unusable(error) from error

    def unusable(self, error: DBAPIError | OSError) -> UnusableInput:
        """Return the sentence for a database that fails as a whole."""
        reason = _reason(error) if isinstance(error, DBAPIError) else str(error.strerror)
        check = "address, server and user" if self.is_postgres else "path and its permissions"
        return UnusableInput(
            f"The database {self.place} can't be used: {reason}.", way_out=f"Check the {check}."
        )

    def _bring_up_to_date(self, connection: Connection) -> None:
        stored = stored_revision(connection)
        if stored is not None and stored > HEAD:
            raise UnusableInput(
                f"The database {self.place} was written by a newer casefield (version {stored}).",
                way_out=f"Run that version; this one knows version {HEAD}.",
            )
        if stored != HEAD:
            migrate(connection, "headquarters")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for questions: one snapshot, which waits for no writer."""
        with self.engine.connect().execution_options(**self._snapshot) as connection:
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


def _parsed(url: str) -> URL:
    if "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser().absolute()))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # what was typed may hold a password: it is not repeated
        raise UnusableInput(
            "--database is not a database URL.",
            way_out="Write it like postgresql://USER@HOST/NAME, or give the path of a file.",
        ) from error
    name = parsed.get_backend_name()
    if name in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if name == "sqlite" and parsed.database:
        return parsed
    raise UnusableInput(
        f"{name}://… is not a database that casefield knows.",
        way_out="Give postgresql://USER@HOST/NAME or the path of an SQLite file.",
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _engine(url: URL) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        pool_size=5,
        max_overflow=15,
        pool_pre_ping=not sqlite,
        hide_parameters=True,  # an error's text must not hold a record's values
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
        connect_args={}
        if sqlite
        else {"connect_timeout": CONNECT_SECONDS, "application_name": "casefield-server"},
    )
    if sqlite:
        event.listen(engine, "do_connect", _own_file)
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgres_connect)
    return engine


def _own_file(dialect: Any, record: Any, arguments: Any, options: Any) -> None:
    """Make a new database file, and its folder, readable by the server's user alone.

    SQLite gives its journals the rights of the file they belong to.
    """
    file = Path(arguments[0])
    if not file.exists():
        if not file.parent.exists():
            file.parent.mkdir(parents=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _sqlite_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(setting)


def _sqlite_begin(connection: Any) -> None:
    mode = connection.get_execution_options().get("casefield_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _postgres_connect(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        for setting in POSTGRES_SETTINGS:
            cursor.execute(setting)
    connection.commit()


def _reason(error: DBAPIError) -> str:
    """Return the database's own words in one line: host, user and file, never a password."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    attempts = [line for line in lines if line.startswith("- ")]
    said = (attempts[-1:] or lines[:1] or [type(error.orig).__name__])[0]
    return said.split("connection failed: ")[-1].rstrip(".?")


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", getattr(error.orig, "sqlite_errorname", ""))
        if code in BUSY:
            raise Busy(
                "Somebody else is writing at headquarters just now.", way_out="Try again."
            ) from error
        if code in DISK_FULL:
            raise StorageFull(
                "The server's disk is full; nothing was saved.", way_out="Free some space."
            ) from error
        raise
