"""The bytes of attachments on their way, in pieces: what goes next, and what an answer means.

Headquarters says up to which byte it has a content; from there it goes on, whatever was cut. What
comes down is kept as it comes and counts once its hash is right. No I/O of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from casefield.errors import Damaged, NotFound
from casefield.records.blob import Place
from casefield.sync.core import Tally

LEAST_PIECE_BYTES = 64 * 1024
FIRST_PIECE_BYTES = 256 * 1024
MOST_PIECE_BYTES = 4 * 1024 * 1024
AIM_SECONDS = 2.5
MOST_STANDSTILLS = 3
ASK_AGAIN = timedelta(minutes=10)


class Arriving(Protocol):
    """A file into which content comes."""

    @property
    def offset(self) -> int:
        """How many bytes are here."""
        ...

    @property
    def finish(self) -> Callable[[], None]:
        """Make it count, once all is here.

        Raises:
            Damaged: what came is not what was announced; it is thrown away.
        """
        ...

    def write(self, data: bytes) -> None:
        """Keep what came."""
        ...


class BlobStore(Protocol):
    """What is asked of a laptop's files; the vault's blobs implement it."""

    def waiting(self) -> Sequence[Place]:
        """Return what headquarters has not got whole, in the order in which it should go."""
        ...

    def media_type(self, place: Place) -> str:
        """Return what kind of content it is."""
        ...

    def piece(self, place: Place, offset: int, most: int) -> bytes:
        """Return up to `most` bytes of a content from a byte on.

        Raises:
            Damaged, NotFound: it can't be read here any more.
        """
        ...

    def reached(self, place: Place, arrived: int) -> None:
        """Headquarters has so many bytes."""
        ...

    def safe(self, place: Place) -> None:
        """Headquarters has it whole."""
        ...

    def held_up(self, place: Place, reason: str, *, state: str = ...) -> None:
        """It can't go up now, or (`state` refused, damaged) not as it is."""
        ...

    def wanted(self, now: datetime) -> Sequence[Place]:
        """Return what should be here and isn't, in the order in which it should come."""
        ...

    def arrival(self, place: Place) -> AbstractContextManager[Arriving | None]:
        """Give the file in which a content arrives; None: it is here."""
        ...


@dataclass(frozen=True)
class Answered:
    """What headquarters says to an offer or a piece.

    Attributes:
        offset: how many bytes it has.
        complete: it has all of them, and the hash is right.
        refusal: why it takes no more of it; empty: it does.
        for_good: it never will.
    """

    offset: int = 0
    complete: bool = False
    refusal: str = ""
    for_good: bool = False


class BlobLine(Protocol):
    """What is asked of the line to headquarters."""

    def offer(self, place: Place, media_type: str) -> Answered:
        """Announce a content, or ask how far it got."""
        ...

    def send(self, place: Place, offset: int, data: bytes) -> Answered:
        """Send bytes from an offset on."""
        ...

    def fetch(self, place: Place, offset: int) -> Iterator[bytes]:
        """Give the bytes of a content from an offset on.

        Raises:
            NotFound: headquarters hasn't got it, or not for this laptop.
        """
        ...


class Courier:
    """Brings contents up and down, a piece at a time.

    Args:
        store: the laptop's files.
        line: to headquarters.
        seconds: a clock that only runs forward.
    """

    def __init__(
        self, store: BlobStore, line: BlobLine, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._line = line
        self._seconds = seconds
        self._piece_bytes = FIRST_PIECE_BYTES
        self._not_there: dict[Place, datetime] = {}

    def carry(
        self,
        tally: Tally,
        now: datetime,
        progress: Callable[[Tally], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Send everything that waits, then fetch what should be here.

        Raises:
            Offline: headquarters can't be reached; what arrived on either side stays there.
        """
        for place in self._store.waiting():
            if not self._send(place, tally, progress, cancelled):
                return
        for place in self._store.wanted(now):
            if self._not_there.get(place, now) > now:
                continue
            try:
                if not self.fetch(place, tally, progress, cancelled):
                    return
            except (NotFound, Damaged):  # not all of it is there yet; a person who opens it is told
                self._not_there[place] = now + ASK_AGAIN

    def fetch(
        self,
        place: Place,
        tally: Tally,
        progress: Callable[[Tally], None],
        cancelled: Callable[[], bool],
    ) -> bool:
        """Bring a content here, going on where it stopped; return whether it was not cancelled.

        Raises:
            NotFound: headquarters hasn't got it.
            Damaged: what came is not what was announced.
            Offline: as `carry`.
        """
        with self._store.arrival(place) as arriving:
            if arriving is None:
                return True
            if arriving.offset < place.size:
                for data in self._line.fetch(place, arriving.offset):
                    arriving.write(data)
                    tally.attachment_bytes += len(data)
                    progress(tally)
                    if cancelled():
                        return False
            arriving.finish()
        tally.attachments_down += 1
        progress(tally)
        return True

    def _send(
        self,
        place: Place,
        tally: Tally,
        progress: Callable[[Tally], None],
        cancelled: Callable[[], bool],
    ) -> bool:
        """Send what headquarters lacks of one content; return whether it was not cancelled."""
        said = self._line.offer(place, self._store.media_type(place))
        standstills = 0
        while not said.complete and not said.refusal and standstills < MOST_STANDSTILLS:
            if cancelled():
                return False
            try:
                data = self._store.piece(place, said.offset, self._piece_bytes)
            except (Damaged, NotFound) as error:
                self._store.held_up(place, error.message, state="damaged")
                return True
            before, begun = said.offset, self._seconds()
            said = self._line.send(place, before, data)
            self._fit(self._seconds() - begun)
            standstills = 0 if said.offset > before or said.complete else standstills + 1
            tally.attachment_bytes += max(0, said.offset - before)
            if said.offset != before and not said.complete and not said.refusal:
                self._store.reached(place, said.offset)
            progress(tally)
        if said.complete:
            self._store.safe(place)
            tally.attachments_up += 1
            progress(tally)
        elif said.refusal:
            self._store.held_up(
                place, said.refusal, state="refused" if said.for_good else "waiting"
            )
        return True

    def _fit(self, seconds: float) -> None:
        """Fit the next piece to the link: towards `AIM_SECONDS` a piece, within bounds."""
        wanted = self._piece_bytes * 2 if seconds < AIM_SECONDS else self._piece_bytes // 2
        self._piece_bytes = min(MOST_PIECE_BYTES, max(LEAST_PIECE_BYTES, wanted))
