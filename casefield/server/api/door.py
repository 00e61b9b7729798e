"""The outermost layer: headers on every answer, and no failure's words in any log."""

from __future__ import annotations

import logging

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casefield.server.api.wire import problem
from casefield.server.auth import Denied
from casefield.terminal import kind_and_place

log = logging.getLogger("casefield.server")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}


class Door:
    """Adds headers, and answers whatever nobody answered before.

    Without it the server would log an unforeseen error with its text, which may hold a record's
    values.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except ClientDisconnect:
            log.info("%s %s: the caller went away", scope["method"], scope["path"])
        except Exception as error:  # noqa: BLE001 - the last door: no text of it may get out
            request = Request(scope, receive)
            response = await broken(request, error)
            if not begun:
                await response(scope, receive, sent)


async def broken(request: Request, error: Exception) -> Response:
    """Log a failure by its kind and place, and say that it is worth another try."""
    log.error("%s %s failed: %s", request.method, request.url.path, kind_and_place(error))
    words = "Headquarters could not do that just now."
    return problem(request, Denied(503, "broken", words, "It is tried again."))
