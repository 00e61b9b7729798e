"""The shared care plan: problems, goals in the person's own words, and who does what by when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from casefield.care.days import local_day
from casefield.care.facts import HEALTH_CONCERN
from casefield.care.views import ActivityView, CarePlanView, ConditionView, GoalView
from casefield.errors import UnusableInput
from casefield.records.clinical import Condition
from casefield.records.planning import Activity, CarePlan, Goal
from casefield.records.work import Work

GOAL_OPEN = frozenset({"proposed", "active", "accepted", "on-hold"})
ACTIVITY_OPEN = frozenset({"not-started", "scheduled", "in-progress", "on-hold"})
REVIEW_AFTER = timedelta(days=90)
GOAL_FIELDS = frozenset(
    {
        "own_words",
        "description",
        "condition_id",
        "target_measure",
        "target_value",
        "target_unit",
        "baseline_value",
        "current_value",
        "due_on",
        "barrier",
        "status",
    }
)
ACTIVITY_FIELDS = frozenset(
    {"description", "goal_id", "owner_name", "frequency", "due_on", "status", "outcome"}
)


def care_plan(work: Work, case_id: str, as_of: datetime) -> CarePlanView:
    """Return the plan with its goals, each with its activities; open before closed."""
    plan = _plan(work, case_id)
    today = local_day(as_of, work.zone)
    activities = [_activity(record, today) for record in work.find(Activity, case_id=case_id)]
    activities.sort(key=lambda a: (a.status not in ACTIVITY_OPEN, a.due_on or date.max))
    goals = [
        _goal(record, today, tuple(a for a in activities if a.goal_id == record.id))
        for record in work.find(Goal, case_id=case_id)
    ]
    goals.sort(key=lambda g: (g.status not in GOAL_OPEN, g.due_on or date.max))
    known = {goal.goal_id for goal in goals}
    return CarePlanView(
        care_plan_id=plan.id if plan else None,
        title=(plan.title if plan else None) or "",
        status=plan.status if plan else "none",
        review_on=plan.review_on if plan else None,
        problems=problems(work, case_id),
        goals=tuple(goals),
        activities=tuple(a for a in activities if a.goal_id not in known),
    )


def problems(work: Work, case_id: str) -> tuple[ConditionView, ...]:
    """Return the problems that worker and person put into the plan, open ones first."""
    found = work.find(Condition, case_id=case_id, category=HEALTH_CONCERN)
    views = [condition_view(record) for record in found]
    return tuple(sorted(views, key=lambda v: v.clinical_status != "active"))


def condition_view(record: Any, group: str | None = None) -> ConditionView:
    """Return a condition as it is shown."""
    return ConditionView(
        condition_id=record.id,
        display=record.display or record.code or "",
        code=record.code,
        group=group,
        clinical_status=record.clinical_status or "",
        onset=record.onset[:10] if record.onset else None,
        is_health_concern=record.category == HEALTH_CONCERN,
        source_reference=record.source_reference,
    )


def add_problem(
    work: Work,
    case_id: str,
    display: str,
    code: str | None = None,
    code_system: str | None = None,
) -> str:
    """Put a problem into the plan, in the person's or the worker's words; return its id.

    Raises:
        UnusableInput: it says nothing.
    """
    ensure_plan(work, case_id)
    record = work.add(
        Condition(
            case_id=case_id,
            display=_said(display, "The problem says nothing.", "Write it in a few words."),
            code=code,
            code_system=code_system,
            clinical_status="active",
            category=HEALTH_CONCERN,
            recorded=local_day(work.now, work.zone).isoformat(),
        )
    )
    return record.id


def change_problem(work: Work, condition_id: str, display: str) -> None:
    """Say a problem in other words.

    Raises:
        UnusableInput: it says nothing.
    """
    text = _said(display, "The problem says nothing.", "Write it in a few words.")
    work.change(work.get(Condition, condition_id), display=text)


def close_problem(work: Work, condition_id: str) -> None:
    """The problem is no more: kept, shown as resolved."""
    today = local_day(work.now, work.zone).isoformat()
    work.change(work.get(Condition, condition_id), clinical_status="resolved", abatement=today)


def add_goal(
    work: Work,
    case_id: str,
    *,
    own_words: str,
    description: str | None = None,
    condition_id: str | None = None,
    target_measure: str | None = None,
    target_value: float | None = None,
    target_unit: str | None = None,
    baseline_value: float | None = None,
    due_on: date | None = None,
) -> str:
    """Add what the person wants; return its id.

    Raises:
        UnusableInput: neither the person's words nor a description is given.
    """
    words = own_words.strip() or (description or "").strip()
    _said(words, "The goal says nothing.", "Write it in the person's own words.")
    plan = ensure_plan(work, case_id)
    record = work.add(
        Goal(
            case_id=case_id,
            care_plan_id=plan.id,
            own_words=own_words.strip() or None,
            description=(description or "").strip() or None,
            condition_id=condition_id,
            target_measure=target_measure,
            target_value=target_value,
            target_unit=target_unit,
            baseline_value=baseline_value,
            current_value=baseline_value,
            due_on=due_on,
            status="active",
        )
    )
    return record.id


def change_goal(work: Work, goal_id: str, **fields: Any) -> None:
    """Change a goal's fields.

    Raises:
        UnusableInput: a field that a goal has not, or nothing would be left of what it says.
    """
    _only(fields, GOAL_FIELDS, "goal")
    goal = work.get(Goal, goal_id)
    own = fields.get("own_words", goal.own_words)
    description = fields.get("description", goal.description)
    _said(own or description or "", "The goal says nothing.", "Write it in the person's own words.")
    work.change(goal, **fields)


def complete_goal(work: Work, goal_id: str, outcome: str, *, achieved: bool = True) -> None:
    """Close a goal with what came of it.

    Raises:
        UnusableInput: without a word on the outcome.
    """
    text = _said(outcome, "What came of the goal?", "Write it in a few words.")
    work.change(
        work.get(Goal, goal_id),
        status="completed" if achieved else "cancelled",
        achievement="achieved" if achieved else "not-achieved",
        outcome=text,
        closed_at=work.now,
        closed_zone=work.zone,
    )


def add_activity(
    work: Work,
    case_id: str,
    *,
    description: str,
    goal_id: str | None = None,
    owner_name: str | None = None,
    frequency: str | None = None,
    due_on: date | None = None,
) -> str:
    """Add a thing to do towards a goal; return its id.

    Raises:
        UnusableInput: it says nothing.
    """
    text = _said(description, "The activity says nothing.", "Write what will be done.")
    plan = ensure_plan(work, case_id)
    record = work.add(
        Activity(
            case_id=case_id,
            care_plan_id=plan.id,
            goal_id=goal_id,
            description=text,
            owner_name=owner_name or work.actor.name,
            frequency=frequency,
            due_on=due_on,
            status="not-started",
        )
    )
    return record.id


def change_activity(work: Work, activity_id: str, **fields: Any) -> None:
    """Change an activity's fields.

    Raises:
        UnusableInput: a field that an activity has not, or no description would be left.
    """
    _only(fields, ACTIVITY_FIELDS, "activity")
    if "description" in fields:
        _said(fields["description"] or "", "The activity says nothing.", "Write what is to do.")
    work.change(work.get(Activity, activity_id), **fields)


def complete_activity(work: Work, activity_id: str, outcome: str | None = None) -> None:
    """Mark an activity as done."""
    work.change(
        work.get(Activity, activity_id),
        status="completed",
        outcome=(outcome or "").strip() or None,
        completed_at=work.now,
        completed_zone=work.zone,
    )


def reopen_activity(work: Work, activity_id: str) -> None:
    """Take "done" back: it was marked by mistake, or has to be done again."""
    work.change(
        work.get(Activity, activity_id),
        status="in-progress",
        completed_at=None,
        completed_zone=None,
    )


def set_review(work: Work, case_id: str, review_on: date) -> None:
    """Set the day on which worker and person look at the plan again."""
    work.change(ensure_plan(work, case_id), review_on=review_on)


def ensure_plan(work: Work, case_id: str) -> CarePlan:
    """Return our own active plan for the person; begin one where there is none."""
    found = _plan(work, case_id)
    if found is not None and found.status == "active" and found.source_system is None:
        return found
    today = local_day(work.now, work.zone)
    return work.add(
        CarePlan(
            case_id=case_id,
            title="Care plan",
            status="active",
            started_on=today,
            review_on=today + REVIEW_AFTER,
        )
    )


def _plan(work: Work, case_id: str) -> CarePlan | None:
    """Our own active plan first: imported plans belong to those who sent them."""
    found = work.find(CarePlan, case_id=case_id)
    ours = [plan for plan in found if plan.status == "active" and plan.source_system is None]
    if ours:
        return ours[0]
    active = [plan for plan in found if plan.status == "active"]
    return active[0] if active else (found[-1] if found else None)


def _goal(record: Goal, today: date, activities: tuple[ActivityView, ...]) -> GoalView:
    is_open = record.status in GOAL_OPEN
    return GoalView(
        goal_id=record.id,
        condition_id=record.condition_id,
        own_words=record.own_words,
        description=record.description,
        target=_target(record),
        target_measure=record.target_measure,
        target_value=record.target_value,
        target_unit=record.target_unit,
        baseline_value=record.baseline_value,
        current_value=record.current_value,
        progress=_progress(record, activities),
        due_on=record.due_on,
        status=record.status,
        barrier=record.barrier,
        outcome=record.outcome,
        overdue=is_open and record.due_on is not None and record.due_on < today,
        activities=activities,
    )


def _target(record: Goal) -> str | None:
    if record.target_measure is None and record.target_value is None:
        return None
    value = "" if record.target_value is None else f"{record.target_value:g}"
    return " ".join(part for part in (record.target_measure, value, record.target_unit) if part)


def _progress(record: Goal, activities: tuple[ActivityView, ...]) -> float | None:
    """How far, 0 to 1: by the measure where there is one, else by activities done."""
    if record.status == "completed":
        return 1.0
    start, now, end = record.baseline_value, record.current_value, record.target_value
    if start is not None and now is not None and end is not None and start != end:
        return max(0.0, min(1.0, (now - start) / (end - start)))
    if not activities:
        return None
    return sum(a.status == "completed" for a in activities) / len(activities)


def _activity(record: Activity, today: date) -> ActivityView:
    is_open = record.status in ACTIVITY_OPEN
    return ActivityView(
        activity_id=record.id,
        goal_id=record.goal_id,
        description=record.description or "",
        owner=record.owner_name,
        frequency=record.frequency,
        due_on=record.due_on,
        status=record.status,
        outcome=record.outcome,
        completed_at=record.completed_at,
        overdue=is_open and record.due_on is not None and record.due_on < today,
    )


def _said(text: str, complaint: str, way_out: str) -> str:
    if not text.strip():
        raise UnusableInput(complaint, way_out=way_out)
    return text.strip()


def _only(fields: dict[str, Any], known: frozenset[str], what: str) -> None:
    unknown = sorted(set(fields) - known)
    if unknown:
        raise UnusableInput(f"“{unknown[0]}” is not a field of a {what} that can be changed.")
