"""What the protocol's core asks of a laptop's storage; the vault's journal implements it.

Each method is one transaction (T2, T3 of the design): a crash between two of them is mended by
asking again, because operations are idempotent and the cursor moves with the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from casefield.records.operation import Operation
from casefield.records.outbox import Position, Waiting
from casefield.sync.messages import RecordState, Result

Touched = frozenset[tuple[str, str, str | None]]


class LaptopStore(Protocol):
    """The laptop's side of the conversation."""

    def position(self) -> Position:
        """Return where the laptop stands."""
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

    def take_results(
        self, results: Sequence[Result], *, token: str, epoch: str, now: datetime
    ) -> Touched:
        """Move answered operations out of the outbox: settled to sent, refused to the queue.

        The changes that follow bring merged content. Returns (kind, id, case_id) of the records
        that look different now, because headquarters did not take what stood in them.
        """
        ...

    def take_changes(
        self,
        changes: Sequence[RecordState],
        *,
        epoch: str,
        cursor: str,
        fence: str,
        now: datetime,
    ) -> Touched:
        """Store a page of headquarters' states, lay waiting operations over them again.

        The cursor moves in the same transaction. Records of unknown kinds are kept raw. Returns
        (kind, id, case_id) of what changed.
        """
        ...

    def start_over(self, *, epoch: str, now: datetime) -> None:
        """Headquarters has another history (new epoch): keep everything, pull from the start.

        Operations already taken but not durable go back into the outbox in their order.
        """
        ...

    def leave(self, cases: Sequence[str]) -> Sequence[str]:
        """Remove cases that left scope and have nothing waiting; return those removed."""
        ...
