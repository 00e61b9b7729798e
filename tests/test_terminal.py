"""What both command lines share: exit codes, no traceback, secrets never shown, JSON."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import click
import pytest

from casefield import terminal
from casefield.errors import Damaged, LockedOrNotEnrolled, NotFound, Offline, UnusableInput
from casefield.records.base import new_id
from casefield.terminal import (
    LazyGroup,
    ask_secret,
    finish,
    one_id,
    plain,
    read_secret,
    short_id,
    show,
)


def ending(raising: Callable[[], object], *arguments: str) -> int:
    """Run a command that does something; return the exit code."""

    @click.group()
    def group() -> None: ...

    @group.command("do")
    @click.option("--number", type=int)
    def do(number: int | None) -> object:
        return raising()

    return finish(group, ["do", *arguments], "casefield")


def raiser(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UnusableInput("No such file.", way_out="Give another."), 2, "No such file. Give another."),
        (Damaged("It is damaged.", details=("page 3", "page 4")), 2, "  page 3\n  page 4"),
        (LockedOrNotEnrolled("It is locked."), 3, "It is locked."),
        (Offline("Nobody answers."), 1, "Nobody answers."),
        (KeyboardInterrupt(), 130, "Nothing was half-written"),
        (click.Abort(), 130, "Stopped"),
        (click.UsageError("no such option"), 2, "no such option"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_an_error_ends_with_its_sentence_and_code(
    error: BaseException, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending(raiser(error)) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err
    assert "Traceback" not in said.err


def test_a_fault_is_told_by_kind_and_place_never_by_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ending(raiser(ValueError("Rosa Medina has diabetes"))) == terminal.FAULT
    said = capsys.readouterr()
    assert said.out == ""
    assert "Rosa" not in said.err
    assert "ValueError" in said.err
    assert "at terminal.py:" in said.err  # our own line, whoever raised it
    assert "Traceback" not in said.err


@pytest.mark.parametrize(("result", "code"), [(0, 0), (1, 1), (None, 0), ("words", 0)])
def test_a_command_ends_with_what_it_says(result: object, code: int) -> None:
    assert ending(lambda: result) == code


def test_wrong_usage_is_2_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(lambda: 0, "--number", "many") == 2
    assert "many" in capsys.readouterr().err
    assert ending(lambda: 0, "--help") == 0


def test_a_reader_that_goes_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert ending(raiser(BrokenPipeError())) == 0


def test_a_command_is_loaded_only_when_it_is_called() -> None:
    group = LazyGroup(
        name="g", found_in={"one": ("casefield.nowhere", "one"), "two": ("json", "dumps")}
    )
    context = click.Context(group)
    assert group.list_commands(context) == ["one", "two"]
    assert group.get_command(context, "three") is None
    assert group.get_command(context, "two") is json.dumps  # type: ignore[comparison-overlap]
    with pytest.raises(ModuleNotFoundError):
        group.get_command(context, "one")


# -- secrets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    ["otters", "otters\n", "otters\r\n", "otters\nsecond line", "\ufeffotters\r\n"],
)
def test_a_secret_is_the_first_line_of_its_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "s").write_text(content, "utf-8", newline="")
    assert read_secret(tmp_path / "s", "passphrase") == "otters"


def test_blanks_belong_to_a_secret(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("  four quiet otters \n", "utf-8")
    assert read_secret(tmp_path / "s", "passphrase") == "  four quiet otters "


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b"", "is empty"), (b"\xff\xfe", "not text")]
)
def test_a_secrets_file_that_holds_none_is_told(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "s"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnusableInput, match=words) as caught:
        read_secret(file, "password")
    assert str(file) in caught.value.message
    assert "password" in caught.value.message
    assert caught.value.way_out


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return what lets somebody type answers; what they are asked is collected."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def types(*answers: str) -> list[str]:
        waiting, asked = list(answers), []

        def ask(prompt: str) -> str:
            asked.append(prompt)
            return waiting.pop(0)

        monkeypatch.setattr(getpass, "getpass", ask)
        return asked

    return types


def test_somebody_is_asked_without_showing_it(
    somebody: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = somebody("otters", "otters")
    assert ask_secret("Passphrase", "--passphrase-file FILE", twice=True) == "otters"
    assert asked == ["Passphrase: ", "Passphrase again: "]
    assert capsys.readouterr() == ("", "")


def test_two_entries_that_differ_are_refused(somebody: Callable[..., list[str]]) -> None:
    somebody("otters", "otter")
    with pytest.raises(UnusableInput, match="differ") as caught:
        ask_secret("Passphrase", "--passphrase-file FILE", twice=True)
    assert "otter" not in str(caught.value)


def test_where_nobody_is_the_option_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UnusableInput, match="nobody is here to ask") as caught:
        ask_secret("Passphrase", "--passphrase-file FILE")
    assert "--passphrase-file FILE" in caught.value.way_out


# -- printing ---------------------------------------------------------------------------------


class Colour(StrEnum):
    BLUE = "blue"


@dataclass(frozen=True)
class View:
    name: str
    on: date
    at: datetime
    colour: Colour
    more: tuple[Any, ...] = ()


VIEW = View(
    "Rosa 犬",
    date(2026, 11, 10),
    datetime(2026, 11, 10, 18, tzinfo=UTC),
    Colour.BLUE,
    (Path("a/b"), {1: frozenset({2})}, None, 1.5, True),
)


def test_a_view_becomes_what_json_can_say() -> None:
    said = plain(VIEW)
    assert said == {
        "name": "Rosa 犬",
        "on": "2026-11-10",
        "at": "2026-11-10T18:00:00+00:00",
        "colour": "blue",
        "more": [str(Path("a/b")), {"1": [2]}, None, 1.5, True],
    }
    assert json.loads(json.dumps(said)) == said
    assert plain([VIEW, {"a": VIEW}]) == [said, {"a": said}]


def test_a_result_is_printed_for_a_program_or_for_a_person(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(VIEW, lambda: iter(["one", "two"]), as_json=True)
    printed = capsys.readouterr().out
    assert json.loads(printed) == plain(VIEW)
    assert "犬" in printed
    show(VIEW, lambda: iter(["one", "two"]), as_json=False)
    assert capsys.readouterr().out == "one\ntwo\n"


KNOWN = ["0001-aaaa-1234", "0001-bbbb-5678", "0001-cccc-5678"]


@pytest.mark.parametrize("given", ["1234", " AAAA-1234 ", "0001-aaaa-1234"])
def test_an_id_is_found_by_its_end(given: str) -> None:
    assert one_id(given, KNOWN, "thing", "x list") == KNOWN[0]


def test_several_or_none_are_said_in_words() -> None:
    with pytest.raises(UnusableInput, match="may mean 2"):
        one_id("5678", KNOWN, "thing", "x list")
    for given in ("0001", "", " "):
        with pytest.raises(NotFound, match="no thing") as caught:
            one_id(given, KNOWN, "thing", "x list")
        assert "x list" in caught.value.way_out


def test_ids_of_one_moment_look_different() -> None:
    ids = [new_id() for _ in range(100)]
    assert len({short_id(one) for one in ids}) == 100
