"""Each side starts with its own packages alone: headquarters without a window, a laptop without
a server."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMPORTED_AS = {"PySide6-Essentials": "PySide6"}
PROBE = """
import importlib, pkgutil, sys

LACKING = set(sys.argv[1].split(","))

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in LACKING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Lacking())
import casefield

server = sys.argv[2] == "server"
for module in pkgutil.walk_packages(casefield.__path__, "casefield."):
    runs = module.name.endswith("__main__")
    if (module.name.split(".")[1] == "server") is server and not runs:
        importlib.import_module(module.name)
        print(module.name)
from casefield.__main__ import main as laptop
sys.exit(importlib.import_module("casefield.server.admin").main(sys.argv[3:]) if server
         else laptop(sys.argv[3:]))
"""


def packages(extra: str) -> str:
    """Return what an extra brings, as it is imported."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [line.split(">")[0].split("[")[0] for line in project["optional-dependencies"][extra]]
    return ",".join(IMPORTED_AS.get(name, name) for name in names)


def run(lacking: str, side: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Import a side where an extra is not installed, and run its command line there."""
    return subprocess.run(
        [sys.executable, "-c", PROBE, packages(lacking), side, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("extra", ["desktop", "server"])
def test_the_extras_are_what_the_probe_takes_away(extra: str) -> None:
    names = packages(extra).split(",")
    assert (
        set(names)
        == {
            "desktop": {"PySide6", "keyring", "requests", "sqlcipher3", "zxcvbn"},
            "server": {"fastapi", "psycopg", "uvicorn"},
        }[extra]
    )


def test_headquarters_starts_without_the_laptops_packages(tmp_path: Path) -> None:
    done = run("desktop", "server", "--data", str(tmp_path), "org", "add", "Bayside")
    assert done.returncode == 0, done.stderr
    assert "casefield.server.push\n" in done.stdout
    assert "Made Bayside" in done.stdout


def test_a_laptop_starts_without_headquarters_packages(tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery staple field", encoding="utf-8")
    done = run(
        "server", "laptop", "--profile", str(tmp_path / "p"), "--passphrase-file", str(secret),
        "init",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "casefield.gui.main\n" in done.stdout
    assert "Made an encrypted profile" in done.stdout


def test_the_demo_says_what_it_lacks() -> None:
    done = run("server", "laptop", "demo", "--headless")
    assert done.returncode == 2
    assert "Install casefield[server], or run make setup." in done.stderr
    assert "Traceback" not in done.stderr
