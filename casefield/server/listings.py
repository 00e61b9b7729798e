"""What administration lists: small frozen views, nothing of anybody's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Person:
    """A user as administration lists it."""

    id: str
    login: str
    name: str
    role: str
    team: str | None
    active: bool


@dataclass(frozen=True)
class Laptop:
    """A laptop as administration lists it. `signed_in_at`: when it last renewed its sign-in."""

    id: str
    name: str
    login: str
    fingerprint: str
    state: str
    app_version: str
    enrolled_at: datetime | None
    signed_in_at: datetime | None


@dataclass(frozen=True)
class Care:
    """Who cares for a person, by the person's id alone."""

    case_id: str
    login: str
    role: str
    from_on: date | None
    until_on: date | None
    status: str


@dataclass(frozen=True)
class Link:
    """One link of the audit chain; `actor` is a login, or headquarters itself."""

    n: int
    at: datetime
    actor: str
    device_id: str | None
    act: str
    record_type: str | None
    record_id: str | None
    reason: str | None
    outcome: str
