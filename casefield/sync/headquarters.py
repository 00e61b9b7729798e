"""A signed-in line to headquarters: keeps the access token fresh, runs whole syncs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from casefield.clock import Clock
from casefield.errors import LockedOrNotEnrolled, Offline
from casefield.sync.core import Core, Tally
from casefield.sync.identity import Facts, Identity, keep_refresh_token, load_identity
from casefield.sync.messages import PROTOCOL, Problem, SyncReply, SyncRequest, TokenRequest
from casefield.sync.store import LaptopStore
from casefield.sync.transport import NotCasefield, Refused, Transport, timed

MOST_ROUNDS = 100_000
MOST_NEW_HISTORIES = 2
SIGN_IN, TOO_LARGE = 401, 413


class Headquarters:
    """Everything a laptop needs for one sync after another.

    Args:
        store: the laptop's storage.
        facts: where identity and refresh token are kept.
        transport: the line; made for the identity's server.
        clock: the laptop's clock, for display and audit only.
    """

    def __init__(
        self, store: LaptopStore, facts: Facts, transport: Transport, clock: Clock
    ) -> None:
        self._core = Core(store)
        self._facts = facts
        self._transport = transport
        self._clock = clock
        self._one_at_a_time = threading.Lock()
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
                return self._rounds(progress, cancelled)
            except NotCasefield as error:  # a hotel's network, say: no connection, as any other
                raise Offline(error.message, way_out=error.way_out) from error

    def close(self) -> None:
        """Drop the connections."""
        self._transport.close()

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
            if not again or cancelled():
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
        if not self._transport.has_access_token:
            self._sign_in()
        try:
            return self._transport.sync(request)
        except Refused as refusal:
            if refusal.status != SIGN_IN:
                raise
        self._sign_in()
        return self._transport.sync(request)

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
