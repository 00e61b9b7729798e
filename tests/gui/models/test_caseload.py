"""The caseload is sorted and filtered as it was asked for, and what is chosen stays chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from casefield.care.views import CaseloadRow, Due
from casefield.gui.models.caseload import (
    COLUMNS,
    ROW,
    CaseloadFilter,
    CaseloadModel,
    fits,
)

NOW = datetime(2026, 11, 10, 18, tzinfo=UTC)
NAMES = ("Rosa Medina", "Walter Pratt", "Mai Tran", "Denise Okafor", "Omar Haddad")
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def person(number: int, **fields: object) -> CaseloadRow:
    """Return a row about an invented person."""
    at = NOW + timedelta(days=number * 7 % 5 - 2)
    plain = CaseloadRow(
        case_id=f"c{number}",
        name=NAMES[number % len(NAMES)],
        preferred_name=None,
        birth_date="1950-01-01",
        age=60 + number,
        sex=None,
        language=("en", "es", None)[number % 3],
        interpreter_needed=None,
        programme=("Diabetes", None)[number % 2],
        tier=("case_management", "review", "insufficient_data")[number % 3],
        prioritise=False,
        lace=(12, None, 4)[number % 3],
        lace_band=("high", None, "low")[number % 3],
        payer=None,
        next_due=None if number % 4 == 3 else Due(at, None, "UTC", "overdue"),
        next_kind=None if number % 4 == 3 else "general",
        last_contact=None,
        manager_id=None,
        deceased=False,
        chronic_conditions=number % 4,
    )
    return replace(plain, **fields)


PEOPLE = tuple(person(number) for number in range(12))


@pytest.fixture
def model(qtbot: QtBot) -> CaseloadModel:
    """Return a model with a dozen people."""
    made = CaseloadModel()
    made.show(PEOPLE, NOW)
    return made


def shown(filtered: CaseloadFilter) -> list[CaseloadRow]:
    return [filtered.index(n, 0).data(ROW) for n in range(filtered.rowCount())]


@pytest.mark.parametrize("order", [UP, DOWN], ids=["up", "down"])
@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=[c.name for c in COLUMNS])
def test_any_column_sorts_both_ways(model: CaseloadModel, column: int, order: Qt.SortOrder) -> None:
    filtered = CaseloadFilter(model)
    filtered.sort(column, order)
    keys = [COLUMNS[column].key(row) for row in shown(filtered)]
    assert keys == sorted(keys, reverse=order is DOWN)
    assert len(keys) == len(PEOPLE)


@given(
    chip=st.sampled_from(["all", "due", "transition", "case_management", "review"]),
    typed=st.sampled_from(["", "medina", "MEDINA rosa", "tran 1950", "nobody", "diabetes"]),
)
def test_those_are_shown_who_fit_chip_and_every_word(chip: str, typed: str) -> None:
    model = CaseloadModel()
    filtered = CaseloadFilter(model)
    filtered.choose(chip)
    filtered.type(typed)
    model.show(PEOPLE, NOW)
    wanted = {
        row.case_id
        for row in PEOPLE
        if fits(row, chip)
        and all(
            word in f"{row.name} {row.birth_date} {row.programme}".casefold()
            for word in typed.casefold().split()
        )
    }
    assert {row.case_id for row in shown(filtered)} == wanted


def test_what_is_chosen_stays_chosen_when_it_moves(model: CaseloadModel) -> None:
    filtered = CaseloadFilter(model)
    filtered.sort(0, UP)
    chosen = QPersistentModelIndex(filtered.index(3, 2))
    case_id = chosen.data(ROW).case_id
    filtered.sort(1, DOWN)
    assert chosen.data(ROW).case_id == case_id
    older = tuple(replace(row, age=200) if row.case_id == case_id else row for row in PEOPLE)
    model.show(older, NOW)
    assert (chosen.row(), chosen.column()) == (0, 2)
    assert chosen.data(ROW).age == 200


def test_who_came_is_shown_and_who_left_is_gone(model: CaseloadModel) -> None:
    filtered = CaseloadFilter(model)
    gone = QPersistentModelIndex(filtered.index(0, 0))
    model.show((*PEOPLE[3:], person(90)), NOW)
    assert not gone.isValid()
    assert {row.case_id for row in shown(filtered)} == {p.case_id for p in PEOPLE[3:]} | {"c90"}


def test_it_is_a_model_as_qt_wants_one(model: CaseloadModel, qtmodeltester: ModelTester) -> None:
    filtered = CaseloadFilter(model)
    qtmodeltester.check(filtered)
    filtered.type("medina")
    filtered.sort(2, DOWN)
    filtered.type("")
    assert filtered.headerData(0, Qt.Orientation.Horizontal) == COLUMNS[0].title()
    assert filtered.data(QModelIndex()) is None
