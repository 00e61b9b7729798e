"""Why a person is here: each criterion with its verdict and evidence, and what can be asked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from casefield.care.views import CriterionView, Stratification
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.summary import (
    criteria_shown,
    criterion_name,
    evidence_words,
    judged_words,
)
from casefield.gui.patient.ask_button import AskButton, can_be_asked
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import column, label, row
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.icon import Icon

VERDICTS = {
    "true": ("check", "ink", Tone.ACCENT),
    "false": ("x", "mute", Tone.NEUTRAL),
    "unknown": ("circle-question-mark", "ink", Tone.WARNING),
}
SHOWN_UNCLASSIFIED = 4


class WhyCard(Card):
    """The decision boundary of one person.

    Args:
        desk, theme: as everywhere.
        judged: what the rule says.
        first: how the person is called.
        opened: ids of the criteria whose questions stand open; kept up to date here, so that
            they are open again when the card is drawn anew after an answer.
    """

    def __init__(
        self, desk: Desk, theme: Theme, judged: Stratification, first: str, opened: set[str]
    ) -> None:
        super().__init__("", judged_words(judged))
        self.title.setText(self.tr("Why {name} is here").format(name=first))
        self.setAccessibleName(self.title.text())
        self.setToolTip(judged.source)
        self._desk, self._theme, self._opened = desk, theme, opened
        for criterion in criteria_shown(judged):
            self.add(self._criterion(criterion, judged.case_id))
        if judged.override_reason:
            text = self.tr("Decided: {tier}, because {reason}").format(
                tier=words.tier(judged.tier), reason=judged.override_reason
            )
            self.add(label(text, "strong", wrap=True))
        if judged.unclassified_count:
            names = ", ".join(judged.unclassified[:SHOWN_UNCLASSIFIED])
            text = (
                self.tr("1 condition is in no table and not counted: {names}")
                if judged.unclassified_count == 1
                else self.tr("{n} conditions are in no table and not counted: {names}")
            )
            text = text.format(n=judged.unclassified_count, names=names)
            self.add(label(text, "small", wrap=True))

    def _criterion(self, criterion: CriterionView, case_id: str) -> QHBoxLayout:
        icon_name, token, tone = VERDICTS[criterion.verdict]
        role = "strong" if criterion.verdict == "true" else ""
        why = evidence_words(criterion)
        text = column(
            label(criterion_name(criterion), role, wrap=True),
            label(why, "small", wrap=True) if why else None,
            spacing=2,
        )
        if can_be_asked(criterion):
            text.addWidget(AskButton(self._desk, case_id, criterion, self._opened))
        said = {
            "true": self.tr("yes"),
            "false": self.tr("no"),
            "unknown": self.tr("unknown"),
        }[criterion.verdict]
        above = Qt.AlignmentFlag.AlignTop
        line = row(spacing=12)
        line.addWidget(Icon(self._theme, icon_name, token, 16), 0, above)
        line.addLayout(text, 1)
        line.addWidget(Chip(self._theme, said, tone), 0, above)
        return line
