"""Runs sync in the background: at start, on change, on a timer, when connectivity returns.

One worker thread; the window only calls `nudge` and `hint` and hears `SyncState` back. The thread
ends when it is told to and not before: whatever goes wrong is told, and the timer stays armed.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from casefield.clock import Clock
from casefield.errors import CasefieldError, Offline
from casefield.sync.core import Tally
from casefield.sync.schedule import LONGEST_RETRY_SECONDS, Schedule
from casefield.sync.state import Phase, SyncState
from casefield.sync.store import Touched
from casefield.sync.transport import AskedToWait


class Line(Protocol):
    """What the runner runs: `casefield.sync.headquarters.Headquarters`."""

    def sync(
        self,
        progress: Callable[[Tally], None] | None = None,
        cancelled: Callable[[], bool] = ...,
    ) -> Tally:
        """Run one whole sync."""
        ...

    def close(self) -> None:
        """Drop the connections."""
        ...


class Runner:
    """Decides when to sync and tells how it stands.

    Args:
        line: runs one sync.
        waiting: counts (operations waiting, operations refused) on this laptop.
        clock: for "last synced".
        tell: called from the syncing thread with each new state.
        changed: called from the syncing thread with what a sync changed here.
        last_synced: when the last sync before this start ended well.
        dice: for the jitter.
        seconds: a clock that only runs forward.

    Attributes:
        state: how it stands.
        last: what the newest sync since the start did, also where it did not get through.
    """

    def __init__(
        self,
        line: Line,
        waiting: Callable[[], tuple[int, int]],
        clock: Clock,
        *,
        tell: Callable[[SyncState], None],
        changed: Callable[[Touched], None],
        last_synced: datetime | None = None,
        dice: random.Random | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._waiting = waiting
        self._clock = clock
        self._tell = tell
        self._changed = changed
        self._last_synced = last_synced
        self._seconds = seconds
        self._wake = threading.Condition()
        self._schedule = Schedule(dice or random.Random(), seconds())
        self._stopping = False
        self._cancels = 0
        self.last: Tally | None = None
        self._thread: threading.Thread | None = None
        self.state = SyncState(Phase.WAITING, *waiting(), last_synced=last_synced)

    def start(self) -> None:
        """Begin in the background, once; the first sync is tried at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="casefield-sync", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """End after the round under way; what was answered is kept."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)
        self._line.close()

    def nudge(self) -> None:
        """Something changed on this laptop: sync soon."""
        with self._wake:
            self._schedule.changed(self._seconds())
            self._wake.notify_all()

    def hint(self) -> None:
        """The network seems to be back: try soon, whatever the timer says."""
        with self._wake:
            self._schedule.hinted(self._seconds())
            self._wake.notify_all()

    def cancel(self) -> None:
        """End the sync under way after its round: what came is kept, the rest comes later."""
        self._cancels += 1

    def count_again(self) -> None:
        """Tell how many changes wait, after the user saved something."""
        self._announce(self.state.phase, self.state.message)

    @property
    def due_in(self) -> float:
        """Seconds until the next sync is tried; the timer is always armed."""
        with self._wake:
            return self._schedule.due - self._seconds()

    def sync_once(self, progress: Callable[[Tally], None] | None = None) -> Tally:
        """Run one sync now, in the calling thread, telling the state as it goes.

        Raises:
            CasefieldError: as `Headquarters.sync` does; what was answered before is kept.
        """
        with self._wake:
            self._schedule.begun(self._seconds())
        self._announce(Phase.SYNCING)
        heard, cancels = Tally(), self._cancels

        def hear(tally: Tally) -> None:
            nonlocal heard
            heard = tally
            self._announce(Phase.SYNCING, done=tally.pushed + tally.pulled)
            if progress is not None:
                progress(tally)

        try:
            tally = heard = self._line.sync(
                hear, lambda: self._stopping or self._cancels != cancels
            )
        except Exception as error:
            self.last = heard
            self._failed(error)
            raise
        else:
            self.last = tally
            self._succeeded(whole=not tally.cut_short)
            return tally
        finally:
            if heard.changed:
                self._changed(frozenset(heard.changed))

    def _succeeded(self, *, whole: bool) -> None:
        with self._wake:
            self._schedule.succeeded(self._seconds())
        if not whole:
            self._announce(
                Phase.WAITING,
                "Sync was stopped before it was through. What came is kept; the rest comes with "
                "the next one.",
            )
            return
        self._last_synced = self._clock.now()
        self._announce(Phase.ONLINE)

    def _failed(self, error: Exception) -> None:
        asked = error.seconds if isinstance(error, AskedToWait) else None
        with self._wake:
            self._schedule.failed(self._seconds(), asked)
        if isinstance(error, Offline):
            self._announce(Phase.OFFLINE, str(error))
        elif isinstance(error, CasefieldError):
            self._announce(Phase.STOPPED, str(error))
        else:
            # only the kind of the error: its text may hold a record's values
            self._announce(
                Phase.STOPPED,
                f"Sync met a fault of casefield's own ({type(error).__name__}). Work stays on "
                "this laptop; it is tried again. Please report this line.",
            )

    def _run(self) -> None:
        while self._await_turn():
            # told through the state, whatever it was; the timer is armed
            with contextlib.suppress(Exception):
                self.sync_once()

    def _await_turn(self) -> bool:
        with self._wake:
            while not self._stopping:
                left = self._schedule.due - self._seconds()
                if left <= 0:
                    return True
                self._wake.wait(min(left, LONGEST_RETRY_SECONDS))
            return False

    def _announce(self, phase: Phase, message: str = "", done: int = 0) -> None:
        waiting, refused = self.state.waiting, self.state.refused
        with contextlib.suppress(CasefieldError):  # a vault that was just locked counts nothing
            waiting, refused = self._waiting()
        self.state = SyncState(phase, waiting, refused, self._last_synced, message, done)
        self._tell(self.state)
