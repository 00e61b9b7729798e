"""One call for push and pull."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from casefield.server import audit, auth
from casefield.server.api.needs import Caller, Need, route
from casefield.server.api.wire import MOST_PLAIN_BYTES, Body, answered, decoded
from casefield.server.database import epoch_of
from casefield.server.parts import AppParts, Parts
from casefield.server.pull import HistoryChanged, Puller, check_place
from casefield.server.push import Pusher
from casefield.server.scope import Member
from casefield.server.steps import Forked, Step, known_device, verify
from casefield.sync.messages import OLDEST, PROTOCOL, Result, SyncReply, SyncRequest

router = APIRouter()
# What was done together travels together, and an import may hold a clinic: bytes are the real bound
MOST_OPERATIONS = 100_000
LEAST_PAGE, MOST_PAGE = 32 * 1024, 8 * 1024 * 1024


@route(router, "POST", "/v1/sync", Need.DEVICE, takes=SyncRequest, gives=SyncReply)
async def sync(request: Request, member: Caller, body: Body, parts: AppParts) -> Response:
    """Take operations, answer each, give what changed.

    A turn is taken only when the body is here: a slow line keeps nobody else waiting.
    """

    def run() -> Response:
        message = decoded(request, body, SyncRequest, most=MOST_PLAIN_BYTES)
        return answered(request, answer(parts, member, message))

    async with parts.turns.turn():
        return await run_in_threadpool(run)


def answer(parts: Parts, member: Member, message: SyncRequest) -> SyncReply:
    """Take what a laptop says and give what it may have.

    Raises:
        Denied: another version, another laptop's token, too much at once, a copied laptop, or a
            history that this headquarters doesn't have.
    """
    if message.proto > PROTOCOL:
        raise auth.Denied(426, "protocol", "Headquarters is older than this casefield.", "Wait.")
    if message.device != member.device_id:
        held = auth.Bearer(member.org_id, member.user_id, member.device_id)
        denied = auth.Denied(403, "device", "The token belongs to another laptop.", "", held)
        parts.refusals.note("sync", denied)
        raise denied
    if len(message.ops) > MOST_OPERATIONS:
        raise auth.Denied(413, "too_large", "Too many operations at once.", "Send fewer.")
    try:
        return _served(parts, member, message)
    except HistoryChanged as error:
        words = "Headquarters was restored; the laptop offers its work again."
        raise auth.Denied(409, "history_changed", words) from error
    except Forked as error:
        _note_fork(parts, member)
        raise auth.Denied(
            409,
            "forked",
            "Another laptop works as a copy of this one, so headquarters can't tell them apart.",
            "Ask for a new enrolment code and enrol this laptop again; nothing on it is lost.",
        ) from error


def _served(parts: Parts, member: Member, message: SyncRequest) -> SyncReply:
    puller = Puller(parts.database)
    message.max_bytes = max(LEAST_PAGE, min(message.max_bytes, MOST_PAGE))
    results: list[Result] = []
    with parts.database.read() as connection:
        epoch = _one_history(connection, member, message)
        if not message.ops and message.proto >= OLDEST:
            page = puller.read(connection, member, message)  # on the same snapshot: nobody wrote
    if message.ops:
        pusher = Pusher(parts.database)
        results = pusher.push(member, message.ops, now=parts.clock.now(), step=Step.of(message))
    if message.proto < OLDEST:  # too old to be sent records; what it has to say is taken
        return SyncReply(
            epoch=epoch,
            results=results,
            cursor=message.cursor,
            fence=message.fence,
            directive="update",
        )
    if message.ops:
        page = puller.pull(member, message)
    else:
        puller.keep(member, message, page)
    return SyncReply(
        epoch=epoch,
        results=results,
        changes=page.changes,
        token=message.next_token if message.ops or page.moved or message.purged else "",
        cursor=page.cursor,
        fence=page.fence,
        more=page.more,
        enter=page.enter,
        arriving=page.arriving,
        leave=page.leave,
        astray=page.astray,
        durable_seq=page.durable,
    )


def _one_history(connection: Connection, member: Member, message: SyncRequest) -> str:
    """Return the epoch, once laptop and headquarters are sure to mean the same history.

    Before anything is merged: revisions of another history mean nothing in this one.

    Raises:
        HistoryChanged: this database was restored, or is another one.
        Forked: two laptops claim this device's place.
    """
    epoch = epoch_of(connection)
    if message.epoch and message.epoch != epoch:
        raise HistoryChanged
    check_place(connection, member, message)
    verify(known_device(connection, member), Step.of(message))
    return epoch


def _note_fork(parts: Parts, member: Member) -> None:
    with parts.database.write() as connection:
        audit.note(
            connection,
            member.org_id,
            "forked",
            actor=member.user_id,
            at=parts.clock.now(),
            device_id=member.device_id,
            outcome="refused",
        )
