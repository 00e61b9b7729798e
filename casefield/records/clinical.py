"""What is known about a person's health: conditions, allergies, observations, encounters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    RecordClass,
    Sourced,
    Synced,
    code_field,
    document_field,
    moment_field,
    number_field,
    said_date,
    set_field,
    status_field,
    text_field,
)


class Condition(Synced, Sourced, Base):
    """A problem, diagnosis or social finding.

    `codings` keeps every code it came with as ``{"system", "code", "display"}``; `code_system` and
    `code` are the first of them. `category` ``health-concern`` marks what a worker and the person
    put into the care plan.
    """

    __kind__ = "Condition"
    record_class = RecordClass.MEMBER

    code_system: Mapped[str | None] = code_field(200, group="code")
    code: Mapped[str | None] = code_field(group="code")
    display: Mapped[str | None] = code_field(400, group="code")
    codings: Mapped[list[dict[str, Any]] | None] = set_field()
    clinical_status: Mapped[str] = status_field("active")
    verification_status: Mapped[str | None] = code_field()
    category: Mapped[str | None] = code_field(100)
    onset: Mapped[str | None] = said_date()
    abatement: Mapped[str | None] = said_date()
    recorded: Mapped[str | None] = said_date()
    encounter_reference: Mapped[str | None] = code_field(200)
    sensitivity: Mapped[str | None] = code_field()
    note: Mapped[str | None] = text_field()


class AllergyIntolerance(Synced, Sourced, Base):
    """An allergy or intolerance. "No known allergies" is a record of its own, never a blank."""

    __kind__ = "AllergyIntolerance"
    record_class = RecordClass.MEMBER

    code_system: Mapped[str | None] = code_field(200, group="code")
    code: Mapped[str | None] = code_field(group="code")
    display: Mapped[str | None] = code_field(400, group="code")
    codings: Mapped[list[dict[str, Any]] | None] = set_field()
    type: Mapped[str | None] = code_field()
    category: Mapped[str | None] = code_field(100)
    criticality: Mapped[str | None] = code_field()
    reaction: Mapped[str | None] = code_field(400, group="reaction")
    severity: Mapped[str | None] = code_field(group="reaction")
    clinical_status: Mapped[str] = status_field("active")
    verification_status: Mapped[str | None] = code_field()
    recorded: Mapped[str | None] = said_date()


class Observation(Synced, Sourced, Base):
    """A measurement, laboratory result, social finding or score.

    Exactly one of `value_number` (with `value_unit`), `value_code` or `value_text` is set, or
    `components` for results in parts (blood pressure), each with the same keys.
    """

    __kind__ = "Observation"
    record_class = RecordClass.EVENT

    status: Mapped[str] = status_field("final")
    category: Mapped[str | None] = code_field(100)
    code_system: Mapped[str | None] = code_field(200, group="code")
    code: Mapped[str | None] = code_field(group="code")
    display: Mapped[str | None] = code_field(400, group="code")
    codings: Mapped[list[dict[str, Any]] | None] = set_field()
    effective_at: Mapped[datetime | None] = moment_field(group="effective")
    effective_zone: Mapped[str | None] = code_field(group="effective")
    effective: Mapped[str | None] = said_date()
    value_number: Mapped[float | None] = number_field(group="value")
    value_unit: Mapped[str | None] = code_field(group="value")
    value_code: Mapped[str | None] = code_field(group="value")
    value_display: Mapped[str | None] = code_field(400, group="value")
    value_text: Mapped[str | None] = text_field(group="value")
    components: Mapped[list[dict[str, Any]] | None] = document_field()
    interpretation: Mapped[str | None] = code_field()
    encounter_reference: Mapped[str | None] = code_field(200)
    derived_from: Mapped[str | None] = code_field(36)


class Encounter(Synced, Sourced, Base):
    """A stay or contact with a provider: hospital, emergency room, clinic, home health.

    `class_code` is the FHIR class (IMP, ACUTE, OBSENC, EMER, AMB, HH…). `class_history` keeps
    earlier classes with their periods, because observation days never count as inpatient days.
    """

    __kind__ = "Encounter"

    status: Mapped[str] = status_field("finished")
    class_code: Mapped[str | None] = code_field()
    class_history: Mapped[list[dict[str, Any]] | None] = document_field()
    type_system: Mapped[str | None] = code_field(200, group="type")
    type_code: Mapped[str | None] = code_field(group="type")
    type_display: Mapped[str | None] = code_field(400, group="type")
    reason_code: Mapped[str | None] = code_field(group="reason")
    reason_system: Mapped[str | None] = code_field(200, group="reason")
    reason_display: Mapped[str | None] = code_field(400, group="reason")
    diagnoses: Mapped[list[dict[str, Any]] | None] = set_field()
    started_at: Mapped[datetime | None] = moment_field(group="started")
    started_zone: Mapped[str | None] = code_field(group="started")
    ended_at: Mapped[datetime | None] = moment_field(group="ended")
    ended_zone: Mapped[str | None] = code_field(group="ended")
    started: Mapped[str | None] = said_date()
    ended: Mapped[str | None] = said_date()
    facility_name: Mapped[str | None] = code_field(300)
    facility_phone: Mapped[str | None] = code_field()
    admission_type: Mapped[str | None] = code_field()
    admit_source: Mapped[str | None] = code_field()
    discharge_disposition: Mapped[str | None] = code_field()
    discharge_disposition_display: Mapped[str | None] = code_field(200)
    part_of: Mapped[str | None] = code_field(200)
    practitioner_name: Mapped[str | None] = code_field(200)
