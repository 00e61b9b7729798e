"""The clocks of a discharge: worked dates, holidays, where the person went, daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.resources import resource_path
from casefield.rules.clocks import (
    CALL,
    CONTACT,
    PERIOD,
    RECONCILIATION,
    VISIT_7,
    VISIT_14,
    WATCH,
    ClockResult,
    Destination,
    Discharge,
    DischargeClocks,
)
from casefield.rules.findings import Verdict

EASTERN = "America/New_York"
TABLE = resource_path("clinical", "discharge_clocks.json")
RULE = DischargeClocks(TABLE)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 1))

# The federal holidays of 2026, as observed (5 USC 6103), written out by hand.
FEDERAL_2026 = {
    date(2026, 1, 1),
    date(2026, 1, 19),
    date(2026, 2, 16),
    date(2026, 5, 25),
    date(2026, 6, 19),
    date(2026, 7, 3),
    date(2026, 9, 7),
    date(2026, 10, 12),
    date(2026, 11, 11),
    date(2026, 11, 26),
    date(2026, 12, 25),
}


def start(
    local: datetime,
    disposition: str | None = "home",
    zone: str = EASTERN,
    setting: str = "inpatient",
    rule: DischargeClocks = RULE,
) -> ClockResult:
    at = local.replace(tzinfo=ZoneInfo(zone))
    return rule.start(Discharge(at, zone, disposition, setting))


def day_of(result: ClockResult, clock: str) -> date:
    found = result.clock(clock)
    assert found is not None
    assert found.on is not None
    return found.on


def running(result: ClockResult) -> set[str]:
    return {clock.id for clock in result.clocks}


def test_discharge_after_a_heart_attack_the_day_before_veterans_day() -> None:
    result = start(datetime(2026, 11, 10, 10, 40))
    call, contact = result.clock(CALL), result.clock(CONTACT)
    assert call is not None
    assert contact is not None
    assert call.at is not None
    local = call.at.astimezone(ZoneInfo(EASTERN))
    assert local.replace(tzinfo=None) == datetime(2026, 11, 13, 10, 40)
    assert contact.on == date(2026, 11, 13)
    assert contact.earliest_safe == date(2026, 11, 12)
    assert [day for day, _ in contact.skipped] == [date(2026, 11, 11)]
    assert "Veterans" in contact.skipped[0][1]
    assert day_of(result, VISIT_7) == date(2026, 11, 17)
    assert day_of(result, VISIT_14) == date(2026, 11, 24)
    assert day_of(result, RECONCILIATION) == date(2026, 11, 17)
    assert day_of(result, PERIOD) == date(2026, 12, 9)
    assert day_of(result, WATCH) == date(2026, 12, 10)
    assert result.tcm is Verdict.TRUE
    assert result.missing == ()


@pytest.mark.parametrize(
    ("discharged", "contact", "seven", "fourteen", "period"),
    [
        ("2026-01-16", "2026-01-21", "2026-01-23", "2026-01-30", "2026-02-14"),
        ("2026-07-02", "2026-07-07", "2026-07-09", "2026-07-16", "2026-07-31"),
        ("2026-11-20", "2026-11-24", "2026-11-27", "2026-12-04", "2026-12-19"),
    ],
)
def test_all_dates_of_a_worked_discharge(
    discharged: str, contact: str, seven: str, fourteen: str, period: str
) -> None:
    result = start(datetime.fromisoformat(f"{discharged}T09:00"))
    dates = [day_of(result, clock) for clock in (CONTACT, VISIT_7, VISIT_14, PERIOD)]
    assert [day.isoformat() for day in dates] == [contact, seven, fourteen, period]


@pytest.mark.parametrize(
    ("discharged", "contact"),
    [
        ("2026-11-25", "2026-11-30"),
        ("2026-12-24", "2026-12-29"),
        ("2026-12-31", "2027-01-05"),
        ("2027-06-17", "2027-06-22"),
        ("2027-07-02", "2027-07-07"),
        ("2021-12-29", "2022-01-03"),
    ],
)
def test_contact_passes_over_holidays_as_observed(discharged: str, contact: str) -> None:
    result = start(datetime.fromisoformat(f"{discharged}T09:00"))
    assert day_of(result, CONTACT).isoformat() == contact


def test_the_organisations_own_day_off_is_passed_over_and_named() -> None:
    rule = DischargeClocks(TABLE, own_holidays=[date(2026, 11, 23)])
    result = start(datetime(2026, 11, 20, 9), rule=rule)
    contact = result.clock(CONTACT)
    assert contact is not None
    assert contact.on == date(2026, 11, 25)
    assert contact.skipped == ((date(2026, 11, 23), "organisation"),)
    assert contact.earliest_safe == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("disposition", "destination"),
    [
        ("home", Destination.HOME),
        (" HOME ", Destination.HOME),
        ("01", Destination.HOME),
        ("06", Destination.HOME),
        ("aadvice", Destination.HOME),
        ("snf", Destination.FACILITY),
        ("03", Destination.FACILITY),
        ("62", Destination.FACILITY),
        ("hospice", Destination.HOSPICE),
        ("50", Destination.HOSPICE),
        ("exp", Destination.EXPIRED),
        ("20", Destination.EXPIRED),
        ("oth", Destination.UNKNOWN),
        ("", Destination.UNKNOWN),
        (None, Destination.UNKNOWN),
    ],
)
def test_where_a_disposition_code_leads(disposition: str | None, destination: Destination) -> None:
    assert RULE.destination(disposition) is destination


def test_to_a_nursing_facility_only_a_contact_there_and_the_watch() -> None:
    result = start(datetime(2026, 11, 10, 10, 40), "snf")
    assert running(result) == {CONTACT, WATCH}
    assert result.tcm is Verdict.FALSE


def test_from_a_nursing_facility_home_transitional_care_begins() -> None:
    result = start(datetime(2026, 6, 12, 11), "home", setting="snf")
    assert result.tcm is Verdict.TRUE
    assert day_of(result, CONTACT) == date(2026, 6, 16)
    assert day_of(result, VISIT_7) == date(2026, 6, 19)
    assert day_of(result, VISIT_14) == date(2026, 6, 26)
    assert day_of(result, PERIOD) == date(2026, 7, 11)


def test_from_the_emergency_department_home_only_the_call_and_the_watch() -> None:
    result = start(datetime(2026, 11, 10, 10, 40), "home", setting="emergency")
    assert result.tcm is Verdict.FALSE
    assert running(result) == {CALL, WATCH}


def test_for_a_person_who_died_nothing_runs() -> None:
    result = start(datetime(2026, 11, 10, 10, 40), "exp")
    assert result.clocks == ()
    assert result.tcm is Verdict.FALSE


def test_into_hospice_only_the_watch_runs() -> None:
    assert running(start(datetime(2026, 11, 10, 10, 40), "hospice")) == {WATCH}


def test_with_an_unknown_disposition_the_clocks_run_and_it_is_asked_for() -> None:
    result = start(datetime(2026, 11, 10, 10, 40), None)
    assert result.tcm is Verdict.UNKNOWN
    assert result.missing == ("disposition",)
    assert {CALL, CONTACT, VISIT_7, VISIT_14, RECONCILIATION, PERIOD, WATCH} == running(result)


def test_day_nought_is_the_local_day_of_the_discharge() -> None:
    late_evening = datetime(2026, 11, 11, 4, 30, tzinfo=UTC)
    assert Discharge(late_evening, EASTERN).day == date(2026, 11, 10)
    assert Discharge(late_evening, "Pacific/Auckland").day == date(2026, 11, 11)


@pytest.mark.parametrize(
    ("discharged", "called"),
    [
        (datetime(2026, 3, 6, 12), datetime(2026, 3, 9, 13)),
        (datetime(2026, 10, 30, 12), datetime(2026, 11, 2, 11)),
    ],
)
def test_seventy_two_hours_are_elapsed_hours_when_the_clocks_change(
    discharged: datetime, called: datetime
) -> None:
    call = start(discharged).clock(CALL)
    assert call is not None
    assert call.at is not None
    # In UTC, since arithmetic in one zone would hide the hour.
    elapsed = call.at.astimezone(UTC) - discharged.replace(tzinfo=ZoneInfo(EASTERN)).astimezone(UTC)
    assert elapsed == timedelta(hours=72)
    assert call.at.astimezone(ZoneInfo(EASTERN)).replace(tzinfo=None) == called


@given(DAYS, st.integers(1, 6))
def test_a_business_day_is_never_a_weekend_or_a_holiday(day: date, count: int) -> None:
    due, skipped = RULE.business_day_after(day, count)
    assert due.weekday() < 5
    assert due not in {off for off, _ in skipped}
    # A day that is itself passed over is no business day, so one counted from it is another day.
    before = due - timedelta(days=1)
    assert RULE.business_day_after(before, 1)[0] == due
    between = sum(
        1 for n in range(1, (due - day).days + 1) if (day + timedelta(days=n)).weekday() < 5
    )
    assert between == count + len(skipped)


@given(st.dates(date(2025, 12, 20), date(2026, 12, 20)), st.integers(1, 5))
def test_in_2026_exactly_the_federal_days_are_passed_over(day: date, count: int) -> None:
    due, skipped = RULE.business_day_after(day, count)
    span = {day + timedelta(days=n) for n in range(1, (due - day).days + 1)}
    expected = {d for d in span if d in FEDERAL_2026 or d == date(2025, 12, 25)}
    assert {off for off, _ in skipped} == expected
    assert due not in FEDERAL_2026


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([EASTERN, "Pacific/Honolulu", "America/Puerto_Rico", "UTC"]),
    st.sampled_from(["home", "snf", "hospice", "exp", "oth", None]),
    st.sampled_from(["inpatient", "snf", "observation", "emergency"]),
)
def test_every_discharge_gives_the_same_clocks_each_time_and_in_their_order(
    at: datetime, zone: str, disposition: str | None, setting: str
) -> None:
    discharge = Discharge(at, zone, disposition, setting)
    result = RULE.start(discharge)
    assert result == RULE.start(discharge)
    for clock in result.clocks:
        assert (clock.at is None) != (clock.on is None)
        assert clock.on is None or clock.on > discharge.day
    contact = result.clock(CONTACT)
    if contact is not None and contact.on is not None:
        assert contact.earliest_safe is not None
        assert contact.on >= contact.earliest_safe
        assert (contact.on > contact.earliest_safe) == bool(contact.skipped)
    if result.tcm is Verdict.TRUE:
        dates = [day_of(result, clock) for clock in (VISIT_7, VISIT_14, PERIOD, WATCH)]
        assert dates == sorted(dates)
