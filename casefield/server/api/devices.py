"""Hello, enrolment, tokens, health: what a laptop needs before it may sync."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from casefield.server import auth
from casefield.server.api.needs import Need, route
from casefield.server.api.wire import Body, answered, decoded
from casefield.server.database import epoch_of
from casefield.server.enrolment import enrol
from casefield.server.parts import AppParts
from casefield.sync.messages import (
    PROTOCOL,
    Enrol,
    Hello,
    HelloReply,
    TokenReply,
    TokenRequest,
)

router = APIRouter()


@route(router, "POST", "/v1/hello", Need.NOTHING)
async def hello(request: Request, body: Body, parts: AppParts) -> Response:
    """Say that casefield answers here."""
    told = decoded(body, request.headers.get("content-encoding", ""), Hello)
    if told.proto[1] < PROTOCOL - 2:
        raise auth.Denied(
            426, "too_old", "This casefield is too old for headquarters.", "Update it."
        )

    def epoch() -> str:
        with parts.database.read() as connection:
            return epoch_of(connection)

    reply = HelloReply(
        product="casefield",
        proto=PROTOCOL,
        epoch=await run_in_threadpool(epoch),
        time=parts.clock.now().isoformat(),
    )
    return answered(request, reply)


@route(router, "POST", "/v1/devices", Need.CODE)
async def enrol_device(request: Request, body: Body, parts: AppParts) -> Response:
    """Trade a one-time code for a device's identity."""
    message = decoded(body, request.headers.get("content-encoding", ""), Enrol)
    reply = await run_in_threadpool(enrol, parts.database, parts.clock, message)
    return answered(request, reply)


@route(router, "POST", "/v1/token", Need.DEVICE_KEY)
async def token(request: Request, body: Body, parts: AppParts) -> Response:
    """Trade a refresh token for the next pair."""
    message = decoded(body, request.headers.get("content-encoding", ""), TokenRequest)

    def renew() -> auth.Tokens | auth.Denied:
        # A refusal may itself have stopped the device: that must be committed, so it is returned
        with parts.database.write() as connection:
            try:
                return auth.refresh(
                    connection,
                    message.device,
                    message.refresh_token,
                    message.wall,
                    message.signature,
                    parts.clock.now(),
                )
            except auth.Denied as denied:
                return denied

    fresh = await run_in_threadpool(renew)
    if isinstance(fresh, auth.Denied):
        raise fresh
    return answered(
        request,
        TokenReply(
            access_token=fresh.access, refresh_token=fresh.refresh, access_seconds=fresh.seconds
        ),
    )


@route(router, "GET", "/v1/health", Need.NOTHING)
async def health(parts: AppParts) -> dict[str, str]:
    """Say whether the database answers."""

    def ask() -> str:
        with parts.database.read() as connection:
            return epoch_of(connection)

    await run_in_threadpool(ask)
    return {"status": "ok"}
