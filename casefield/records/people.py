"""The person whose record it is, and the people around that person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    RecordClass,
    Sourced,
    Synced,
    code_field,
    day_field,
    flag_field,
    moment_field,
    said_date,
    set_field,
    status_field,
    text_field,
)


class Patient(Synced, Sourced, Base):
    """A person in care. `id` is the `case_id` of everything that belongs to the person."""

    __kind__ = "Patient"

    family_name: Mapped[str | None] = code_field(200)
    given_name: Mapped[str | None] = code_field(200)
    preferred_name: Mapped[str | None] = code_field(200)
    pronouns: Mapped[str | None] = code_field()
    sex: Mapped[str | None] = code_field()
    birth_date: Mapped[str | None] = said_date()
    deceased: Mapped[bool | None] = flag_field()
    deceased_date: Mapped[str | None] = said_date()
    identifiers: Mapped[list[dict[str, Any]] | None] = set_field()
    language: Mapped[str | None] = code_field()
    english_proficiency: Mapped[str | None] = code_field()
    interpreter_needed: Mapped[bool | None] = flag_field()
    marital_status: Mapped[str | None] = code_field()
    race: Mapped[str | None] = code_field(200)
    ethnicity: Mapped[str | None] = code_field(200)
    phone: Mapped[str | None] = code_field()
    email: Mapped[str | None] = code_field(200)
    address_line: Mapped[str | None] = code_field(300, group="address")
    city: Mapped[str | None] = code_field(100, group="address")
    state: Mapped[str | None] = code_field(100, group="address")
    postal_code: Mapped[str | None] = code_field(20, group="address")
    country: Mapped[str | None] = code_field(100, group="address")
    zone: Mapped[str | None] = code_field()
    safety_flags: Mapped[list[str] | None] = set_field()
    consent_given: Mapped[bool | None] = flag_field()
    consent_on: Mapped[date | None] = day_field()
    active: Mapped[bool | None] = flag_field()


class CareTeamMember(Synced, Sourced, Base):
    """One person or organisation that helps care for the patient, family among them."""

    __kind__ = "CareTeamMember"
    record_class = RecordClass.MEMBER

    name: Mapped[str | None] = code_field(200)
    role: Mapped[str | None] = code_field(100)
    specialty: Mapped[str | None] = code_field(100)
    organization_name: Mapped[str | None] = code_field(200)
    relationship_to_patient: Mapped[str | None] = code_field(100)
    phone: Mapped[str | None] = code_field()
    email: Mapped[str | None] = code_field(200)
    preferred_channel: Mapped[str | None] = code_field()
    note: Mapped[str | None] = text_field()
    status: Mapped[str] = status_field("active")
    last_contact_at: Mapped[datetime | None] = moment_field()
    last_contact_zone: Mapped[str | None] = code_field()
