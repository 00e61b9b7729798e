"""Two people's values for one field, kept until a person decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    Synced,
    code_field,
    document_field,
    moment_field,
    status_field,
)


class Conflict(Synced, Base):
    """A disagreement found by merge. Both values stay here for ever, whatever is decided.

    `base`, `current` and `proposed` map field names to values: one field, or all of its group.
    """

    __kind__ = "Conflict"

    record_type: Mapped[str | None] = code_field()
    record_id: Mapped[str | None] = code_field(36)
    field: Mapped[str | None] = code_field(100)
    base: Mapped[dict[str, Any] | None] = document_field()
    current: Mapped[dict[str, Any] | None] = document_field()
    current_by: Mapped[str | None] = code_field(200)
    current_at: Mapped[datetime | None] = moment_field()
    current_op: Mapped[str | None] = code_field(36)
    proposed: Mapped[dict[str, Any] | None] = document_field()
    proposed_by: Mapped[str | None] = code_field(200)
    proposed_at: Mapped[datetime | None] = moment_field()
    proposed_op: Mapped[str | None] = code_field(36)
    status: Mapped[str] = status_field("open")
    resolution: Mapped[dict[str, Any] | None] = document_field()
    resolved_by: Mapped[str | None] = code_field(200)
    resolved_at: Mapped[datetime | None] = moment_field()
