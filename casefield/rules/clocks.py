"""The clocks that a discharge starts: call, contact, visits, reconciliation, period, watch.

Sources: the organisation's 72-hour standard; CMS Transitional Care Management (contact by the end
of the second business day, visit within 7 or 14 days, service period of 30 days that begins on the
day of discharge); CMS HRRP (readmission within 30 days). 72 hours are elapsed hours, so in a week
in which the clocks change the local time of day shifts by an hour; days are local calendar days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from casefield.rules.findings import Verdict
from casefield.rules.tables import Table, read_table

Skipped = tuple[tuple[date, str], ...]

CALL = "call_72h"
CONTACT = "tcm_contact"
VISIT_7 = "face_to_face_7"
VISIT_14 = "face_to_face_14"
RECONCILIATION = "reconciliation"
PERIOD = "period_end"
WATCH = "readmission_watch"


class Destination(StrEnum):
    """Where a person went from hospital."""

    HOME = "home"
    FACILITY = "facility"
    HOSPICE = "hospice"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class ClockTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of `discharge_clocks.json`."""

    call_hours: int
    contact_business_days: int
    visit_days_high: int
    visit_days_moderate: int
    period_days: int
    watch_days: int
    holiday_country: str
    tcm_from: list[str]
    dispositions: dict[str, list[str]]


@dataclass(frozen=True)
class Discharge:
    """A discharge as far as it is known.

    `zone` is the person's local zone; `disposition` a code of FHIR, NUBC or a plain word.
    """

    discharged_at: datetime
    zone: str
    disposition: str | None = None
    setting: str = "inpatient"

    @property
    def day(self) -> date:
        """The local calendar day of the discharge: day 0."""
        return self.discharged_at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Clock:
    """One clock: due at a moment or by the end of a local day; `notes` say what moved it."""

    id: str
    at: datetime | None = None
    on: date | None = None
    earliest_safe: date | None = None
    skipped: Skipped = ()


@dataclass(frozen=True)
class ClockResult:
    """All clocks of a discharge, and whether transitional care management begins."""

    destination: Destination
    tcm: Verdict
    clocks: tuple[Clock, ...]
    missing: tuple[str, ...]
    rule: str
    version: str
    source: str

    def clock(self, clock_id: str) -> Clock | None:
        """Return one clock, None where it does not run."""
        return next((clock for clock in self.clocks if clock.id == clock_id), None)


class DischargeClocks:
    """Knows the table and the organisation's own holidays. Pure.

    Args:
        path: `discharge_clocks.json`.
        own_holidays: the organisation's days off beside the federal ones.
    """

    def __init__(self, path: Path, own_holidays: Iterable[date] = ()) -> None:
        self.table = read_table(path, ClockTable)
        self._own = frozenset(own_holidays)

    def destination(self, disposition: str | None) -> Destination:
        """Return where a disposition code leads; an unknown code stays unknown."""
        code = (disposition or "").strip().lower()
        for name, codes in self.table.dispositions.items():
            if code in codes:
                return Destination(name)
        return Destination.UNKNOWN

    def start(self, discharge: Discharge) -> ClockResult:
        """Return every clock the discharge starts."""
        table, day = self.table, discharge.day
        destination = self.destination(discharge.disposition)
        tcm = self._tcm(discharge, destination)
        clocks: list[Clock] = []
        if destination in {Destination.HOME, Destination.UNKNOWN}:
            # In UTC: added to a zoned time, hours would be hours on the wall clock.
            call = discharge.discharged_at.astimezone(UTC) + timedelta(hours=table.call_hours)
            clocks.append(Clock(CALL, at=call))
            if tcm is not Verdict.FALSE:
                clocks.append(self._contact(day))
                clocks.append(Clock(VISIT_7, on=day + timedelta(days=table.visit_days_high)))
                clocks.append(Clock(VISIT_14, on=day + timedelta(days=table.visit_days_moderate)))
                clocks.append(Clock(RECONCILIATION, on=day + timedelta(days=table.visit_days_high)))
                clocks.append(Clock(PERIOD, on=day + timedelta(days=table.period_days)))
        elif destination is Destination.FACILITY:
            clocks.append(self._contact(day))
        if destination is not Destination.EXPIRED:
            clocks.append(Clock(WATCH, on=day + timedelta(days=table.watch_days)))
        return ClockResult(
            destination=destination,
            tcm=tcm,
            clocks=tuple(clocks),
            missing=("disposition",) if destination is Destination.UNKNOWN else (),
            rule=table.id,
            version=table.version,
            source=table.source,
        )

    def business_day_after(self, day: date, count: int) -> tuple[date, Skipped]:
        """Return the `count`-th business day after a day, and the holidays passed over.

        Business days are Monday to Friday less the federal holidays as observed (5 USC 6103) and
        the organisation's own, whatever the office hours.
        """
        skipped: list[tuple[date, str]] = []
        while count:
            day += timedelta(days=1)
            if day.weekday() >= 5:
                continue
            name = self._holiday(day)
            if name:
                skipped.append((day, name))
                continue
            count -= 1
        return day, tuple(skipped)

    def _contact(self, day: date) -> Clock:
        count = self.table.contact_business_days
        due, skipped = self.business_day_after(day, count)
        return Clock(CONTACT, on=due, earliest_safe=_weekday_after(day, count), skipped=skipped)

    def _holiday(self, day: date) -> str:
        if day in self._own:
            return "organisation"
        return _federal(self.table.holiday_country, day.year).get(day, "")

    def _tcm(self, discharge: Discharge, destination: Destination) -> Verdict:
        if discharge.setting not in self.table.tcm_from:
            return Verdict.FALSE
        if destination is Destination.UNKNOWN:
            return Verdict.UNKNOWN
        return Verdict.of(destination is Destination.HOME)


def _weekday_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


@cache
def _federal(country: str, year: int) -> dict[date, str]:
    """Return a year's public holidays as observed; New Year's Day may be observed in December."""
    import holidays

    found: dict[date, str] = dict(
        holidays.country_holidays(country, years=(year, year + 1), observed=True)
    )
    return found
