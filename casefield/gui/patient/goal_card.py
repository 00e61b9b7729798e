"""A goal as a card: the person's own words, how far, until when, who does what towards it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.care.plan import ACTIVITY_OPEN, GOAL_OPEN
from casefield.care.views import ActivityView, ConditionView, GoalView
from casefield.gui import words
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import hairline, label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.choices import Tick
from casefield.gui.widgets.progress import progress_bar

BAR_WIDTH = 160
Wants = Callable[[str, str | None], object]


class GoalCard(Card):
    """A goal.

    Args:
        theme: the theme in force.
        goal: what it says.
        problem: what it is for, None where it is for no one problem.
        wants: called with what is asked for ("goal", "close_goal", "new_activity", "activity",
            "done", "reopen") and the id it is about.
        stands: returns an editor that stands in place of an activity (or after the last, for
            None), where there is one.
    """

    def __init__(
        self,
        theme: Theme,
        goal: GoalView,
        problem: ConditionView | None,
        wants: Wants,
        stands: Callable[[str | None], QWidget | None],
    ) -> None:
        super().__init__()
        self._theme, self._goal, self._wants = theme, goal, wants
        said = goal.own_words or goal.description or ""
        self.setAccessibleName(said)
        is_open = goal.status in GOAL_OPEN
        quote = f"“{goal.own_words}”" if goal.own_words else said
        self.add(row((label(quote, "quote", wrap=True), 1), *self._chips(is_open=is_open)))
        about = []
        if goal.own_words and goal.description:
            about.append(goal.description)
        if problem is not None:
            about.append(self.tr("for: {problem}").format(problem=problem.display))
        if about:
            self.add(label(" · ".join(about), "small", wrap=True))
        self._add_progress()
        if goal.barrier and is_open:
            text = self.tr("In the way: {barrier}").format(barrier=goal.barrier)
            self.add(label(text, "warning", wrap=True))
        if goal.outcome:
            text = self.tr("Outcome: {outcome}").format(outcome=goal.outcome)
            self.add(label(text, wrap=True))
        if goal.activities:
            self.add(hairline())
        for activity in goal.activities:
            editor = stands(activity.activity_id)
            self.add(editor or ActivityRow(theme, activity, wants))
        below = stands(None)
        if below is not None:
            self.add(below)
        if is_open:
            self._add_acts(said)

    def _chips(self, *, is_open: bool) -> list[QWidget]:
        goal, found = self._goal, list[QWidget]()
        if not is_open:
            reached = goal.status == "completed"
            found.append(
                Chip(self._theme, self.tr("reached"), Tone.GOOD, "check")
                if reached
                else Chip(self._theme, self.tr("closed"), Tone.NEUTRAL, "x")
            )
        elif goal.overdue and goal.due_on is not None:
            text = self.tr("was due {day}").format(day=words.day(goal.due_on))
            found.append(Chip(self._theme, text, Tone.DANGER, "clock"))
        elif goal.due_on is not None:
            text = self.tr("until {day}").format(day=words.day(goal.due_on))
            found.append(Chip(self._theme, text, Tone.NEUTRAL, "calendar"))
        return found

    def _add_progress(self) -> None:
        goal = self._goal
        if goal.progress is None:
            return
        percent = round(goal.progress * 100)
        text = self.tr("{n} % of the way").format(n=percent)
        bar = progress_bar(goal.progress, text)
        bar.setFixedWidth(sized(BAR_WIDTH))
        parts = [text]
        if goal.target is not None:
            parts.append(self.tr("target: {target}").format(target=goal.target))
        if goal.current_value is not None:
            parts.append(self.tr("now {value}").format(value=words.number(goal.current_value)))
        self.add(row(bar, label(" · ".join(parts), "small"), 1, spacing=10))

    def _add_acts(self, said: str) -> None:
        goal_id = self._goal.goal_id
        add = button(self.tr("Add activity"), partial(self._wants, "new_activity", goal_id))
        add.dress(self._theme, "plus")
        edit = button(self.tr("Edit"), partial(self._wants, "goal", goal_id))
        close = button(self.tr("Close goal …"), partial(self._wants, "close_goal", goal_id))
        for made in (add, edit, close):
            made.setAccessibleName(f"{made.text().strip()}: {said}")
        self.add(row(add, 1, edit, close))


class ActivityRow(QWidget):
    """An activity as a line: done or not, what, who, how often, until when."""

    def __init__(self, theme: Theme, activity: ActivityView, wants: Wants) -> None:
        super().__init__()
        is_open = activity.status in ACTIVITY_OPEN
        self.check = Tick()
        self.check.setChecked(activity.status == "completed")
        self.check.setAccessibleName(self.tr("Done: {what}").format(what=activity.description))
        self.check.clicked.connect(
            lambda on=False: wants("done" if on else "reopen", activity.activity_id)
        )
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(label(activity.description, "" if is_open else "mute", wrap=True))
        about = self._about(activity)
        if about:
            text.addWidget(label(about, "small", wrap=True))
        edit = button(
            self.tr("Edit"),
            partial(wants, "activity", activity.activity_id),
            role="link",
            name=self.tr("Edit: {what}").format(what=activity.description),
        )
        line = row(self.check, spacing=10)
        line.addLayout(text, 1)
        if activity.overdue:
            line.addWidget(Chip(theme, self.tr("late"), Tone.DANGER, "clock"))
        line.addWidget(edit)
        self.setLayout(line)

    def _about(self, activity: ActivityView) -> str:
        parts = [activity.owner, activity.frequency]
        if activity.completed_at is None and activity.due_on is not None:
            parts.append(self.tr("until {day}").format(day=words.day(activity.due_on)))
        parts.append(activity.outcome)
        return " · ".join(part for part in parts if part)
