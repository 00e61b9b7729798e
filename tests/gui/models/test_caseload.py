"""The caseload: columns, filter and order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt

from casefield.care.days import due
from casefield.care.views import CaseloadRow
from casefield.gui.models.caseload import (
    CHIP,
    COLUMNS,
    CaseloadFilter,
    CaseloadModel,
    counts,
    fits,
)
from casefield.gui.theme.tokens import Tone

ZONE = "America/New_York"
NOW = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)
NAMES = [column.name for column in COLUMNS]
BASE = CaseloadRow(
    case_id="c1",
    name="Rosa Medina",
    preferred_name="Doña Rosa",
    birth_date="1955-03-04",
    age=71,
    sex="female",
    language="es",
    interpreter_needed=True,
    programme="Transitional care",
    tier="case_management",
    prioritise=True,
    lace=13,
    lace_band="high",
    payer="Medicare A/B",
    next_due=due(None, date(2026, 11, 13), ZONE, NOW),
    next_kind="call",
    last_contact=None,
    manager_id=None,
    deceased=False,
    chronic_conditions=4,
)
PEOPLE = (
    BASE,
    replace(
        BASE,
        case_id="c2",
        name="Luis Ortega",
        preferred_name=None,
        age=58,
        lace=None,
        lace_band=None,
        tier="review",
        next_due=None,
        next_kind=None,
        payer="Harbor PPO",
    ),
    replace(
        BASE,
        case_id="c3",
        name="Ana de la Cruz",
        preferred_name=None,
        age=None,
        tier="insufficient_data",
        lace=9,
        lace_band="moderate",
        next_due=due(None, date(2026, 11, 9), ZONE, NOW),
        payer=None,
    ),
)


@pytest.fixture
def model() -> CaseloadModel:
    made = CaseloadModel()
    made.show(PEOPLE, NOW)
    return made


@pytest.fixture
def shown(model: CaseloadModel) -> CaseloadFilter:
    return CaseloadFilter(model)


def names(shown: CaseloadFilter) -> list[str]:
    return [shown.index(n, 0).data() for n in range(shown.rowCount())]


def cell(model: CaseloadModel, row: int, name: str, role: Any = Qt.ItemDataRole.DisplayRole) -> Any:
    return model.data(model.index(row, NAMES.index(name)), role)


def test_a_row_in_words(model: CaseloadModel) -> None:
    assert [cell(model, 0, name) for name in NAMES] == [
        "Rosa Medina", "71", "Case management", "Call: today", "13", "Transitional care", "4",
        "Spanish", "Medicare A/B", "",
    ]  # fmt: skip
    assert cell(model, 0, "tier", Qt.ItemDataRole.AccessibleTextRole) == "Tier: Case management"
    assert cell(model, 0, "lace", CHIP) is Tone.WARNING
    assert cell(model, 2, "next", CHIP) is Tone.DANGER
    assert cell(model, 1, "next", CHIP) is None, "nothing due, no chip"


def test_what_may_be_cut_is_a_tip(model: CaseloadModel) -> None:
    assert cell(model, 0, "programme", Qt.ItemDataRole.ToolTipRole) == "Transitional care"
    assert cell(model, 0, "age", Qt.ItemDataRole.ToolTipRole) is None


def test_the_dead_are_told_and_nothing_is_due() -> None:
    model = CaseloadModel()
    model.show((replace(BASE, deceased=True),), NOW)
    assert cell(model, 0, "next") == "deceased"
    assert cell(model, 0, "next", CHIP) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["Rosa Medina", "Luis Ortega", "Ana de la Cruz"]),
        ("doña", ["Rosa Medina"]),
        ("MEDICARE 1955", ["Rosa Medina"]),
        ("harbor", ["Luis Ortega"]),
        ("transitional cruz", ["Ana de la Cruz"]),
        ("nobody", []),
    ],
)
def test_every_word_typed_must_fit(shown: CaseloadFilter, typed: str, found: list[str]) -> None:
    shown.type(typed)
    assert sorted(names(shown)) == sorted(found)


@pytest.mark.parametrize(
    ("chip", "found"),
    [
        ("all", 3),
        ("due", 2),
        ("transition", 2),
        ("case_management", 1),
        ("review", 1),
        ("care_coordination", 0),
        ("insufficient_data", 1),
    ],
)
def test_chips_filter_and_count_alike(shown: CaseloadFilter, chip: str, found: int) -> None:
    shown.choose(chip)
    assert shown.rowCount() == found == counts(PEOPLE, (chip,))[chip]
    assert all(fits(p, chip) for p in PEOPLE if p.name in names(shown))


@pytest.mark.parametrize(
    ("column", "first"),
    [
        ("person", "Ana de la Cruz"),  # by family name: Cruz, Medina, Ortega
        ("age", "Ana de la Cruz"),  # not known stands before the youngest
        ("tier", "Rosa Medina"),  # as the rule ranks them
        ("next", "Ana de la Cruz"),  # what is latest first
        ("lace", "Luis Ortega"),
        ("payer", "Luis Ortega"),
    ],
)
def test_each_column_sorts_by_what_it_means(shown: CaseloadFilter, column: str, first: str) -> None:
    shown.sort(NAMES.index(column), Qt.SortOrder.AscendingOrder)
    assert names(shown)[0] == first
    ascending = names(shown)
    shown.sort(NAMES.index(column), Qt.SortOrder.DescendingOrder)
    assert sorted(names(shown)) == sorted(ascending)
    assert names(shown)[-1] == first


def test_every_column_sorts_everybody(shown: CaseloadFilter) -> None:
    """No column may meet values that can't be compared."""
    for number in range(len(COLUMNS)):
        shown.sort(number, Qt.SortOrder.AscendingOrder)
        assert shown.rowCount() == len(PEOPLE)


def test_the_same_people_are_no_reset(model: CaseloadModel) -> None:
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.show(PEOPLE, NOW)
    model.show((replace(BASE, lace=14), *PEOPLE[1:]), NOW)
    assert not resets
    assert cell(model, 0, "lace") == "14"
    model.show((), NOW)
    assert resets
    assert model.rowCount() == 0
