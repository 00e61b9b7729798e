"""The command line in this process, on a real profile of its own for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casefield.cli import run
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation

PASSPHRASE = "correct horse battery staple field"


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


@pytest.fixture(scope="session")
def fresh_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a profile and its passphrase file, made by ``casefield init``."""
    folder = tmp_path_factory.mktemp("fresh")
    (folder / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "casefield.vault.vault.Derivation", lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)
        )
        given = ["--profile", str(folder / "p"), "--passphrase-file", str(folder / "passphrase")]
        assert run([*given, "init", "--name", "Ana"]) == 0
    return folder


@pytest.fixture
def home(fresh_profile: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the profile in ``p`` and the file ``passphrase``."""
    return Path(shutil.copytree(fresh_profile, tmp_path / "home"))


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what runs a command line just as given; no traceback may ever show."""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = Said(code, *capsys.readouterr())
        assert "Traceback" not in said.out + said.err
        return said

    return call


@pytest.fixture
def call(bare: Call, home: Path) -> Call:
    """Return what runs a command on the profile."""
    given = ["--profile", home / "p", "--passphrase-file", home / "passphrase"]
    return lambda *arguments: bare(*given, *arguments)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Return what writes a file: text as it is, anything else as JSON."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write
