"""The command line: one group, each command in `casefield.commands`, loaded when it is called.

Data goes to standard output (JSON with `--json`), sentences to standard error. Exit codes: 0 done,
1 done with refusals listed, 2 unusable input, 3 locked or not enrolled.
"""

from __future__ import annotations

from pathlib import Path

import click

from casefield import __version__
from casefield.commands.context import CommandLine
from casefield.terminal import LazyGroup, finish

COMMANDS = {
    "demo": ("casefield.commands.demo", "demo"),
    "init": ("casefield.commands.profile", "init"),
    "enrol": ("casefield.commands.profile", "enrol"),
    "check": ("casefield.commands.profile", "check"),
    "passphrase": ("casefield.commands.profile", "passphrase"),
    "keyring": ("casefield.commands.keyring", "keyring"),
    "sync": ("casefield.commands.syncing", "sync"),
    "waiting": ("casefield.commands.syncing", "waiting"),
    "conflicts": ("casefield.commands.settling", "conflicts"),
    "resolve": ("casefield.commands.settling", "resolve"),
    "import": ("casefield.commands.importing", "import_files"),
    "caseload": ("casefield.commands.people", "caseload"),
    "stratify": ("casefield.commands.people", "stratify"),
    "due": ("casefield.commands.people", "due"),
    "attach": ("casefield.commands.attachments", "attach"),
    "attachments": ("casefield.commands.attachments", "attachments"),
    "instruments": ("casefield.commands.reference", "instruments"),
    "rules": ("casefield.commands.reference", "rules"),
}


@click.group(
    cls=LazyGroup,
    found_in=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="casefield")
@click.option(
    "--profile",
    type=click.Path(path_type=Path, file_okay=True, dir_okay=True),
    help="Data folder; default: the platform's own.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="File whose first line is the passphrase; otherwise it is asked for.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_context
def group(
    context: click.Context, profile: Path | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Care coordination and case management that works without a network.

    Without a command, the window opens.
    """
    context.obj = CommandLine(profile, passphrase_file, as_json)


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code. No traceback reaches a person."""
    return finish(group, arguments, "casefield")
