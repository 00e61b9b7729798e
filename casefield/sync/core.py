"""The protocol's core: which message comes next, and what an answer means. No I/O of its own.

A round is one `SyncRequest` and its reply. The laptop goes on with rounds until headquarters has
nothing more for it and nothing sendable waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casefield.records.outbox import Position, Taken
from casefield.sync.digest import digest
from casefield.sync.messages import (
    PROTOCOL,
    SETTLED,
    Status,
    SyncReply,
    SyncRequest,
)
from casefield.sync.store import LaptopStore

FIRST_BATCH_BYTES = 256 * 1024
LEAST_BATCH_BYTES = 8 * 1024
MOST_BATCH_BYTES = 3 * 1024 * 1024  # about 1 MiB on the wire
MOST_PAGE_BYTES = 4 * 1024 * 1024
MOST_OPERATIONS = 1000
PAGE_BATCHES = 4
AIM_SECONDS = 5.0
COMPARE_EVERY = timedelta(hours=24)


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
    attachments_up: int = 0
    attachments_down: int = 0
    attachment_bytes: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    seconds: float = 0.0
    changed: set[tuple[str, str, str | None]] = field(default_factory=set)
    astray: int = 0
    must_update: bool = False
    cut_short: bool = False  # somebody stopped it while there was more to do


class Core:
    """One laptop's side of the conversation with headquarters.

    Args:
        store: the laptop's storage.
    """

    def __init__(self, store: LaptopStore) -> None:
        self._store = store
        self._proto = PROTOCOL
        self._batch_bytes = FIRST_BATCH_BYTES
        self._purged: list[str] = []
        self._caught_up = False
        self._comparing = False

    def next_request(self, now: datetime) -> SyncRequest:
        """Return the next message: waiting operations, oldest first, and where the pull stands."""
        position = self._store.position()
        operations = self._store.pending(most=MOST_OPERATIONS, max_bytes=self._batch_bytes)
        self._comparing = self._caught_up and not operations and _is_due(position, now)
        return SyncRequest(
            proto=self._proto,
            device=position.device_id,
            epoch=position.epoch,
            cursor=position.cursor,
            fence=position.fence,
            token=position.token,
            next_token=position.next_token,
            last_op=position.last_op,
            ops=list(operations),
            purged=list(self._purged),
            holds=[] if position.cursor else list(self._store.held()),
            digests=self._digests() if self._comparing else {},
            max_bytes=min(MOST_PAGE_BYTES, PAGE_BATCHES * self._batch_bytes),
        )

    def take_reply(
        self, request: SyncRequest, reply: SyncReply, *, now: datetime, tally: Tally
    ) -> bool:
        """Store what the reply says; return whether another round is due."""
        tally.rounds += 1
        before = self._store.waiting_count() if request.ops else 0
        taken = Taken(frozenset(), ())
        if self._comparing or _says_something(request, reply):
            taken = self._store.take_reply(reply, compared=self._comparing, now=now)
        self._purged = [case for case in self._purged if case not in request.purged]
        self._purged += [case for case in taken.removed if case not in self._purged]
        tally.changed |= taken.changed
        tally.pulled += sum(1 for change in reply.changes if change.doc is not None)
        tally.entered += len(reply.enter)
        tally.left += len(taken.removed)
        tally.astray += len(reply.astray)
        tally.must_update = reply.directive == "update"
        _count_results(reply, tally)
        sent = bool(request.ops) and 0 < self._store.waiting_count() < before
        if tally.must_update:
            return sent
        again = reply.more or bool(self._purged) or sent
        self._caught_up = not again
        return again or (not self._comparing and _is_due(self._store.position(), now))

    def speak(self, proto: int) -> None:
        """Use an older protocol: headquarters doesn't know this one yet."""
        self._proto = proto

    def _digests(self) -> dict[str, str]:
        return {case_id: digest(said) for case_id, said in self._store.revisions().items()}

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

    def cut_off(self) -> None:
        """The line broke in the middle: say and ask less at once, so that some of it gets through.

        Whoever asked for the same again would, on a line that always breaks, ask for ever.
        """
        self._resize(0.5)

    def _resize(self, factor: float) -> None:
        wanted = int(self._batch_bytes * factor)
        self._batch_bytes = min(MOST_BATCH_BYTES, max(LEAST_BATCH_BYTES, wanted))


def _says_something(request: SyncRequest, reply: SyncReply) -> bool:
    """Whether there is anything to write down: an idle laptop's sync touches no disk."""
    return bool(
        reply.results
        or reply.changes
        or reply.token
        or reply.enter
        or reply.arriving
        or reply.leave
        or reply.cursor != request.cursor
        or reply.epoch != request.epoch
    )


def _is_due(position: Position, now: datetime) -> bool:
    """Whether what is held here is to be compared with headquarters again.

    A clock that was set back must not put it off for ever: a moment in the future counts as none.
    """
    if not position.compared_at:
        return False  # the first pull is not through
    age = now - datetime.fromisoformat(position.compared_at)
    return age >= COMPARE_EVERY or age < timedelta(0)


def _count_results(reply: SyncReply, tally: Tally) -> None:
    for status in (result.status for result in reply.results):
        tally.pushed += status in SETTLED
        tally.conflicts += status is Status.CONFLICT
        tally.refused += status in {Status.REJECTED, Status.QUARANTINED}
