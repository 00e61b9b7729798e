"""Headquarters on SQLite and on a real PostgreSQL, a fresh database for each test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from casefield.server.app import create_app
from casefield.server.blob_folder import BlobFolder
from casefield.server.database import Database
from casefield.server.people import Administration
from tests.server.office import Client, MovedClock, Office

NAME = "Bayside Home Care"
_names = (f"test_{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the schema and nothing else."""
    file = tmp_path_factory.mktemp("headquarters") / "template.db"
    database = Database(str(file))
    database.prepare()
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """Return the name of a database with the schema and nothing else."""
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_of_tests")
    database = Database(postgresql.format("template_of_tests"))
    database.prepare()
    database.close()
    return "template_of_tests"


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Return a prepared SQLite database."""
    database = Database(str(shutil.copy(sqlite_template, tmp_path / "headquarters.db")))
    yield database
    database.close()


@pytest.fixture
def on_postgresql(postgresql: str, postgresql_template: str) -> Iterator[Database]:
    """Return a prepared PostgreSQL database."""
    name = next(_names)
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
        database = Database(postgresql.format(name))
        yield database
        database.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Return a prepared database: each test that asks for it runs on both."""
    found: Database = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture
def clock() -> MovedClock:
    """Tuesday 10 November 2026, one in the afternoon in New York."""
    return MovedClock()


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """Return the event loop on which headquarters runs."""
    with start_blocking_portal() as running:
        yield running


@pytest.fixture
def open_office(
    clock: MovedClock, portal: BlockingPortal, tmp_path: Path
) -> Callable[[Database], Office]:
    """Return what opens a headquarters over a database; an empty one gets an organisation."""

    def opened(database: Database) -> Office:
        client = Client(create_app(database, clock, BlobFolder(tmp_path / "blobs")), portal)
        administration = Administration(database, clock)
        known = [org_id for org_id, _ in administration.organizations()]
        org = known[0] if known else administration.add_organization(NAME, "America/New_York")
        return Office(database, clock, client, administration, org)

    return opened


@pytest.fixture
def office(database: Database, open_office: Callable[[Database], Office]) -> Office:
    """Return a headquarters on both databases."""
    return open_office(database)
