"""One call for push and pull."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from casefield.server import auth
from casefield.server.api.needs import Caller, Need, route
from casefield.server.api.wire import MOST_PLAIN_BYTES, Body, answered, decoded
from casefield.server.database import epoch_of
from casefield.server.parts import AppParts, Parts
from casefield.server.pull import HistoryChanged, Puller, check_place
from casefield.server.push import Pusher
from casefield.server.scope import Member
from casefield.sync.messages import PROTOCOL, SyncReply, SyncRequest

router = APIRouter()
# What was done together travels together, and an import may hold a clinic: bytes are the real bound
MOST_OPERATIONS = 100_000
LEAST_PAGE, MOST_PAGE = 64 * 1024, 8 * 1024 * 1024


@route(router, "POST", "/v1/sync", Need.DEVICE)
async def sync(request: Request, member: Caller, body: Body, parts: AppParts) -> Response:
    """Take operations, answer each, give what changed."""

    def run() -> Response:
        message = decoded(request, body, SyncRequest, most=MOST_PLAIN_BYTES)
        return answered(request, _sync(parts, member, message))

    return await run_in_threadpool(run)


def _sync(parts: Parts, member: Member, message: SyncRequest) -> SyncReply:
    if message.proto > PROTOCOL or message.proto < PROTOCOL - 2:
        raise auth.Denied(426, "protocol", "Headquarters speaks another version.", "Update.")
    if message.device != member.device_id:
        raise auth.Denied(403, "device", "The token belongs to another laptop.")
    if len(message.ops) > MOST_OPERATIONS:
        raise auth.Denied(413, "too_large", "Too many operations at once.", "Send fewer.")
    try:
        with parts.database.read() as connection:
            epoch = epoch_of(connection)
            if message.epoch and message.epoch != epoch:
                raise HistoryChanged
            # before anything is merged: revisions of another history mean nothing in this one
            check_place(connection, member, message.cursor, message.fence)
        results = Pusher(parts.database).push(member, message.ops, now=parts.clock.now())
        size = max(LEAST_PAGE, min(message.max_bytes, MOST_PAGE))
        page = Puller(parts.database).pull(
            member, message.cursor, message.fence, message.purged, size
        )
    except HistoryChanged as error:
        words = "Headquarters was restored; the laptop offers its work again."
        raise auth.Denied(409, "history_changed", words) from error
    return SyncReply(
        epoch=epoch,
        results=results,
        changes=page.changes,
        cursor=page.cursor,
        fence=page.fence,
        more=page.more,
        enter=page.enter,
        leave=page.leave,
        durable_seq=page.newest,
    )
