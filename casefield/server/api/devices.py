"""Hello, enrolment, tokens, health: what a laptop needs before it may sync."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from casefield.server.api.needs import Need, route
from casefield.server.api.wire import STRANGERS_BYTES, Body, answered, decoded
from casefield.server.database import epoch_of
from casefield.server.enrolment import enrol, renew
from casefield.server.parts import AppParts, Parts
from casefield.sync.messages import (
    OLDEST,
    PROTOCOL,
    Enrol,
    EnrolReply,
    Hello,
    HelloReply,
    TokenReply,
    TokenRequest,
)

router = APIRouter()


@route(router, "POST", "/v1/hello", Need.NOTHING, takes=Hello, gives=HelloReply)
async def hello(request: Request, body: Body, parts: AppParts) -> Response:
    """Say that casefield answers here."""
    decoded(request, body, Hello, most=STRANGERS_BYTES)
    reply = HelloReply(
        product="casefield",
        proto=PROTOCOL,
        oldest=OLDEST,
        epoch=await run_in_threadpool(_epoch, parts),
        time=parts.clock.now().isoformat(),
    )
    return answered(request, reply)


@route(router, "POST", "/v1/devices", Need.CODE, takes=Enrol, gives=EnrolReply)
async def enrol_device(request: Request, body: Body, parts: AppParts) -> Response:
    """Trade a one-time code for a device's identity."""
    message = decoded(request, body, Enrol, most=STRANGERS_BYTES)
    reply = await run_in_threadpool(enrol, parts.database, parts.clock, message)
    return answered(request, reply)


@route(router, "POST", "/v1/token", Need.DEVICE_KEY, takes=TokenRequest, gives=TokenReply)
async def token(request: Request, body: Body, parts: AppParts) -> Response:
    """Trade a refresh token for the next pair."""
    message = decoded(request, body, TokenRequest, most=STRANGERS_BYTES)
    reply = await run_in_threadpool(renew, parts.database, parts.clock, message)
    return answered(request, reply)


@route(router, "GET", "/v1/health", Need.NOTHING, takes=None, gives=dict[str, str])
async def health(parts: AppParts) -> dict[str, str]:
    """Say whether the database answers."""
    await run_in_threadpool(_epoch, parts)
    return {"status": "ok"}


def _epoch(parts: Parts) -> str:
    with parts.database.read() as connection:
        return epoch_of(connection)
