"""Which stay a question is about: the latest one that ended within the 30-day period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casefield.care.days import local_day
from casefield.care.facts import CANCELLED, Kept

SETTINGS = {
    "IMP": "inpatient",
    "ACUTE": "inpatient",
    "NONAC": "inpatient",
    "OBSENC": "observation",
}
PERIOD = timedelta(days=30)


def setting_of(class_code: str | None) -> str | None:
    """Return the setting that a discharge is from, None where there is nothing to follow up."""
    return SETTINGS.get(class_code or "")


def latest_stay(kept: Kept, as_of: date) -> Any | None:
    """Return the row of the latest stay that ended in the 30 days up to a day, None if none."""
    best: Any | None = None
    for row in kept.encounters:
        if setting_of(row.class_code) is None or row.ended_at is None or row.status in CANCELLED:
            continue
        day = local_day(row.ended_at, row.ended_zone, kept.zone)
        in_period = day <= as_of <= day + PERIOD
        if in_period and (best is None or row.ended_at > best.ended_at):
            best = row
    return best
