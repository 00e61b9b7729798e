"""``keyring``: whether the system's keyring may open the profile, beside the passphrase."""

from __future__ import annotations

import click

from casefield.commands.context import CommandLine, command_line

ON = (
    "The system's keyring opens this profile now: whoever is signed in to your account on this "
    "computer can use these commands without the passphrase. The window still asks for it."
)
OFF = "Only the passphrase opens this profile now."
LEFT_BEHIND = "The system's keyring could not be asked; what it still holds opens nothing."


@click.command("keyring")
@click.argument("switch", type=click.Choice(["on", "off", "status"]), default="status")
@command_line
def keyring(line: CommandLine, switch: str) -> int:
    """Let the system's keyring open the profile for commands, or no longer; tell how it stands."""
    application = line.application()
    lines: list[str] = []
    complaint = ""
    if switch == "on":
        with line.session() as session:
            session.keyring_on()
        lines.append(ON)
    elif switch == "off":
        before = application.opens_by_keyring()
        with line.session() as session:
            forgotten = session.keyring_off()
        lines += [OFF] if forgotten or not before else [OFF, LEFT_BEHIND]
    else:
        complaint = application.keyring_complaint()
    opens = application.opens_by_keyring()
    if not lines:
        lines.append(f"The system's keyring {'opens' if opens else 'does not open'} this profile.")
    if complaint:
        lines.append(complaint)
    line.show({"keyring": opens, "complaint": complaint or None}, lambda: iter(lines))
    return 0
