"""Contents of attachments: announced, sent in pieces, asked for; each call says for whom."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from casefield.records.blob import SHA256
from casefield.server.api.needs import Caller, Need, route
from casefield.server.api.wire import STRANGERS_BYTES, Body, answered, decoded
from casefield.server.auth import Denied
from casefield.server.blob_folder import read_from
from casefield.server.blobs import BlobOffice
from casefield.server.parts import AppParts, Parts
from casefield.sync.messages import (
    BLOB_TYPE,
    COMPLETE_HEADER,
    LARGEST_PIECE_BYTES,
    OFFSET_HEADER,
    BlobOffer,
    BlobReply,
)

router = APIRouter()
CONTENT = "/v1/blobs/{sha256}"
NUMBER = re.compile("[0-9]{1,13}")
RANGE = re.compile("bytes=([0-9]{1,13})-")


@route(router, "POST", "/v1/blobs", Need.DEVICE, takes=BlobOffer, gives=BlobReply)
async def offer(request: Request, member: Caller, body: Body, parts: AppParts) -> Response:
    """Announce a content, or ask how far it got."""
    message = decoded(request, body, BlobOffer, most=STRANGERS_BYTES)
    reply = await run_in_threadpool(_office(parts).offer, member, message, parts.clock.now())
    return answered(request, reply)


@route(router, "PATCH", CONTENT, Need.DEVICE, takes=bytes, gives=BlobReply)
async def take(request: Request, sha256: str, member: Caller, parts: AppParts) -> Response:
    """Take bytes from an offset on; a call that is cut off leaves what came of it."""
    case_id = _case(request, sha256)
    offset = NUMBER.fullmatch(request.headers.get(OFFSET_HEADER, ""))
    if offset is None:
        raise Denied(422, "bad_message", f"{OFFSET_HEADER} must say where the bytes stand.")
    if request.headers.get("content-type", "") != BLOB_TYPE:
        raise Denied(415, "content_type", f"Send {BLOB_TYPE}.")
    data, cut = await _piece(request)
    reply = await run_in_threadpool(
        _office(parts).take, member, case_id, sha256, int(offset[0]), data, parts.clock.now()
    )
    if cut is not None:
        raise cut
    return answered(request, reply)


@route(router, "HEAD", CONTENT, Need.DEVICE, takes=None, gives=None)
async def where(request: Request, sha256: str, member: Caller, parts: AppParts) -> Response:
    """Say in the headers how far a content got."""
    case_id = _case(request, sha256)
    reply = await run_in_threadpool(_office(parts).where, member, case_id, sha256)
    complete = "?1" if reply.complete else "?0"
    headers = {OFFSET_HEADER: str(reply.offset), COMPLETE_HEADER: complete}
    return Response(status_code=200, headers=headers, media_type=BLOB_TYPE)


@route(router, "GET", CONTENT, Need.DEVICE, takes=None, gives=bytes)
async def give(request: Request, sha256: str, member: Caller, parts: AppParts) -> Response:
    """Give a content, or its end from a byte on."""
    case_id = _case(request, sha256)
    wanted = RANGE.fullmatch(request.headers.get("range", "bytes=0-"))
    if wanted is None:
        raise Denied(416, "range", "Only a range from a byte to the end is given.")
    offset = int(wanted[1])
    file, size = await run_in_threadpool(_office(parts).open, member, case_id, sha256)
    if offset >= size:
        file.close()
        raise Denied(416, "range", f"The attachment has {size} bytes.")
    headers = {
        "Content-Length": str(size - offset),
        "Content-Range": f"bytes {offset}-{size - 1}/{size}",
        "Accept-Ranges": "bytes",
    }
    status = 206 if "range" in request.headers else 200
    return StreamingResponse(read_from(file, offset), status, headers, BLOB_TYPE)


async def _piece(request: Request) -> tuple[bytes, ClientDisconnect | None]:
    """Return a body's bytes, and what cut it off, if anything did."""
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > LARGEST_PIECE_BYTES:
                raise Denied(413, "too_large", "The piece is too large.", "Send less at once.")
    except ClientDisconnect as error:
        return bytes(data), error
    return bytes(data), None


def _case(request: Request, sha256: str) -> str:
    """Return for whose record the content is.

    Raises:
        Denied: nobody is named, or the address names no content.
    """
    case_id = request.query_params.get("case_id", "")
    if not SHA256.fullmatch(sha256) or not 0 < len(case_id) <= 36 or "\0" in case_id:
        raise Denied(422, "bad_message", "The address names no content of a person's record.")
    return case_id


def _office(parts: Parts) -> BlobOffice:
    return BlobOffice(parts.database, parts.blobs)
