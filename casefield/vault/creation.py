"""A profile comes into being whole, or nothing of it stays; what was there is never lost."""

from __future__ import annotations

from pathlib import Path

from casefield.errors import Damaged, UnusableInput
from casefield.vault import database, keyslots
from casefield.vault.files import environment_error, write_whole

UNFINISHED = "being-made"


def begin(folder: Path) -> None:
    """Mark the folder as holding a profile that is being made.

    What a creation left that was killed half-way is cleared away first: nothing was in it yet.

    Raises:
        UnusableInput: there is a profile already, or the mark can't be written.
        Damaged: there is a database whose key file is missing.
        StorageFull: no room.
    """
    refuse_taken(folder)
    clear(folder)
    write_whole(folder / UNFINISHED, b"")


def refuse_taken(folder: Path) -> None:
    """Refuse a folder that holds a profile, or what is left of one.

    Raises:
        UnusableInput: there is a profile already.
        Damaged: there is a database whose key file is missing.
    """
    if (folder / keyslots.FILE_NAME).is_file():
        raise UnusableInput(
            f"There is already a casefield profile in {folder}.",
            way_out="Open it, or choose another folder with --profile.",
        )
    copy = folder / keyslots.COPY_NAME
    half_made = (folder / UNFINISHED).is_file() and not copy.is_file()
    if copy.is_file() or ((folder / database.FILE_NAME).is_file() and not half_made):
        raise Damaged(
            f"{folder} holds a casefield database whose key file {keyslots.FILE_NAME} is missing.",
            way_out=f"Put {copy.name} in its place, or choose another folder with --profile.",
        )


def end(folder: Path) -> None:
    """Take the mark away: the profile is whole.

    Raises:
        UnusableInput: the folder doesn't allow it.
    """
    try:
        (folder / UNFINISHED).unlink()
    except OSError as error:
        raise environment_error(error, folder / UNFINISHED) from error


def sweep(folder: Path) -> None:
    """Remove all that a failed creation made, the folder too if it is empty then."""
    clear(folder)
    (folder / "in-use").unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def clear(folder: Path) -> None:
    """Remove the files of a profile that never became one."""
    for name in (database.FILE_NAME, keyslots.FILE_NAME, keyslots.COPY_NAME, UNFINISHED):
        for suffix in ("", "-wal", "-shm", ".new"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
