"""Where the database is: a folder, a URL, a password that stands in no argument."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from casefield.server.admin.line import OfficeLine, moment, table
from casefield.server.database import Database
from tests.server.admin.conftest import Call
from tests.server.office import TUESDAY


def names(call: Call, *where: object) -> list[str]:
    return [org["name"] for org in call(*where, "org", "list", "--json").json]


def test_the_platforms_own_folder_is_the_default(
    bare: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path / "own"))
    assert bare("org", "add", "Bayside").code == 0
    assert (tmp_path / "own" / "headquarters.db").is_file()


def test_options_may_stand_before_and_after_a_command(bare: Call, data: Path) -> None:
    bare("--data", data, "org", "add", "Bayside")
    assert names(bare, "--data", data) == ["Bayside"]
    said = bare("org", "list", "--data", data, "--json")
    assert [org["name"] for org in said.json] == ["Bayside"]


def test_a_file_will_do_for_a_database(bare: Call, tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    assert bare("--database", file, "org", "add", "Bayside").code == 0
    assert names(bare, "--database", f"sqlite:///{file}") == ["Bayside"]


def test_the_environment_may_name_it(
    bare: Call, on_postgresql: Database, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setenv("CASEFIELD_DATABASE", on_postgresql.url)
    assert bare("org", "add", "Hillside").code == 0
    assert names(bare) == ["Hillside"]
    assert names(bare, "--data", data) == []  # what is said here comes first


@pytest.mark.parametrize(
    "command", [["org", "list"], ["user", "list"], ["audit", "verify"], ["stats"]]
)
def test_asking_makes_no_database(bare: Call, tmp_path: Path, command: list[str]) -> None:
    said = bare("--data", tmp_path / "typo", *command)
    assert (said.code, said.out) == (2, "")
    assert f"no headquarters in {tmp_path / 'typo' / 'headquarters.db'} yet" in said.err
    assert "casefield-server org add NAME" in said.err
    assert not (tmp_path / "typo").exists()


def test_two_databases_are_one_too_many(bare: Call, tmp_path: Path) -> None:
    said = bare("--data", tmp_path, "--database", "x.db", "org", "list")
    assert said.code == 2
    assert said.err == "--database and --data name two databases. Give one of them.\n"


def test_a_password_in_an_argument_is_refused_and_not_repeated(bare: Call) -> None:
    said = bare("--database", "postgresql://u:s3cret@127.0.0.1:1/x", "org", "list")
    assert said.code == 2
    assert "can be read by everybody on this machine" in said.err
    assert "--database-password-file" in said.err
    assert "s3cret" not in said.err


def test_a_password_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss/word?\n", encoding="utf-8")
    line = OfficeLine().at("postgresql://u@h/x", None, file, False)
    assert line._address() == "postgresql://u:p%40ss%2Fword%3F@h/x"
    monkeypatch.setenv("CASEFIELD_DATABASE", "postgresql://u:s3cret@h/x")
    assert OfficeLine()._address() == "postgresql://u:s3cret@h/x"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u@127.0.0.1:1/x", "Connection refused"),
        ("mysql://u@h/x", "is not a database that casefield knows"),
        ("postgresql://u@h:port/x", "is not a database URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_said(bare: Call, url: str, words: str) -> None:
    said = bare("--database", url, "org", "list")
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_a_database_of_a_newer_casefield_is_said(bare: Call, data: Path) -> None:
    import sqlite3

    with sqlite3.connect(data / "headquarters.db") as connection:
        connection.execute("UPDATE casefield_version SET version_num = '9999'")
    connection.close()
    said = bare("--data", data, "org", "list")
    assert said.code == 2
    assert "was written by a newer casefield (version 9999)" in said.err


def test_columns_stand_below_each_other() -> None:
    assert list(table(("A", "LONG"), ("wider", "x"))) == ["A      LONG", "wider  x"]


def test_a_moment_is_told_in_utc() -> None:
    assert moment(TUESDAY) == "2026-11-10 18:00Z"
    assert moment(None) == "-"
