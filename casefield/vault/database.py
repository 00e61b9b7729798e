"""The encrypted database: one policy for every connection, on whatever thread.

Every connection gets the raw key and the same settings. Writers begin IMMEDIATE and take turns;
readers see a snapshot (WAL) and never wait for a writer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.pool import QueuePool

from casefield.errors import Busy, CasefieldError, Damaged
from casefield.vault.files import PRIVATE_FILE, disk_fails, disk_full, environment_error
from casefield.vault.keys import DataKey

FILE_NAME = "casefield.db"
CACHE_KIB = 64 * 1024
BUSY_MILLISECONDS = 10_000

QUIET = "PRAGMA cipher_log_level = NONE"  # else SQLCipher writes of damaged pages to a terminal

# Measured here: cipher_memory_security ON wipes every freed page buffer and costs 1.4 x on reads;
# the key itself is wiped by SQLCipher either way, and the design's promise is about the disk.
SETTINGS = (
    "PRAGMA cipher_memory_security = OFF",
    "PRAGMA cipher_page_size = 4096",
    "PRAGMA cipher_use_hmac = ON",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
)


def open_engine(folder: Path, key: DataKey) -> Engine:
    """Return an engine over the profile's database.

    A bare ``sqlite://`` URL would choose a pool of one connection per thread that is never given
    back; a QueuePool hands opened connections (0.6 ms each with the raw key, but a warm page cache
    is worth far more) to whichever thread asks. Values never stand in an error's text.

    Raises:
        StorageFull, UnusableInput: the file can't be made or kept private.
    """
    file = folder / FILE_NAME
    try:
        _make_private(file)
    except OSError as error:
        raise environment_error(error, file) from error
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=_creator(file, key),
        module=_driver(),
        poolclass=QueuePool,
        pool_size=3,
        max_overflow=5,
        pool_timeout=30,
        pool_use_lifo=True,  # the connection used last has the pages that are asked for next
        hide_parameters=True,
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _driver() -> Any:
    from sqlcipher3 import dbapi2

    return dbapi2


def _make_private(file: Path) -> None:
    """Let the file exist for its owner alone: SQLite gives WAL and shared memory the same mode."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    for name in (file.name, file.name + "-wal", file.name + "-shm"):
        path = file.with_name(name)
        if path.exists():
            path.chmod(PRIVATE_FILE)


def _creator(file: Path, key: DataKey) -> Callable[[], Any]:
    def connect() -> Any:
        from sqlcipher3 import dbapi2

        connection = dbapi2.connect(
            str(file), isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            connection.execute(QUIET)
            connection.execute(f"PRAGMA key = \"x'{key.raw().hex()}'\"")
            for setting in SETTINGS:
                connection.execute(setting).fetchall()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def _begin(connection: Any) -> None:
    """Begin as the work asked: IMMEDIATE for a writer, deferred for a reader."""
    mode = connection.get_execution_options().get("casefield_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def translated(error: DBAPIError | TimeoutError, folder: Path) -> CasefieldError | None:
    """Return what a database error means to a person, None where it is our own mistake."""
    file = folder / FILE_NAME
    if isinstance(error, TimeoutError):
        return _busy(file)
    # the low byte is the primary code, as https://sqlite.org/rescode.html numbers them
    return _SENTENCES.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF, _no_sentence)(file)


def _no_sentence(file: Path) -> None:
    return None


def _busy(file: Path) -> Busy:
    return Busy(
        f"Something else has been writing in {file} for {BUSY_MILLISECONDS // 1000} seconds.",
        way_out="Nothing was saved; try again when it has ended.",
    )


def _damaged(file: Path) -> Damaged:
    return Damaged(
        f"The database {file} is damaged or belongs to another key.",
        way_out="It is left untouched; restore a backup, or enrol again and sync.",
    )


def _shut(file: Path) -> Damaged:
    return Damaged(
        f"The database {file} can't be opened for writing.",
        way_out="Check the permissions of the file and its folder; then run casefield check.",
    )


_SENTENCES: dict[int, Callable[[Path], CasefieldError | None]] = {
    5: _busy,  # SQLITE_BUSY
    6: _busy,  # SQLITE_LOCKED
    8: _shut,  # SQLITE_READONLY
    10: disk_fails,  # SQLITE_IOERR
    11: _damaged,  # SQLITE_CORRUPT
    13: disk_full,  # SQLITE_FULL
    14: _shut,  # SQLITE_CANTOPEN
    26: _damaged,  # SQLITE_NOTADB
}
