"""What every command shares: the profile, the passphrase, the two ways of printing."""

from __future__ import annotations

import dataclasses
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from casefield.application import Application, Session, default_profile
from casefield.clock import Clock, SystemClock
from casefield.errors import UnusableInput

F = TypeVar("F", bound=Callable[..., Any])


class CommandLine:
    """One call of the command line."""

    def __init__(self, profile: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
        self.profile = profile
        self.passphrase_file = passphrase_file
        self.as_json = as_json
        self.clock: Clock = SystemClock()

    def application(self) -> Application:
        """Return the application for the chosen profile."""
        return Application(self.profile or default_profile(), clock=self.clock)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Unlock the profile for one command and lock it again."""
        application = self.application()
        if not application.info().exists:
            application.unlock("")  # raises the sentence for an absent profile before asking
        session = application.unlock(self.passphrase())
        try:
            yield session
        finally:
            session.lock()

    def passphrase(self, *, new: bool = False) -> str:
        """Return the passphrase from the file or a prompt; never from an argument.

        Raises:
            UnusableInput: the file is missing or empty, or nobody can be asked.
        """
        if self.passphrase_file is not None:
            return read_secret(self.passphrase_file, "passphrase")
        return ask_secret("Passphrase", "--passphrase-file FILE", twice=new)

    def show(self, value: Any, lines: Callable[[], Iterator[str]]) -> None:
        """Print a result: as JSON, or as lines for a person."""
        if self.as_json:
            click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))
            return
        for line in lines():
            click.echo(line)


def command_line(function: F) -> F:
    """Hand a command its `CommandLine` and accept the shared options after its name, too."""

    @click.option("--profile", type=click.Path(path_type=Path), hidden=True)
    @click.option("--passphrase-file", type=click.Path(path_type=Path), hidden=True)
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
    @click.pass_context
    def wrapper(
        context: click.Context,
        /,
        *arguments: Any,
        profile: Path | None,
        passphrase_file: Path | None,
        as_json: bool,
        **options: Any,
    ) -> Any:
        line: CommandLine = context.obj
        line.profile = profile or line.profile
        line.passphrase_file = passphrase_file or line.passphrase_file
        line.as_json = as_json or line.as_json
        return function(line, *arguments, **options)

    return cast(F, update_wrapper(wrapper, function))


def read_secret(file: Path, what: str) -> str:
    """Return the first line of a secret's file.

    Raises:
        UnusableInput: no such file, not readable, or empty.
    """
    try:
        text = file.read_text(encoding="utf-8")
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


def parse_moment(text: str | None, clock: Clock, option: str) -> datetime:
    """Read `--as-of`: a date, or a moment; without a zone it is said in the laptop's own.

    Raises:
        UnusableInput: it is neither.
    """
    from zoneinfo import ZoneInfo

    if not text:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnusableInput(
            f"{option} “{text}” is neither a date nor a moment.",
            way_out="Write it like 2026-11-13 or 2026-11-13T10:40.",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(clock.zone()))
