"""Where the time comes from: passed in at the doors, so that rules and tests own it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

LOCALTIME = "/etc/localtime"


class Clock(Protocol):
    """Tells the moment in UTC and the zone of the place where it is asked."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def zone(self) -> str:
        """Return the IANA name of the local zone, e.g. ``America/New_York``."""
        ...


class SystemClock:
    """The machine's own clock and zone."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def zone(self) -> str:
        """Return the IANA name the machine is set to, ``UTC`` where it names none."""
        return _local_zone_name()


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: for tests, `--as-of` and the demo."""

    moment: datetime
    zone_name: str = "America/New_York"

    def now(self) -> datetime:
        """Return the fixed moment in UTC."""
        return self.moment.astimezone(UTC)

    def zone(self) -> str:
        """Return the fixed zone."""
        return self.zone_name


def _local_zone_name() -> str:
    named = os.environ.get("TZ", "").lstrip(":")
    if named:
        return _known(named)
    try:
        return _linked(os.readlink(LOCALTIME))
    except OSError:
        return "UTC"


@lru_cache  # asked with every save and every row that is shown; another link is another question
def _linked(target: str) -> str:
    path = os.path.realpath(os.path.join(os.path.dirname(LOCALTIME), target))
    _, found, named = path.rpartition("/zoneinfo/")
    return _known(named) if found else "UTC"


@lru_cache
def _known(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        return "UTC"
