"""Codes, days and moments in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.care.days import due
from casefield.care.notes import KINDS
from casefield.care.worklist import KINDS as WORK_KINDS
from casefield.gui import words
from casefield.records.registry import KINDS as RECORD_KINDS
from casefield.rules.boundary import Tier

EASTERN = ZoneInfo("America/New_York")
ZONE = "America/New_York"
NOW = datetime(2026, 11, 13, 11, 32, tzinfo=EASTERN)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    words.see_from(lambda: date(2026, 11, 13))
    yield
    words.see_from(date.today)


@pytest.mark.parametrize(
    ("at", "urgency", "exact"),
    [
        (NOW + timedelta(hours=5, minutes=58), "in 5:58", "Fri 13 Nov 17:30"),
        (NOW - timedelta(minutes=52), "Overdue 0:52", "was due Fri 13 Nov 10:40"),
        (NOW - timedelta(hours=23, minutes=59), "Overdue 23:59", "was due Thu 12 Nov 11:33"),
        (NOW - timedelta(hours=49), "Overdue 2 days", "was due Wed 11 Nov 10:32"),
        (NOW + timedelta(hours=26), "Tomorrow", "Sat 14 Nov 13:32"),
        (NOW + timedelta(days=4), "in 4 days", "Tue 17 Nov 11:32"),
    ],
)
def test_a_moment_that_is_due(at: datetime, urgency: str, exact: str) -> None:
    assert words.due_words(due(at, None, ZONE, NOW), NOW) == (urgency, exact)


@pytest.mark.parametrize(
    ("on", "urgency", "exact"),
    [
        (date(2026, 11, 13), "Today", "Fri 13 Nov"),
        (date(2026, 11, 14), "Tomorrow", "Sat 14 Nov"),
        (date(2026, 11, 12), "Overdue 1 day", "was due Thu 12 Nov"),
        (date(2026, 11, 9), "Overdue 4 days", "was due Mon 9 Nov"),
        (date(2027, 1, 28), "in 76 days", "Thu 28 Jan 2027"),
        (None, "No date", ""),
    ],
)
def test_a_day_that_is_due(on: date | None, urgency: str, exact: str) -> None:
    assert words.due_words(due(None, on, ZONE, NOW), NOW) == (urgency, exact)


def test_a_day_in_another_place_is_that_places_day() -> None:
    """At 23:00 in New York it is tomorrow in UTC: what is due today is still due today."""
    late = datetime(2026, 11, 13, 23, tzinfo=EASTERN)
    assert words.due_words(due(None, date(2026, 11, 13), ZONE, late), late)[0] == "Today"


@given(hours=st.floats(-3000, 3000), moment=st.booleans())
def test_what_is_late_says_so_and_nothing_else_does(hours: float, moment: bool) -> None:
    at = NOW + timedelta(hours=hours)
    value = due(at if moment else None, None if moment else at.date(), ZONE, NOW)
    urgency, exact = words.due_words(value, NOW)
    assert urgency.startswith("Overdue") == (value.state == "overdue")
    assert exact.startswith("was due") == (value.state == "overdue")


def test_days_carry_their_year_only_where_it_is_another() -> None:
    assert words.day(date(2026, 3, 4)) == "4 Mar"
    assert words.day(date(2025, 3, 4)) == "4 Mar 2025"
    assert words.day(date(2026, 3, 4), weekday=True) == "Wed 4 Mar"
    words.see_from(lambda: date(2025, 12, 31))
    assert words.day(date(2026, 3, 4)) == "4 Mar 2026"


@pytest.mark.parametrize(
    ("said", "born", "since", "day"),
    [
        ("1955-03-04", "4 Mar 1955", "1955", "4 Mar 1955"),
        ("1955-03-04T10:00:00Z", "4 Mar 1955", "1955", "4 Mar 1955"),
        ("1955-03", "1955-03", "1955", "1955-03"),
        ("1955", "1955", "1955", "1955"),
        ("2026-11-05", "5 Nov 2026", "5 Nov", "5 Nov"),
        (None, "", "", ""),
    ],
)
def test_however_much_of_a_date_was_said(said: str | None, born: str, since: str, day: str) -> None:
    assert (words.born(said), words.since(said), words.said_day(said)) == (born, since, day)


def test_a_past_moment_of_today_is_a_time() -> None:
    assert words.ago(NOW - timedelta(hours=3), NOW, ZONE) == "today 08:32"
    assert words.ago(NOW - timedelta(hours=30), NOW, ZONE) == "12 Nov 05:32"


def test_a_time_is_told_where_it_happened() -> None:
    noon = datetime(2026, 11, 13, 17, tzinfo=UTC)
    assert words.clock_time(noon, ZONE) == "12:00"
    assert words.moment(noon, "Pacific/Auckland", weekday=True) == "Sat 14 Nov 06:00"


def test_room_is_made_for_the_longest_moment() -> None:
    longest = max(len(text) for text in words.long_dues())
    for number in range(365):
        at = datetime(2026, 1, 1, 22, 44, tzinfo=EASTERN) + timedelta(days=number)
        assert (
            len(words.due_words(due(at, None, ZONE, NOW + timedelta(days=400)), NOW)[1]) <= longest
        )


@pytest.mark.parametrize(
    ("code", "name"), [("es", "Spanish"), ("en-US", "English"), ("vi", "Vietnamese"), (None, "")]
)
def test_languages_have_names(code: str | None, name: str) -> None:
    assert words.language(code) == name


def test_a_language_nobody_knows_is_told_as_it_was_written() -> None:
    assert words.language("tlh-x") in ("tlh-x", "Klingon")
    assert words.language("qqq") == "qqq"


def test_every_code_that_care_gives_has_words() -> None:
    assert all(words.tier(tier.value) != tier.value for tier in Tier)
    assert all(words.work_kind(kind) != kind for kind in WORK_KINDS.values())
    assert all(words.task_title(kind) for kind in WORK_KINDS if kind != "safety")
    assert all(words.note_kind(kind) != kind for kind in KINDS)
    assert set(words.WORK_ICONS) >= set(WORK_KINDS.values())


def test_every_kind_of_record_has_a_word() -> None:
    assert {kind for kind in RECORD_KINDS if words.record_kind(kind) == kind} == set()


@given(st.floats(-1e6, 1e6))
def test_a_number_has_one_decimal_at_most(value: float) -> None:
    shown = words.number(value).replace(",", "")
    assert float(shown) == pytest.approx(value, abs=0.051)
    assert "e" not in shown
    assert len(shown.partition(".")[2]) <= 1
    assert not shown.endswith(".0")
