"""Relative days: the demo's people are of today, whatever day today is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.demo.moments import Today

EASTERN = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 13, 12, 3, 20, tzinfo=EASTERN)
DAYS = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))


def today(now: datetime = NOON) -> Today:
    return Today(now, "America/New_York")


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("-3d", datetime(2026, 11, 10, 9, tzinfo=EASTERN)),
        ("-3d 14:20", datetime(2026, 11, 10, 14, 20, tzinfo=EASTERN)),
        ("+2d", datetime(2026, 11, 15, 9, tzinfo=EASTERN)),
        ("-8y", datetime(2018, 11, 13, 9, tzinfo=EASTERN)),
        ("-66h", datetime(2026, 11, 10, 18, 0, tzinfo=EASTERN)),
    ],
)
def test_moments_are_counted_from_now(said: str, moment: datetime) -> None:
    assert today().moment(said) == moment
    assert today().day(said) == moment.date()


def test_the_hour_may_be_given_by_whoever_asks() -> None:
    assert today().moment("-1d", time(16)) == datetime(2026, 11, 12, 16, tzinfo=EASTERN)


@pytest.mark.parametrize("said", ["", "3d", "-3w", "-3", "-3d 9:00", "yesterday"])
def test_what_is_not_said_so_is_a_mistake_of_the_file(said: str) -> None:
    with pytest.raises(ValueError, match="no relative day"):
        today().moment(said)


def test_hours_are_elapsed_hours_when_the_clocks_are_changed() -> None:
    after = datetime(2026, 11, 2, 12, tzinfo=EASTERN)  # they were set back on the first
    found = today(after).moment("-66h")
    assert after.astimezone(UTC) - found.astimezone(UTC) == timedelta(hours=66)
    assert found == datetime(2026, 10, 30, 19, tzinfo=EASTERN)


def test_a_leap_day_has_a_day_eight_and_nine_years_before() -> None:
    leap = today(datetime(2028, 2, 29, 12, tzinfo=EASTERN))
    assert leap.day("-8y") == date(2020, 2, 28)
    assert leap.day("-9y") == date(2019, 2, 28)


@given(DAYS, st.integers(0, 2000))
def test_hours_back_are_never_in_the_future_and_never_off(now: datetime, hours: int) -> None:
    found = today(now).moment(f"-{hours}h")
    late = now - timedelta(hours=hours) - found
    assert timedelta(0) <= late < timedelta(minutes=5)


@given(DAYS, st.integers(1, 110), st.sampled_from(["01-01", "02-28", "03-04", "11-30", "12-31"]))
def test_somebody_is_as_old_as_the_file_says_on_every_day(
    now: datetime, age: int, birthday: str
) -> None:
    born = today(now).born(age, birthday)
    here = now.astimezone(EASTERN).date()
    whole = here.year - born.year - ((here.month, here.day) < (born.month, born.day))
    assert whole == age
