"""Visits and the notes written about them."""

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
    status_field,
    text_field,
)


class Visit(Synced, Base):
    """A planned or held contact of our own worker with the person."""

    __kind__ = "Visit"

    kind: Mapped[str | None] = code_field()
    status: Mapped[str] = status_field("planned")
    planned_at: Mapped[datetime | None] = moment_field(group="planned")
    planned_zone: Mapped[str | None] = code_field(group="planned")
    started_at: Mapped[datetime | None] = moment_field(group="started")
    started_zone: Mapped[str | None] = code_field(group="started")
    ended_at: Mapped[datetime | None] = moment_field(group="ended")
    ended_zone: Mapped[str | None] = code_field(group="ended")
    place: Mapped[str | None] = code_field(300)
    reason: Mapped[str | None] = text_field()
    outcome: Mapped[str | None] = text_field()
    worker_id: Mapped[str | None] = code_field(36)
    worker_name: Mapped[str | None] = code_field(200)
    encounter_id: Mapped[str | None] = code_field(36)


class Note(Synced, Base):
    """What a worker wrote. A draft belongs to its author; signed, it never changes again.

    An addendum is a note whose `amends` names the signed note beneath which it is shown.
    """

    __kind__ = "Note"
    record_class = RecordClass.DRAFT

    kind: Mapped[str | None] = code_field()
    title: Mapped[str | None] = code_field(300)
    body: Mapped[str | None] = text_field()
    sections: Mapped[dict[str, Any] | None] = document_field()
    status: Mapped[str] = status_field("draft")
    author_id: Mapped[str | None] = code_field(36)
    author_name: Mapped[str | None] = code_field(200)
    written_at: Mapped[datetime | None] = moment_field(group="written")
    written_zone: Mapped[str | None] = code_field(group="written")
    happened_on: Mapped[date | None] = day_field()
    late_entry: Mapped[bool | None] = flag_field()
    visit_id: Mapped[str | None] = code_field(36)
    task_id: Mapped[str | None] = code_field(36)
    encounter_id: Mapped[str | None] = code_field(36)
    signed_at: Mapped[datetime | None] = moment_field(group="signature")
    signed_zone: Mapped[str | None] = code_field(group="signature")
    signed_by: Mapped[str | None] = code_field(200, group="signature")
    signature_meaning: Mapped[str | None] = code_field(200, group="signature")
    amends: Mapped[str | None] = code_field(36)
