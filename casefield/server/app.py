"""Puts headquarters together: database, clock, routes, and the answer to every failure."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from casefield import __version__
from casefield.clock import Clock, SystemClock
from casefield.errors import CasefieldError
from casefield.server.api import devices, sync
from casefield.server.api.wire import problem
from casefield.server.auth import Denied
from casefield.server.database import Database
from casefield.server.parts import Parts

log = logging.getLogger("casefield.server")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}


def create_app(database: Database, clock: Clock | None = None) -> FastAPI:
    """Return the application over a prepared database."""
    app = FastAPI(
        title="casefield headquarters",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.parts = Parts(database, clock or SystemClock())
    app.include_router(devices.router)
    app.include_router(sync.router)
    app.add_exception_handler(Denied, _denied)
    app.add_exception_handler(CasefieldError, _told)
    app.add_exception_handler(SQLAlchemyError, _broken)
    app.add_exception_handler(Exception, _broken)
    app.add_exception_handler(404, _absent)
    app.add_exception_handler(405, _absent)

    @app.middleware("http")
    async def secure(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return app


async def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, Denied)
    return problem(request, error)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, CasefieldError)
    return problem(request, Denied(503, "unavailable", error.message, error.way_out))


async def _broken(request: Request, error: Exception) -> Response:
    # Only the kind of the error: its text may hold a record's values
    log.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
    words = "Headquarters could not do that just now."
    return problem(request, Denied(503, "broken", words, "It is tried again."))


async def _absent(request: Request, error: Exception) -> Response:
    return problem(request, Denied(404, "absent", "There is nothing at this address."))
