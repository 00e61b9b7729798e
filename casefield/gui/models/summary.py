"""A person's first page in words: why here, which clocks run, what happened; needs no window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from casefield.care.views import (
    ChangeView,
    ClockView,
    CriterionView,
    EvidenceLine,
    GoalView,
    ScoreView,
    Stratification,
)
from casefield.gui import words

_translate = QCoreApplication.translate
SHOWN_EVIDENCE = 5
GOAL_OPEN = ("active", "proposed", "accepted")


def criterion_name(criterion: CriterionView) -> str:
    """Return a criterion in the reader's words."""
    return words.criterion(criterion.id) or criterion.label


def criteria_shown(judged: Stratification) -> list[CriterionView]:
    """Return the criteria of case management, and of care coordination where they decide."""
    shown = [c for c in judged.criteria if c.id.startswith("CM")]
    if judged.tier in ("care_coordination", "review") or not shown:
        shown += [c for c in judged.criteria if not c.id.startswith("CM")]
    return shown


def evidence_words(criterion: CriterionView) -> str:
    """Return why, in a line: what was found, each thing once."""
    unique = list(dict.fromkeys(said for line in criterion.evidence if (said := _said(line))))
    shown = ", ".join(unique[:SHOWN_EVIDENCE])
    left = len(unique) - SHOWN_EVIDENCE
    text = f"{shown} +{left}" if left > 0 else shown
    return f"{text[:1].upper()}{text[1:]}"


def judged_words(judged: Stratification) -> str:
    """Return when it was worked out, from how much, by which rule."""
    number = judged.facts_used
    facts = (
        _translate("summary", "1 fact")
        if number == 1
        else _translate("summary", "{n} facts").format(n=number)
    )
    rule = _translate("summary", "rule {version}").format(version=judged.rule_version)
    return f"{words.day(judged.as_of)} · {facts} · {rule}"


def open_goals(goals: tuple[GoalView, ...]) -> list[GoalView]:
    """Return the goals that are being worked towards."""
    return [goal for goal in goals if goal.status in GOAL_OPEN]


def goal_line(goal: GoalView, number: int) -> str:
    """Return what stands beneath the first of `number` goals."""
    parts = [_translate("summary", "Goal 1 of {n}").format(n=number)]
    if goal.target:
        parts.append(goal.target)
    if goal.due_on:
        parts.append(_translate("summary", "by {day}").format(day=words.day(goal.due_on)))
    if goal.current_value is not None:
        now = f"{words.number(goal.current_value)} {goal.target_unit or ''}".strip()
        parts.append(_translate("summary", "now {value}").format(value=now))
    return " · ".join(parts)


def change_words(change: ChangeView) -> tuple[str, str]:
    """Return (chip, words) of something that happened."""
    chip, shape = {
        "stay_began": (_translate("summary", "Stay"), _translate("summary", "Admitted to {what}")),
        "stay_ended": (_translate("summary", "Stay"), _translate("summary", "Left {what}")),
        "emergency_visit": (
            _translate("summary", "Stay"),
            _translate("summary", "Emergency room, {what}"),
        ),
        "note_signed": (_translate("summary", "Note"), _translate("summary", "{what}, signed")),
        "assessment_signed": (
            _translate("summary", "Assessment"),
            _translate("summary", "{what}, signed"),
        ),
    }.get(change.what_code, (change.kind, "{what}"))
    what = words.note_kind(change.what) if change.kind == "Note" else change.what
    return chip, shape.format(what=what)


def clock_due(clock: ClockView) -> str:
    """Return by when a clock asks for its deed, or when it was done."""
    if clock.done and clock.done_at is not None:
        return _translate("summary", "done {day}").format(day=words.day(clock.done_at.date()))
    if clock.due.at is not None:
        return words.moment(clock.due.at, clock.due.zone, weekday=True)
    if clock.due.on is None:
        return ""
    day = words.day(clock.due.on, weekday=True)
    if clock.id == "readmission_watch":
        return _translate("summary", "to {day}").format(day=day)
    return _translate("summary", "by {day}").format(day=day)


def clock_note(clock: ClockView) -> str:
    """Return what else is to be known of a clock: skipped holidays, tries."""
    parts = [
        _translate("summary", "{day} is a holiday").format(day=words.said_day(day))
        for day in clock.note_values.values()
    ]
    if clock.attempts and not clock.done:
        parts.append(_translate("summary", "tried {n} ×").format(n=clock.attempts))
    return " · ".join(parts)


def score_title(score: ScoreView) -> str:
    """Return a readmission score with its name; a range where parts are unknown."""
    if score.total is not None:
        return f"{score.name} {score.total}"
    return _translate("summary", "{name} {low} to {high}").format(
        name=score.name, low=score.low, high=score.high
    )


def part_names() -> dict[str, str]:
    """Return what the letters of LACE stand for, in a word."""
    return {
        "L": _translate("summary", "Length"),
        "A": _translate("summary", "Acute"),
        "C": _translate("summary", "Comorbid"),
        "E": _translate("summary", "ER"),
    }


def _said(line: EvidenceLine) -> str:
    if line.display:
        year = f" ({line.date[:4]})" if line.date else ""
        return line.display + year
    if line.field == "class":
        return words.stay_of(line.date)
    if line.field == "language":
        return _translate("summary", "speaks {language}").format(
            language=words.language(line.value)
        )
    return words.fact(line.field, line.value)
