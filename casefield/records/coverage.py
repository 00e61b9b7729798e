"""Who pays: one record per coverage of a person."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    RecordClass,
    Sourced,
    Synced,
    code_field,
    said_date,
    status_field,
)


class Coverage(Synced, Sourced, Base):
    """A person's cover under one plan; `rank` "1" is asked first."""

    __kind__ = "Coverage"
    record_class = RecordClass.MEMBER

    payer_name: Mapped[str | None] = code_field(200)
    plan_name: Mapped[str | None] = code_field(200)
    plan_type: Mapped[str | None] = code_field()
    member_id: Mapped[str | None] = code_field(100)
    rank: Mapped[str | None] = code_field(8)
    period_start: Mapped[str | None] = said_date()
    period_end: Mapped[str | None] = said_date()
    status: Mapped[str] = status_field("active")
