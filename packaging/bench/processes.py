"""Runs cold cases (`child.py`), each in a fresh interpreter without a display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120


class CaseFailed(RuntimeError):
    """A case ended without a figure; the message is what it wrote to standard error."""


def run(case: str, *arguments: object) -> dict[str, Any]:
    """Run a case to its end and return what it said.

    Raises:
        CaseFailed: it said nothing.
    """
    with tempfile.TemporaryDirectory(prefix="casefield-bench-home-") as home:
        done = subprocess.run(
            _command(case, arguments),
            env=_surroundings(home),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    for line in done.stdout.splitlines():
        if line.startswith("@"):
            found: dict[str, Any] = json.loads(line[1:])
            return found
    raise CaseFailed(f"{case}: {done.returncode} {done.stderr[-1500:]}")


@contextmanager
def server(case: str, database: str) -> Iterator[str]:
    """Give the address of a server (`headquarters`, `prototype`) in a process of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="casefield-bench-home-") as home,
        subprocess.Popen(
            _command(case, (database,)),
            env=_surroundings(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        assert running.stdout is not None
        try:
            yield json.loads(running.stdout.readline()[1:])["url"]
        finally:
            running.communicate(timeout=SECONDS)  # closes its standard input: it ends


def _command(case: str, arguments: tuple[object, ...]) -> list[str]:
    return [sys.executable, str(CHILD), case, str(time.monotonic()), *map(str, arguments)]


def _surroundings(home: str) -> dict[str, str]:
    """The window remembers its place in the home folder: each case has a new one."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_RUNTIME_DIR": home,
        "TZ": "America/New_York",
    }
