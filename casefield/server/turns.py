"""How many syncs one process works on at once: a few, a few that wait, and no more."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from casefield.server.auth import Denied

MOST_AT_ONCE = 8
WAITING_EACH = 4  # so many wait for each that is worked on
WAIT_SECONDS = 20.0
LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 5, 30


class Turns:
    """Gives turns in order of arrival; says no early and cheaply when too many wait.

    More at once would not be done sooner: it would only take longer for everybody, until laptops
    lose patience and ask again.

    Args:
        most: how many have a turn at the same time.
        dice: spreads the moments at which those who were sent away come back.
    """

    def __init__(self, most: int = MOST_AT_ONCE, *, dice: random.Random | None = None) -> None:
        self._turns = asyncio.Semaphore(most)
        self._most_waiting = most * WAITING_EACH
        self._waiting = 0
        self._dice = dice or random.Random()

    def check(self) -> None:
        """Send somebody away before anything was done for him, if too many wait already.

        Raises:
            Denied: 429, with the seconds after which to come back.
        """
        if self._waiting >= self._most_waiting:
            raise self._busy()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and keep it.

        Raises:
            Denied: 429; too many wait, or it took too long.
        """
        self.check()
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise self._busy() from error
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    def _busy(self) -> Denied:
        return Denied(
            429,
            "busy",
            "Headquarters has too much to do just now.",
            "Work goes on here; it is tried again by itself.",
            retry_after=self._dice.randint(LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS),
        )
