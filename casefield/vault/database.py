"""The encrypted database: one policy for every connection, on whatever thread.

Every connection gets the raw key and the same settings. Writers begin IMMEDIATE and take turns;
readers see a snapshot (WAL) and never wait for a writer.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from casefield.errors import CasefieldError, Damaged
from casefield.vault.files import PRIVATE_FILE, disk_full, environment_error
from casefield.vault.keys import DataKey

FILE_NAME = "casefield.db"
CACHE_KIB = 64 * 1024
BUSY_MILLISECONDS = 10_000

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
    is worth far more) to whichever thread asks.
    """
    file = folder / FILE_NAME
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=_creator(file, key),
        module=_driver(),
        poolclass=QueuePool,
        pool_size=3,
        max_overflow=5,
        pool_timeout=30,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _driver() -> Any:
    from sqlcipher3 import dbapi2

    return dbapi2


def _creator(file: Path, key: DataKey) -> Callable[[], Any]:
    def connect() -> Any:
        from sqlcipher3 import dbapi2

        before = os.umask(0o077)
        try:
            connection = dbapi2.connect(
                str(file), isolation_level=None, check_same_thread=False, cached_statements=256
            )
            try:
                connection.execute(f"PRAGMA key = \"x'{key.raw().hex()}'\"")
                for setting in SETTINGS:
                    connection.execute(setting).fetchall()
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except dbapi2.Error:
                connection.close()
                raise
        finally:
            os.umask(before)
        _make_private(file)
        return connection

    return connect


def _make_private(file: Path) -> None:
    for name in (file.name, file.name + "-wal", file.name + "-shm"):
        path = file.with_name(name)
        try:
            if stat.S_IMODE(path.stat().st_mode) != PRIVATE_FILE:
                path.chmod(PRIVATE_FILE)
        except FileNotFoundError:
            continue


def _begin(connection: Any) -> None:
    """Begin as the work asked: IMMEDIATE for a writer, deferred for a reader."""
    mode = connection.get_execution_options().get("casefield_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def translated(error: BaseException, folder: Path) -> CasefieldError | None:
    """Return what a database error means to a person, None where it is our own mistake."""
    if isinstance(error, OSError):
        return environment_error(error, folder / FILE_NAME)
    cause = error.orig if isinstance(error, DBAPIError) else error
    words = str(cause).lower()
    if "full" in words or "disk i/o error" in words:
        return disk_full(folder / FILE_NAME)
    if "not a database" in words or "malformed" in words or "hmac" in words:
        return Damaged(
            f"The database {FILE_NAME} in {folder} is damaged or belongs to another key.",
            way_out="It is left untouched; restore a backup, or enrol again and sync.",
        )
    if "readonly" in words or "unable to open" in words:
        return Damaged(
            f"The database {FILE_NAME} in {folder} can't be opened for writing.",
            way_out="Check the folder's permissions.",
        )
    return None
