"""The care plan: problems at the left, goals with what is done for them at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from casefield.care import plan
from casefield.care.plan import GOAL_OPEN
from casefield.care.views import ActivityView, CarePlanView, ConditionView, GoalView
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.patient.goal_card import ActivityRow, GoalCard
from casefield.gui.patient.plan_editors import (
    ActivityEditor,
    GoalEditor,
    GoalOutcomeEditor,
    PlanEditor,
    ProblemEditor,
    ReviewEditor,
)
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import button, dress, empty, hairline, label, row, scrolled
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.empty import EmptyState

PROBLEMS_WIDTH = 330
Spot = tuple[str, str | None]


class CarePlanTab(Tab):
    """The tab."""

    kinds = ("CarePlan", "Goal", "Activity", "Condition")

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._found: CarePlanView | None = None
        self._spot: Spot | None = None
        self._wanted: Spot | None = None
        self.editor: PlanEditor | None = None
        self._head = QVBoxLayout()
        self._problems = QVBoxLayout()
        self._goals = QVBoxLayout()
        for column in (self._problems, self._goals):
            column.setSpacing(12)
        left = QWidget()
        left.setFixedWidth(PROBLEMS_WIDTH)
        left.setLayout(self._problems)
        self._problems.setContentsMargins(0, 0, 0, 0)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(left)
        columns.addLayout(self._goals, 1)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(20, 16, 20, 16)
        inner.setSpacing(12)
        inner.addLayout(self._head)
        inner.addLayout(columns, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(content))

    def show_person(self, case_id: str) -> None:
        """Show a person's plan."""
        if case_id != self.case_id:
            self.leave()
            self._drop_editor()
            self._found, self._wanted = None, None
        super().show_person(case_id)

    def load(self) -> None:
        """Ask for the plan."""
        case_id, now = self.case_id, self.desk.now()
        assert case_id is not None  # a tab loads when it has a person
        self.desk.ask(lambda work: plan.care_plan(work, case_id, now), self._show, owner=self)

    def leave(self) -> None:
        """Save what is typed in an open form."""
        if self.editor is not None and self.editor.worth_keeping():
            self.editor.save()

    def open_at(self, what: Any) -> None:
        """Open a form: ("new_goal", None), ("new_problem", None), ("goal", id) and so on."""
        if self._found is None:
            self._wanted = what
        else:
            self._want(*what)

    # -- what is asked for --------------------------------------------------------------------

    def _want(self, deed: str, known: str | None = None) -> None:
        simple: dict[str, Callable[[Any, str], object]] = {
            "done": plan.complete_activity,
            "reopen": plan.reopen_activity,
            "close_problem": plan.close_problem,
        }
        if deed in simple:
            assert known is not None  # the line that asks has a record
            act, record_id = simple[deed], known
            self.desk.act(lambda work: act(work, record_id), deed.replace("_", " "), owner=self)
            return
        self.leave()
        self._drop_editor()
        self.editor = self._editor_for(deed, known)
        if self.editor is None:
            return
        self._spot = (deed, known)
        self.editor.closed.connect(self._closed)
        self._build()
        self.editor.take_focus()

    def _editor_for(self, deed: str, known: str | None) -> PlanEditor | None:
        found, case_id = self._found, self.case_id
        if found is None or case_id is None:
            return None
        goal = next((g for g in found.goals if g.goal_id == known), None)
        problem = next((p for p in found.problems if p.condition_id == known), None)
        activity = next((a for a in self._activities() if a.activity_id == known), None)
        desk = self.desk
        if deed == "new_problem" or (deed == "problem" and problem is not None):
            return ProblemEditor(desk, case_id, problem)
        if deed == "new_goal" or (deed == "goal" and goal is not None):
            return GoalEditor(desk, case_id, goal, found, problem.condition_id if problem else None)
        if deed == "close_goal" and goal is not None:
            return GoalOutcomeEditor(desk, goal)
        if deed == "new_activity" or (deed == "activity" and activity is not None):
            return ActivityEditor(desk, case_id, activity, known if activity is None else None)
        if deed == "review":
            return ReviewEditor(desk, case_id, found.review_on)
        return None

    def _activities(self) -> list[ActivityView]:
        found = self._found
        if found is None:
            return []
        return [*found.activities, *(a for goal in found.goals for a in goal.activities)]

    def _closed(self) -> None:
        self._drop_editor()
        if self._found is not None:
            self._build()

    def _drop_editor(self) -> None:
        self._spot = None
        if self.editor is not None:
            self.editor.setParent(None)
            self.editor.deleteLater()
            self.editor = None

    # -- showing ------------------------------------------------------------------------------

    def _show(self, found: CarePlanView) -> None:
        self._found = found
        self._build()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._want(*wanted)

    def _build(self) -> None:
        """Draw the plan again around the open form: what is typed in it stays."""
        found = self._found
        if found is None:
            return
        editor = self.editor
        focused = editor.focusWidget() if editor is not None else None
        if editor is not None:
            editor.hide()
            editor.setParent(self)
        for layout in (self._head, self._problems, self._goals):
            empty(layout)
        self._build_head(found)
        self._build_problems(found)
        self._build_goals(found)
        if editor is not None:
            if editor.parent() is self:
                self._head.addWidget(editor)  # what it was about is gone: it stays in sight
            editor.show()
            if focused is not None and self.isVisible():
                focused.setFocus()

    def _stands(self, *spots: Spot) -> PlanEditor | None:
        return self.editor if self._spot in spots else None

    def _build_head(self, found: CarePlanView) -> None:
        about = []
        if found.review_on is not None:
            day = words.day(found.review_on, weekday=True)
            about.append(self.tr("to be looked at again on {day}").format(day=day))
        review = button(self.tr("Change the day"), partial(self._want, "review"), role="link")
        problem = button(self.tr("Add problem"), partial(self._want, "new_problem"))
        goal = button(self.tr("Add goal"), partial(self._want, "new_goal"), role="primary")
        activity = button(self.tr("Add activity"), partial(self._want, "new_activity"))
        dress(problem, self.theme, "plus")
        dress(activity, self.theme, "plus")
        dress(goal, self.theme, "plus", "primary")
        title = label(self.tr("Care plan"), "section")
        self._head.addLayout(
            row(
                title,
                label(" · ".join(about), "small"),
                review if found.care_plan_id else None,
                1,
                problem,
                activity,
                goal,
            )
        )
        editor = self._stands(("review", None), ("new_activity", None))
        if editor is not None:
            self._head.addWidget(editor)

    def _build_problems(self, found: CarePlanView) -> None:
        editor = self._stands(("new_problem", None))
        if editor is not None:
            self._problems.addWidget(editor)
        card = Card(self.tr("Problems"))
        if not found.problems:
            card.add(
                label(
                    self.tr(
                        "What troubles the person, as far as you both know: "
                        "add the first problem, then a goal for it."
                    ),
                    "mute",
                    wrap=True,
                )
            )
        for problem in found.problems:
            own = self._stands(("problem", problem.condition_id))
            card.add(own or self._problem(problem, found))
        self._problems.addWidget(card)
        self._problems.addStretch(1)

    def _problem(self, problem: ConditionView, found: CarePlanView) -> QWidget:
        line = QWidget()
        layout = QVBoxLayout(line)
        layout.setContentsMargins(0, 2, 0, 6)
        layout.setSpacing(2)
        is_open = problem.clinical_status == "active"
        head = row((label(problem.display, "strong" if is_open else "mute", wrap=True), 1))
        if not is_open:
            head.addWidget(Chip(self.theme, self.tr("resolved"), Tone.GOOD, "check"))
        layout.addLayout(head)
        number = sum(
            goal.condition_id == problem.condition_id and goal.status in GOAL_OPEN
            for goal in found.goals
        )
        if is_open:
            goals = (
                self.tr("no goal yet")
                if number == 0
                else self.tr("1 open goal")
                if number == 1
                else self.tr("{n} open goals").format(n=number)
            )
            known = problem.condition_id
            acts = row(label(goals, "small"), 1, spacing=12)
            for text, deed in (
                (self.tr("Add goal"), "new_goal"),
                (self.tr("Edit"), "problem"),
                (self.tr("Resolved"), "close_problem"),
            ):
                made = button(text, partial(self._want, deed, known), role="link")
                made.setAccessibleName(f"{text}: {problem.display}")
                acts.addWidget(made)
            layout.addLayout(acts)
        layout.addWidget(hairline())
        return line

    def _build_goals(self, found: CarePlanView) -> None:
        if self._spot is not None and self._spot[0] == "new_goal" and self.editor is not None:
            self._goals.addWidget(self.editor)
        if not found.goals and not found.activities and self.editor is None:
            self._goals.addWidget(
                EmptyState(
                    self.theme,
                    "target",
                    self.tr("No goals yet"),
                    self.tr(
                        "Ask what the person wants, in their own words. Then write what helps "
                        "them get there, who does it and until when."
                    ),
                    (self.tr("Add the first goal"), partial(self._want, "new_goal")),
                )
            )
        problems = {problem.condition_id: problem for problem in found.problems}
        for goal in found.goals:
            editor = self._stands(("goal", goal.goal_id), ("close_goal", goal.goal_id))
            self._goals.addWidget(editor or self._goal(goal, problems))
        if found.activities:
            card = Card(self.tr("Also to be done"))
            for activity in found.activities:
                own = self._stands(("activity", activity.activity_id))
                card.add(own or ActivityRow(self.theme, activity, self._want))
            self._goals.addWidget(card)
        self._goals.addStretch(1)

    def _goal(self, goal: GoalView, problems: dict[str, ConditionView]) -> GoalCard:
        def stands(activity_id: str | None) -> QWidget | None:
            if activity_id is None:
                return self._stands(("new_activity", goal.goal_id))
            return self._stands(("activity", activity_id))

        problem = problems.get(goal.condition_id or "")
        return GoalCard(self.theme, goal, problem, self._want, stands)
