"""Assessments: what was asked with its trend, what can be asked, and one asking opened."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from casefield.care import assess
from casefield.care.views import AssessmentsView, AssessmentView, InstrumentView
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.patient.assessment_form import AssessmentPage
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import button, column, empty, hairline, label, row, scrolled
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.plot import Plot

SIDE = 340
DETAIL = 84
BAND_TONES = {
    "minimal": Tone.GOOD,
    "mild": Tone.GOOD,
    "moderate": Tone.WARNING,
    "moderately_severe": Tone.WARNING,
    "severe": Tone.DANGER,
    "high": Tone.DANGER,
    "positive": Tone.WARNING,
}


class AssessmentsTab(Tab):
    """The tab."""

    kinds = ("QuestionnaireResponse",)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._pages = QStackedWidget()
        self._list = QWidget()
        self._pages.addWidget(self._list)
        self.page: AssessmentPage | None = None
        across = QHBoxLayout(self._list)
        across.setContentsMargins(20, 16, 20, 16)
        across.setSpacing(16)
        left, self._left = _scrolling()
        right, self._right = _scrolling()
        right.setFixedWidth(SIDE)
        across.addWidget(left, 1)
        across.addWidget(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def show_person(self, case_id: str) -> None:
        """Show a person's assessments."""
        if case_id != self.case_id:
            self._close()
        super().show_person(case_id)

    def load(self) -> None:
        """Ask for what was asked."""
        case_id = self.case_id
        assert case_id is not None  # a tab loads when it has a person
        self.desk.ask(lambda work: assess.assessments(work, case_id), self._show, owner=self)
        if self.page is not None:
            self.page.load()

    def open_at(self, what: Any) -> None:
        """Open one asking by its id."""
        if what is not None:
            self._open(str(what))

    # -- list ---------------------------------------------------------------------------------

    def _show(self, found: AssessmentsView) -> None:
        empty(self._left)
        empty(self._right)
        if found.assessments:
            card = Card(self.tr("Asked so far"))
            for number, one in enumerate(found.assessments):
                if number:
                    card.add(hairline())
                card.add(self._line(one))
            self._left.addWidget(card)
        else:
            card = Card()
            card.add(
                EmptyState(
                    self.theme,
                    "clipboard-list",
                    self.tr("Nothing asked yet"),
                    self.tr(
                        "Answers to PHQ-9 and other instruments stand here with their scores. "
                        "Choose one at the right to begin; every answer is saved as you give it."
                    ),
                )
            )
            self._left.addWidget(card)
        self._left.addStretch(1)
        for series in found.series:
            trend = Card(series.name, words.number(series.points[-1].value))
            trend.add(Plot(self.theme, (series,), self.desk.zone()))
            self._right.addWidget(trend)
        self._right.addWidget(self._offer(found.instruments))
        self._right.addStretch(1)

    def _line(self, one: AssessmentView) -> QHBoxLayout:
        when = words.moment(one.authored_at, one.zone)
        about = " · ".join(part for part in (when, one.author) if part)
        chips: list[QWidget] = []
        if one.band_label:
            chips.append(
                Chip(self.theme, one.band_label, BAND_TONES.get(one.band or "", Tone.NEUTRAL))
            )
        if one.signed_at is None:
            progress = self.tr("draft, {n} of {m}").format(n=one.answered, m=one.questions)
            chips.append(Chip(self.theme, progress, Tone.WARNING, "pencil"))
        elif not one.at_headquarters:
            chips.append(Chip(self.theme, self.tr("on this laptop"), Tone.NEUTRAL, "laptop"))
        score = label("–" if one.score is None else f"{one.score:g}", "section")
        score.setMinimumWidth(36)
        name = column(label(one.title, "strong"), label(about, "small", wrap=True), spacing=0)
        text = self.tr("Go on") if one.mine else self.tr("Open")
        go = button(text, lambda: self._open(one.response_id))
        go.setAccessibleName(f"{text}: {one.title}, {when}")
        line = row(score, spacing=10)
        line.addLayout(name, 1)
        for part in (*chips, go):
            line.addWidget(part)
        return line

    def _offer(self, shipped: tuple[InstrumentView, ...]) -> Card:
        card = Card(self.tr("Ask now"))
        for one in shipped:
            detail = self.tr("{n} questions").format(n=one.item_count)
            start = button(one.title, partial(self._start, one.id))
            start.setAccessibleName(self.tr("Ask {title}").format(title=one.title))
            about = label(detail, "small")
            about.setMinimumWidth(DETAIL)
            card.add(row((start, 1), about))
        return card

    # -- one asking ---------------------------------------------------------------------------

    def _start(self, instrument: str, session: str | None = None) -> None:
        case_id = self.case_id
        assert case_id is not None  # the button stands in a person's record
        self.desk.act(
            lambda work: assess.start_assessment(work, case_id, instrument, session=session),
            "begin assessment",
            self._open,
            owner=self,
        )

    def _open(self, response_id: str) -> None:
        self._drop_page()
        self.page = AssessmentPage(self.desk, self.theme, response_id)
        self.page.closed.connect(self._close)
        self.page.follow_up.connect(self._start)
        self._pages.addWidget(self.page)
        self._pages.setCurrentWidget(self.page)
        self.page.load()

    def _close(self) -> None:
        self._drop_page()
        self._pages.setCurrentWidget(self._list)

    def _drop_page(self) -> None:
        if self.page is not None:
            self._pages.removeWidget(self.page)
            self.page.deleteLater()
            self.page = None


def _scrolling() -> tuple[QWidget, QVBoxLayout]:
    content = QWidget()
    layout = QVBoxLayout(content)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(12)
    return scrolled(content), layout
