"""Writing the care plan's problems and activities, and when both look at it again."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QCoreApplication

from casefield.care import plan
from casefield.care.views import ActivityView, ConditionView
from casefield.gui.desk import Desk
from casefield.gui.patient.plan_editor import Act, PlanEditor
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.fields import DayField, LineField


class ProblemEditor(PlanEditor):
    """A problem in a few words."""

    def __init__(self, desk: Desk, case_id: str, problem: ConditionView | None) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            desk,
            translate("ProblemEditor", "Problem")
            if problem
            else translate("ProblemEditor", "New problem"),
        )
        self._case_id, self._problem = case_id, problem
        self.words = LineField(
            self.tr("What is the problem?"),
            problem.display if problem else "",
            self.tr("In the person's words or yours, for example: cannot pay for the inhaler"),
        )
        self.put(self.words)
        self.finish(self.tr("Save problem"))

    def deed(self) -> tuple[str, Act]:
        """Add or change the problem."""
        case_id, said, problem = self._case_id, self.words.text(), self._problem
        if problem is None:
            return "add problem", lambda work: plan.add_problem(work, case_id, said)
        known = problem.condition_id
        return "change problem", lambda work: plan.change_problem(work, known, said)


class ActivityEditor(PlanEditor):
    """Who does what, how often, until when."""

    def __init__(
        self,
        desk: Desk,
        case_id: str,
        activity: ActivityView | None,
        goal_id: str | None = None,
    ) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            desk,
            translate("ActivityEditor", "Activity")
            if activity
            else translate("ActivityEditor", "New activity"),
        )
        self._case_id, self._activity, self._goal_id = case_id, activity, goal_id
        self.words = LineField(
            self.tr("What will be done?"), activity.description if activity else ""
        )
        self.put(self.words)
        self.owner = LineField(
            self.tr("By whom?"),
            (activity.owner or "") if activity else "",
            self.tr("You, the person, a relative, a practice. Empty: you"),
        )
        self.often = LineField(
            self.tr("How often?"), (activity.frequency or "") if activity else ""
        )
        self.due = DayField(self.tr("Until"), activity.due_on if activity else None, desk.today())
        self.put(self.owner, self.often, self.due)
        self.outcome = LineField(
            self.tr("What came of it?"), (activity.outcome or "") if activity else ""
        )
        if activity is not None:
            self.put(self.outcome)
        self.finish(self.tr("Save activity"))

    def deed(self) -> tuple[str, Act]:
        """Add or change the activity."""
        activity, case_id, goal_id = self._activity, self._case_id, self._goal_id
        said = self.words.text().strip()
        owner, often = self.owner.text().strip() or None, self.often.text().strip() or None
        due: date | None = self.due.value()
        if activity is None:
            return "add activity", lambda work: plan.add_activity(
                work,
                case_id,
                description=said,
                goal_id=goal_id,
                owner_name=owner,
                frequency=often,
                due_on=due,
            )
        fields: dict[str, Any] = {
            "description": said,
            "owner_name": owner or activity.owner,
            "frequency": often,
            "due_on": due,
            "outcome": self.outcome.text().strip() or None,
        }
        before = {
            "description": activity.description,
            "owner_name": activity.owner,
            "frequency": activity.frequency,
            "due_on": activity.due_on,
            "outcome": activity.outcome,
        }
        changed = {name: value for name, value in fields.items() if before[name] != value}
        known = activity.activity_id
        return "change activity", lambda work: plan.change_activity(work, known, **changed)


class ReviewEditor(PlanEditor):
    """The day on which both look at the plan again."""

    def __init__(self, desk: Desk, case_id: str, review_on: date | None) -> None:
        super().__init__(desk, QCoreApplication.translate("ReviewEditor", "Review of the plan"))
        self._case_id = case_id
        self.day = DayField(self.tr("We look at the plan again on"), review_on, desk.today())
        self.put(self.day)
        self.card.add(label(self.tr("With the person, not about the person."), "small", wrap=True))
        self.finish(self.tr("Save the day"))

    def deed(self) -> tuple[str, Act] | None:
        """Set the day."""
        case_id, day = self._case_id, self.day.value()
        if day is None:
            self.day.complain(self.tr("Choose a day."))
            return None
        return "set review", lambda work: plan.set_review(work, case_id, day)
