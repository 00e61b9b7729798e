"""Headquarters' command line in this process, on a database of each test's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casefield.server.admin import main
from casefield.server.database import Database
from tests.server.office import Office


@dataclass(frozen=True)
class Said:
    """What one call left: exit code, standard output and error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Call = Callable[..., Said]


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return what runs a command line just as given; no traceback may ever show."""
    monkeypatch.delenv("CASEFIELD_DATABASE", raising=False)

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = Said(code, *capsys.readouterr())
        assert "Traceback" not in said.out + said.err
        return said

    return call


@pytest.fixture
def data(sqlite_template: Path, tmp_path: Path) -> Path:
    """Return a data folder with headquarters' empty database."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "headquarters.db")
    return folder


@pytest.fixture
def call(bare: Call, data: Path) -> Call:
    """Return what runs a command on the data folder."""
    return lambda *arguments: bare("--data", data, *arguments)


@pytest.fixture
def staffed(call: Call) -> Call:
    """Return the same, with one organisation and a case manager, Ana."""
    assert call("org", "add", "Bayside Home Care", "--zone", "America/New_York").code == 0
    added = call("user", "add", "ana", "--name", "Ana Alvarez, RN", "--role", "case_manager")
    assert added.code == 0
    return call


@pytest.fixture
def office(
    staffed: Call, data: Path, open_office: Callable[[Database], Office]
) -> Iterator[Office]:
    """Return the same headquarters as laptops find it."""
    database = Database(str(data / "headquarters.db"))
    yield open_office(database)
    database.close()
