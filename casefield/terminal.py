"""What both command lines share: commands loaded when called, exit codes, secrets, JSON."""

from __future__ import annotations

import dataclasses
import getpass
import importlib
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import click

from casefield.errors import CasefieldError, NotFound, UnusableInput

FAULT = 70  # the program's own fault, as sysexits.h numbers it
STOPPED = 130


class LazyGroup(click.Group):
    """A group whose commands are imported only when asked for, so that each starts quickly.

    Args:
        found_in: each command's name, in the order a newcomer needs them, with the module and the
            attribute where it stands.
    """

    def __init__(self, *, found_in: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self._found_in = found_in

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the command names."""
        return list(self._found_in)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return one command, None if there is none of that name."""
        if name not in self._found_in:
            return None
        module, attribute = self._found_in[name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


def finish(group: click.Group, arguments: list[str], name: str) -> int:
    """Run one command line; return its exit code. No traceback reaches a person."""
    try:
        result = group.main(arguments, prog_name=name, standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return 2
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Nothing was half-written.", err=True)
        return STOPPED
    except CasefieldError as error:
        click.echo(str(error), err=True)
        for line in error.details:
            click.echo(f"  {line}", err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the last door: a sentence, never a traceback
        click.echo(own_fault(error), err=True)
        return FAULT
    return result if isinstance(result, int) else 0


def own_fault(error: BaseException) -> str:
    """Return the sentence for an error nobody foresaw."""
    return (
        f"A fault of casefield's own ({kind_and_place(error)}). What was saved before is "
        "safe. Please report this line; it holds nothing about anybody."
    )


def kind_and_place(error: BaseException) -> str:
    """Return what kind of error it is and where it came up, never its text.

    The text of an error may hold a record's values.
    """
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if "casefield" in Path(frame.filename).parts]
    place = "".join(f" at {Path(f.filename).name}:{f.lineno}" for f in (ours or frames)[-1:])
    return f"{type(error).__name__}{place}"


def show(value: Any, lines: Callable[[], Iterator[str]], *, as_json: bool) -> None:
    """Print a result: as JSON, or as lines for a person."""
    if as_json:
        click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))
        return
    for line in lines():
        click.echo(line)


def read_secret(file: Path, what: str) -> str:
    """Return the first line of a secret's file.

    Raises:
        UnusableInput: no such file, not readable, or empty.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UnusableInput(
            f"The {what} file {file} can't be read: {reason}.",
            way_out=f"Give a text file with the {what} on its first line.",
        ) from error
    secret = text.split("\n", 1)[0].rstrip("\r")
    if not secret:
        raise UnusableInput(
            f"The {what} file {file} is empty.",
            way_out=f"Write the {what} on its first line.",
        )
    return secret


def ask_secret(label: str, option: str, *, twice: bool = False) -> str:
    """Ask a person for a secret without showing it.

    Raises:
        UnusableInput: nobody is there to ask, or the two entries differ.
    """
    if not sys.stdin.isatty():
        raise UnusableInput(
            f"{label} needed, and nobody is here to ask.", way_out=f"Give it with {option}."
        )
    secret = getpass.getpass(f"{label}: ")
    if twice and getpass.getpass(f"{label} again: ") != secret:
        raise UnusableInput("The two entries differ.", way_out="Try again.")
    return secret


def short_id(record_id: str) -> str:
    """Return the end of an id, which tells it from those made in the same moment."""
    return record_id[-8:]


def one_id(given: str, known: Iterable[str], what: str, listing: str) -> str:
    """Return the id that a person means by the whole of it or by its end.

    Args:
        what: what is looked for, in words.
        listing: the command that lists them.

    Raises:
        NotFound, UnusableInput: none, or several.
    """
    typed = given.strip().casefold()
    found = {one for one in known if typed and one.casefold().endswith(typed)}
    if not found:
        raise NotFound(f"There is no {what} “{given}”.", way_out=f"See {listing}.")
    if len(found) > 1:
        raise UnusableInput(
            f"“{given}” may mean {len(found)} of them.", way_out="Write more of its end."
        )
    return found.pop()


def plain(value: Any) -> Any:
    """Turn a view into what JSON can say: moments and dates as ISO text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, Path):
        return str(value)
    return value
