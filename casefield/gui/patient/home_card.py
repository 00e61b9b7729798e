"""A discharge that is being followed up: its clocks, and how likely the person is to go back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from casefield.care.views import ScoreView, TransitionView
from casefield.gui import words
from casefield.gui.models.summary import clock_due, clock_note, part_names, score_title
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import column, label
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.icon import Icon
from casefield.gui.widgets.score_bar import ScoreBar


class HomeCard(Card):
    """The clocks of a discharge."""

    def __init__(self, theme: Theme, found: TransitionView) -> None:
        aside = f"{words.day(found.discharged_at.date())} → {words.day(found.period_end)}"
        super().__init__("", aside)
        self.title.setText(self.tr("Home from {facility}").format(facility=found.facility))
        self.setAccessibleName(self.title.text())
        self.setToolTip(next((c.source for c in found.clocks if c.source), ""))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        above = Qt.AlignmentFlag.AlignTop
        for number, clock in enumerate(found.clocks):
            icon_name, token = ("circle-check", "good") if clock.done else ("circle", "mute")
            grid.addWidget(Icon(theme, icon_name, token, 16), number, 0, above)
            note = clock_note(clock)
            name = column(
                label(words.clock_name(clock.id), wrap=True),
                label(note, "small", wrap=True) if note else None,
                spacing=0,
            )
            grid.addLayout(name, number, 1)
            late = not clock.done and clock.due.state == "overdue"
            due = label(clock_due(clock), "danger" if late else "")
            grid.addWidget(due, number, 2, above | Qt.AlignmentFlag.AlignRight)
        self.add(grid)


class LaceCard(Card):
    """LACE as a bar of its parts."""

    def __init__(self, theme: Theme, score: ScoreView) -> None:
        super().__init__(score_title(score), " ")
        self.aside.setText(self.tr("high from 10"))
        self.setToolTip("\n".join([p.statement for p in score.parts] + [score.source]))
        self.add(ScoreBar(theme, score, part_names()))
        if score.missing:
            text = self.tr("Not known: {what}").format(what=", ".join(score.missing))
            self.add(label(text, "small", wrap=True))
