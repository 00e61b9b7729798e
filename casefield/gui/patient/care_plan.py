"""The care plan: problems at the left, goals with what is done for them at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from casefield.care import plan
from casefield.care.plan import GOAL_OPEN
from casefield.care.views import ActivityView, CarePlanView, ConditionView, GoalView
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.patient.goal_card import ActivityRow, GoalCard
from casefield.gui.patient.goal_editors import GoalEditor, GoalOutcomeEditor
from casefield.gui.patient.plan_editor import PlanEditor
from casefield.gui.patient.plan_editors import ActivityEditor, ProblemEditor, ReviewEditor
from casefield.gui.patient.problems_card import ProblemsCard
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import empty, label, row, scrolled
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.slot import give_back, keyboard_in, name_of, widgets_of
from casefield.gui.widgets.turning import Turning

ROOM_FOR_TWO, SHARES = 820, (3, 7)
ROOM_FOR_HEAD = 860
SHOWN_CLOSED = 3
Spot = tuple[str, str | None]


class CarePlanTab(Tab):
    """The tab."""

    kinds = ("CarePlan", "Goal", "Activity", "Condition")

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._found: CarePlanView | None = None
        self._spot: Spot | None = None
        self._wanted: Spot | None = None
        self._closed_shown = False
        self._opener = ""
        self._keyboard: QWidget | None = None
        self.editor: PlanEditor | None = None
        self._head = QVBoxLayout()
        self._problems = QVBoxLayout()
        self._goals = QVBoxLayout()
        self._piles = (self._head, self._problems, self._goals)
        for column in (self._problems, self._goals):
            column.setSpacing(12)
        columns = Turning(self._problems, self._goals, ROOM_FOR_TWO, shares=SHARES, spacing=16)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(20, 16, 20, 16)
        inner.setSpacing(12)
        inner.addLayout(self._head)
        inner.addWidget(columns)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(content))

    def put_away(self) -> None:
        """Keep what is typed and be about nobody."""
        super().put_away()
        self._drop_editor()
        self._wanted, self._closed_shown = None, False

    def forget(self) -> None:
        """Show nothing but the form that is being filled in."""
        self._found = None
        self._keyboard = self.editor.focusWidget() if self.editor is not None else None
        self._lift_editor()
        for layout in self._piles:
            empty(layout)

    def take_focus(self) -> bool:
        """A form that stands open goes on."""
        if self.editor is None:
            return False
        self.editor.take_focus()
        return True

    def load(self) -> None:
        """Ask for the plan."""
        case_id, now = self.case_id, self.desk.now()
        assert case_id is not None  # a tab loads when it has a person
        self.newest.ask(case_id, lambda work: plan.care_plan(work, case_id, now), self._show)

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
        focused = QApplication.focusWidget()
        self._opener = name_of(focused) if focused is not None else ""
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
        """The form is done with: the keyboard goes back to the button that opened it."""
        self._drop_editor()
        if self._found is None:
            return
        self._build()
        for pile in self._piles:
            if self._opener in map(name_of, widgets_of(pile)):
                give_back(pile, self._opener)
                return
        give_back(self._head, self._opener)

    def _drop_editor(self) -> None:
        self._spot = None
        if self.editor is not None:
            self.editor.setParent(None)
            self.editor.deleteLater()
            self.editor = None

    # -- showing ------------------------------------------------------------------------------

    def _show(self, found: CarePlanView) -> None:
        if found != self._found:
            self._found = found
            self._build()
        keyboard, self._keyboard = self._keyboard, None
        if keyboard is not None and shiboken6.isValid(keyboard) and self.isVisible():
            keyboard.setFocus()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._want(*wanted)

    def _build(self) -> None:
        """Draw the plan again around the open form: what is typed in it stays."""
        found = self._found
        if found is None:
            return
        editor = self.editor
        focused = self._lift_editor()
        keyboards = [keyboard_in(layout) for layout in self._piles]
        for layout in self._piles:
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
        for layout, name in zip(self._piles, keyboards, strict=True):
            give_back(layout, name if focused is None else "")

    def _lift_editor(self) -> QWidget | None:
        """Take the form out of the page for a moment; return what has the keyboard in it."""
        editor = self.editor
        if editor is None:
            return None
        focused = editor.focusWidget()
        has_keyboard = focused is not None and focused.hasFocus()
        editor.hide()  # from here on the keyboard is elsewhere
        editor.setParent(self)
        return focused if has_keyboard else None

    def _stands(self, *spots: Spot) -> PlanEditor | None:
        return self.editor if self._spot in spots else None

    def _build_head(self, found: CarePlanView) -> None:
        about = []
        if found.review_on is not None:
            day = words.day(found.review_on, weekday=True)
            about.append(self.tr("to be looked at again on {day}").format(day=day))
        review = button(self.tr("Change the day"), partial(self._want, "review"), role="link")
        problem = button(self.tr("Add problem"), partial(self._want, "new_problem"))
        activity = button(self.tr("Add activity"), partial(self._want, "new_activity"))
        goal = button(self.tr("Add goal"), partial(self._want, "new_goal"))
        if self.editor is None and found.goals:  # one primary button: a form has its own
            goal.take_role("primary")
        for made in (problem, activity, goal):
            made.dress(self.theme, "plus")
        title = label(self.tr("Care plan"), "section")
        said = row(
            title,
            label(" · ".join(about), "small"),
            review if found.care_plan_id else None,
            1,
        )
        acts = row(problem, activity, goal, 1)
        self._head.addWidget(Turning(said, acts, ROOM_FOR_HEAD))
        editor = self._stands(("review", None), ("new_activity", None))
        if editor is not None:
            self._head.addWidget(editor)

    def _build_problems(self, found: CarePlanView) -> None:
        editor = self._stands(("new_problem", None))
        if editor is not None:
            self._problems.addWidget(editor)

        def stands(condition_id: str) -> QWidget | None:
            return self._stands(("problem", condition_id))

        self._problems.addWidget(ProblemsCard(self.theme, found, self._want, stands))
        self._problems.addStretch(1)

    def _build_goals(self, found: CarePlanView) -> None:
        if self._spot is not None and self._spot[0] == "new_goal" and self.editor is not None:
            self._goals.addWidget(self.editor)
        if not found.goals and not found.activities and self.editor is None:
            self._goals.addWidget(self._nothing())
        problems = {problem.condition_id: problem for problem in found.problems}
        open_goals = [goal for goal in found.goals if goal.status in GOAL_OPEN]
        closed = [goal for goal in found.goals if goal.status not in GOAL_OPEN]
        shown = closed if self._closed_shown else closed[:SHOWN_CLOSED]
        for goal in (*open_goals, *shown):
            editor = self._stands(("goal", goal.goal_id), ("close_goal", goal.goal_id))
            self._goals.addWidget(editor or self._goal(goal, problems))
        if len(shown) < len(closed):
            text = self.tr("Show {n} more that are closed").format(n=len(closed) - len(shown))
            self._goals.addLayout(row(button(text, self._show_closed, role="link"), 1))
        if found.activities:
            card = Card(self.tr("Also to be done"))
            for activity in found.activities:
                own = self._stands(("activity", activity.activity_id))
                card.add(own or ActivityRow(self.theme, activity, self._want))
            self._goals.addWidget(card)
        self._goals.addStretch(1)

    def _nothing(self) -> Card:
        card = Card()
        text = self.tr(
            "Ask what the person wants, in their own words. Then write what helps them get there, "
            "who does it and until when."
        )
        act = (self.tr("Add the first goal"), partial(self._want, "new_goal"))
        card.add(EmptyState(self.theme, "target", self.tr("No goals yet"), text, act))
        return card

    def _show_closed(self) -> None:
        self._closed_shown = True
        self._build()

    def _goal(self, goal: GoalView, problems: dict[str, ConditionView]) -> GoalCard:
        def stands(activity_id: str | None) -> QWidget | None:
            if activity_id is None:
                return self._stands(("new_activity", goal.goal_id))
            return self._stands(("activity", activity_id))

        problem = problems.get(goal.condition_id or "")
        return GoalCard(self.theme, goal, problem, self._want, stands)
