"""Which version a database is of, and how it is brought up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from casefield.errors import Damaged, UnusableInput
from casefield.records.migrations import HEAD, migrate, stored_revision


def bring_up_to_date(connection: Connection, file: Path, *, new: bool = False) -> bool:
    """Make an older database the present version; one comparison when it already is.

    Returns whether anything was to be done.

    Args:
        connection: inside the caller's transaction.
        file: for the sentences.
        new: the profile is being made, so the database is empty.

    Raises:
        UnusableInput: it was written by a newer casefield.
        Damaged: it is empty, though the profile was made long ago.
    """
    stored = stored_revision(connection)
    if stored == HEAD:
        return False
    if stored is None and not new:
        raise Damaged(
            f"The database {file} holds nothing.",
            way_out="Restore it from a backup, or enrol again in another profile and sync.",
        )
    if stored is not None and stored > HEAD:
        raise UnusableInput(
            f"The database {file} was written by a newer casefield (version {stored}).",
            way_out=f"Install that version or a newer one; this one knows version {HEAD}.",
        )
    migrate(connection, "laptop")
    return True
