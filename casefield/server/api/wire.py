"""Bodies in and out: typed JSON, compressed, bounded; problems in one shape."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Annotated, TypeVar

import msgspec
import zstandard
from fastapi import Depends, Request, Response

from casefield.server.auth import Denied
from casefield.sync.messages import MEDIA_TYPE, Problem

MOST_BODY_BYTES = 8 * 1024 * 1024
MOST_PLAIN_BYTES = 64 * 1024 * 1024
MOST_WINDOW_BYTES = 8 * 1024 * 1024
STRANGERS_BYTES = 64 * 1024  # from whoever has not signed in: such messages are small
LEAST_COMPRESSED = 600
M = TypeVar("M")


async def body_of(request: Request) -> bytes:
    """Read a request's body within the limit.

    Raises:
        Denied: too large, or not JSON by its content type.
    """
    kind = request.headers.get("content-type", "")
    if not kind.startswith(MEDIA_TYPE):
        raise Denied(415, "content_type", f"Send {MEDIA_TYPE}.")
    parts = bytearray()
    async for chunk in request.stream():
        parts += chunk
        if len(parts) > MOST_BODY_BYTES:
            raise Denied(413, "too_large", "The message is too large.", "Send less at once.")
    return bytes(parts)


Body = Annotated[bytes, Depends(body_of)]


def decoded(request: Request, body: bytes, shape: type[M], *, most: int) -> M:
    """Return a body as a typed message.

    Args:
        most: bytes of it, unpacked.

    Raises:
        Denied: it can't be unpacked, is too large unpacked, or not of the shape.
    """
    encoding = request.headers.get("content-encoding", "").strip().lower()
    plain = _unpacked(body, encoding, most)
    try:
        return msgspec.json.decode(plain, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Denied(422, "bad_message", f"The message is not understood: {error}.") from error


def answered(request: Request, message: msgspec.Struct, status: int = 200) -> Response:
    """Return a message as a response, compressed as the caller can read it."""
    content = msgspec.json.encode(message)
    headers = {}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) >= LEAST_COMPRESSED:
        if "zstd" in accepted:
            content, headers["content-encoding"] = zstandard.compress(content, 3), "zstd"
        elif "gzip" in accepted:
            content, headers["content-encoding"] = gzip.compress(content, 1), "gzip"
    return Response(content, status, headers, MEDIA_TYPE)


def problem(request: Request, denied: Denied) -> Response:
    """Return a refusal."""
    told = Problem(code=denied.code, message=denied.message, way_out=denied.way_out)
    response = answered(request, told, denied.status)
    if denied.retry_after is not None:
        response.headers["retry-after"] = str(denied.retry_after)
    return response


def _unpacked(body: bytes, encoding: str, most: int) -> bytes:
    try:
        if encoding == "zstd":
            unpacker = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES)
            with unpacker.stream_reader(io.BytesIO(body)) as stream:
                plain = stream.read(most + 1)
        elif encoding == "gzip":
            plain = zlib.decompressobj(31).decompress(body, most + 1)
        elif encoding in {"", "identity"}:
            plain = body
        else:
            raise Denied(415, "encoding", "Send zstd, gzip or plain.")
    except (zstandard.ZstdError, zlib.error) as error:
        raise Denied(422, "bad_message", "The message can't be unpacked.") from error
    if len(plain) > most:
        raise Denied(413, "too_large", "The message is too large unpacked.", "Send less at once.")
    return plain
