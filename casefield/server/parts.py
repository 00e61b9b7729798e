"""What every route works with: put together once, at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from casefield.clock import Clock
from casefield.server.blob_folder import BlobFolder
from casefield.server.database import Database
from casefield.server.refusals import Refusals
from casefield.server.turns import Turns


@dataclass(frozen=True)
class Parts:
    """Headquarters' parts."""

    database: Database
    clock: Clock
    blobs: BlobFolder
    turns: Turns
    refusals: Refusals


def parts_of(request: Request) -> Parts:
    """Return the parts of the running server."""
    parts: Parts = request.app.state.parts
    return parts


AppParts = Annotated[Parts, Depends(parts_of)]
