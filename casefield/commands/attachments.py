"""Commands about attachments: attach a file, list them, save one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from casefield.application import Session
from casefield.commands.context import CommandLine, command_line
from casefield.commands.words import CONTENT_STATES
from casefield.errors import UnusableInput
from casefield.terminal import plain

KB = 1024


@click.command("attach")
@click.argument("person")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--title", default="", help="What it shows; default: the file's name.")
@click.option("--note", "note_id", default=None, metavar="ID", help="The note it belongs to.")
@command_line
def attach(line: CommandLine, person: str, file: Path, title: str, note_id: str | None) -> int:
    """Attach a photo or document (PDF, JPEG, PNG, HEIC, plain text; up to 50 MB).

    PERSON is a case id, or a name that only one person bears. The file itself stays where it is.
    """
    from casefield.care.caseload import one_person

    with line.session() as session:
        case_id = session.read(lambda work: one_person(work, person))
        attachment_id = session.attach(case_id, file, title=title, note_id=note_id)
    told = {"attachment_id": attachment_id, "case_id": case_id}
    line.show(told, lambda: iter([f"Attached {file.name}: {attachment_id}"]))
    return 0


@click.command("attachments")
@click.argument("person", required=False)
@click.option("--note", "note_id", default=None, metavar="ID", help="Only those of this note.")
@click.option("--save", "saved", default=None, metavar="ID", help="Save this one's content.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File or folder to save to; default: its own name, here.",
)
@command_line
def attachments(
    line: CommandLine,
    person: str | None,
    note_id: str | None,
    saved: str | None,
    output: Path | None,
) -> int:
    """List a person's attachments, or save one; what isn't here is fetched first."""
    if (person is None) == (saved is None):
        raise UnusableInput(
            "Say whose attachments to list, or which one to save.",
            way_out="casefield attachments PERSON, or casefield attachments --save ID.",
        )
    with line.session() as session:
        if saved is not None:
            return _save(line, session, saved, output)
        return _list(line, session, str(person), note_id)


def _list(line: CommandLine, session: Session, person: str, note_id: str | None) -> int:
    from casefield.care.attachments import attachments as of_person
    from casefield.care.caseload import one_person

    views = session.read(lambda w: of_person(w, one_person(w, person), note_id=note_id))
    states = session.attachment_states(views)

    def lines() -> Iterator[str]:
        if not views:
            yield "Nothing is attached."
        for view in views:
            taken = view.taken_at.astimezone(ZoneInfo(view.zone))
            state = states[view.attachment_id]
            yield (
                f"{view.attachment_id}  {taken:%Y-%m-%d %H:%M}  {view.media_type:15}"
                f"  {-(-view.size // KB):>6} KB  {view.title} ({CONTENT_STATES[state]})"
            )

    told: list[Any] = [plain(view) | {"content": states[view.attachment_id]} for view in views]
    line.show(told, lines)
    return 0


def _save(line: CommandLine, session: Session, attachment_id: str, output: Path | None) -> int:
    from casefield.care.attachments import attachment, write_out

    view = session.read(lambda work: attachment(work, attachment_id))
    target = output or Path(view.file_name)
    if target.is_dir():
        target = target / view.file_name
    pieces = session.attachment(attachment_id)
    assert pieces is not None  # nobody cancels here
    write_out(pieces, target)
    told = {"attachment_id": attachment_id, "file": str(target), "size": view.size}
    line.show(told, lambda: iter([f"Saved {target}. It is not encrypted."]))
    return 0
