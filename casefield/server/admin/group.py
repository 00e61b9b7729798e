"""The group of headquarters' commands, each loaded when it is called.

Data goes to standard output (JSON with `--json`), sentences to standard error. Exit codes: 0 done,
1 done with something to look at, 2 unusable input.
"""

from __future__ import annotations

from pathlib import Path

import click

from casefield import __version__
from casefield.server.admin.line import OfficeLine, where
from casefield.terminal import LazyGroup, finish

ROOM = "casefield.server.admin"
COMMANDS = {
    "serve": (f"{ROOM}.serving", "serve"),
    "org": (f"{ROOM}.organisations", "org"),
    "user": (f"{ROOM}.users", "user"),
    "device": (f"{ROOM}.devices", "device"),
    "assign": (f"{ROOM}.assignments", "assign"),
    "quarantine": (f"{ROOM}.quarantine", "quarantine"),
    "audit": (f"{ROOM}.auditing", "audit"),
    "stats": (f"{ROOM}.figures", "stats"),
}


@click.group(
    cls=LazyGroup,
    found_in=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="casefield-server")
@where(hidden=False)
@click.pass_context
def group(
    context: click.Context,
    database: str | None,
    data: Path | None,
    database_password_file: Path | None,
    as_json: bool,
) -> None:
    """Headquarters of casefield: answers laptops, and keeps users, devices and assignments.

    The database is SQLite in a data folder, or PostgreSQL by URL; a password for it comes from
    PGPASSWORD, a PGPASSFILE, CASEFIELD_DATABASE or a file, never from an argument.
    """
    context.obj = OfficeLine().at(database, data, database_password_file, as_json)


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code. No traceback reaches a person."""
    return finish(group, arguments, "casefield-server")
