"""The encrypted database: one policy on every connection, and what an error means to a person."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.pool import QueuePool

from casefield.errors import Busy, CasefieldError, Damaged, StorageFull
from casefield.vault import database
from casefield.vault.database import FILE_NAME, open_engine, translated
from casefield.vault.keys import DataKey

POLICY = {
    "cipher_page_size": "4096",
    "cipher_use_hmac": "1",
    "cipher_hmac_algorithm": "HMAC_SHA512",
    "cipher_memory_security": "0",
    "temp_store": 2,  # memory
    "journal_mode": "wal",
    "synchronous": 2,  # full
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 10_000,
    "cache_size": -65_536,
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return an engine over a new database with one table."""
    made = open_engine(tmp_path, DataKey(bytes(range(32))))
    with made.connect() as connection:
        connection.execute(text("CREATE TABLE t (a TEXT UNIQUE)"))
        connection.commit()
    yield made
    made.dispose()


def put(engine: Engine, value: str) -> None:
    with engine.connect().execution_options(casefield_begin="IMMEDIATE") as connection:
        connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": value})
        connection.commit()


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM t")).scalar_one())


def settings_of(connection: Any) -> dict[str, Any]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in POLICY}


def test_every_connection_on_every_thread_has_the_same_policy(engine: Engine) -> None:
    together = threading.Barrier(4)

    def ask(_: int) -> tuple[int, dict[str, Any]]:
        with engine.connect() as connection:
            together.wait(10)  # four at once, so that no two share a connection
            return id(connection.connection.dbapi_connection), settings_of(connection)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))
    assert len({which for which, _ in found}) == 4
    for _, settings in found:
        assert settings == POLICY


def test_connections_are_shared_by_threads_and_given_back(engine: Engine) -> None:
    assert type(engine.pool) is QueuePool
    seen: set[int] = set()

    def ask(_: int) -> None:
        with engine.connect() as connection:
            seen.add(id(connection.connection.dbapi_connection))

    for _ in range(5):
        with ThreadPoolExecutor(1) as pool:  # a fresh thread each time
            list(pool.map(ask, [0]))
    assert len(seen) == 1


def test_without_the_key_the_file_is_noise(engine: Engine, tmp_path: Path) -> None:
    put(engine, "a name nobody else should read")
    engine.dispose()
    raw = (tmp_path / FILE_NAME).read_bytes()
    assert b"SQLite" not in raw
    assert b"nobody else" not in raw
    other = open_engine(tmp_path, DataKey(bytes(32)))
    with pytest.raises(DBAPIError) as caught:
        count(other)
    told = translated(caught.value, tmp_path)
    assert isinstance(told, Damaged)
    assert "belongs to another key" in told.message
    assert (tmp_path / FILE_NAME).read_bytes() == raw


def test_all_files_are_the_owners_alone_from_their_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        engine = open_engine(tmp_path, DataKey(bytes(32)))
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE t (a)"))
            connection.commit()
            names = sorted(os.listdir(tmp_path))
            modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names}
    finally:
        os.umask(before)
    engine.dispose()
    assert names == [FILE_NAME, f"{FILE_NAME}-shm", f"{FILE_NAME}-wal"]
    assert modes == {0o600}


def test_files_that_a_copy_opened_to_others_are_closed_to_them(
    engine: Engine, tmp_path: Path
) -> None:
    engine.dispose()
    (tmp_path / FILE_NAME).chmod(0o644)
    open_engine(tmp_path, DataKey(bytes(range(32))))
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_opening_leaves_the_process_as_it_was(engine: Engine) -> None:
    """The mask for new files belongs to the whole process: other threads write files, too."""
    before = os.umask(0o022)
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: count(engine), range(16)))
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_readers_see_one_moment_and_do_not_wait_for_a_writer(engine: Engine) -> None:
    put(engine, "first")
    writer = engine.connect().execution_options(casefield_begin="IMMEDIATE")
    with writer, engine.connect() as reader:
        writer.execute(text("INSERT INTO t VALUES ('second')"))
        assert reader.execute(text("SELECT count(*) FROM t")).scalar_one() == 1
        writer.commit()
        assert reader.execute(text("SELECT count(*) FROM t")).scalar_one() == 1
    assert count(engine) == 2


def test_a_second_writer_that_waited_in_vain_is_told_so(engine: Engine, tmp_path: Path) -> None:
    def impatient(connection: Any) -> Any:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        connection.commit()
        return connection.execution_options(casefield_begin="IMMEDIATE")

    with engine.connect() as first, engine.connect() as second:
        first = impatient(first)
        first.execute(text("INSERT INTO t VALUES ('one')"))
        with pytest.raises(DBAPIError) as caught:
            impatient(second).execute(text("INSERT INTO t VALUES ('two')"))
        told = translated(caught.value, tmp_path)
        assert isinstance(told, Busy)
        assert "try again" in told.way_out


def test_a_full_disk_is_told_and_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    put(engine, "before")
    with engine.connect().execution_options(casefield_begin="IMMEDIATE") as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        rows = [{"a": f"{number}" * 500} for number in range(100)]
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text("INSERT INTO t VALUES (:a)"), rows)
    told = translated(caught.value, tmp_path)
    assert isinstance(told, StorageFull)
    assert str(tmp_path) in told.message
    assert count(engine) == 1


@pytest.mark.parametrize("page", [1, 2])
def test_a_damaged_page_is_told_and_the_file_left_as_it_is(
    engine: Engine, tmp_path: Path, page: int, capfd: pytest.CaptureFixture[str]
) -> None:
    put(engine, "x" * 5000)
    engine.dispose()
    file = tmp_path / FILE_NAME
    raw = bytearray(file.read_bytes())
    raw[(page - 1) * 4096 + 50] ^= 1
    file.write_bytes(raw)
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        connection.execute(text("SELECT a FROM t")).all()
    told = translated(caught.value, tmp_path)
    assert isinstance(told, Damaged)
    assert "left untouched" in told.way_out
    engine.dispose()
    assert file.read_bytes() == bytes(raw)
    assert capfd.readouterr() == ("", "")  # SQLCipher would write on the terminal of its own


def test_an_error_holds_no_value_of_a_record(engine: Engine) -> None:
    put(engine, "Rosa Medina")
    with pytest.raises(DBAPIError) as caught:
        put(engine, "Rosa Medina")
    assert "Rosa" not in str(caught.value)
    assert "Rosa" not in repr(caught.value)


def test_our_own_mistake_is_nobody_elses(engine: Engine, tmp_path: Path) -> None:
    put(engine, "full disk i/o error malformed busy")
    for statement in ("INSERT INTO t VALUES ('full disk i/o error malformed busy')", "SELEKT"):
        with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
            connection.execute(text(statement))
        assert translated(caught.value, tmp_path) is None


def test_a_pool_run_dry_is_busy(tmp_path: Path) -> None:
    told = translated(TimeoutError("QueuePool limit reached"), tmp_path)
    assert isinstance(told, Busy)


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(CasefieldError, match=FILE_NAME):
        open_engine(tmp_path, DataKey(bytes(32)))


def test_the_last_to_close_leaves_one_file(engine: Engine, tmp_path: Path) -> None:
    put(engine, "something")
    engine.dispose()
    assert os.listdir(tmp_path) == [FILE_NAME]


def test_the_driver_is_the_one_that_encrypts() -> None:
    assert database._driver().__name__ == "sqlcipher3.dbapi2"
