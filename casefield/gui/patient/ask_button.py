"""Asking what a criterion lacks: yes, no, or a number, where the question stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from casefield.care import people, stratify
from casefield.care.views import CriterionView
from casefield.gui.desk import Desk
from casefield.gui.models.summary import criterion_name
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.flow import FlowLayout

ANSWER_GAP = 6


@dataclass(frozen=True)
class Question:
    """One question with its answers: (words, what is recorded)."""

    text: str
    answers: tuple[tuple[str, Any], ...]
    record: Callable[[Any, str, Any], None]


def _fact(name: str) -> Callable[[Any, str, Any], None]:
    return lambda work, case_id, value: stratify.record_fact(work, case_id, **{name: value})


def questions() -> dict[str, Question]:
    """Return the questions by what is missing."""
    translate = QCoreApplication.translate
    yes_no = ((translate("AskButton", "Yes"), True), (translate("AskButton", "No"), False))
    texts = {
        "housing": (
            "housing_barrier",
            translate("AskButton", "Is there a problem with the place where the person lives?"),
        ),
        "food": (
            "food_barrier",
            translate("AskButton", "Is there at times not enough to eat?"),
        ),
        "substance_use": (
            "substance_use_active",
            translate("AskButton", "Is there an active substance use disorder?"),
        ),
        "serious_mental_illness": (
            "serious_mental_illness",
            translate("AskButton", "Is there a serious mental illness?"),
        ),
        "long_term_care_decision_open": (
            "long_term_care_decision_open",
            translate("AskButton", "Is it open whether the person can live at home?"),
        ),
        "conditions_stable": (
            "conditions_stable",
            translate("AskButton", "Are the conditions stable?"),
        ),
        "social_support_reliable": (
            "social_support_reliable",
            translate("AskButton", "Is there somebody to rely on?"),
        ),
        "health_literacy_adequate": (
            "health_literacy_adequate",
            translate("AskButton", "Does the person understand what is to be done and why?"),
        ),
        "needs_informational_only": (
            "needs_informational_only",
            translate("AskButton", "Does the person need information only?"),
        ),
    }
    found = {name: Question(text, yes_no, _fact(fact)) for name, (fact, text) in texts.items()}
    found["specialist_count"] = Question(
        translate("AskButton", "How many specialists see the person?"),
        tuple((str(n), n) for n in range(5)),
        _fact("specialist_count"),
    )
    found["english_proficiency"] = Question(
        translate("AskButton", "How well does the person speak English?"),
        (
            (translate("AskButton", "Very well"), "very_well"),
            (translate("AskButton", "Well"), "well"),
            (translate("AskButton", "Not well"), "not_well"),
            (translate("AskButton", "Not at all"), "not_at_all"),
        ),
        people.set_english_proficiency,
    )
    return found


def can_be_asked(criterion: CriterionView) -> bool:
    """Tell whether a criterion lacks something that there is a question for."""
    return criterion.verdict == "unknown" and any(n in questions() for n in criterion.missing)


class AskButton(QWidget):
    """A link that opens the missing questions beneath itself.

    Args:
        desk: who records the answers.
        case_id: about whom.
        criterion: what lacks facts.
        opened: ids of the criteria whose questions stand open; kept up to date.
    """

    def __init__(
        self, desk: Desk, case_id: str, criterion: CriterionView, opened: set[str]
    ) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        self._id, self._opened = criterion.id, opened
        known = questions()
        self._questions = [known[name] for name in criterion.missing if name in known]
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        number = len(self._questions)
        text = (
            self.tr("Ask now: 1 question")
            if number == 1
            else self.tr("Ask now: {n} questions").format(n=number)
        )
        self._link = button(text, self._open, role="link")
        self._link.setAccessibleName(f"{text}: {criterion_name(criterion)}")
        self._layout.addLayout(row(self._link, 1))
        if criterion.id in opened:
            self._lay_open()

    def _open(self) -> None:
        self._opened.add(self._id)
        first = self._lay_open()
        if first is not None:
            first.setFocus()

    def _lay_open(self) -> QPushButton | None:
        self._link.hide()
        first = None
        for question in self._questions:
            self._layout.addWidget(label(question.text, wrap=True))
            answers = QWidget()
            flow = FlowLayout(answers, ANSWER_GAP)
            for words, value in question.answers:
                choice = button(words, role="answer", name=f"{question.text} {words}")
                choice.clicked.connect(lambda _=False, q=question, v=value: self._record(q, v))
                flow.addWidget(choice)
                first = first or choice
            self._layout.addWidget(answers)
        return first

    def _record(self, question: Question, value: Any) -> None:
        case_id = self._case_id
        self._desk.act(
            lambda work: question.record(work, case_id, value), "record fact", owner=self
        )
