"""What has to be done for a person, by whom and until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped

from casefield.records.base import (
    Base,
    Synced,
    code_field,
    day_field,
    moment_field,
    set_field,
    status_field,
    text_field,
)


class Task(Synced, Base):
    """One thing to do. Due at a moment (`due_at`) or by the end of a local day (`due_on`).

    `rule` and `rule_version` name the rule that opened it; empty when a person did. `attempts`
    is a list of ``{"id", "at", "zone", "channel", "outcome", "note", "by"}``, one per try.
    """

    __kind__ = "Task"

    kind: Mapped[str | None] = code_field()
    status: Mapped[str] = status_field("requested")
    description: Mapped[str | None] = text_field()
    reason: Mapped[str | None] = text_field()
    due_at: Mapped[datetime | None] = moment_field(group="due")
    due_zone: Mapped[str | None] = code_field(group="due")
    due_on: Mapped[date | None] = day_field()
    priority: Mapped[str | None] = code_field()
    owner_id: Mapped[str | None] = code_field(36)
    encounter_id: Mapped[str | None] = code_field(36)
    focus_type: Mapped[str | None] = code_field(group="focus")
    focus_id: Mapped[str | None] = code_field(36, group="focus")
    attempts: Mapped[list[dict[str, Any]] | None] = set_field()
    outcome: Mapped[str | None] = text_field()
    closed_at: Mapped[datetime | None] = moment_field(group="closing")
    closed_zone: Mapped[str | None] = code_field(group="closing")
    closed_by: Mapped[str | None] = code_field(200, group="closing")
    rule: Mapped[str | None] = code_field(group="rule")
    rule_version: Mapped[str | None] = code_field(group="rule")
    rule_source: Mapped[str | None] = code_field(300, group="rule")
