"""The commands: each says what it does, loads when called, and never shows a traceback."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from sqlalchemy.exc import OperationalError

from casefield import __version__
from casefield.server import people
from casefield.server.admin.group import COMMANDS, group
from tests.server.admin.conftest import Call


def commands() -> list[list[str]]:
    """Return every command's words."""
    context = click.Context(group)
    found: list[list[str]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        found += [[name, word] for word in inner] or [[name]]
    return found


def test_the_commands_are_those_that_are_promised() -> None:
    assert {" ".join(words) for words in commands()} == {
        "serve",
        "org add",
        "org list",
        "user add",
        "user list",
        "user code",
        "user stop",
        "user password",
        "device list",
        "device stop",
        "assign add",
        "assign end",
        "assign list",
        "quarantine list",
        "quarantine show",
        "quarantine take",
        "quarantine drop",
        "audit list",
        "audit verify",
        "stats",
    }
    assert list(COMMANDS) == list(dict.fromkeys(words[0] for words in commands()))


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_says_what_it_takes(bare: Call, words: list[str]) -> None:
    said = bare(*words, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: casefield-server {' '.join(words)}")
    assert "--json" in said.out


def test_the_version_is_told(bare: Call) -> None:
    assert bare("--version").out == f"casefield-server, version {__version__}\n"


@pytest.mark.parametrize("words", [["nonsense"], ["org", "nonsense"], ["user", "add"]])
def test_what_is_no_command_is_2(bare: Call, words: list[str]) -> None:
    said = bare(*words)
    assert (said.code, said.out) == (2, "")
    assert "Usage: casefield-server" in said.err


def test_a_fault_of_our_own_is_told_by_kind_and_place(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError("Rosa Alvarez")

    monkeypatch.setattr(people.Administration, "organizations", fail)
    said = call("org", "list")
    assert said.code == 70
    assert "ValueError" in said.err
    assert "Rosa" not in said.err


def test_a_database_that_goes_away_is_said(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(people.Administration, "organizations", fail)
    said = call("org", "list")
    assert (said.code, said.out) == (2, "")
    assert "headquarters.db can't be used: server closed the connection." in said.err


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "casefield.server.admin", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"casefield-server, version {__version__}\n")
