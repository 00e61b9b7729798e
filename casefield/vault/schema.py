"""Which version a database is of, and how it is brought up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from casefield.errors import UnusableInput
from casefield.records.migrations import HEAD, migrate, stored_revision


def bring_up_to_date(connection: Connection, file: Path) -> None:
    """Make a fresh or older database the present version; one comparison when it already is.

    Raises:
        UnusableInput: it was written by a newer casefield.
    """
    stored = stored_revision(connection)
    if stored == HEAD:
        return
    if stored is not None and stored > HEAD:
        raise UnusableInput(
            f"The database {file} was written by a newer casefield (version {stored}).",
            way_out=f"Install that version or a newer one; this one knows version {HEAD}.",
        )
    migrate(connection, "laptop")
