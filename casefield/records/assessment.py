"""Answers to an instrument."""

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
    flag_field,
    moment_field,
    number_field,
    status_field,
    text_field,
)


class QuestionnaireResponse(Synced, Sourced, Base):
    """One asking of one instrument: a draft of its author until signed, then immutable.

    `response` is the FHIR R4 QuestionnaireResponse's ``item`` list; the score fields are what
    the rule `score_rule` made of it, with `score_evidence` per item.
    """

    __kind__ = "QuestionnaireResponse"
    record_class = RecordClass.DRAFT

    instrument: Mapped[str | None] = code_field()
    instrument_version: Mapped[str | None] = code_field()
    status: Mapped[str] = status_field("in-progress")
    response: Mapped[list[dict[str, Any]] | None] = document_field()
    authored_at: Mapped[datetime | None] = moment_field(group="authored")
    authored_zone: Mapped[str | None] = code_field(group="authored")
    author_id: Mapped[str | None] = code_field(36)
    author_name: Mapped[str | None] = code_field(200)
    respondent: Mapped[str | None] = code_field(100)
    interpreter: Mapped[str | None] = code_field(100)
    language: Mapped[str | None] = code_field()
    unable_reason: Mapped[str | None] = text_field()
    score: Mapped[float | None] = number_field(group="score")
    score_band: Mapped[str | None] = code_field(group="score")
    score_prorated: Mapped[bool | None] = flag_field()
    score_rule: Mapped[str | None] = code_field(100, group="score")
    score_evidence: Mapped[list[dict[str, Any]] | None] = document_field()
    safety: Mapped[list[dict[str, Any]] | None] = document_field()
    safety_reason: Mapped[str | None] = text_field()
    session: Mapped[str | None] = code_field(36)
    signed_at: Mapped[datetime | None] = moment_field(group="signature")
    signed_zone: Mapped[str | None] = code_field(group="signature")
    signed_by: Mapped[str | None] = code_field(200, group="signature")
    signature_meaning: Mapped[str | None] = code_field(200, group="signature")
    amends: Mapped[str | None] = code_field(36)
