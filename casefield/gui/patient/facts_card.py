"""Asking what a criterion lacks: yes, no, or a number, where the question stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.care import people, stratify
from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, label, row


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


class AskButton(QWidget):
    """A link that opens the missing questions beneath itself.

    Args:
        missing: what the criterion lacks.
    """

    def __init__(self, desk: Desk, theme: Theme, case_id: str, missing: tuple[str, ...]) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        known = questions()
        self._questions = [known[name] for name in missing if name in known]
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
        self._layout.addLayout(row(self._link, 1))

    @property
    def useful(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self._questions)

    def _open(self) -> None:
        self._link.hide()
        first = None
        for question in self._questions:
            self._layout.addWidget(label(question.text, wrap=True))
            choices = []
            for words, value in question.answers:
                choice = button(words, role="answer")
                choice.setAccessibleName(f"{question.text} {words}")
                choice.clicked.connect(lambda _=False, q=question, v=value: self._record(q, v))
                choices.append(choice)
                first = first or choice
            self._layout.addLayout(row(*choices, 1))
        if first is not None:
            first.setFocus()

    def _record(self, question: Question, value: Any) -> None:
        case_id = self._case_id
        self._desk.act(
            lambda work: question.record(work, case_id, value), "record fact", owner=self
        )
