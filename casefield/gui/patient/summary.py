"""Summary in one look: why here, what the person wants, what is due, what changed, how it goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from casefield.care import person as care_person
from casefield.care.views import (
    ClockView,
    CriterionView,
    EvidenceLine,
    GoalView,
    PersonSummary,
    Series,
    TransitionView,
)
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.worklist import work_row
from casefield.gui.patient.facts_card import AskButton
from casefield.gui.patient.tab import Tab
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import button, column, empty, icon_label, label, row, scrolled
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.plot import Plot
from casefield.gui.widgets.progress import progress_bar
from casefield.gui.widgets.score_bar import ScoreBar

VERDICTS = {
    "true": ("check", Tone.ACCENT),
    "false": ("x", Tone.NEUTRAL),
    "unknown": ("circle-question-mark", Tone.WARNING),
}
SHOWN_CONDITIONS = 10
SHOWN_MEDICINES = 10
SHOWN_DUE = 5
SHOWN_EVIDENCE = 5
PRESSURE = ("Systolic", "Diastolic")


class SummaryTab(Tab):
    """The first tab."""

    kinds = ()

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme)
        self._left = QVBoxLayout()
        self._right = QVBoxLayout()
        for side in (self._left, self._right):
            side.setSpacing(12)
        content = QWidget()
        across = QHBoxLayout(content)
        across.setContentsMargins(20, 16, 20, 16)
        across.setSpacing(16)
        across.addLayout(self._left, 58)
        across.addLayout(self._right, 42)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(content))

    def load(self) -> None:
        """Ask for everything at once: the record is opened once, and noted once."""
        case_id, now = self.case_id, self.desk.now()
        assert case_id is not None  # a tab loads when it has a person
        self.desk.ask(lambda work: care_person.summary(work, case_id, now), self._show, owner=self)

    def _show(self, found: PersonSummary) -> None:
        if found.header.case_id != self.case_id:
            return
        empty(self._left)
        empty(self._right)
        first = found.header.preferred_name or found.header.name.split(" ")[0]
        left = [self._why(found, first), self._wants(found, first), self._changes(found)]
        left += [self._conditions(found), self._medicines(found)]
        right = [self._home(found.transition) if found.transition else None, self._lace(found)]
        right += [self._due(found), *self._plots(found.series)]
        for side, cards in ((self._left, left), (self._right, right)):
            for card in cards:
                if card is not None:
                    side.addWidget(card)
            side.addStretch(1)

    # -- why ----------------------------------------------------------------------------------

    def _why(self, found: PersonSummary, first: str) -> Card:
        judged = found.stratification
        card = Card(
            self.tr("Why {name} is here").format(name=first),
            self.tr("{day} · {n} facts · rule {version}").format(
                day=words.day(judged.as_of), n=judged.facts_used, version=judged.rule_version
            ),
        )
        card.setToolTip(judged.source)
        shown = [c for c in judged.criteria if c.id.startswith("CM")]
        if judged.tier in ("care_coordination", "review") or not shown:
            shown += [c for c in judged.criteria if not c.id.startswith("CM")]
        for criterion in shown:
            card.add(self._criterion(criterion, found.header.case_id))
        if judged.override_reason:
            text = self.tr("Decided: {tier}, because {reason}").format(
                tier=words.tier(judged.tier), reason=judged.override_reason
            )
            card.add(label(text, "strong", wrap=True))
        if judged.unclassified_count:
            names = ", ".join(judged.unclassified[:4])
            text = self.tr("{n} conditions are in no table and not counted: {names}").format(
                n=judged.unclassified_count, names=names
            )
            card.add(label(text, "small", wrap=True))
        return card

    def _criterion(self, criterion: CriterionView, case_id: str) -> QHBoxLayout:
        icon_name, tone = VERDICTS[criterion.verdict]
        p = self.theme.palette
        mark = icon_label(icon_name, p.ink if criterion.verdict != "false" else p.mute, 16)
        head = label(
            criterion_name(criterion), "strong" if criterion.verdict == "true" else "", wrap=True
        )
        why = label(evidence_words(criterion), "small", wrap=True)
        said = {
            "true": self.tr("yes"),
            "false": self.tr("no"),
            "unknown": self.tr("unknown"),
        }[criterion.verdict]
        text = column(head, why if why.text() else None, spacing=2)
        if criterion.verdict == "unknown":
            ask = AskButton(self.desk, self.theme, case_id, criterion.missing)
            if ask.useful:
                text.addWidget(ask)
        line = row(spacing=12)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)
        line.addWidget(Chip(self.theme, said, tone), 0, Qt.AlignmentFlag.AlignTop)
        return line

    # -- wishes, changes ----------------------------------------------------------------------

    def _wants(self, found: PersonSummary, first: str) -> Card:
        card = Card(self.tr("What {name} wants").format(name=first))
        open_goals = [g for g in found.goals if g.status in ("active", "proposed", "accepted")]
        if not open_goals:
            text = self.tr("Not written down yet. The plan begins with the person's own words.")
            card.add(label(text, "mute", wrap=True))
            begin = button(
                self.tr("Write the first goal"),
                lambda: self.wants.emit("care_plan", ("new_goal", None)),
                role="link",
            )
            card.add(row(begin, 1))
            return card
        goal = open_goals[0]
        said = f"“{goal.own_words}”" if goal.own_words else goal.description or ""
        card.add(label(said, "quote", wrap=True))
        card.add(label(self._goal_line(goal, len(open_goals)), "small", wrap=True))
        if goal.progress is not None:
            card.add(progress_bar(goal.progress, self.tr("Progress of the goal")))
        return card

    def _goal_line(self, goal: GoalView, number: int) -> str:
        parts = [self.tr("Goal 1 of {n}").format(n=number)]
        if goal.target:
            parts.append(goal.target)
        if goal.due_on:
            parts.append(self.tr("by {day}").format(day=words.day(goal.due_on)))
        if goal.current_value is not None:
            now = f"{words.number(goal.current_value)} {goal.target_unit or ''}".strip()
            parts.append(self.tr("now {value}").format(value=now))
        return " · ".join(parts)

    def _changes(self, found: PersonSummary) -> Card:
        card = Card(self.tr("What happened lately"), self.tr("last 6 months"))
        texts = {
            "stay_began": (self.tr("Stay"), self.tr("Admitted to {what}")),
            "stay_ended": (self.tr("Stay"), self.tr("Left {what}")),
            "emergency_visit": (self.tr("Stay"), self.tr("Emergency room, {what}")),
            "note_signed": (self.tr("Note"), self.tr("{what}, signed")),
            "assessment_signed": (self.tr("Assessment"), self.tr("{what}, signed")),
        }
        zone = self.desk.zone()
        for change in found.changes[:6]:
            chip, text = texts.get(change.what_code, (change.kind, "{what}"))
            what = words.note_kind(change.what) if change.kind == "Note" else change.what
            said = text.format(what=what)
            when = words.moment(change.at, zone)
            card.add(
                row(
                    Chip(self.theme, chip, Tone.INFO),
                    (label(said, wrap=True), 1),
                    label(when, "small"),
                    spacing=8,
                )
            )
        if not found.changes:
            text = self.tr("No stay, note or assessment in the last 6 months.")
            card.add(label(text, "mute", wrap=True))
        return card

    def _conditions(self, found: PersonSummary) -> Card:
        card = Card(self.tr("Conditions"), self.tr("{n} active").format(n=len(found.conditions)))
        for condition in found.conditions[:SHOWN_CONDITIONS]:
            since = words.said_day(condition.onset)
            card.add(
                row(
                    (label(condition.display, "strong" if condition.group else "", wrap=True), 1),
                    label(self.tr("since {day}").format(day=since) if since else "", "small"),
                )
            )
        self._more(card, len(found.conditions) - SHOWN_CONDITIONS)
        if not found.conditions:
            card.add(label(self.tr("None on record. None on record is not none."), "mute"))
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
            card.add(label(self.tr("None on record."), "mute"))
        return card

    def _more(self, card: Card, left: int) -> None:
        if left > 0:
            card.add(label(self.tr("and {n} more").format(n=left), "small"))

    # -- home from hospital -------------------------------------------------------------------

    def _home(self, found: TransitionView) -> Card:
        aside = f"{words.day(found.discharged_at.date())} → {words.day(found.period_end)}"
        card = Card(self.tr("Home from {facility}").format(facility=found.facility), aside)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        p = self.theme.palette
        for number, clock in enumerate(found.clocks):
            mark = icon_label(
                "circle-check" if clock.done else "circle", p.good if clock.done else p.mute, 16
            )
            grid.addWidget(mark, number, 0, Qt.AlignmentFlag.AlignTop)
            name = column(label(words.clock_name(clock.id)), spacing=0)
            note = self._clock_note(clock)
            if note:
                name.addWidget(label(note, "small", wrap=True))
            grid.addLayout(name, number, 1)
            late = not clock.done and clock.due.state == "overdue"
            grid.addWidget(
                label(self._clock_due(clock), "danger" if late else ""),
                number,
                2,
                Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight,
            )
        card.add(grid)
        card.setToolTip(next((c.source for c in found.clocks if c.source), ""))
        return card

    def _clock_due(self, clock: ClockView) -> str:
        if clock.done and clock.done_at is not None:
            return self.tr("done {day}").format(day=words.day(clock.done_at.date()))
        if clock.due.at is not None:
            return words.moment(clock.due.at, clock.due.zone, weekday=True)
        if clock.due.on is None:
            return ""
        day = words.day(clock.due.on, weekday=True)
        if clock.id == "readmission_watch":
            return self.tr("to {day}").format(day=day)
        return self.tr("by {day}").format(day=day)

    def _clock_note(self, clock: ClockView) -> str:
        parts = [
            self.tr("{day} is a holiday").format(day=words.said_day(day))
            for day in clock.note_values.values()
        ]
        if clock.attempts and not clock.done:
            parts.append(self.tr("tried {n} ×").format(n=clock.attempts))
        return " · ".join(parts)

    def _lace(self, found: PersonSummary) -> Card | None:
        score = found.transition.lace if found.transition else None
        if score is None:
            return None
        if score.total is None:
            title = self.tr("LACE {low} to {high}").format(low=score.low, high=score.high)
        else:
            title = f"LACE {score.total}"
        card = Card(title, self.tr("high from 10"))
        names = {
            "L": self.tr("Length"),
            "A": self.tr("Acute"),
            "C": self.tr("Comorbid"),
            "E": self.tr("ER"),
        }
        card.add(ScoreBar(self.theme, score, names))
        if score.missing:
            text = self.tr("Not known: {what}").format(what=", ".join(score.missing))
            card.add(label(text, "small", wrap=True))
        card.setToolTip("\n".join([p.statement for p in score.parts] + [score.source]))
        return card

    def _due(self, found: PersonSummary) -> Card:
        card = Card(self.tr("What is due"))
        now = self.desk.now()
        for item in found.due[:SHOWN_DUE]:
            line = work_row(item, now)
            late = item.due.state == "overdue"
            card.add(
                row(
                    Chip(self.theme, line.chip, line.tone, line.icon),
                    (label(line.what or line.chip, wrap=True), 1),
                    label(line.urgency, "danger" if late else "small"),
                )
            )
        self._more(card, len(found.due) - SHOWN_DUE)
        if not found.due:
            card.add(label(self.tr("Nothing is open for this person."), "mute"))
        return card

    def _plots(self, series: tuple[Series, ...]) -> list[Card]:
        pressure = tuple(s for s in series if s.name in PRESSURE)
        groups = [(self.tr("Blood pressure"), pressure)] if pressure else []
        groups += [(s.name, (s,)) for s in series if s.name not in PRESSURE]
        cards = []
        for title, shown in groups:
            if max(len(s.points) for s in shown) < 2:
                continue
            card = Card(title, shown[0].unit)
            card.add(Plot(self.theme, shown, self.desk.zone()))
            cards.append(card)
        return cards[:4]


def criterion_name(criterion: CriterionView) -> str:
    """Return a criterion in the reader's words."""
    return words.criterion(criterion.id) or criterion.label


def evidence_words(criterion: CriterionView) -> str:
    """Return why, in a line: what was found, each thing once."""
    unique = list(dict.fromkeys(said for line in criterion.evidence if (said := _said(line))))
    shown = ", ".join(unique[:SHOWN_EVIDENCE])
    left = len(unique) - SHOWN_EVIDENCE
    return f"{shown} +{left}" if left > 0 else shown


def _said(line: EvidenceLine) -> str:
    if line.display:
        year = f" ({line.date[:4]})" if line.date else ""
        return line.display + year
    if line.field == "class":
        return words.stay_of(line.date)
    if line.field == "language":
        return words.language(line.value)
    return words.fact(line.field, line.value)
