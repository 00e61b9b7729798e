"""A laptop on which the demo's history is played at whatever day a test calls today."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casefield.application import Application, Session
from casefield.clock import FixedClock
from casefield.demo.cast import Person, load_cast
from casefield.demo.history import StageClock, play
from casefield.demo.moments import Today
from casefield.resources import resource_path
from tests.fieldwork import PASSPHRASE

CAST = {person.id: person for person in load_cast(resource_path("demo", "people.json"))}
EASTERN = ZoneInfo("America/New_York")


@dataclass
class Played:
    """People as the demo shows them on one day."""

    session: Session
    now: datetime
    cases: dict[str, str]
    deeds: dict[str, int]


Play = Callable[..., Played]


@pytest.fixture
def played(fresh_profile: Path, tmp_path: Path) -> Iterator[Play]:
    """Return what plays people's history up to a moment of local time."""
    opened: list[Session] = []

    def run(now: datetime, *people: str) -> Played:
        real = FixedClock(now.replace(tzinfo=EASTERN))
        clock = StageClock(real)
        folder = shutil.copytree(fresh_profile, tmp_path / f"p{len(opened)}")
        session = Application(folder, clock=clock).unlock(PASSPHRASE)
        opened.append(session)
        today = Today(real.now(), real.zone())
        made = Played(session, real.now(), {}, {})
        for name in people:
            made.cases[name], made.deeds[name] = play(session, clock, CAST[name], today)
        return made

    yield run
    for session in opened:
        session.lock()


@pytest.fixture(params=sorted(CAST))
def person(request: pytest.FixtureRequest) -> Person:
    """Return each of the demo's people in turn."""
    return CAST[request.param]
