"""When the next sync is due: pure arithmetic over a clock that only runs forward, and dice."""

from __future__ import annotations

import random

EVERY_SECONDS = 60.0
AFTER_CHANGE_SECONDS = 0.8
FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 900.0
MOST_DOUBLINGS = 10
QUIET_SECONDS = 10.0
HINT_SECONDS = 5.0


class Schedule:
    """Keeps one moment armed at all times; every moment is in seconds of the same clock.

    Args:
        dice: for the jitter, so that many laptops don't come back at once.
        now: the first sync is due at once.
    """

    def __init__(self, dice: random.Random, now: float) -> None:
        self._dice = dice
        self._failures = 0
        self._quiet_until = now
        self._asked_until = now
        self.due = now

    def begun(self, now: float) -> None:
        """A sync begins; whatever becomes of it, another is due later."""
        self.due = now + LONGEST_RETRY_SECONDS

    def changed(self, now: float) -> None:
        """Something waits to be sent: soon, but after a failure not with every keystroke."""
        wanted = max(now + AFTER_CHANGE_SECONDS, self._quiet_until, self._asked_until)
        self.due = min(self.due, wanted)

    def hinted(self, now: float) -> None:
        """The network seems back: a hint, no proof, and many laptops hear it together."""
        wanted = max(now + self._dice.uniform(0.0, HINT_SECONDS), self._asked_until)
        self.due = min(self.due, wanted)

    def succeeded(self, now: float) -> None:
        """A sync got through: from here the plain rhythm."""
        self._failures = 0
        self._quiet_until = self._asked_until = now
        self.due = min(self.due, now + EVERY_SECONDS)

    def failed(self, now: float, asked: float | None = None) -> None:
        """A sync did not get through.

        Args:
            now: the moment.
            asked: seconds that headquarters asked to be left alone; spread a little further, so
                that not everybody it sent away returns in the same second.
        """
        self._failures = min(self._failures + 1, MOST_DOUBLINGS)
        if asked is not None:
            pause = asked + self._dice.uniform(0.0, max(FIRST_RETRY_SECONDS, asked / 2))
            self._asked_until = now + pause
        else:
            ceiling = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0**self._failures)
            pause = 0.5 + self._dice.uniform(0.0, ceiling)
        self._quiet_until = now + min(pause, QUIET_SECONDS)
        self.due = max(min(self.due, now + pause), self._quiet_until, self._asked_until)
