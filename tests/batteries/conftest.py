"""What the batteries share: a profile to copy, headquarters' databases, how long they run.

Each battery runs shortly with all tests and long by `make soak`, which sets CASEFIELD_ROUNDS.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from casefield.application import Application
from casefield.care import notes, plan
from casefield.records.people import Patient
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation

PASSPHRASE = "correct horse battery staple field"
_names = (f"battery_{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def worked_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a locked profile `p`, and in `note` the id of a draft in it."""
    folder = tmp_path_factory.mktemp("worked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "casefield.vault.vault.Derivation", lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)
        )
        session = Application(folder / "p").create(PASSPHRASE, name="Ana")
    person = session.act(lambda work: work.add(Patient(given_name="Rosa")).id, "a person")
    note = session.act(lambda work: notes.start_note(work, person, "home_visit"), "a note")
    for number in range(40):
        words = f"Goal {number}: " + "she wants to walk to the shop. " * 20
        session.act(lambda work, w=words: plan.add_goal(work, person, own_words=w), "a goal")
    session.lock()
    (folder / "note").write_text(note, encoding="utf-8")
    (folder / "person").write_text(person, encoding="utf-8")
    return folder


@pytest.fixture
def worked(worked_profile: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, one for each test."""
    return Path(shutil.copytree(worked_profile, tmp_path / "worked"))


@pytest.fixture(scope="session")
def rounds() -> int:
    """Return how many rounds a long battery runs; 0: as briefly as it can still tell something."""
    return int(os.environ.get("CASEFIELD_ROUNDS", "0"))


@pytest.fixture
def on_postgresql(postgresql: str) -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database."""
    name = next(_names)
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgresql.format(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def on_sqlite(tmp_path: Path) -> str:
    """Return the file of an SQLite database that is not there yet."""
    return str(tmp_path / "headquarters.db")
