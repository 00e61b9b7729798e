"""Writing the care plan: small forms that stand where the thing they change stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from casefield.care import plan
from casefield.care.views import ActivityView, CarePlanView, ConditionView, GoalView
from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.widgets.basics import button, label, row
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.fields import DayField, Field, LineField

Act = Callable[[Any], object]


class PlanEditor(QWidget):
    """A form with its own Save.

    Subclasses add their fields to `card` and say in `deed` what saving does.

    Signals:
        closed: saved, or given up.
    """

    closed = Signal()

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self._desk = desk
        self._sent = False
        self._lines: list[LineField] = []
        self._begin: list[str] = []
        self.card = Card(title)
        self.first: Field | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def put(self, *fields: Field) -> None:
        """Put fields beside each other beneath what is there; the first of all has the focus."""
        for field in fields:
            self.first = self.first or field
            if isinstance(field, LineField):
                field.line.returnPressed.connect(self.save)
                self._lines.append(field)
        self.card.add(row(*((field, 1) for field in fields), spacing=12))

    def finish(self, text: str) -> None:
        """Close the form with its buttons."""
        self._begin = self._typed()
        self.save_button = button(text, self.save, role="primary")
        self.card.add(row(1, button(self.tr("Cancel"), self.closed.emit), self.save_button))

    def take_focus(self) -> None:
        """Begin with the first field."""
        if self.first is not None:
            self.first.control.setFocus()

    def deed(self) -> tuple[str, Act] | None:
        """Return the reason and the act of saving; None where a field complains."""
        raise NotImplementedError

    def worth_keeping(self) -> bool:
        """Tell whether something is typed that leaving the page must not lose."""
        typed = self._typed()
        return not self._sent and bool(typed and typed[0].strip()) and typed != self._begin

    def save(self) -> None:
        """Save, once."""
        if self._sent:
            return
        found = self.deed()
        if found is None:
            return
        reason, act = found
        self._sent = True
        self._desk.act(act, reason, lambda _: self.closed.emit(), self._failed, owner=self)

    def _typed(self) -> list[str]:
        return [field.text() for field in self._lines]

    def _failed(self, error: CasefieldError) -> None:
        self._sent = False
        if self.first is not None:
            self.first.complain(str(error))


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
        self.problem = QComboBox()
        self.problem.addItem(self.tr("no one problem"), None)
        for problem in found.problems:
            self.problem.addItem(problem.display, problem.condition_id)
        about = goal.condition_id if goal else condition_id
        self.problem.setCurrentIndex(max(0, self.problem.findData(about)))
        self.due = DayField(self.tr("Until"), goal.due_on if goal else None)
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
        self.achieved = QCheckBox(self.tr("The person reached it"))
        self.achieved.setChecked(True)
        self.card.add(self.achieved)
        self.finish(self.tr("Close the goal"))

    def deed(self) -> tuple[str, Act]:
        """Close the goal."""
        known, said, achieved = self._goal.goal_id, self.words.text(), self.achieved.isChecked()
        return "close goal", lambda work: plan.complete_goal(work, known, said, achieved=achieved)


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
        self.due = DayField(self.tr("Until"), activity.due_on if activity else None)
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
        self.day = DayField(self.tr("We look at the plan again on"), review_on)
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
