"""Runs sync in the background: at start, on change, on a timer, when connectivity returns.

One worker thread; the window only calls `nudge` and hears `SyncState` back.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from casefield.clock import Clock
from casefield.errors import CasefieldError, Offline
from casefield.sync.core import Tally
from casefield.sync.state import Phase, SyncState

EVERY_SECONDS = 60.0
AFTER_CHANGE_SECONDS = 0.8
FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 900.0


class Line(Protocol):
    """What the runner runs: `casefield.sync.headquarters.Headquarters`."""

    def sync(
        self,
        progress: Callable[[Tally], None] | None = None,
        cancelled: Callable[[], bool] = ...,
    ) -> Tally:
        """Run one whole sync."""
        ...


class Runner:
    """Decides when to sync and tells how it stands.

    Args:
        line: runs one sync.
        waiting: counts (operations waiting, operations refused) on this laptop.
        clock: for "last synced".
        tell: called from the worker thread with each new state.
        changed: called from the worker thread with what a sync changed here.
        last_synced: when the last sync before this start ended well.
    """

    def __init__(
        self,
        line: Line,
        waiting: Callable[[], tuple[int, int]],
        clock: Clock,
        *,
        tell: Callable[[SyncState], None],
        changed: Callable[[frozenset[tuple[str, str, str | None]]], None],
        last_synced: datetime | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self._line = line
        self._waiting = waiting
        self._clock = clock
        self._tell = tell
        self._changed = changed
        self._dice = dice or random.Random()
        self._last_synced = last_synced
        self._failures = 0
        self._wake = threading.Condition()
        self._due = time.monotonic()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.state = SyncState(Phase.WAITING, *waiting(), last_synced=last_synced)

    def start(self) -> None:
        """Begin in the background; the first sync is tried at once."""
        self._thread = threading.Thread(target=self._run, name="casefield-sync", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """End after the round under way; what was answered is kept."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def nudge(self, seconds: float = AFTER_CHANGE_SECONDS) -> None:
        """Something changed or connectivity seems back: sync soon."""
        with self._wake:
            self._due = min(self._due, time.monotonic() + seconds)
            self._wake.notify_all()

    def count_again(self) -> None:
        """Tell how many changes wait, after the user saved something."""
        self._announce(self.state.phase, self.state.message)

    def sync_once(self) -> Tally:
        """Run one sync now, in the calling thread, telling the state as it goes.

        Raises:
            CasefieldError: as `Headquarters.sync` does.
        """
        self._announce(Phase.SYNCING)
        try:
            tally = self._line.sync(self._progress, lambda: self._stopping)
        except Offline as error:
            self._failures += 1
            self._announce(Phase.OFFLINE, str(error))
            raise
        except CasefieldError as error:
            self._failures += 1
            self._announce(Phase.STOPPED, str(error))
            raise
        self._failures = 0
        self._last_synced = self._clock.now()
        if tally.changed:
            self._changed(frozenset(tally.changed))
        self._announce(Phase.ONLINE)
        return tally

    def pause_before_retry(self) -> float:
        """Seconds until the next try: full jitter after failures, the plain rhythm otherwise."""
        if self._failures == 0:
            return EVERY_SECONDS
        ceiling = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0**self._failures)
        return self._dice.uniform(0.0, ceiling) + 0.5

    def _run(self) -> None:
        while self._await_turn():
            try:
                self.sync_once()
            except CasefieldError:
                continue  # told through the state; the timer tries again
            finally:
                self._wait_at_most(self.pause_before_retry())

    def _await_turn(self) -> bool:
        with self._wake:
            while not self._stopping:
                left = self._due - time.monotonic()
                if left <= 0:
                    self._due = float("inf")
                    return True
                self._wake.wait(min(left, LONGEST_RETRY_SECONDS))
            return False

    def _wait_at_most(self, seconds: float) -> None:
        with self._wake:
            self._due = min(self._due, time.monotonic() + seconds)

    def _progress(self, tally: Tally) -> None:
        self._announce(Phase.SYNCING, done=tally.pushed + tally.pulled)

    def _announce(self, phase: Phase, message: str = "", done: int = 0) -> None:
        waiting, refused = self._waiting()
        self.state = SyncState(phase, waiting, refused, self._last_synced, message, done)
        self._tell(self.state)
