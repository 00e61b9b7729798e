"""What records are called."""

from __future__ import annotations

import pytest

from casefield.application import Session
from casefield.care.titles import title_of, titles_of
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


def test_titles_are_found_by_kind_and_id_of_what_is_here(session: Session, person: str) -> None:
    goal_id = session.act(
        lambda w: w.add(Goal(case_id=person, own_words="Walk to church")).id, "test"
    )
    wanted = [("Goal", goal_id), ("Patient", person), ("Goal", "gone"), ("NewKind", "x")]
    assert session.read(lambda w: titles_of(w, wanted)) == {
        ("Goal", goal_id): "Walk to church",
        ("Patient", person): "Rosa Alvarez",
    }
