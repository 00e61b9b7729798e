"""Assessments: what was asked with its trend, what can be asked, and one asking opened."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import (
    QGridLayout,
    QLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from casefield.care import assess
from casefield.care.views import AssessmentsView, AssessmentView, InstrumentView
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.patient.assessment_page import AssessmentPage
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import column, hairline, label, row, scrolled
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.plot import Plot
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.turning import Turning

ROOM_FOR_TWO, SHARES = 760, (2, 1)
SCORE_WIDTH = 34
SHOWN = 12
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
        self._found: AssessmentsView | None = None
        self._all_shown = False
        self._asked, self._plots, self._offer = Slot(), Slot(), Slot()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(20, 16, 20, 16)
        asked = column(self._asked, 1)
        side = column(self._offer, self._plots, 1, spacing=12)
        inner.addWidget(Turning(asked, side, ROOM_FOR_TWO, shares=SHARES, spacing=16))
        inner.addStretch(1)
        area = QVBoxLayout(self._list)
        area.setContentsMargins(0, 0, 0, 0)
        area.addWidget(scrolled(content))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def load(self) -> None:
        """Ask for what was asked; while one of it is open, the list behind it can wait."""
        case_id = self.case_id
        assert case_id is not None  # a tab loads when it has a person
        if self.page is None or self._found is None:
            self.newest.ask(case_id, lambda work: assess.assessments(work, case_id), self._show)
        if self.page is not None:
            self.page.load()

    def put_away(self) -> None:
        """Be about nobody."""
        self._drop_page()
        self._pages.setCurrentWidget(self._list)
        self._all_shown = False
        super().put_away()

    def forget(self) -> None:
        """Show nothing; a reason that is being typed stays."""
        self._found = None
        self._asked.clear()
        self._plots.clear()
        self._offer.clear()
        if self.page is not None:
            self.page.forget()

    def take_focus(self) -> bool:
        """An asking goes on at its first question without an answer."""
        if self.page is None:
            return False
        self.page.take_focus()
        return True

    def open_at(self, what: Any) -> None:
        """Open one asking by its id."""
        if what is not None:
            self._open(str(what))

    # -- list ---------------------------------------------------------------------------------

    def _show(self, found: AssessmentsView) -> None:
        self._found = found
        self._asked.fill((found.assessments, self._all_shown), lambda: self._draw_asked(found))
        self._plots.fill(found.series, lambda: self._draw_plots(found))
        self._offer.fill(found.instruments, lambda: self._draw_offer(found.instruments))

    def _draw_asked(self, found: AssessmentsView) -> Card:
        if not found.assessments:
            card = Card()
            title = self.tr("Nothing asked yet")
            text = self.tr(
                "Answers to PHQ-9 and other instruments stand here with their scores. "
                "Choose one under “Ask now”; every answer is saved as you give it."
            )
            card.add(EmptyState(self.theme, "clipboard-list", title, text))
            return card
        card = Card(self.tr("Asked so far"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(9)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setColumnStretch(1, 1)
        shown = found.assessments if self._all_shown else found.assessments[:SHOWN]
        for number, one in enumerate(shown):
            if number:
                grid.addWidget(hairline(), 2 * number - 1, 0, 1, 5)
            self._draw_line(grid, 2 * number, one)
        card.add(grid)
        left = len(found.assessments) - len(shown)
        if left:
            more = button(self.tr("Show {n} more").format(n=left), self._show_all, role="link")
            card.add(row(more, 1))
        return card

    def _draw_line(self, grid: QGridLayout, line: int, one: AssessmentView) -> None:
        when = words.moment(one.authored_at, one.zone)
        about = " · ".join(part for part in (when, one.author) if part)
        score = label("–" if one.score is None else f"{one.score:g}", "section")
        score.setMinimumWidth(sized(SCORE_WIDTH))
        name = column(
            label(one.title, "strong", wrap=True), label(about, "small", wrap=True), spacing=0
        )
        grid.addWidget(score, line, 0)
        grid.addLayout(name, line, 1)
        if one.band_label:
            tone = BAND_TONES.get(one.band or "", Tone.NEUTRAL)
            grid.addWidget(Chip(self.theme, one.band_label, tone), line, 2)
        if one.signed_at is None:
            progress = self.tr("draft, {n} of {m}").format(n=one.answered, m=one.questions)
            grid.addWidget(Chip(self.theme, progress, Tone.WARNING, "pencil"), line, 3)
        elif not one.at_headquarters:
            here = Chip(self.theme, self.tr("on this laptop"), Tone.NEUTRAL, "laptop")
            grid.addWidget(here, line, 3)
        text = self.tr("Go on") if one.mine else self.tr("Open")
        go = button(text, partial(self._open, one.response_id), name=f"{text}: {one.title}, {when}")
        grid.addWidget(go, line, 4)

    def _show_all(self) -> None:
        self._all_shown = True
        if self._found is not None:
            self._show(self._found)

    def _draw_plots(self, found: AssessmentsView) -> QLayout:
        pile = column(spacing=12)
        for series in found.series:
            trend = Card(series.name)
            trend.add(Plot(self.theme, (series,), self.desk.zone()))
            pile.addWidget(trend)
        return pile

    def _draw_offer(self, shipped: tuple[InstrumentView, ...]) -> Card:
        card = Card(self.tr("Ask now"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for number, one in enumerate(shipped):
            name = self.tr("Ask {title}").format(title=one.title)
            grid.addWidget(button(one.title, partial(self._start, one.id), name=name), number, 0)
            detail = self.tr("{n} questions").format(n=one.item_count)
            grid.addWidget(label(detail, "small"), number, 1)
        card.add(grid)
        return card

    # -- one asking ---------------------------------------------------------------------------

    def _start(self, instrument: str, session: str | None = None) -> None:
        case_id = self.case_id
        assert case_id is not None  # the button stands in a person's record

        def begun(response_id: str) -> None:
            if self.case_id == case_id:
                self._open(response_id)

        self.desk.act(
            lambda work: assess.start_assessment(work, case_id, instrument, session=session),
            "begin assessment",
            begun,
            owner=self,
        )

    def _open(self, response_id: str) -> None:
        self._drop_page()
        self.page = AssessmentPage(self.desk, self.theme, response_id, self._scores)
        self.page.closed.connect(self._close)
        self.page.follow_up.connect(self._start)
        self._pages.addWidget(self.page)
        self._pages.setCurrentWidget(self.page)
        self.page.load()

    def _scores(self, title: str) -> tuple[float, ...]:
        found = self._found
        series = next((s for s in found.series if s.name == title), None) if found else None
        return tuple(point.value for point in series.points) if series else ()

    def _close(self) -> None:
        self._drop_page()
        self._pages.setCurrentWidget(self._list)
        self.load()
        stops = [b for b in self._list.findChildren(QPushButton) if b.isEnabled()]
        if stops and self.isVisible():
            stops[0].setFocus()

    def _drop_page(self) -> None:
        if self.page is not None:
            self._pages.removeWidget(self.page)
            self.page.deleteLater()
            self.page = None
