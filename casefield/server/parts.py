"""What every route works with: put together once, at start."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from casefield.clock import Clock
from casefield.server.blob_folder import BlobFolder
from casefield.server.database import Database
from casefield.server.refusals import Refusals
from casefield.server.turns import MOST_AT_ONCE, Turns


class Parts:
    """Headquarters' parts.

    Args:
        database: prepared.
        clock: where the time comes from.
        blobs: where contents of attachments are.
        most_at_once: how many syncs this process works on at the same time.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        blobs: BlobFolder,
        *,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self.database = database
        self.clock = clock
        self.blobs = blobs
        self.turns = Turns(most_at_once)
        self.refusals = Refusals(database, clock)


def parts_of(request: Request) -> Parts:
    """Return the parts of the running server."""
    parts: Parts = request.app.state.parts
    return parts


AppParts = Annotated[Parts, Depends(parts_of)]
