"""The demo's people: enough of them, invented, and every word of the file understood."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from casefield.demo.cast import Person, load_cast
from casefield.demo.moments import Today
from casefield.resources import resource_path
from tests.demo.conftest import CAST

FILE = resource_path("demo", "people.json")
TODAY = Today(datetime(2026, 11, 13, 12, tzinfo=UTC), "America/New_York")
SAID = {"on", "until", "since", "due", "review"}


def test_there_are_enough_people_and_the_scenarios_are_among_them() -> None:
    assert len(CAST) == len(load_cast(FILE)) >= 12
    stories = [person.story for person in CAST.values()]
    for scenario in ("S1", "S2", "S3"):
        assert sum(story.startswith(f"{scenario}:") for story in stories) == 1


def test_their_stories_differ() -> None:
    assert len({person.story for person in CAST.values()}) == len(CAST)
    assert len({person.programme for person in CAST.values()}) >= 4
    assert len({person.language for person in CAST.values()}) >= 3
    assert len({person.payer.type for person in CAST.values()}) >= 4


def test_nobody_can_be_reached_by_telephone(person: Person) -> None:
    """555-0100 to 555-0199 are kept for fiction."""
    assert person.phone.startswith("555-01")
    assert len(person.phone) == len("555-0100")


def _moments(value: Any, name: str = "") -> list[str]:
    if isinstance(value, dict):
        return [m for key, inner in value.items() for m in _moments(inner, key)]
    if isinstance(value, list):
        if name in {"pressure", "weights", "hba1c"}:
            return [row[0] for row in value]
        return [m for inner in value for m in _moments(inner, name)]
    return [value] if name in SAID and isinstance(value, str) else []


def test_every_moment_of_the_file_is_one() -> None:
    said = _moments(json.loads(FILE.read_text(encoding="utf-8")))
    assert len(said) > 100
    for moment in said:
        TODAY.moment(moment)


def test_what_lies_behind_does_and_what_is_due_may_not(person: Person) -> None:
    done = [*(a.on for a in person.phq9), *(c.on for c in person.calls)]
    done += [v.on for v in person.visits] + [stay.until for stay in person.encounters]
    assert all(said.startswith("-") for said in done)
    assert all(wish.due.startswith("+") for wish in person.goals)


def test_an_unknown_word_in_the_file_is_a_mistake_not_a_guess(tmp_path: Path) -> None:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    content["people"][0]["alergies"] = []
    path = tmp_path / "people.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match="alergies"):
        load_cast(path)
