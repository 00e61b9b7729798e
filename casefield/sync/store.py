"""What the protocol's core asks of a laptop's storage; the vault's journal implements it.

Each method is one transaction (T2, T3 of the design): a crash between two of them is mended by
asking again, because operations are idempotent and the cursor moves with the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from casefield.records.operation import Operation
from casefield.records.outbox import Position, Taken, Waiting
from casefield.sync.messages import SyncReply

Touched = frozenset[tuple[str, str, str | None]]


class LaptopStore(Protocol):
    """The laptop's side of the conversation."""

    def position(self) -> Position:
        """Return where the laptop stands; the name of the next step is written down by then."""
        ...

    def pending(self, *, most: int, max_bytes: int) -> Sequence[Operation]:
        """Return the oldest waiting operations in order, never splitting a `tx` group."""
        ...

    def waiting_count(self) -> int:
        """Return how many operations have not been taken yet."""
        ...

    def waiting(self) -> Sequence[Waiting]:
        """Return them in words for a person, refused ones included."""
        ...

    def held(self) -> Sequence[str]:
        """Return the cases on this laptop."""
        ...

    def revisions(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Return (id, rev) of what headquarters has said of each case that has nothing waiting."""
        ...

    def take_reply(self, reply: SyncReply, *, compared: bool, now: datetime) -> Taken:
        """Store everything a reply says, or nothing of it.

        Answered operations leave the outbox: settled ones are kept as sent, refused ones for a
        person to see. Changed records are stored and what still waits is laid over them again;
        the cursor moves in the same transaction. Cases that left and have nothing waiting go.

        Args:
            reply: of headquarters.
            compared: whether the request told what is held here.
            now: for "sent at".
        """
        ...

    def start_over(self, *, epoch: str, now: datetime) -> None:
        """Headquarters has another history (new epoch): keep everything, pull from the start.

        Operations already taken but not durable go back into the outbox in their order.
        """
        ...
