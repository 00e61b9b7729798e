"""A worker's desk: the unlocked session as pages see it, questions and acts off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from casefield.care.days import local_day
from casefield.gui.jobs import Job, Jobs

if TYPE_CHECKING:
    from casefield.application import Session
    from casefield.errors import CasefieldError
    from casefield.records.work import Work

T = TypeVar("T")


class Desk(QObject):
    """Asks and acts for pages.

    Signals:
        changed: frozenset of (kind, id, case_id) that an act or the sync touched.
        sync_told: the new SyncState.
        complained: an error nobody else showed.
    """

    changed = Signal(object)
    sync_told = Signal(object)
    complained = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.jobs = jobs
        self.resting = False
        # Session calls these from worker threads; a signal brings them here.
        self._hear_changed: Callable[[Any], None] = self.changed.emit
        self._hear_sync: Callable[[Any], None] = self.sync_told.emit
        self._listen()

    def now(self) -> datetime:
        """Return the present moment, by the session's clock."""
        return self.session.clock.now()

    def zone(self) -> str:
        """Return the zone of this place."""
        return self.session.clock.zone()

    def today(self) -> date:
        """Return the day it is here."""
        return local_day(self.now(), self.zone())

    def ask(
        self,
        question: Callable[[Work], T],
        done: Callable[[T], None],
        failed: Callable[[CasefieldError], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> Job:
        """Ask care something; the answer comes back to the GUI thread."""
        if self.resting:
            return Job.never()
        return self.jobs.run(
            lambda _: self.session.read(question),
            done,
            failed or self.complained.emit,
            owner=owner,
        )

    def act(
        self,
        act: Callable[[Work], T],
        reason: str,
        done: Callable[[T], None] | None = None,
        failed: Callable[[CasefieldError], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> Job:
        """Let care change something, after everything that was asked to be changed before."""
        if self.resting:
            return Job.never()
        return self.jobs.run(
            lambda _: self.session.act(act, reason),
            done,
            failed or self.complained.emit,
            owner=owner,
            writing=True,
        )

    def work(
        self,
        work: Callable[[Job], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[CasefieldError], None] | None = None,
        *,
        owner: QObject | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Job:
        """Run something long, beside everything else."""
        if self.resting:
            return Job.never()
        return self.jobs.run(
            work, done, failed or self.complained.emit, owner=owner, progress=progress
        )

    def begin_rest(self) -> None:
        """Take no question and no act any more: the session is about to be locked."""
        self.resting = True
        self.session.cancel_sync()  # a long one must not hold up the lock; it goes on afterwards
        self.session.changed.remove(self._hear_changed)
        self.session.sync_told.remove(self._hear_sync)

    def finish_rest(self) -> None:
        """Wait for what was under way, then lock the session; slow, so not on the GUI thread."""
        self.jobs.drain()
        self.session.lock()

    def resume(self, session: Session) -> None:
        """Go on with the session that was unlocked again."""
        self.session = session
        self.resting = False
        self._listen()

    def _listen(self) -> None:
        self.session.changed.append(self._hear_changed)
        self.session.sync_told.append(self._hear_sync)


def touches(changed: Any, case_id: str | None, *kinds: str) -> bool:
    """Tell whether a set of changes concerns a person (None: anybody) and one of the kinds."""
    return any(
        (case_id is None or case in (case_id, None)) and (not kinds or kind in kinds)
        for kind, _, case in changed
    )
