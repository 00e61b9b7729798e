"""Puts headquarters together: database, clock, routes, and the answer to every failure."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from casefield import __version__
from casefield.clock import Clock, SystemClock
from casefield.errors import CasefieldError
from casefield.server.api import blobs as blobs_api
from casefield.server.api import devices, sync
from casefield.server.api.description import description
from casefield.server.api.door import Door, broken
from casefield.server.api.wire import problem
from casefield.server.auth import Denied
from casefield.server.blob_folder import BlobFolder, beside
from casefield.server.database import Database
from casefield.server.parts import Parts
from casefield.server.turns import MOST_AT_ONCE


def create_app(
    database: Database,
    clock: Clock | None = None,
    blobs: BlobFolder | None = None,
    *,
    most_at_once: int = MOST_AT_ONCE,
) -> FastAPI:
    """Return the application over a prepared database.

    Args:
        database: prepared.
        clock: where the time comes from.
        blobs: where contents of attachments are; default: beside the database.
        most_at_once: how many syncs this process works on at the same time.
    """
    app = FastAPI(
        title="casefield headquarters",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.parts = Parts(
        database, clock or SystemClock(), blobs or beside(database), most_at_once=most_at_once
    )
    app.include_router(devices.router)
    app.include_router(sync.router)
    app.include_router(blobs_api.router)
    app.openapi = description  # type: ignore[method-assign]
    answers: dict[Any, Any] = {
        Denied: _denied,
        CasefieldError: _told,
        SQLAlchemyError: broken,
        404: _absent,
        405: _absent,
    }
    for failure, answer in answers.items():
        app.add_exception_handler(failure, answer)
    app.add_middleware(Door)
    return app


async def _denied(request: Request, error: Denied) -> Response:
    return problem(request, error)


async def _told(request: Request, error: CasefieldError) -> Response:
    return problem(request, Denied(503, "unavailable", error.message, error.way_out))


async def _absent(request: Request, error: Exception) -> Response:
    return problem(request, Denied(404, "absent", "There is nothing at this address."))
