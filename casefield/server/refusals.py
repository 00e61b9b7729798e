"""Audits who was refused with something that was once given out; a stranger leaves no trace."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from casefield.clock import Clock
from casefield.server import audit
from casefield.server.auth import Bearer, Denied
from casefield.server.database import Database

APART = timedelta(minutes=10)
MOST_REMEMBERED = 10_000


class Refusals:
    """Writes a refusal down, the same one of the same laptop once in a while only.

    Otherwise a stolen or stopped laptop that asks again and again would fill the chain, and keep
    the organisation's stream locked while it does.

    Args:
        database: headquarters' database.
        clock: where the time comes from.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._noted: dict[tuple[Bearer, str, str], datetime] = {}
        self._one_at_a_time = threading.Lock()

    def note(self, act: str, denied: Denied) -> None:
        """Audit a refusal, if it bears a name and was not written down a moment ago."""
        bearer = denied.bearer
        if bearer is None or not self._is_due((bearer, act, denied.code)):
            return
        with self._database.write() as connection:
            audit.note(
                connection,
                bearer.org_id,
                act,
                actor=bearer.user_id,
                at=self._clock.now(),
                device_id=bearer.device_id,
                outcome=denied.code,
            )

    def _is_due(self, refusal: tuple[Bearer, str, str]) -> bool:
        now = self._clock.now()
        with self._one_at_a_time:
            before = self._noted.get(refusal)
            if before is not None and timedelta(0) <= now - before < APART:
                return False
            if len(self._noted) >= MOST_REMEMBERED:
                self._noted.clear()
            self._noted[refusal] = now
        return True
