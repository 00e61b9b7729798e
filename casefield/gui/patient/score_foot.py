"""The score of an asking with its trend, and the way to sign it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from casefield.care.views import AssessmentForm
from casefield.gui import words
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import column, label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.sparkline import Sparkline
from casefield.gui.widgets.turning import Turning

SHOWN_SCORES = 8
ROOM = 620


class ScoreFoot(QWidget):
    """The last line of an asking.

    Args:
        theme: the theme in force.
        form: the asking.
        earlier: signed scores of the same instrument before this one, oldest first.

    Signals:
        left: leave it as a draft.
        sign_wanted: review and sign.
    """

    left = Signal()
    sign_wanted = Signal()

    def __init__(self, theme: Theme, form: AssessmentForm, earlier: tuple[float, ...]) -> None:
        super().__init__()
        view = form.view
        line, acts = row(spacing=14), row(spacing=14)
        if view.score is not None:
            line.addWidget(label(f"{view.score:g}", "score"))
        said = column(
            label(view.band_label or "", "strong", wrap=True) if view.band_label else None,
            label(self._about(form), "small", wrap=True),
            spacing=0,
        )
        said.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(said, 1)
        if view.score is not None and view.maximum and earlier:
            scores = (*earlier[-SHOWN_SCORES:], view.score)
            name = self.tr("Scores so far: {scores}").format(
                scores=", ".join(f"{score:g}" for score in scores)
            )
            acts.addWidget(Sparkline(theme, scores, view.maximum, name))
        if view.mine:
            acts.addWidget(button(self.tr("Leave as draft"), self.left.emit))
            sign = button(self.tr("Review and sign"), self.sign_wanted.emit, role="primary")
            acts.addWidget(sign)
        acts.insertStretch(0, 1)
        self.setLayout(column(Turning(line, acts, ROOM)))

    def _about(self, form: AssessmentForm) -> str:
        view = form.view
        parts = [self.tr("{n} of {m} answered").format(n=view.answered, m=view.questions)]
        if view.prorated:
            parts.append(self.tr("worked out from the answers given"))
        if form.previous_on is not None:
            parts.append(self.tr("last time {day}").format(day=words.day(form.previous_on)))
        if view.signed_at is not None:
            parts.append(
                self.tr("signed by {who}, {when}").format(
                    who=view.signed_by or "", when=words.moment(view.signed_at, view.zone)
                )
            )
        return " · ".join(parts)
