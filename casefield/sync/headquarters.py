"""A signed-in line to headquarters: keeps the access token fresh, runs whole syncs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from casefield.clock import Clock
from casefield.errors import LockedOrNotEnrolled, Offline
from casefield.records.blob import Place
from casefield.sync.blobs import Answered, BlobStore, Courier
from casefield.sync.core import Core, Tally
from casefield.sync.identity import Facts, Identity, keep_refresh_token, load_identity
from casefield.sync.messages import (
    PROTOCOL,
    BlobOffer,
    BlobReply,
    Problem,
    SyncReply,
    SyncRequest,
    TokenRequest,
)
from casefield.sync.store import LaptopStore
from casefield.sync.transport import CutOff, NotCasefield, Refused, Transport, timed

MOST_ROUNDS = 100_000
MOST_NEW_HISTORIES = 2
SIGN_IN, TOO_LARGE = 401, 413
# what headquarters says to a content that it doesn't take, and whether it never will
NOT_TAKEN = {
    "blob_too_large": True,
    "blob_type": True,
    "quota": False,
    "not_in_care": False,
    "wrong_hash": False,
    "no_blob": False,
    "absent": False,  # an older headquarters
}
T = TypeVar("T")


class Headquarters:
    """Everything a laptop needs for one sync after another.

    Args:
        store: the laptop's storage.
        facts: where identity and refresh token are kept.
        transport: the line; made for the identity's server.
        clock: the laptop's clock, for display and audit only.
        blobs: the files of attachments; None: there are none to carry.
    """

    def __init__(
        self,
        store: LaptopStore,
        facts: Facts,
        transport: Transport,
        clock: Clock,
        blobs: BlobStore | None = None,
    ) -> None:
        self._core = Core(store)
        self._facts = facts
        self._transport = transport
        self._clock = clock
        self._courier = None if blobs is None else Courier(blobs, _BlobLine(self, transport))
        self._one_at_a_time = threading.Lock()
        self._signing_in = threading.Lock()
        self._new_histories = 0
        self._spoke_older = False

    def sync(
        self,
        progress: Callable[[Tally], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Tally:
        """Push and pull until both sides have what they may have; return what happened.

        Raises:
            Offline: headquarters can't be reached; what was answered so far is kept.
            Refused: headquarters said no (revoked device, too old protocol).
        """
        with self._one_at_a_time:
            try:
                tally = self._rounds(progress, cancelled)
                self._carry(tally, progress or _silent, cancelled)
                return tally
            except NotCasefield as error:  # a hotel's network, say: no connection, as any other
                raise Offline(error.message, way_out=error.way_out) from error

    def fetch(
        self,
        place: Place,
        progress: Callable[[Tally], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Bring an attachment's content here, beside a sync under way; return whether it is here.

        Raises:
            Offline: headquarters can't be reached; what came so far is kept.
            NotFound: headquarters hasn't got it (yet).
            Damaged: what came was something else.
        """
        assert self._courier is not None
        try:
            return self._courier.fetch(place, Tally(), progress or _silent, cancelled)
        except NotCasefield as error:
            raise Offline(error.message, way_out=error.way_out) from error

    def close(self) -> None:
        """Drop the connections."""
        self._transport.close()

    def _carry(
        self, tally: Tally, progress: Callable[[Tally], None], cancelled: Callable[[], bool]
    ) -> None:
        if self._courier is None or cancelled():
            return
        traffic, begun = self._transport.traffic, time.monotonic()
        up, down, seconds = (
            traffic.up - tally.bytes_up,
            traffic.down - tally.bytes_down,
            tally.seconds,
        )

        def count(tally: Tally) -> None:
            tally.bytes_up, tally.bytes_down = traffic.up - up, traffic.down - down
            tally.seconds = seconds + time.monotonic() - begun
            progress(tally)

        self._courier.carry(tally, self._clock.now(), count, cancelled)

    def _rounds(
        self, progress: Callable[[Tally], None] | None, cancelled: Callable[[], bool]
    ) -> Tally:
        tally = Tally()
        up, down = self._transport.traffic.up, self._transport.traffic.down
        begun = time.monotonic()
        self._new_histories = 0
        for _ in range(MOST_ROUNDS):
            again = self._round(tally)
            tally.bytes_up = self._transport.traffic.up - up
            tally.bytes_down = self._transport.traffic.down - down
            tally.seconds = time.monotonic() - begun
            if progress:
                progress(tally)
            if not again:
                break
            if cancelled():
                tally.cut_short = True
                break
        if tally.must_update:
            raise LockedOrNotEnrolled(
                "This casefield is too old to be sent records. Your work was taken.",
                way_out="Update casefield on this laptop.",
            )
        return tally

    def _round(self, tally: Tally) -> bool:
        request = self._core.next_request(self._clock.now())
        try:
            reply, seconds = timed(lambda: self._call(request))
        except Refused as refusal:
            self._mend(refusal)
            return True
        except CutOff:
            self._core.cut_off()
            raise
        self._core.round_took(request, reply, seconds)
        return self._core.take_reply(request, reply, now=self._clock.now(), tally=tally)

    def _mend(self, refusal: Refused) -> None:
        """Do what makes the next round differ from the refused one.

        Raises:
            Refused: there is nothing that could be done.
        """
        if refusal.code == "history_changed" and self._new_histories < MOST_NEW_HISTORIES:
            self._new_histories += 1
            epoch = self._transport.hello().epoch
            self._core.history_changed(epoch, now=self._clock.now())
        elif refusal.code == "protocol" and not self._spoke_older:
            self._spoke_older = True
            self._core.speak(min(PROTOCOL, self._transport.hello().proto))
        elif refusal.status != TOO_LARGE:
            raise refusal
        elif not self._core.too_large():
            told = Problem(
                code=refusal.code,
                message="One act on this laptop is larger than headquarters takes at once.",
                way_out="It and what follows it wait here, safe. Tell your administrator.",
            )
            raise Refused(refusal.status, told) from refusal

    def _call(self, request: SyncRequest) -> SyncReply:
        return self.signed_in(lambda: self._transport.sync(request))

    def signed_in(self, call: Callable[[], T]) -> T:
        """Return what a call returns, signing in first where that is needed."""
        if not self._transport.has_access_token:
            self._renew("")
        try:
            return call()
        except Refused as refusal:
            if refusal.status != SIGN_IN:
                raise
            spent = self._transport.access_token
        self._renew(spent)
        return call()

    def _renew(self, spent: str) -> None:
        """Sign in, unless somebody else did meanwhile: two would spend each other's tokens."""
        with self._signing_in:
            if self._transport.access_token == spent:
                self._sign_in()

    def _sign_in(self) -> None:
        identity = self._identity()
        wall = self._clock.now().isoformat()
        reply = self._transport.refresh(
            TokenRequest(
                device=identity.device_id,
                refresh_token=identity.refresh_token,
                wall=wall,
                signature=identity.signed(f"{identity.device_id}|{identity.refresh_token}|{wall}"),
            )
        )
        keep_refresh_token(self._facts, identity, reply.refresh_token)
        self._transport.use_access_token(reply.access_token)

    def _identity(self) -> Identity:
        identity = load_identity(self._facts)
        if identity is None:
            raise LockedOrNotEnrolled(
                "This laptop is not enrolled.", way_out="Enrol it with casefield enrol."
            )
        return identity


class _BlobLine:
    """A signed-in line for contents: refusals that concern one of them become answers."""

    def __init__(self, headquarters: Headquarters, transport: Transport) -> None:
        self._signed_in = headquarters.signed_in
        self._transport = transport

    def offer(self, place: Place, media_type: str) -> Answered:
        offered = BlobOffer(
            sha256=place.sha256, size=place.size, case_id=place.case_id, media_type=media_type
        )
        return self._answered(lambda: self._transport.offer_blob(offered))

    def send(self, place: Place, offset: int, data: bytes) -> Answered:
        try:
            return self._answered(lambda: self._transport.send_blob(place, offset, data))
        except Refused as refusal:
            if refusal.code != "wrong_offset":
                raise
        return self._answered(lambda: self._transport.blob_reached(place))

    def fetch(self, place: Place, offset: int) -> Iterator[bytes]:
        first, rest = self._signed_in(lambda: _begun(self._transport.fetch_blob(place, offset)))
        yield first
        yield from rest

    def _answered(self, call: Callable[[], BlobReply]) -> Answered:
        try:
            reply = self._signed_in(call)
        except Refused as refusal:
            if refusal.code not in NOT_TAKEN:
                raise
            return Answered(refusal=str(refusal), for_good=NOT_TAKEN[refusal.code])
        return Answered(offset=reply.offset, complete=reply.complete)


def _begun(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Ask for the first piece: a refusal comes with it."""
    return next(pieces, b""), pieces


def _silent(tally: Tally) -> None:
    """Tell nobody."""
