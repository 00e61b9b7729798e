"""The background sync: what it tells, when it comes again, and that nothing ends it but a stop."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from casefield.clock import FixedClock
from casefield.errors import CasefieldError, LockedOrNotEnrolled, Offline, StorageFull
from casefield.sync.core import Tally
from casefield.sync.messages import Problem
from casefield.sync.runner import Runner
from casefield.sync.schedule import AFTER_CHANGE_SECONDS, EVERY_SECONDS, HINT_SECONDS
from casefield.sync.state import Phase, SyncState
from casefield.sync.transport import AskedToWait, Refused
from tests.sync.memory import NOW

LONG = 10.0  # until a thread that hangs fails the test
ROSA = ("Patient", "p1", "p1")
OFFLINE = Offline("Headquarters can't be reached.", way_out="Work goes on here.")
STOPPED = Refused(403, Problem(code="device_stopped", message="This laptop was stopped."))


class Line:
    """A line that does what a test says; `outcomes` in turn, then a plain success."""

    def __init__(self) -> None:
        self.outcomes: list[Tally | BaseException] = []
        self.rounds: list[Tally] = []
        self.syncs = 0
        self.closed = False
        self.cancelled: Callable[[], bool] = lambda: False
        self.under_way = threading.Semaphore(0)
        self.hold: threading.Event | None = None

    def sync(
        self,
        progress: Callable[[Tally], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Tally:
        self.syncs += 1
        self.cancelled = cancelled
        self.under_way.release()
        if self.hold is not None:
            assert self.hold.wait(LONG)
        for tally in self.rounds:
            if progress is not None:
                progress(tally)
        outcome = self.outcomes.pop(0) if self.outcomes else Tally()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        self.closed = True


class Hourglass:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """A runner with all that it hears and tells."""

    def __init__(self) -> None:
        self.line = Line()
        self.glass = Hourglass()
        self.counts: tuple[int, int] | CasefieldError = (2, 0)
        self.told: list[SyncState] = []
        self.changed: list[frozenset[tuple[str, str, str | None]]] = []
        self.runner = Runner(
            self.line,
            self._count,
            FixedClock(NOW),
            tell=self.told.append,
            changed=self.changed.append,
            last_synced=NOW - timedelta(days=1),
            dice=random.Random(7),
            seconds=self.glass,
        )

    def _count(self) -> tuple[int, int]:
        if isinstance(self.counts, CasefieldError):
            raise self.counts
        return self.counts

    @property
    def phases(self) -> list[Phase]:
        return [state.phase for state in self.told]


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.runner.stop(LONG)


# -- what it tells ----------------------------------------------------------------------------


def test_before_the_first_sync_it_says_what_waits(bench: Bench) -> None:
    state = bench.runner.state
    assert (state.phase, state.waiting, state.refused) == (Phase.WAITING, 2, 0)
    assert state.last_synced == NOW - timedelta(days=1)


def test_a_sync_that_gets_through(bench: Bench) -> None:
    bench.line.rounds = [Tally(pushed=1, pulled=3), Tally(pushed=2, pulled=5)]
    bench.line.outcomes = [Tally(pushed=2, pulled=5, changed={ROSA})]
    tally = bench.runner.sync_once()
    assert tally.pushed == 2
    assert bench.phases == [Phase.SYNCING, Phase.SYNCING, Phase.SYNCING, Phase.ONLINE]
    assert [state.done for state in bench.told] == [0, 4, 7, 0]
    assert bench.told[-1].last_synced == NOW
    assert bench.told[0].last_synced == NOW - timedelta(days=1)
    assert bench.changed == [frozenset({ROSA})]
    assert bench.runner.due_in == EVERY_SECONDS


def test_progress_reaches_whoever_asked_for_the_sync(bench: Bench) -> None:
    heard: list[Tally] = []
    bench.line.rounds = [Tally(pushed=1)]
    bench.runner.sync_once(heard.append)
    assert heard == bench.line.rounds


def test_nothing_changed_is_not_announced(bench: Bench) -> None:
    bench.runner.sync_once()
    assert bench.changed == []


def test_offline_says_so_and_keeps_the_last_time(bench: Bench) -> None:
    bench.line.outcomes = [OFFLINE]
    with pytest.raises(Offline):
        bench.runner.sync_once()
    last = bench.told[-1]
    assert (last.phase, last.message) == (Phase.OFFLINE, str(OFFLINE))
    assert (last.waiting, last.last_synced) == (2, NOW - timedelta(days=1))
    assert 0 < bench.runner.due_in <= 4.5


def test_back_again(bench: Bench) -> None:
    bench.line.outcomes = [OFFLINE]
    with pytest.raises(Offline):
        bench.runner.sync_once()
    bench.runner.sync_once()
    assert bench.phases == [Phase.SYNCING, Phase.OFFLINE, Phase.SYNCING, Phase.ONLINE]
    assert bench.told[-1].message == ""
    assert bench.runner.due_in == EVERY_SECONDS


@pytest.mark.parametrize("refusal", [STOPPED, StorageFull("The disk is full.")])
def test_what_a_person_must_see_to_is_told_in_its_words(
    bench: Bench, refusal: CasefieldError
) -> None:
    bench.line.outcomes = [refusal]
    with pytest.raises(type(refusal)):
        bench.runner.sync_once()
    assert (bench.told[-1].phase, bench.told[-1].message) == (Phase.STOPPED, str(refusal))
    assert bench.runner.due_in <= 4.5


def test_what_came_before_the_line_broke_is_announced(bench: Bench) -> None:
    bench.line.rounds = [Tally(pulled=1, changed={ROSA})]
    bench.line.outcomes = [OFFLINE]
    with pytest.raises(Offline):
        bench.runner.sync_once()
    assert bench.changed == [frozenset({ROSA})]


def test_a_fault_of_our_own_is_told_without_its_text(bench: Bench) -> None:
    bench.line.outcomes = [KeyError("Rosa Medina")]
    with pytest.raises(KeyError):
        bench.runner.sync_once()
    last = bench.told[-1]
    assert last.phase is Phase.STOPPED
    assert "KeyError" in last.message
    assert "Rosa" not in last.message


def test_asked_to_wait_it_waits_that_long_whatever_happens(bench: Bench) -> None:
    bench.line.outcomes = [AskedToWait("Too busy.", way_out="", seconds=120.0)]
    with pytest.raises(Offline):
        bench.runner.sync_once()
    bench.runner.nudge()
    bench.runner.hint()
    assert 120.0 <= bench.runner.due_in <= 180.0


def test_a_change_counts_again_and_comes_soon(bench: Bench) -> None:
    bench.runner.sync_once()
    bench.counts = (3, 1)
    bench.runner.count_again()
    bench.runner.nudge()
    assert (bench.told[-1].phase, bench.told[-1].waiting) == (Phase.ONLINE, 3)
    assert bench.told[-1].refused == 1
    assert bench.runner.due_in == pytest.approx(AFTER_CHANGE_SECONDS)


def test_counting_again_keeps_the_sentence(bench: Bench) -> None:
    bench.line.outcomes = [OFFLINE]
    with pytest.raises(Offline):
        bench.runner.sync_once()
    bench.runner.count_again()
    assert (bench.told[-1].phase, bench.told[-1].message) == (Phase.OFFLINE, str(OFFLINE))


def test_a_hint_is_tried_within_seconds(bench: Bench) -> None:
    bench.runner.sync_once()
    bench.runner.hint()
    assert 0 <= bench.runner.due_in <= HINT_SECONDS


def test_a_vault_that_was_just_locked_counts_what_it_counted_last(bench: Bench) -> None:
    bench.counts = LockedOrNotEnrolled("The vault is locked.")
    bench.runner.sync_once()
    assert bench.told[-1].waiting == 2


# -- the thread -------------------------------------------------------------------------------


def await_sync(bench: Bench) -> None:
    assert bench.line.under_way.acquire(timeout=LONG)


def after(bench: Bench, phase: Phase) -> threading.Event:
    """Return what is set when the runner next tells of a phase."""
    reached = threading.Event()

    def tell(state: SyncState) -> None:
        bench.told.append(state)
        if state.phase is phase:
            reached.set()

    bench.runner._tell = tell
    return reached


def pass_time(bench: Bench, seconds: float) -> None:
    """Let time pass; the thread looks at its clock when it is woken."""
    bench.glass.now += seconds
    with bench.runner._wake:
        bench.runner._wake.notify_all()


def test_the_first_sync_comes_at_once_and_the_next_with_the_timer(bench: Bench) -> None:
    done = after(bench, Phase.ONLINE)
    bench.runner.start()
    bench.runner.start()  # once is enough
    threads = [thread.name for thread in threading.enumerate()]
    assert threads.count("casefield-sync") == 1
    await_sync(bench)
    assert done.wait(LONG)
    pass_time(bench, EVERY_SECONDS - 1)
    assert bench.line.syncs == 1
    pass_time(bench, 1)
    await_sync(bench)
    assert bench.line.syncs == 2


def test_a_change_wakes_it(bench: Bench) -> None:
    done = after(bench, Phase.ONLINE)
    bench.runner.start()
    await_sync(bench)
    assert done.wait(LONG)
    bench.runner.nudge()
    pass_time(bench, AFTER_CHANGE_SECONDS)
    await_sync(bench)


@pytest.mark.parametrize(
    "fault", [OFFLINE, STOPPED, KeyError("x"), MemoryError(), RecursionError()]
)
def test_nothing_that_goes_wrong_ends_the_thread(bench: Bench, fault: Exception) -> None:
    bench.line.outcomes = [fault, fault]
    failed = after(bench, Phase.OFFLINE if fault is OFFLINE else Phase.STOPPED)
    bench.runner.start()
    await_sync(bench)
    assert failed.wait(LONG)
    failed.clear()
    pass_time(bench, 5)
    await_sync(bench)
    assert failed.wait(LONG)
    back = after(bench, Phase.ONLINE)
    pass_time(bench, 10)
    await_sync(bench)
    assert back.wait(LONG)


def test_a_listener_that_fails_does_not_end_the_thread(bench: Bench) -> None:
    told = threading.Semaphore(0)

    def tell(_: SyncState) -> None:
        told.release()
        raise RuntimeError("a page that is gone")

    bench.runner._tell = tell
    bench.runner.start()
    assert told.acquire(timeout=LONG)
    bench.runner._tell = lambda _: None
    bench.runner.nudge()
    pass_time(bench, 1000)
    await_sync(bench)


def test_a_stop_lets_the_round_under_way_end(bench: Bench) -> None:
    bench.line.hold = threading.Event()
    bench.runner.start()
    await_sync(bench)
    stopper = threading.Thread(target=bench.runner.stop, args=(LONG,))
    stopper.start()
    bench.line.hold.set()
    stopper.join(LONG)
    assert not stopper.is_alive()
    assert bench.line.cancelled()
    assert bench.line.closed
    assert bench.runner._thread is not None
    assert not bench.runner._thread.is_alive()
    assert bench.line.syncs == 1


def test_a_stop_ends_a_thread_that_only_waits(bench: Bench) -> None:
    done = after(bench, Phase.ONLINE)
    bench.runner.start()
    assert done.wait(LONG)
    bench.runner.stop(LONG)
    assert bench.runner._thread is not None
    assert not bench.runner._thread.is_alive()


def test_a_stop_does_not_wait_for_a_line_that_hangs(bench: Bench) -> None:
    bench.line.hold = threading.Event()
    bench.runner.start()
    await_sync(bench)
    bench.runner.stop(0.0)
    bench.counts = LockedOrNotEnrolled("The vault is locked.")  # as `Session.lock` goes on to do
    bench.line.outcomes = [LockedOrNotEnrolled("The vault is locked.")]
    bench.line.hold.set()
    assert bench.runner._thread is not None
    bench.runner._thread.join(LONG)
    assert not bench.runner._thread.is_alive()


def test_a_runner_that_never_started_stops_too(bench: Bench) -> None:
    bench.runner.stop()
    assert bench.line.closed


# -- cancelled --------------------------------------------------------------------------------


def test_a_cancel_ends_the_sync_under_way_and_the_next_one_is_whole(bench: Bench) -> None:
    bench.line.rounds = [Tally(pulled=3)]
    bench.line.outcomes = [Tally(pulled=3, cut_short=True)]
    bench.runner.sync_once(lambda _: bench.runner.cancel())
    assert bench.line.cancelled()
    last = bench.told[-1]
    assert (last.phase, last.last_synced) == (Phase.WAITING, NOW - timedelta(days=1))
    assert "What came is kept" in last.message
    assert bench.runner.last == Tally(pulled=3, cut_short=True)
    bench.runner.sync_once()
    assert not bench.line.cancelled(), "a cancel is of one sync"
    assert bench.told[-1].phase is Phase.ONLINE


def test_what_a_sync_did_is_kept_also_where_it_failed(bench: Bench) -> None:
    assert bench.runner.last is None
    bench.line.rounds = [Tally(pushed=2)]
    bench.line.outcomes = [OFFLINE]
    with pytest.raises(Offline):
        bench.runner.sync_once()
    assert bench.runner.last == Tally(pushed=2)
