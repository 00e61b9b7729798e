"""Headquarters' database is prepared once, gives one snapshot or one transaction, and says in a
sentence why it can't be used."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from casefield.errors import Busy, StorageFull, UnusableInput
from casefield.records.headquarters import OrgStream, ServerFact
from casefield.records.migrations import HEAD, stored_revision
from casefield.server import database as databases
from casefield.server.database import Database, epoch_of


def facts(connection: Any) -> dict[str, Any]:
    return {row.name: row.value for row in connection.execute(select(ServerFact.__table__))}


def add(connection: Any, name: str) -> None:
    connection.execute(insert(ServerFact).values(name=name, value=1))


def test_preparing_again_keeps_what_is_there(database: Database) -> None:
    with database.read() as connection:
        before = epoch_of(connection)
    database.prepare()
    with database.read() as connection:
        assert epoch_of(connection) == before
        assert stored_revision(connection) == HEAD


def test_each_fresh_database_has_a_history_of_its_own(tmp_path: Path) -> None:
    epochs = set()
    for name in ("a.db", "b.db"):
        database = Database(str(tmp_path / name))
        database.prepare()
        with database.read() as connection:
            epochs.add(epoch_of(connection))
        database.close()
    assert len(epochs) == 2


def test_servers_that_start_together_prepare_it_once(postgresql: str) -> None:
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE prepared_together")

    def start(_: int) -> str:
        database = Database(postgresql.format("prepared_together"))
        try:
            database.prepare()
            with database.read() as connection:
                return epoch_of(connection)
        finally:
            database.close()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(start, range(3)))) == 1


def test_work_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            add(connection, "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert "half" not in facts(connection)


def test_a_question_sees_one_snapshot_and_waits_for_nobody(database: Database) -> None:
    with database.read() as connection:
        before = facts(connection)
        with database.write() as writing:
            add(writing, "meanwhile")
        assert facts(connection) == before
    with database.read() as connection:
        assert "meanwhile" in facts(connection)


def test_a_question_does_not_write(on_postgresql: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), on_postgresql.read() as connection:
        add(connection, "secretly")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 15000),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
    ],
)
def test_every_sqlite_connection_has_the_settings(
    on_sqlite: Database, setting: str, value: object
) -> None:
    for give in (on_sqlite.read, on_sqlite.write):
        with give() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == value


def test_every_postgresql_connection_has_the_settings(on_postgresql: Database) -> None:
    with on_postgresql.write() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "5s"
        idle = text("SHOW idle_in_transaction_session_timeout")
        assert connection.execute(idle).scalar() == "10s"
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"


def test_a_writer_takes_its_turn_at_the_beginning(on_sqlite: Database) -> None:
    """Else a transaction that read first would fail at its end, however long it may wait."""
    with on_sqlite.write() as connection:
        facts(connection)
        other = sqlite3.connect(on_sqlite.place, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_whoever_waits_too_long_for_a_row_gives_up(on_postgresql: Database) -> None:
    with on_postgresql.write() as connection:
        connection.execute(insert(OrgStream).values(org_id="a", stream=0))
    row = update(OrgStream).where(OrgStream.org_id == "a").values(last=1)
    with on_postgresql.write() as first, on_postgresql.write() as second:
        first.execute(row)
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            second.execute(row)
        second.rollback()


def test_waiting_too_long_is_a_sentence(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "POSTGRES_SETTINGS", ("SET lock_timeout = '50ms'",))
    monkeypatch.setattr(databases, "SQLITE_SETTINGS", ("PRAGMA busy_timeout = 50",))
    impatient = Database(database.url)
    with database.write() as first:
        add(first, "held")
        with pytest.raises(Busy, match="writing at headquarters just now"):
            write(impatient, "held")
    impatient.close()


def write(database: Database, name: str) -> None:
    with database.write() as connection:
        add(connection, name)


def test_an_error_says_nothing_of_what_was_written(database: Database) -> None:
    with database.write() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(insert(ServerFact).values(name=None, value="Rosa has HIV"))
    assert "Rosa" not in str(error.value).replace(str(error.value.orig), "")


def test_only_the_servers_user_reads_the_file(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "new" / "headquarters.db"))
    database.prepare()
    files = list((tmp_path / "new").iterdir())
    assert len(files) == 3  # with its journals
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    database.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(on_sqlite: Database) -> None:
    with on_sqlite.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def fill() -> None:
        with on_sqlite.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for number in range(200):
                connection.execute(insert(ServerFact).values(name=f"n{number}", value="x" * 4000))

    with pytest.raises(StorageFull):
        fill()
    with on_sqlite.read() as connection:
        assert set(facts(connection)) == {"epoch"}


def test_a_database_of_a_newer_casefield_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE casefield_version SET version_num = '9999'"))
    with pytest.raises(UnusableInput, match=r"newer casefield \(version 9999\)\. Run that version"):
        database.prepare()
    with database.read() as connection:
        assert stored_revision(connection) == "9999"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://u:secret@h/x", "mysql://… is not a database that casefield knows"),
        ("sqlite://", "sqlite://… is not a database that casefield knows"),
        ("postgresql://u:secret@h:port/x", "is not a database URL"),
        ("://", "is not a database URL"),
    ],
)
def test_what_is_no_database_is_said_without_repeating_it(url: str, words: str) -> None:
    with pytest.raises(UnusableInput, match=words) as error:
        Database(url)
    assert error.value.way_out
    assert "secret" not in str(error.value)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    database = Database("postgresql://nobody:secret@127.0.0.1:1/records")
    with pytest.raises(UnusableInput, match=r"127\.0\.0\.1.*Connection refused") as error:
        database.prepare()
    assert "secret" not in str(error.value)


def test_a_database_that_does_not_exist_is_named(postgresql: str) -> None:
    database = Database(postgresql.format("nowhere"))
    with pytest.raises(UnusableInput, match='"nowhere" does not exist'):
        database.prepare()


def test_a_user_without_rights_is_told_so(postgresql: str, on_postgresql: Database) -> None:
    name = on_postgresql.place.rsplit("/", 1)[1].split("?")[0]
    with psycopg.connect(postgresql.format(name), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN")
    database = Database(postgresql.format(name).replace("postgres:@", "stranger:@"))
    with pytest.raises(UnusableInput, match="permission denied"):
        database.prepare()
    database.close()


def test_another_kind_of_file_is_not_taken_for_a_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, " * 100)
    with pytest.raises(UnusableInput, match=r"notes\.txt can't be used: file is not a database"):
        Database(str(file)).prepare()
    assert file.read_text().startswith("not a database")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableInput, match=r"headquarters\.db can't be used: Not a directory"):
        Database(str(tmp_path / "file" / "headquarters.db")).prepare()
