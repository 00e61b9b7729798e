"""Summary in one look: why here, what the person wants, what is due, what changed, how it goes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from casefield.care import person as care_person
from casefield.care.views import PersonSummary, Series
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.summary import change_words, goal_line, open_goals
from casefield.gui.models.worklist import work_row
from casefield.gui.patient.home_card import HomeCard, LaceCard
from casefield.gui.patient.tab import Tab
from casefield.gui.patient.why_card import WhyCard
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import label, row, scrolled
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.plot import Plot
from casefield.gui.widgets.progress import progress_bar
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.turning import Turning

SHOWN_CONDITIONS = 10
SHOWN_MEDICINES = 10
SHOWN_DUE = 5
SHOWN_CHANGES = 6
SHOWN_PLOTS = 4
LEAST_POINTS = 2
CHIP_EDGE = 2
PRESSURE = ("Systolic", "Diastolic")
LEFT = ("why", "wants", "changes", "conditions", "medicines")
RIGHT = ("home", "lace", "due", "plots")
LEFT_SHARE, RIGHT_SHARE = 58, 42
ROOM_FOR_TWO, COLUMN_GAP = 680, 16


class SummaryTab(Tab):
    """The first tab."""

    kinds = ()

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._opened: set[str] = set()
        self._slots: dict[str, Slot] = {}
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(20, 16, 20, 16)
        sides = (self._side(LEFT), self._side(RIGHT))
        columns = Turning(
            *sides, ROOM_FOR_TWO, shares=(LEFT_SHARE, RIGHT_SHARE), spacing=COLUMN_GAP
        )
        inner.addWidget(columns)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(content))

    def _side(self, names: tuple[str, ...]) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(0)
        for name in names:
            self._slots[name] = Slot(12)
            side.addLayout(self._slots[name])
        side.addStretch(1)
        return side

    def load(self) -> None:
        """Ask for everything at once: the record is opened once, and noted once."""
        case_id, now = self.case_id, self.desk.now()
        assert case_id is not None  # a tab loads when it has a person
        self.newest.ask(case_id, lambda work: care_person.summary(work, case_id, now), self._show)

    def put_away(self) -> None:
        """Be about nobody."""
        super().put_away()
        self._opened.clear()

    def forget(self) -> None:
        """Show nothing."""
        for slot in self._slots.values():
            slot.clear()

    def _show(self, found: PersonSummary) -> None:
        if found.header.case_id != self.case_id:
            return
        first = found.header.preferred_name or found.header.name.split(" ")[0]
        stay = found.transition
        self._fill("why", (found.stratification, first), lambda: self._why(found, first))
        self._fill("wants", (found.goals, first), lambda: self._wants(found, first))
        self._fill("changes", found.changes, lambda: self._changes(found))
        self._fill("conditions", found.conditions, lambda: self._conditions(found))
        self._fill("medicines", found.medications, lambda: self._medicines(found))
        self._fill("home", (stay,), lambda: HomeCard(self.theme, stay) if stay else None)
        self._fill("lace", (stay and stay.lace,), lambda: self._lace(found))
        urgencies = tuple(words.due_words(i.due, self.desk.now())[0] for i in found.due)
        self._fill("due", (found.due, urgencies), lambda: self._due(found))
        self._fill("plots", found.series, lambda: self._plots(found.series))

    def _fill(self, name: str, shown: object, build: Callable[[], QWidget | None]) -> None:
        slot = self._slots[name]
        if slot.fill(shown, build):
            slot.setContentsMargins(0, 0, 0, 12 if slot.count() else 0)

    # -- cards --------------------------------------------------------------------------------

    def _why(self, found: PersonSummary, first: str) -> Card:
        return WhyCard(self.desk, self.theme, found.stratification, first, self._opened)

    def _wants(self, found: PersonSummary, first: str) -> Card:
        card = Card(self.tr("What {name} wants").format(name=first))
        goals = open_goals(found.goals)
        if not goals:
            text = self.tr("Not written down yet. The plan begins with the person's own words.")
            card.add(label(text, "mute", wrap=True))
            begin = button(
                self.tr("Write the first goal"),
                lambda: self.wants.emit("care_plan", ("new_goal", None)),
                role="link",
            )
            card.add(row(begin, 1))
            return card
        goal = goals[0]
        said = f"“{goal.own_words}”" if goal.own_words else goal.description or ""
        card.add(label(said, "quote", wrap=True))
        card.add(label(goal_line(goal, len(goals)), "small", wrap=True))
        if goal.progress is not None:
            card.add(progress_bar(goal.progress, self.tr("Progress of the goal")))
        return card

    def _changes(self, found: PersonSummary) -> Card:
        card = Card(self.tr("What happened lately"), self.tr("last 6 months"))
        grid = _grid()
        for number, change in enumerate(found.changes[:SHOWN_CHANGES]):
            chip, said = change_words(change)
            grid.addWidget(Chip(self.theme, chip, Tone.INFO), number, 0, _LEFT)
            when = words.moment(change.at, self.desk.zone())
            _beside(grid, number, label(said, wrap=True), label(when, "small"))
        if found.changes:
            card.add(grid)
        else:
            text = self.tr("No stay, note or assessment in the last 6 months.")
            card.add(label(text, "mute", wrap=True))
        return card

    def _conditions(self, found: PersonSummary) -> Card:
        card = Card(self.tr("Conditions"), self.tr("{n} active").format(n=len(found.conditions)))
        for condition in found.conditions[:SHOWN_CONDITIONS]:
            since = words.since(condition.onset)
            card.add(
                row(
                    (label(condition.display, "strong" if condition.group else "", wrap=True), 1),
                    label(self.tr("since {day}").format(day=since) if since else "", "small"),
                )
            )
        self._more(card, len(found.conditions) - SHOWN_CONDITIONS)
        if not found.conditions:
            card.add(label(self.tr("None on record, which does not mean none."), "mute", wrap=True))
        return card

    def _medicines(self, found: PersonSummary) -> Card:
        card = Card(self.tr("Medicines"), self.tr("{n} active").format(n=len(found.medications)))
        for medicine in found.medications[:SHOWN_MEDICINES]:
            card.add(
                row(
                    (label(medicine.display, wrap=True), 3),
                    (label(medicine.dosage or "", "small", wrap=True), 2),
                )
            )
        self._more(card, len(found.medications) - SHOWN_MEDICINES)
        if not found.medications:
            card.add(label(self.tr("None on record, which does not mean none."), "mute", wrap=True))
        return card

    def _lace(self, found: PersonSummary) -> Card | None:
        score = found.transition.lace if found.transition else None
        return LaceCard(self.theme, score) if score is not None else None

    def _due(self, found: PersonSummary) -> Card:
        card = Card(self.tr("What is due"))
        now = self.desk.now()
        grid = _grid()
        for number, item in enumerate(found.due[:SHOWN_DUE]):
            line = work_row(item, now)
            late = item.due.state == "overdue"
            grid.addWidget(Chip(self.theme, line.chip, line.tone, line.icon), number, 0, _LEFT)
            urgency = label(line.urgency, "danger" if late else "small")
            _beside(grid, number, label(line.what or line.chip, wrap=True), urgency)
        if found.due:
            card.add(grid)
        else:
            card.add(label(self.tr("Nothing is open for this person."), "mute", wrap=True))
        self._more(card, len(found.due) - SHOWN_DUE)
        return card

    def _plots(self, series: tuple[Series, ...]) -> QWidget | None:
        pressure = tuple(s for s in series if s.name in PRESSURE)
        groups = [(self.tr("Blood pressure"), pressure)] if pressure else []
        groups += [(s.name, (s,)) for s in series if s.name not in PRESSURE]
        told = [g for g in groups if max(len(s.points) for s in g[1]) >= LEAST_POINTS]
        if not told:
            return None
        pile = QWidget()
        layout = QVBoxLayout(pile)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for title, shown in told[:SHOWN_PLOTS]:
            card = Card(title, shown[0].unit)
            card.add(Plot(self.theme, shown, self.desk.zone()))
            layout.addWidget(card)
        return pile

    def _more(self, card: Card, left: int) -> None:
        if left > 0:
            card.add(label(self.tr("and {n} more").format(n=left), "small"))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop


def _beside(grid: QGridLayout, number: int, words: QLabel, when: QLabel) -> None:
    """Put words and a time into a line, on the height of the chip's own words."""
    for column, part, where in ((1, words, Qt.AlignmentFlag.AlignTop), (2, when, _RIGHT)):
        part.setContentsMargins(0, CHIP_EDGE, 0, 0)
        grid.addWidget(part, number, column, where)


def _grid() -> QGridLayout:
    """Lines of a chip, words and a time, each in its column."""
    made = QGridLayout()
    made.setHorizontalSpacing(10)
    made.setVerticalSpacing(8)
    made.setColumnStretch(1, 1)
    return made
