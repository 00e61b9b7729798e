"""Days, ages and due states where the person lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.care.days import age, day_of, due, due_key, local_day, onset_day

NEW_YORK = "America/New_York"
NOON = datetime(2026, 11, 10, 17, tzinfo=UTC)  # noon in New York
TODAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (NEW_YORK, date(2026, 11, 9)),
        ("UTC", date(2026, 11, 10)),
        ("-05:00", date(2026, 11, 9)),
        ("+00:30", date(2026, 11, 10)),
        (None, date(2026, 11, 10)),
        ("Nowhere/Land", date(2026, 11, 10)),
        ("+late", date(2026, 11, 10)),
    ],
)
def test_a_moments_day_is_the_day_there(zone: str | None, day: date) -> None:
    assert local_day(datetime(2026, 11, 10, 2, tzinfo=UTC), zone) == day


def test_an_unknown_zone_falls_back_to_the_one_given() -> None:
    moment = datetime(2026, 11, 10, 2, tzinfo=UTC)
    assert local_day(moment, None, NEW_YORK) == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("said", "day", "onset"),
    [
        ("2015-03-09", date(2015, 3, 9), date(2015, 3, 9)),
        ("2015-03-09T10:00:00-05:00", date(2015, 3, 9), date(2015, 3, 9)),
        ("2015-03", None, date(2015, 3, 1)),
        ("2015", None, date(2015, 1, 1)),
        ("2015-02-30", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_partial_dates_stay_partial(said: str | None, day: date | None, onset: date | None) -> None:
    assert day_of(said) == day
    assert onset_day(said) == onset


@pytest.mark.parametrize(
    ("born", "years"),
    [
        ("1955-11-10", 71),
        ("1955-11-11", 70),
        ("2026-11-10", 0),
        ("2026-11-11", None),
        ("1956-02-29", 70),
        ("1955", None),
        (None, None),
    ],
)
def test_completed_years(born: str | None, years: int | None) -> None:
    assert age(born, TODAY) == years


@pytest.mark.parametrize(
    ("at", "on", "state"),
    [
        (NOON - timedelta(seconds=1), None, "overdue"),
        (NOON, None, "today"),
        (NOON + timedelta(hours=12), None, "soon"),  # midnight: tomorrow
        (NOON + timedelta(days=3), None, "soon"),
        (NOON + timedelta(days=4), None, "later"),
        (None, TODAY - timedelta(days=1), "overdue"),
        (None, TODAY, "today"),
        (None, TODAY + timedelta(days=3), "soon"),
        (None, TODAY + timedelta(days=4), "later"),
        (None, None, "later"),
    ],
)
def test_due_states(at: datetime | None, on: date | None, state: str) -> None:
    assert due(at, on, NEW_YORK, NOON).state == state


@given(st.integers(-400, 400), st.integers(-400, 400))
def test_ranking_follows_time(first: int, second: int) -> None:
    keys = [due_key(due(None, TODAY + timedelta(days=n), NEW_YORK, NOON)) for n in (first, second)]
    assert (keys[0] < keys[1]) == (first < second)


def test_a_day_lasts_to_its_end_where_the_person_lives_and_no_day_comes_last() -> None:
    day = due(None, TODAY, NEW_YORK, NOON)
    assert due_key(day) == datetime(2026, 11, 11, 4, 59, 59, tzinfo=UTC)
    assert due_key(due(NOON, None, NEW_YORK, NOON)) < due_key(day)
    assert due_key(due(None, None, NEW_YORK, NOON)) > due_key(day)
