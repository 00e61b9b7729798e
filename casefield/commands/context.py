"""What every command shares: the profile, the passphrase, the two ways of printing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from casefield.application import Application, Session, default_profile
from casefield.clock import Clock, SystemClock
from casefield.errors import NoKeyring, UnusableInput, WrongPassphrase
from casefield.terminal import ask_secret, read_secret, show

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
        session = self._by_keyring(application) or application.unlock(self.passphrase())
        try:
            yield session
        finally:
            session.lock()

    def _by_keyring(self, application: Application) -> Session | None:
        """Open the profile by the system's keyring, where its owner let that in."""
        if self.passphrase_file is not None or not application.opens_by_keyring():
            return None
        try:
            return application.unlock_by_keyring()
        except (NoKeyring, WrongPassphrase) as error:
            click.echo(str(error), err=True)
            return None

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
        show(value, lines, as_json=self.as_json)


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
