"""What journeys share: a headquarters on loopback, two workers with their laptops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefield.application import Session
from tests.fieldwork import Fieldwork, MovedClock, fieldwork, standing_on


@pytest.fixture
def field(fresh_profile: Path, tmp_path: Path) -> Iterator[Fieldwork]:
    """Return a headquarters without workers."""
    with fieldwork(fresh_profile, tmp_path, MovedClock()) as made:
        yield made


@pytest.fixture
def ana(field: Fieldwork) -> Session:
    """Return Ana's enrolled laptop."""
    return field.laptop("ana")


@pytest.fixture
def ben(field: Fieldwork) -> Session:
    """Return Ben's enrolled laptop."""
    return field.laptop("ben")


def agree(field: Fieldwork, *laptops: Session) -> None:
    """Compare laptops and headquarters field by field."""
    there = field.standing()
    for laptop in laptops:
        here = standing_on(laptop)
        assert here.keys() == there.keys()
        for key, expected in there.items():
            assert here[key] == expected, key
