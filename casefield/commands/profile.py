"""Commands about the profile itself: make it, enrol it, check it, change its passphrase."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from casefield.commands.context import CommandLine, command_line
from casefield.errors import CasefieldError
from casefield.terminal import ask_secret, read_secret


@click.command("init")
@click.option("--name", default="", help="Your name, as it stands under what you write.")
@command_line
def init(line: CommandLine, name: str) -> int:
    """Make an encrypted profile that works alone; enrolling later keeps everything."""
    application = line.application()
    session = application.create(line.passphrase(new=True), name=name)
    session.lock()
    result = {"profile": str(application.profile), "enrolled": False}
    line.show(result, lambda: iter([f"Made an encrypted profile in {application.profile}."]))
    return 0


@click.command("enrol")
@click.option("--server", required=True, help="Address of headquarters, https://…")
@click.option("--code", required=True, help="The one-time code your administrator gave you.")
@click.option("--user", required=True, help="Your user name at headquarters.")
@click.option("--password-file", type=click.Path(path_type=Path), help="Your own password there.")
@click.option("--device-name", default="", help="How headquarters lists this laptop.")
@click.option("--again", is_flag=True, help="Headquarters stopped or forgot this laptop.")
@command_line
def enrol(
    line: CommandLine,
    server: str,
    code: str,
    user: str,
    password_file: Path | None,
    device_name: str,
    again: bool,
) -> int:
    """Make this laptop one of headquarters'; makes the profile if there is none.

    With --again a laptop that is enrolled becomes a new device of the same user, keeps everything
    and sends what waits.
    """
    from casefield.sync.transport import Refused, Transport

    Transport(server).hello()  # before anything is written here
    application = line.application()
    fresh = not (again or application.info().exists)
    if again and not application.info().exists:
        application.unlock("")  # raises the sentence for an absent profile before asking
    passphrase = line.passphrase(new=fresh)
    password = read_secret(password_file, "password") if password_file else None
    session = application.create(passphrase) if fresh else application.unlock(passphrase)
    try:
        asked = partial(session.enrol, server, code, user, device_name=device_name, again=again)
        try:
            identity = asked(password=password)
        except Refused as refusal:
            if refusal.code != "password_required" or password is not None:
                raise
            identity = asked(password=ask_secret(f"Password of {user}", "--password-file FILE"))
    except CasefieldError as error:
        if fresh:
            error.way_out = (
                f"{error.way_out} The profile in {application.profile} was made and works alone; "
                "enrol it again when this is mended."
            ).strip()
        raise
    finally:
        session.lock()
    result = {
        "organization": identity.organization,
        "user": identity.user_name,
        "role": identity.role,
        "device": identity.device_id,
        "fingerprint": identity.fingerprint,
    }

    def lines() -> Iterator[str]:
        yield f"Enrolled at {identity.organization} as {identity.user_name}."
        yield f"Fingerprint of this laptop: {identity.fingerprint} (headquarters shows the same)."
        yield "Next: casefield sync"

    line.show(result, lines)
    return 0


@click.command("check")
@command_line
def check(line: CommandLine) -> int:
    """Check the database, the outbox, the audit chain and the attachments."""
    with line.session() as session:
        findings = session.check()
    bad = [finding for finding in findings if not finding.good]

    def lines() -> Iterator[str]:
        for finding in findings:
            yield f"{'ok ' if finding.good else 'BAD'} {finding.what}: {finding.words}"

    line.show(findings, lines)
    return 1 if bad else 0


@click.command("passphrase")
@click.option("--new-passphrase-file", type=click.Path(path_type=Path), help="The new one.")
@command_line
def passphrase(line: CommandLine, new_passphrase_file: Path | None) -> int:
    """Change the passphrase; the database itself is not rewritten."""
    with line.session() as session:
        old = line.passphrase()
        new = (
            read_secret(new_passphrase_file, "new passphrase")
            if new_passphrase_file
            else ask_secret("New passphrase", "--new-passphrase-file FILE", twice=True)
        )
        session.change_passphrase(old, new)
    line.show({"changed": True}, lambda: iter(["The passphrase is changed."]))
    return 0
