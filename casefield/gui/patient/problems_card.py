"""The problems of a care plan: each in a few words, with how many goals it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.care.plan import GOAL_OPEN
from casefield.care.views import CarePlanView, ConditionView
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import hairline, label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip

Wants = Callable[[str, str | None], object]


class ProblemsCard(Card):
    """The problems.

    Args:
        theme: the theme in force.
        found: the plan.
        wants: called with what is asked for ("new_goal", "problem", "close_problem") and the
            problem it is about.
        stands: returns the form that stands in place of a problem, where there is one.
    """

    def __init__(
        self,
        theme: Theme,
        found: CarePlanView,
        wants: Wants,
        stands: Callable[[str], QWidget | None],
    ) -> None:
        super().__init__(" ")
        self.title.setText(self.tr("Problems"))
        self.setAccessibleName(self.title.text())
        self._theme, self._found, self._wants = theme, found, wants
        if not found.problems:
            text = self.tr(
                "What troubles the person, as far as you both know: "
                "add the first problem, then a goal for it."
            )
            self.add(label(text, "mute", wrap=True))
        for number, problem in enumerate(found.problems):
            if number:
                self.add(hairline())
            self.add(stands(problem.condition_id) or self._problem(problem))

    def _problem(self, problem: ConditionView) -> QWidget:
        line = QWidget()
        layout = QVBoxLayout(line)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(2)
        is_open = problem.clinical_status == "active"
        head = row((label(problem.display, "strong" if is_open else "mute", wrap=True), 1))
        if not is_open:
            head.addWidget(Chip(self._theme, self.tr("resolved"), Tone.GOOD, "check"))
        layout.addLayout(head)
        if is_open:
            acts = row((label(self._goals(problem), "small", wrap=True), 1), spacing=12)
            for text, deed in (
                (self.tr("Add goal"), "new_goal"),
                (self.tr("Edit"), "problem"),
                (self.tr("Resolved"), "close_problem"),
            ):
                wish = partial(self._wants, deed, problem.condition_id)
                acts.addWidget(button(text, wish, role="link", name=f"{text}: {problem.display}"))
            layout.addLayout(acts)
        return line

    def _goals(self, problem: ConditionView) -> str:
        number = sum(
            goal.condition_id == problem.condition_id and goal.status in GOAL_OPEN
            for goal in self._found.goals
        )
        if number == 0:
            return self.tr("no goal yet")
        if number == 1:
            return self.tr("1 open goal")
        return self.tr("{n} open goals").format(n=number)
