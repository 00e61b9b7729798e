"""Relative days and moments, so that the demo's people are always people of today."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SAID = re.compile(r"([+-]\d+)([hdy])(?: (\d{2}):(\d{2}))?")


class Today:
    """The moment from which everything is counted.

    Args:
        now: the moment the demo begins, aware.
        zone: IANA name of the place.
    """

    def __init__(self, now: datetime, zone: str) -> None:
        self.place = ZoneInfo(zone)
        self.now = now.astimezone(self.place)

    def day(self, said: str) -> date:
        """Return the day that ``-3d``, ``+2d`` or ``-8y`` names."""
        return self.moment(said).date()

    def moment(self, said: str, at: time = time(9)) -> datetime:
        """Return the moment: hours count from now, days and years give a local day at `at`.

        Raises:
            ValueError: not of the form.
        """
        found = _SAID.fullmatch(said)
        if found is None:
            raise ValueError(f"“{said}” is no relative day or moment")
        number, unit = int(found[1]), found[2]
        if unit == "h":
            # elapsed hours, also over a night on which the clocks are changed
            moment = (self.now.astimezone(UTC) + timedelta(hours=number)).astimezone(self.place)
            return moment - timedelta(
                minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond
            )
        if found[3]:
            at = time(int(found[3]), int(found[4]))
        here = self.now.date()
        day = _years(here, number) if unit == "y" else here + timedelta(days=number)
        return datetime.combine(day, at, self.place)

    def born(self, age: int, birthday: str) -> date:
        """Return the birth date of somebody who is `age` now."""
        month, day = (int(part) for part in birthday.split("-"))
        here = self.now.date()
        year = here.year - age - ((here.month, here.day) < (month, day))
        return date(year, month, day)


def _years(day: date, years: int) -> date:
    month_end = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year + years, day.month, month_end)
