"""Social barriers from screening answers: positive, negative, or not asked within the year.

Source: the table's own (`social_screens.json`). The newest answer to each question counts; one
positive question opens the barrier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec

from casefield.rules.facts import Known
from casefield.rules.findings import Evidence
from casefield.rules.tables import Table, read_table


class ScreenAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which answers to a question mean what."""

    barrier: str
    question: str
    positive: list[str]
    negative: list[str]


class SocialTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of `social_screens.json`."""

    valid_days: int
    answers: list[ScreenAnswers]


@dataclass(frozen=True)
class ScreenAnswer:
    """One answer to one screening question."""

    question: str
    answer: str
    on: date
    record: str
    display: str = ""


class SocialScreens:
    """Knows the table. Pure.

    Args:
        path: `social_screens.json`.
    """

    def __init__(self, path: Path) -> None:
        self.table = read_table(path, SocialTable)
        self.questions = frozenset(entry.question for entry in self.table.answers)

    def barrier(self, name: str, answers: Iterable[ScreenAnswer], as_of: date) -> Known:
        """Return whether a barrier is open, by the newest valid answers."""
        begin = as_of - timedelta(days=self.table.valid_days)
        newest: dict[str, ScreenAnswer] = {}
        for answer in sorted(answers, key=lambda a: a.on):
            if begin <= answer.on <= as_of:
                newest[answer.question] = answer
        positive: list[Evidence] = []
        negative: list[Evidence] = []
        for entry in self.table.answers:
            found = newest.get(entry.question)
            if entry.barrier != name or found is None:
                continue
            evidence = Evidence(
                found.record, found.question, found.answer, found.on.isoformat(), found.display
            )
            if found.answer in entry.positive:
                positive.append(evidence)
            elif found.answer in entry.negative:
                negative.append(evidence)
        if positive:
            return Known(True, tuple(positive))
        return Known(False, tuple(negative)) if negative else Known()
