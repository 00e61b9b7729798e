"""The case itself and the shared plan: programme, goals, activities."""

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
    document_field,
    flag_field,
    moment_field,
    number_field,
    status_field,
    text_field,
)


class EpisodeOfCare(Synced, Sourced, Base):
    """The case: in which programme and tier a person is followed, and what was asked for that.

    The last block are the facts of the decision boundary that no clinical record carries; None
    means not asked yet, never "no". `tier_override` is a clinician's decision with its reason;
    the computed tier stays beside it.
    """

    __kind__ = "EpisodeOfCare"

    status: Mapped[str] = status_field("active")
    programme: Mapped[str | None] = code_field(100)
    started_on: Mapped[date | None] = day_field()
    ended_on: Mapped[date | None] = day_field()
    closing_reason: Mapped[str | None] = text_field()
    identified_by: Mapped[str | None] = code_field()
    identified_reason: Mapped[str | None] = text_field()
    tier: Mapped[str | None] = code_field()
    tier_computed: Mapped[str | None] = code_field()
    tier_override: Mapped[str | None] = code_field(group="override")
    override_reason: Mapped[str | None] = text_field(group="override")
    override_by: Mapped[str | None] = code_field(200, group="override")
    manager_id: Mapped[str | None] = code_field(36)
    conditions_stable: Mapped[bool | None] = flag_field()
    specialist_count: Mapped[float | None] = number_field()
    social_support_reliable: Mapped[bool | None] = flag_field()
    health_literacy_adequate: Mapped[bool | None] = flag_field()
    needs_informational_only: Mapped[bool | None] = flag_field()
    long_term_care_decision_open: Mapped[bool | None] = flag_field()
    housing_barrier: Mapped[bool | None] = flag_field()
    food_barrier: Mapped[bool | None] = flag_field()
    transport_barrier: Mapped[bool | None] = flag_field()
    substance_use_active: Mapped[bool | None] = flag_field()
    serious_mental_illness: Mapped[bool | None] = flag_field()
    facts_on: Mapped[date | None] = day_field()


class CarePlan(Synced, Sourced, Base):
    """A person's plan; its goals and activities are records of their own."""

    __kind__ = "CarePlan"

    title: Mapped[str | None] = code_field(300)
    status: Mapped[str] = status_field("active")
    category: Mapped[str | None] = code_field(200)
    summary: Mapped[str | None] = text_field()
    started_on: Mapped[date | None] = day_field()
    ended_on: Mapped[date | None] = day_field()
    review_on: Mapped[date | None] = day_field()
    addresses: Mapped[list[dict[str, Any]] | None] = document_field()


class Goal(Synced, Sourced, Base):
    """What the person wants, in the person's own words first, then made measurable."""

    __kind__ = "Goal"
    record_class = RecordClass.MEMBER

    care_plan_id: Mapped[str | None] = code_field(36)
    condition_id: Mapped[str | None] = code_field(36)
    own_words: Mapped[str | None] = text_field()
    description: Mapped[str | None] = text_field()
    target_measure: Mapped[str | None] = code_field(200, group="target")
    target_value: Mapped[float | None] = number_field(group="target")
    target_unit: Mapped[str | None] = code_field(group="target")
    baseline_value: Mapped[float | None] = number_field()
    current_value: Mapped[float | None] = number_field()
    due_on: Mapped[date | None] = day_field()
    status: Mapped[str] = status_field("active")
    achievement: Mapped[str | None] = code_field()
    barrier: Mapped[str | None] = text_field()
    closed_at: Mapped[datetime | None] = moment_field(group="closing")
    closed_zone: Mapped[str | None] = code_field(group="closing")
    outcome: Mapped[str | None] = text_field(group="closing")


class Activity(Synced, Sourced, Base):
    """A thing somebody will do towards a goal, with an owner and a date."""

    __kind__ = "Activity"
    record_class = RecordClass.MEMBER

    care_plan_id: Mapped[str | None] = code_field(36)
    goal_id: Mapped[str | None] = code_field(36)
    description: Mapped[str | None] = text_field()
    owner_name: Mapped[str | None] = code_field(200, group="owner")
    owner_id: Mapped[str | None] = code_field(36, group="owner")
    frequency: Mapped[str | None] = code_field(100)
    due_on: Mapped[date | None] = day_field()
    status: Mapped[str] = status_field("not-started")
    outcome: Mapped[str | None] = text_field()
    completed_at: Mapped[datetime | None] = moment_field(group="completion")
    completed_zone: Mapped[str | None] = code_field(group="completion")
