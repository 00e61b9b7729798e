"""Days, ages and due states, in the person's own place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casefield.care.views import Due

SOON_DAYS = 3
END_OF_DAY = time(23, 59, 59)


def place(zone: str | None, otherwise: str = "UTC") -> tzinfo:
    """Return a zone by IANA name, or a fixed offset like ``-05:00``; `otherwise` if unknown."""
    for name in (zone, otherwise):
        if not name:
            continue
        try:
            return _offset(name) if name[0] in "+-" else ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def local_day(moment: datetime, zone: str | None, otherwise: str = "UTC") -> date:
    """Return the calendar day of a moment where it happened."""
    return moment.astimezone(place(zone, otherwise)).date()


def day_of(said: str | None) -> date | None:
    """Return the calendar day that a FHIR date names; None for a year or month alone."""
    if not said or len(said) < 10:
        return None
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return None


def onset_day(said: str | None) -> date | None:
    """Return the first day that a possibly partial FHIR date may mean: for "before" questions."""
    if not said:
        return None
    padded = said[:10] if len(said) >= 10 else said + "-01-01"[len(said) - 4 :]
    try:
        return date.fromisoformat(padded)
    except ValueError:
        return None


def age(born: str | None, on: date) -> int | None:
    """Return completed years; None where the birth date isn't known to the day."""
    birth = day_of(born)
    if birth is None or birth > on:
        return None
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def due(at: datetime | None, on: date | None, zone: str, as_of: datetime) -> Due:
    """Return a due value with its state against a moment."""
    there = place(zone)
    today = as_of.astimezone(there).date()
    day = at.astimezone(there).date() if at else on
    if day is None:
        state = "later"
    elif (at is not None and at < as_of) or day < today:
        state = "overdue"
    elif day == today:
        state = "today"
    elif day <= today + timedelta(days=SOON_DAYS):
        state = "soon"
    else:
        state = "later"
    return Due(at=at, on=on, zone=zone, state=state)


def due_key(value: Due) -> datetime:
    """Return the moment by which something is due, for ranking; a day lasts to its end."""
    if value.at is not None:
        return value.at
    if value.on is not None:
        return datetime.combine(value.on, END_OF_DAY, place(value.zone)).astimezone(UTC)
    return datetime.max.replace(tzinfo=UTC)


def _offset(name: str) -> tzinfo:
    hours, _, minutes = name[1:].partition(":")
    size = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-size if name[0] == "-" else size)
