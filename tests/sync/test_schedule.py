"""When the next sync is due: always armed, patient after failures, never a herd."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.sync.schedule import (
    AFTER_CHANGE_SECONDS,
    EVERY_SECONDS,
    FIRST_RETRY_SECONDS,
    HINT_SECONDS,
    LONGEST_RETRY_SECONDS,
    QUIET_SECONDS,
    Schedule,
)


class Loaded(random.Random):
    """Dice that always fall at one place of their range."""

    def __init__(self, place: float) -> None:
        super().__init__()
        self.place = place

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.place


HIGH, LOW = 1.0, 0.0


def schedule(place: float = HIGH) -> Schedule:
    return Schedule(Loaded(place), 100.0)


def test_the_first_sync_is_due_at_once() -> None:
    assert schedule().due == 100.0


def test_after_a_success_comes_the_plain_rhythm() -> None:
    plan = schedule()
    plan.begun(100.0)
    plan.succeeded(103.0)
    assert plan.due == 103.0 + EVERY_SECONDS


def test_a_change_brings_the_next_sync_near() -> None:
    plan = schedule()
    plan.begun(100.0)
    plan.succeeded(101.0)
    plan.changed(110.0)
    assert plan.due == 110.0 + AFTER_CHANGE_SECONDS
    plan.changed(110.5)
    assert plan.due == 110.0 + AFTER_CHANGE_SECONDS  # typing on does not push it away


def test_a_change_during_a_sync_is_not_forgotten() -> None:
    plan = schedule()
    plan.begun(100.0)
    plan.changed(101.0)
    plan.succeeded(102.0)
    assert plan.due == 101.0 + AFTER_CHANGE_SECONDS


@pytest.mark.parametrize(("failures", "ceiling"), [(1, 4.0), (2, 8.0), (3, 16.0), (9, 900.0)])
def test_failures_double_the_range_of_the_jitter(failures: int, ceiling: float) -> None:
    for place in (LOW, HIGH):
        plan = schedule(place)
        for _ in range(failures):
            plan.begun(100.0)
            plan.failed(100.0)
        assert plan.due == pytest.approx(100.5 + min(place * ceiling, LONGEST_RETRY_SECONDS - 0.5))


def test_six_weeks_offline_and_still_trying() -> None:
    plan, now = schedule(LOW), 0.0
    for _ in range(200_000):
        plan.begun(now)
        plan.failed(now)
        assert now < plan.due <= now + LONGEST_RETRY_SECONDS + 1
        now = plan.due


def test_one_success_forgets_the_failures() -> None:
    plan = schedule()
    for _ in range(5):
        plan.begun(100.0)
        plan.failed(100.0)
    plan.begun(200.0)
    plan.succeeded(200.0)
    plan.begun(300.0)
    plan.failed(300.0)
    assert plan.due == 300.5 + 2 * FIRST_RETRY_SECONDS


def test_typing_offline_does_not_try_with_every_keystroke() -> None:
    plan = schedule()
    for _ in range(9):
        plan.begun(100.0)
        plan.failed(100.0)
    plan.changed(100.1)
    assert plan.due == 100.0 + QUIET_SECONDS
    plan.begun(110.0)
    plan.changed(111.0)  # while the attempt hangs
    plan.failed(112.0)
    assert plan.due == 112.0 + QUIET_SECONDS


@pytest.mark.parametrize("place", [LOW, HIGH])
def test_a_network_that_comes_back_is_tried_soon_but_not_by_all_at_once(place: float) -> None:
    plan = schedule(place)
    for _ in range(9):
        plan.begun(100.0)
        plan.failed(100.0)
    plan.hinted(101.0)
    expected = 101.0 + place * HINT_SECONDS
    assert plan.due == min(expected, 100.5 + place * 899.5)


@pytest.mark.parametrize(("asked", "latest"), [(0.0, 2.0), (4.0, 6.0), (120.0, 180.0)])
def test_who_is_asked_to_wait_waits_and_spreads(asked: float, latest: float) -> None:
    assert _sent_away(LOW, asked).due == 100.0 + asked
    assert _sent_away(HIGH, asked).due == 100.0 + latest


def test_neither_change_nor_hint_breaks_the_word_of_headquarters() -> None:
    plan = _sent_away(LOW, 120.0)
    plan.changed(101.0)
    plan.hinted(102.0)
    assert plan.due == 220.0
    plan.begun(105.0)  # somebody pressed "sync now", and it worked
    plan.succeeded(106.0)
    plan.changed(107.0)
    assert plan.due == 107.0 + AFTER_CHANGE_SECONDS


def _sent_away(place: float, asked: float) -> Schedule:
    plan = schedule(place)
    plan.begun(100.0)
    plan.failed(100.0, asked)
    return plan


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["begun", "changed", "hinted", "succeeded", "failed", "asked"]),
        st.floats(0.0, 2000.0),
    ),
    max_size=60,
)


@given(EVENTS, st.integers(0, 1000))
def test_the_timer_is_armed_whatever_happens(events: list[tuple[str, float]], seed: int) -> None:
    now = 0.0
    plan = Schedule(random.Random(seed), now)
    longest_asked = 0.0
    for event, passed in events:
        now += passed
        if event == "asked":
            plan.failed(now, passed)
            longest_asked = max(longest_asked, now + max(passed * 1.5, passed + 2.0))
        else:
            getattr(plan, event)(now)
        assert plan.due <= max(now + LONGEST_RETRY_SECONDS + 1, longest_asked)
