"""What records are called."""

from __future__ import annotations

import pytest

from casefield.care.titles import title_of
from casefield.records.base import Synced
from casefield.records.people import Patient
from casefield.records.planning import CarePlan, Goal
from casefield.records.registry import KINDS


@pytest.mark.parametrize(
    ("record", "title"),
    [
        (Goal(own_words="Walk to church", description="200 m"), "Walk to church"),
        (Goal(description=" 200 m\n daily "), "200 m daily"),
        (Patient(given_name="Rosa", family_name="Alvarez"), "Rosa Alvarez"),
        (CarePlan(), ""),
        (Goal(own_words="x" * 200), "x" * 79 + "…"),
    ],
)
def test_a_record_is_called_by_its_own_words(record: Synced, title: str) -> None:
    assert title_of(record) == title


def test_every_kind_can_be_asked() -> None:
    assert all(isinstance(title_of(kind()), str) for kind in KINDS.values())
