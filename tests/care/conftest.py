"""A real profile in which care works, with a clock that tests move."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casefield.application import Application, Session
from casefield.care.intake import take_file
from casefield.care.views import ImportReport
from casefield.records.base import ENVELOPE, Synced, new_id
from casefield.records.document import content_fields
from casefield.records.people import Patient
from casefield.records.work import Actor, Work

EASTERN = ZoneInfo("America/New_York")
PASSPHRASE = "correct horse battery staple field"


@dataclass
class MovedClock:
    """A clock that stands until a test moves it."""

    moment: datetime
    zone_name: str = "America/New_York"

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment.astimezone(UTC)

    def zone(self) -> str:
        """Return the zone of the place."""
        return self.zone_name

    def to(self, *parts: int) -> datetime:
        """Stand at a moment of local time; return it."""
        self.moment = datetime(*parts, tzinfo=EASTERN)  # type: ignore[arg-type]
        return self.moment

    def forward(self, **length: float) -> datetime:
        """Go on by a length of time; return the moment."""
        self.moment = self.moment + timedelta(**length)
        return self.moment


@pytest.fixture
def clock() -> MovedClock:
    """Tuesday 10 November 2026, one in the afternoon in New York."""
    return MovedClock(datetime(2026, 11, 10, 13, tzinfo=EASTERN))


@pytest.fixture
def session(fresh_profile: Path, tmp_path: Path, clock: MovedClock) -> Iterator[Session]:
    """Return Ana's unlocked profile, one for each test."""
    folder = shutil.copytree(fresh_profile, tmp_path / "p")
    opened = Application(folder, clock=clock).unlock(PASSPHRASE)
    yield opened
    opened.lock()


@pytest.fixture
def take(session: Session, tmp_path: Path) -> Callable[..., ImportReport]:
    """Return what takes a bundle in as a file."""

    def take_in(content: dict[str, Any], **options: Any) -> ImportReport:
        path = tmp_path / "bundle.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return take_file(session.working, path, **{"source_system": "hospital", **options})

    return take_in


@pytest.fixture
def records(session: Session) -> Callable[..., list[SimpleNamespace]]:
    """Return what reads records of a kind as they are kept, free of the database."""

    def read(kind: type[Synced], /, **equals: Any) -> list[SimpleNamespace]:
        names = (*ENVELOPE, *content_fields(kind))
        return session.read(
            lambda work: [
                SimpleNamespace(**{name: getattr(found, name) for name in names})
                for found in work.find(kind, **equals)
            ]
        )

    return read


@pytest.fixture
def person(session: Session) -> str:
    """Return the case id of Rosa Alvarez, born 1955, of whom nothing else is known."""
    return session.act(
        lambda work: (
            work.add(Patient(given_name="Rosa", family_name="Alvarez", birth_date="1955-03-02")).id
        ),
        "test",
    )


@pytest.fixture
def as_colleague(session: Session) -> Callable[[], AbstractContextManager[Work]]:
    """Return what gives a unit of work of Ben, who shares this laptop's record."""
    ben = Actor(org_id=session.actor.org_id, user_id=new_id(), name="Ben")
    return lambda: session._vault.work(ben, "test")
