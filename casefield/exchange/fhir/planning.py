"""CarePlan and Goal as records."""

from __future__ import annotations

from datetime import date
from typing import Any

from casefield.exchange.fhir.datatypes import (
    Misshapen,
    code_of,
    display_of,
    first,
    join,
    objects,
    said,
    text,
)
from casefield.records.planning import CarePlan, Goal


def care_plan(resource: dict[str, Any]) -> CarePlan:
    """Return a plan that somebody else keeps; its activities stand in the summary."""
    period = resource.get("period") or {}
    categories = [display_of(c, 200) for c in objects(resource.get("category"))]
    activities = [
        display_of((entry.get("detail") or {}).get("code"))
        for entry in objects(resource.get("activity"))
    ]
    title = text(resource.get("title"), 300)
    return CarePlan(
        title=title or join(reversed([c for c in categories if c][-1:]), ", "),
        status=text(resource.get("status"), 32) or "unknown",
        category=join(categories, ", "),
        summary=text(resource.get("description"), 4000) or join(activities, "\n"),
        started_on=_day(period.get("start")),
        ended_on=_day(period.get("end")),
        addresses=[
            {"reference": entry.get("reference")} for entry in objects(resource.get("addresses"))
        ]
        or None,
    )


def goal(resource: dict[str, Any]) -> Goal:
    """Return a goal.

    Raises:
        Misshapen: it says nothing.
    """
    description = display_of(resource.get("description"), 4000)
    if description is None:
        raise Misshapen("description has neither code nor text")
    target = first(resource.get("target"))
    quantity = target.get("detailQuantity") or {}
    number = quantity.get("value")
    return Goal(
        description=description,
        status=text(resource.get("lifecycleStatus"), 32) or "unknown",
        achievement=code_of(resource.get("achievementStatus")),
        target_measure=display_of(target.get("measure"), 200),
        target_value=number if isinstance(number, int | float) else None,
        target_unit=text(quantity.get("unit"), 64),
        due_on=_day(target.get("dueDate")),
    )


def _day(value: Any) -> date | None:
    words = said(value, "period")
    return date.fromisoformat(words[:10]) if words and len(words) >= 10 else None
