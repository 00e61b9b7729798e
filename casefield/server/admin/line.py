"""What every command of headquarters shares: where the database is, the ways of printing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from casefield.clock import Clock, SystemClock
from casefield.errors import NotFound, UnusableInput
from casefield.server.places import default_data
from casefield.terminal import read_secret, show

if TYPE_CHECKING:
    from casefield.server.database import Database
    from casefield.server.people import Administration

F = TypeVar("F", bound=Callable[..., Any])
VARIABLE = "CASEFIELD_DATABASE"
FILE = "headquarters.db"


class OfficeLine:
    """One call of headquarters' command line."""

    def __init__(self) -> None:
        self._url: str | None = None
        self._data: Path | None = None
        self._password_file: Path | None = None
        self.as_json = False
        self.clock: Clock = SystemClock()

    def at(
        self,
        database: str | None,
        data: Path | None,
        password_file: Path | None,
        as_json: bool,
    ) -> OfficeLine:
        """Take what was said of the database; what was said before stays where nothing is."""
        self._url = database or self._url
        self._data = data or self._data
        self._password_file = password_file or self._password_file
        self.as_json = as_json or self.as_json
        return self

    def database(self, *, make: bool) -> Database:
        """Return the database, its schema up to date.

        Args:
            make: an SQLite file may be made where there is none.

        Raises:
            UnusableInput, NotFound: no such database, or none that can be used.
        """
        from casefield.server.database import Database

        database = Database(self._address())
        if not (make or database.is_postgres or Path(database.place).exists()):
            raise NotFound(
                f"There is no headquarters in {database.place} yet.",
                way_out="Make an organisation first: casefield-server org add NAME. "
                "Or name its folder with --data, or its database with --database.",
            )
        database.prepare()
        return database

    @contextmanager
    def office(self, *, make: bool = False) -> Iterator[Administration]:
        """Give the administration for one command."""
        from sqlalchemy.exc import OperationalError

        from casefield.server.people import Administration

        database = self.database(make=make)
        try:
            yield Administration(database, self.clock)
        except OperationalError as error:
            raise database.unusable(error) from error
        finally:
            database.close()

    def show(self, value: Any, lines: Callable[[], Iterator[str]]) -> None:
        """Print a result: as JSON, or as lines for a person."""
        show(value, lines, as_json=self.as_json)

    def _address(self) -> str:
        if self._url and self._data:
            raise UnusableInput(
                "--database and --data name two databases.", way_out="Give one of them."
            )
        given = self._url or (None if self._data else os.environ.get(VARIABLE))
        if given is None:
            return str((self._data or default_data()) / FILE)
        return self._with_password(given)

    def _with_password(self, address: str) -> str:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            return address  # a path, or a mistake that the database tells about
        if url.password and self._url:
            raise UnusableInput(
                "The password in --database can be read by everybody on this machine.",
                way_out="Put it into a file named by --database-password-file or PGPASSFILE, "
                f"or the whole address into {VARIABLE}.",
            )
        if self._password_file is None:
            return address
        secret = read_secret(self._password_file, "database password")
        return url.set(password=secret).render_as_string(hide_password=False)


def where(*, hidden: bool) -> Callable[[F], F]:
    """Add the options that say where the database is and how to print.

    Args:
        hidden: leave all but --json out of the help; the group's own help tells them.
    """

    def add(function: F) -> F:
        options = [
            click.option(
                "--database",
                metavar="URL",
                hidden=hidden,
                help=f"postgresql://USER@HOST/NAME or a file; default: {VARIABLE}, or --data.",
            ),
            click.option(
                "--data",
                type=click.Path(path_type=Path, file_okay=False),
                hidden=hidden,
                help="Data folder with the SQLite database; default: the platform's own.",
            ),
            click.option(
                "--database-password-file",
                type=click.Path(path_type=Path),
                hidden=hidden,
                help="File whose first line is the password of the database.",
            ),
            click.option("--json", "as_json", is_flag=True, help="Machine-readable output."),
        ]
        for option in reversed(options):
            function = option(function)
        return function

    return add


def office_line(function: F) -> F:
    """Hand a command its `OfficeLine` and accept the shared options after its name, too."""

    @where(hidden=True)
    @click.pass_context
    def wrapper(
        context: click.Context,
        /,
        *arguments: Any,
        database: str | None,
        data: Path | None,
        database_password_file: Path | None,
        as_json: bool,
        **options: Any,
    ) -> Any:
        line: OfficeLine = context.obj
        line.at(database, data, database_password_file, as_json)
        return function(line, *arguments, **options)

    return cast(F, update_wrapper(wrapper, function))


def of_organization(function: F) -> F:
    """Add the option that names the organisation; needed only where there are several."""
    return click.option("--org", "organization", metavar="NAME", help="Of several, which one.")(
        function
    )


def table(*rows: tuple[str, ...]) -> Iterator[str]:
    """Give rows as lines of aligned columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def moment(value: datetime | None) -> str:
    """Return a moment for a table, in UTC; a dash for none."""
    return f"{value:%Y-%m-%d %H:%M}Z" if value else "-"
