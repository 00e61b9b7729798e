"""Writing a goal, and closing it with what came of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from casefield.care import plan
from casefield.care.views import CarePlanView, GoalView
from casefield.gui.desk import Desk
from casefield.gui.patient.plan_editor import Act, PlanEditor
from casefield.gui.widgets.choices import Choice, Tick
from casefield.gui.widgets.fields import DayField, Field, LineField


class GoalEditor(PlanEditor):
    """A goal: the person's own words first, then how both will know that it is reached."""

    def __init__(
        self,
        desk: Desk,
        case_id: str,
        goal: GoalView | None,
        found: CarePlanView,
        condition_id: str | None = None,
    ) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            desk,
            translate("GoalEditor", "Goal") if goal else translate("GoalEditor", "New goal"),
        )
        self._case_id, self._goal = case_id, goal
        self.words = LineField(
            self.tr("What does the person want, in their own words?"),
            (goal.own_words or "") if goal else "",
            self.tr("For example: walk my granddaughter to school again"),
        )
        self.put(self.words)
        self.description = LineField(
            self.tr("What does that mean for care?"), (goal.description or "") if goal else ""
        )
        self.put(self.description)
        self.problem = Choice()
        self.problem.addItem(self.tr("no one problem"), None)
        for problem in found.problems:
            self.problem.addItem(problem.display, problem.condition_id)
        self.problem.choose(goal.condition_id if goal else condition_id)
        self.due = DayField(self.tr("Until"), goal.due_on if goal else None, desk.today())
        self.put(Field(self.tr("For the problem"), self.problem), self.due)
        self.measure = LineField(
            self.tr("Measured by"), (goal.target_measure or "") if goal else ""
        )
        self.unit = LineField(self.tr("Unit"), (goal.target_unit or "") if goal else "")
        self.start = LineField(
            self.tr("At the start"), _shown(goal.baseline_value if goal else None)
        )
        self.now = LineField(self.tr("Now"), _shown(goal.current_value if goal else None))
        self.target = LineField(self.tr("Target"), _shown(goal.target_value if goal else None))
        self.put(self.measure, self.unit)
        self.put(self.start, self.now, self.target)
        self.barrier = LineField(
            self.tr("What stands in the way?"), (goal.barrier or "") if goal else ""
        )
        if goal is not None:
            self.put(self.barrier)
        self.finish(self.tr("Save goal"))

    def deed(self) -> tuple[str, Act] | None:
        """Add or change the goal."""
        fields: dict[str, Any] = {
            "own_words": self.words.text().strip(),
            "description": self.description.text().strip() or None,
            "condition_id": self.problem.currentData(),
            "target_measure": self.measure.text().strip() or None,
            "target_unit": self.unit.text().strip() or None,
            "due_on": self.due.value(),
        }
        for name, field in (
            ("baseline_value", self.start),
            ("current_value", self.now),
            ("target_value", self.target),
        ):
            try:
                fields[name] = _number(field.text())
            except ValueError:
                field.complain(self.tr("“{text}” is no number.").format(text=field.text()))
                return None
            field.complain("")
        case_id, goal = self._case_id, self._goal
        if goal is None:
            now = fields.pop("current_value")
            if fields["baseline_value"] is None:
                fields["baseline_value"] = now
            return "add goal", lambda work: plan.add_goal(work, case_id, **fields)
        fields["barrier"] = self.barrier.text().strip() or None
        fields["own_words"] = fields["own_words"] or None
        changed = {name: value for name, value in fields.items() if getattr(goal, name) != value}
        known = goal.goal_id
        return "change goal", lambda work: plan.change_goal(work, known, **changed)


class GoalOutcomeEditor(PlanEditor):
    """Closing a goal with what came of it."""

    def __init__(self, desk: Desk, goal: GoalView) -> None:
        super().__init__(desk, goal.own_words or goal.description or "")
        self._goal = goal
        self.words = LineField(self.tr("What came of it?"))
        self.put(self.words)
        self.achieved = Tick(self.tr("The person reached it"))
        self.achieved.setChecked(True)
        self.card.add(self.achieved)
        self.finish(self.tr("Close the goal"))

    def deed(self) -> tuple[str, Act]:
        """Close the goal."""
        known, said, achieved = self._goal.goal_id, self.words.text(), self.achieved.isChecked()
        return "close goal", lambda work: plan.complete_goal(work, known, said, achieved=achieved)


def _number(text: str) -> float | None:
    """A number as people type it, decimal comma or point; None for nothing."""
    cleaned = text.strip().replace(",", ".")
    if not cleaned:
        return None
    value = float(cleaned)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
