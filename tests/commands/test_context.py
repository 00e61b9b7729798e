"""What every command shares: options before or after its name, data apart from sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from casefield.cli import COMMANDS, group
from casefield.clock import FixedClock
from casefield.commands.context import parse_moment
from casefield.errors import StorageFull, UnusableInput
from tests.commands.conftest import Call

CLOCK = FixedClock(datetime(2026, 11, 10, 18, tzinfo=UTC))


def test_options_before_and_after_the_name(bare: Call, home: Path) -> None:
    given = ("--profile", home / "p", "--passphrase-file", home / "passphrase")
    before = bare(*given, "--json", "caseload")
    after = bare("caseload", *given, "--json")
    assert before == after
    assert (before.code, before.out) == (0, "[]\n")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(bare: Call, name: str) -> None:
    said = bare(name, "--help")
    assert said.code == 0
    assert "--json" in said.out


def test_help_names_every_command(bare: Call) -> None:
    out = bare("--help").out
    assert all(f"\n  {name} " in out for name in COMMANDS)


def test_version(bare: Call) -> None:
    assert bare("--version").out.startswith("casefield, version ")


@pytest.mark.parametrize("given", [["frobnicate"], ["--frobnicate"], ["due", "--frobnicate"]])
def test_what_is_unknown_is_2(bare: Call, given: list[str]) -> None:
    said = bare(*given)
    assert (said.code, said.out) == (2, "")
    assert "frobnicate" in said.err


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (StorageFull("The disk is full.", way_out="Make room."), 2, "The disk is full. Make room."),
        (UnusableInput("Odd.", details=("one", "two")), 2, "Odd.\n  one\n  two"),
        (KeyboardInterrupt(), 130, "Nothing was half-written."),
        (click.Abort(), 130, "Stopped."),
    ],
)
def test_whatever_stops_a_command_is_a_sentence(
    bare: Call,
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException,
    code: int,
    words: str,
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(group, "main", stop)
    said = bare("due")
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_a_day_or_moment_without_a_zone_is_said_here() -> None:
    assert parse_moment(None, CLOCK, "--as-of") == CLOCK.now()
    assert parse_moment("2026-11-13", CLOCK, "--as-of").isoformat() == "2026-11-13T00:00:00-05:00"
    said = parse_moment("2026-11-13T10:40+01:00", CLOCK, "--as-of")
    assert said == datetime(2026, 11, 13, 9, 40, tzinfo=UTC)
