"""The protocol's core: which message comes next, and what an answer means. No I/O of its own.

A round is one `SyncRequest` and its reply. The laptop goes on with rounds until headquarters has
nothing more for it and nothing sendable waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from casefield.sync.messages import (
    PROTOCOL,
    SETTLED,
    Status,
    SyncReply,
    SyncRequest,
)
from casefield.sync.store import LaptopStore

FIRST_BATCH_BYTES = 256 * 1024
LEAST_BATCH_BYTES = 32 * 1024
MOST_BATCH_BYTES = 1024 * 1024
MOST_OPERATIONS = 1000
PAGE_BATCHES = 4
AIM_SECONDS = 5.0


@dataclass
class Tally:
    """What a whole sync did, for the person and for `casefield sync`."""

    rounds: int = 0
    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    refused: int = 0
    entered: int = 0
    left: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    seconds: float = 0.0
    changed: set[tuple[str, str, str | None]] = field(default_factory=set)


class Core:
    """One laptop's side of the conversation with headquarters.

    Args:
        store: the laptop's storage.
    """

    def __init__(self, store: LaptopStore) -> None:
        self._store = store
        self._batch_bytes = FIRST_BATCH_BYTES
        self._purged: list[str] = []

    def next_request(self) -> SyncRequest:
        """Return the next message: waiting operations, oldest first, and where the pull stands."""
        position = self._store.position()
        operations = self._store.pending(most=MOST_OPERATIONS, max_bytes=self._batch_bytes)
        return SyncRequest(
            proto=PROTOCOL,
            device=position.device_id,
            epoch=position.epoch,
            cursor=position.cursor,
            fence=position.fence,
            token=position.token,
            ops=list(operations),
            purged=list(self._purged),
            max_bytes=PAGE_BATCHES * self._batch_bytes,
        )

    def take_reply(
        self, request: SyncRequest, reply: SyncReply, *, now: datetime, tally: Tally
    ) -> bool:
        """Store what the reply says; return whether another round is due.

        Results first, then changes with the cursor: a crash between the two is mended by the next
        round, because operations are idempotent and the cursor has not moved.
        """
        tally.rounds += 1
        self._purged = [case for case in self._purged if case not in request.purged]
        sent = False
        if request.ops:
            before = self._store.waiting_count()
            tally.changed |= self._store.take_results(
                reply.results, token=reply.token, epoch=reply.epoch, now=now
            )
            sent = 0 < self._store.waiting_count() < before
            _count_results(reply, tally)
        if reply.changes or reply.cursor != request.cursor:
            tally.changed |= self._store.take_changes(
                reply.changes, epoch=reply.epoch, cursor=reply.cursor, fence=reply.fence, now=now
            )
            tally.pulled += sum(1 for change in reply.changes if change.doc is not None)
        tally.entered += len(reply.enter)
        if reply.leave:
            removed = list(self._store.leave(reply.leave))
            self._purged.extend(removed)
            tally.left += len(removed)
        return reply.more or bool(self._purged) or sent

    def history_changed(self, epoch: str, *, now: datetime) -> None:
        """Headquarters was restored: keep everything, offer it again, pull from the start."""
        self._store.start_over(epoch=epoch, now=now)

    def round_took(self, request: SyncRequest, reply: SyncReply, seconds: float) -> None:
        """Fit the next batch and page to the link: towards `AIM_SECONDS` a round, within bounds.

        Call it before `take_reply`. A round that carried all there was says nothing of the link.
        """
        if not reply.more and self._store.waiting_count() <= len(request.ops):
            return
        self._resize(1.5 if seconds < AIM_SECONDS else 0.5)

    def too_large(self) -> bool:
        """Headquarters found the batch too large: halve it; return whether that was possible."""
        before = self._batch_bytes
        self._resize(0.5)
        return self._batch_bytes < before

    def _resize(self, factor: float) -> None:
        wanted = int(self._batch_bytes * factor)
        self._batch_bytes = min(MOST_BATCH_BYTES, max(LEAST_BATCH_BYTES, wanted))


def _count_results(reply: SyncReply, tally: Tally) -> None:
    for status in (result.status for result in reply.results):
        tally.pushed += status in SETTLED
        tally.conflicts += status is Status.CONFLICT
        tally.refused += status in {Status.REJECTED, Status.QUARANTINED}
