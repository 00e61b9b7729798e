"""My day in words: what each row says, and what stays when the day is shown anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from casefield.care.days import due
from casefield.care.views import NewsItem, WorkItem, Worklist
from casefield.gui import words
from casefield.gui.models.worklist import WorklistModel, news_words, work_row
from casefield.gui.theme.tokens import Tone

ZONE = "America/New_York"
NOW = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)
LEFT = datetime(2026, 11, 10, 15, 40, tzinfo=UTC)


@pytest.fixture
def item() -> Callable[..., WorkItem]:
    """Return what makes the 72-hour call of Rosa Medina, or what is like it."""
    words.see_from(lambda: date(2026, 11, 13))

    def make(**fields: Any) -> WorkItem:
        base = WorkItem(
            task_id="t1",
            task_kind="call_72h",
            kind="call",
            case_id="c1",
            person="Rosa Medina",
            title="",
            reason_code="discharged",
            reason_values={
                "facility": "St. Brigid Hospital",
                "discharged_at": LEFT,
                "zone": ZONE,
                "reason": "Heart attack",
                "day": 3,
            },
            due=due(LEFT + timedelta(hours=72), None, ZONE, NOW),
            attempts=0,
            priority="urgent",
            encounter_id="e1",
            rule="clocks",
            rule_version="2026.1",
            source="42 CFR 482.43",
        )
        return replace(base, **fields)

    return make


def test_a_call_says_who_what_why_and_by_when(item: Callable[..., WorkItem]) -> None:
    row = work_row(item(), NOW)
    assert (row.chip, row.person, row.button) == ("Call", "Rosa Medina", "Log call")
    assert row.what == "72-hour call after heart attack"
    assert row.why == "Day 4 of 30 · St. Brigid Hospital, left Tue 10 Nov 10:40"
    assert (row.urgency, row.exact) == ("Overdue 0:52", "was due Fri 13 Nov 10:40")
    assert row.tone is Tone.DANGER
    assert row.spoken.split(", ")[:3] == ["Call", "Rosa Medina", row.what]
    assert row.spoken.endswith("Log call")


def test_tries_stand_in_front(item: Callable[..., WorkItem]) -> None:
    assert work_row(item(attempts=2), NOW).why.startswith("Tried 2 × · St. Brigid")


def test_a_task_of_ones_own_says_what_was_written(item: Callable[..., WorkItem]) -> None:
    row = work_row(
        item(
            task_kind="general",
            kind="general",
            title="Ask for consent",
            reason_code="",
            reason_values={},
            due=due(None, date(2026, 11, 14), ZONE, NOW),
        ),
        NOW,
    )
    assert (row.chip, row.what, row.why, row.button) == ("Task", "Ask for consent", "", "Done")
    assert row.tone is Tone.INFO


def test_safety_is_danger_whenever_it_is_due(item: Callable[..., WorkItem]) -> None:
    row = work_row(item(kind="safety", due=due(None, date(2026, 12, 1), ZONE, NOW)), NOW)
    assert row.tone is Tone.DANGER
    assert row.button == "Continue"


@pytest.mark.parametrize(
    ("code", "kind", "what", "said"),
    [
        ("admitted", "Encounter", "St. Brigid", "Admitted to St. Brigid · Tue 10 Nov 10:40"),
        ("discharged", "Encounter", "St. Brigid", "Left St. Brigid · Tue 10 Nov 10:40"),
        ("emergency_visit", "Encounter", "", "Emergency room · Tue 10 Nov 10:40"),
        ("note_signed", "Note", "home_visit", "Note signed: Home visit · Tue 10 Nov 10:40 · Ben"),
    ],
)
def test_news_in_a_line(code: str, kind: str, what: str, said: str) -> None:
    words.see_from(lambda: date(2026, 11, 13))
    news = NewsItem("c1", "Rosa", kind, code, what, LEFT, "Ben" if kind == "Note" else "")
    assert news_words(news, ZONE) == said


def test_the_chosen_row_stays_while_the_same_tasks_are_shown(
    item: Callable[..., WorkItem],
) -> None:
    model = WorklistModel()
    day = Worklist(NOW, ZONE, (item(), item(task_id="t2")), ())
    model.show(day)
    chosen = QItemSelectionModel(model)
    chosen.setCurrentIndex(model.index(1), QItemSelectionModel.SelectionFlag.SelectCurrent)
    model.show(replace(day, as_of=NOW + timedelta(minutes=1)))
    assert chosen.currentIndex().row() == 1
    assert model.rows[0].urgency == "Overdue 0:53"


def test_a_row_tells_its_source_as_a_tip(item: Callable[..., WorkItem]) -> None:
    model = WorklistModel()
    model.show(Worklist(NOW, ZONE, (item(),), ()))
    assert model.data(model.index(0), Qt.ItemDataRole.ToolTipRole) == "42 CFR 482.43"
    assert model.data(model.index(5)) is None
