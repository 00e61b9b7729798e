"""Work off the GUI thread: readers side by side, one writer in order, answers back by signal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal

from casefield.errors import CasefieldError

T = TypeVar("T")
READERS = 2
log = logging.getLogger(__name__)


class Unexpected(CasefieldError):
    """A fault of ours: told in a plain sentence, kept by its kind in the log."""


class Job:
    """One piece of work under way. `tell` and `cancelled` may be called from the worker."""

    def __init__(self, relay: Callable[[Callable[[], None]], None]) -> None:
        self._relay = relay
        self._stop = threading.Event()
        self._progress: Callable[[int, int], None] | None = None

    @classmethod
    def never(cls) -> Job:
        """Return a job that is not run."""
        job = cls(lambda _: None)
        job.cancel()
        return job

    def cancel(self) -> None:
        """Ask the work to stop; what it returns is dropped."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def tell(self, done: int, total: int) -> None:
        """Report progress, from the worker."""
        hear = self._progress
        if hear is not None:
            self._relay(lambda: hear(done, total))


class Jobs(QObject):
    """Runs work in threads and brings results to the thread that made this object."""

    _back = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="casefield-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="casefield-write")
        self._under_way = 0
        self._back.connect(_call)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and every answer was delivered."""
        return self._under_way == 0

    def run(
        self,
        work: Callable[[Job], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[CasefieldError], None] | None = None,
        *,
        owner: QObject | None = None,
        progress: Callable[[int, int], None] | None = None,
        writing: bool = False,
    ) -> Job:
        """Start a piece of work.

        Args:
            work: runs in a worker; gets the job, to report progress and hear of a cancel.
            done: gets the result, here.
            failed: gets the error, here; without it, an error is only logged by its kind.
            owner: when this object is gone by then, nobody is told, of progress neither.
            progress: hears (done, total), here.
            writing: in the one writer thread, after everything given to it before.
        """
        job = Job(lambda said: self._back.emit(lambda: _tell(said, owner)))
        job._progress = progress
        self._under_way += 1
        pool = self._writer if writing else self._readers
        pool.submit(self._work, job, work, done, failed, owner)
        return job

    def drain(self) -> None:
        """Wait until everything given so far is done; answers are delivered as usual."""
        waiting = [self._writer.submit(_nothing)]
        waiting += [self._readers.submit(_nothing) for _ in range(READERS)]
        for future in waiting:
            future.result()

    def finish(self) -> None:
        """Wait until everything given so far is done; nothing new is taken afterwards."""
        self._readers.shutdown(wait=True)
        self._writer.shutdown(wait=True)

    def _work(
        self,
        job: Job,
        work: Callable[[Job], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[CasefieldError], None] | None,
        owner: QObject | None,
    ) -> None:
        answer: Callable[[], None]
        try:
            result = work(job)
        except CasefieldError as error:
            known = error
            answer = lambda: failed(known) if failed else None  # noqa: E731
        except Exception as error:  # noqa: BLE001 - the edge: a fault must not kill the worker
            # Kind and place only: the message of a fault could hold what somebody typed.
            log.error("unexpected %s in %s", type(error).__name__, _place(error))
            told = Unexpected(
                "Something went wrong inside casefield.",
                way_out="Nothing was half-written. Try again; casefield check looks for damage.",
            )
            answer = lambda: failed(told) if failed else None  # noqa: E731
        else:
            answer = lambda: done(result) if done and not job.cancelled() else None  # noqa: E731
        self._back.emit(lambda: self._deliver(answer, owner))

    def _deliver(self, answer: Callable[[], None], owner: QObject | None) -> None:
        self._under_way -= 1
        _tell(answer, owner)


def _tell(said: Callable[[], None], owner: QObject | None) -> None:
    if owner is None or shiboken6.isValid(owner):
        said()


def _nothing() -> None:
    return None


def _call(action: Callable[[], None]) -> None:
    action()


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
