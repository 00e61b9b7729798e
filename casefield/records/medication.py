"""What a person takes, was told to take, or was given, each line with where it was heard."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    RecordClass,
    Sourced,
    Synced,
    code_field,
    flag_field,
    number_field,
    said_date,
    set_field,
    status_field,
    text_field,
)


class MedicationStatement(Synced, Sourced, Base):
    """One medicine on one list. `statement_source` says which list (prescription, bottle, person).

    `fhir_type` keeps whether it arrived as MedicationRequest or MedicationStatement.
    """

    __kind__ = "MedicationStatement"
    record_class = RecordClass.MEMBER

    code_system: Mapped[str | None] = code_field(200, group="code")
    code: Mapped[str | None] = code_field(group="code")
    display: Mapped[str | None] = code_field(400, group="code")
    codings: Mapped[list[dict[str, Any]] | None] = set_field()
    status: Mapped[str] = status_field("active")
    intent: Mapped[str | None] = code_field()
    fhir_type: Mapped[str | None] = code_field()
    statement_source: Mapped[str | None] = code_field()
    prescriber_name: Mapped[str | None] = code_field(200)
    dosage_text: Mapped[str | None] = text_field(group="dosage")
    dose: Mapped[float | None] = number_field(group="dosage")
    dose_unit: Mapped[str | None] = code_field(group="dosage")
    route: Mapped[str | None] = code_field(group="dosage")
    frequency: Mapped[str | None] = code_field(100, group="dosage")
    as_needed: Mapped[bool | None] = flag_field()
    reason: Mapped[str | None] = code_field(400)
    authored: Mapped[str | None] = said_date()
    started: Mapped[str | None] = said_date()
    ended: Mapped[str | None] = said_date()
    encounter_reference: Mapped[str | None] = code_field(200)
    note: Mapped[str | None] = text_field()
