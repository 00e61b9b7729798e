"""Headquarters' own: the organisation, its users and devices, and who is assigned to whom.

Passwords, keys and tokens stand apart, in tables that never travel (headquarters.py, laptop.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    RecordClass,
    Synced,
    code_field,
    day_field,
    document_field,
    flag_field,
    moment_field,
    set_field,
    status_field,
    text_field,
)


class Organization(Synced, Base):
    """The employer: its name, home zone and own holidays (ISO dates)."""

    __kind__ = "Organization"
    record_class = RecordClass.REFERENCE

    name: Mapped[str | None] = code_field(200)
    zone: Mapped[str | None] = code_field()
    holidays: Mapped[list[str] | None] = set_field()
    settings: Mapped[dict[str, Any] | None] = document_field()


class User(Synced, Base):
    """A worker. `role` is one of the roles of the security design."""

    __kind__ = "User"
    record_class = RecordClass.REFERENCE

    login: Mapped[str | None] = code_field(100)
    name: Mapped[str | None] = code_field(200)
    credentials: Mapped[str | None] = code_field(100)
    role: Mapped[str | None] = code_field()
    team: Mapped[str | None] = code_field(100)
    email: Mapped[str | None] = code_field(200)
    zone: Mapped[str | None] = code_field()
    active: Mapped[bool | None] = flag_field()


class Device(Synced, Base):
    """An enrolled laptop, as everybody may see it."""

    __kind__ = "Device"
    record_class = RecordClass.REFERENCE

    user_id: Mapped[str | None] = code_field(36)
    name: Mapped[str | None] = code_field(200)
    status: Mapped[str] = status_field("active")
    fingerprint: Mapped[str | None] = code_field()
    app_version: Mapped[str | None] = code_field()
    enrolled_at: Mapped[datetime | None] = moment_field()
    last_seen_at: Mapped[datetime | None] = moment_field()


class Assignment(Synced, Base):
    """Who follows a person (`case_id`) from when until when. Scope is data and travels too."""

    __kind__ = "Assignment"
    record_class = RecordClass.MEMBER

    user_id: Mapped[str | None] = code_field(36)
    team: Mapped[str | None] = code_field(100)
    role: Mapped[str | None] = code_field()
    from_on: Mapped[date | None] = day_field()
    until_on: Mapped[date | None] = day_field()
    reason: Mapped[str | None] = text_field()
    status: Mapped[str] = status_field("active")
