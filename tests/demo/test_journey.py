"""``casefield demo --headless`` as a newcomer runs it: a whole process, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casefield.demo import journey as told
from casefield.demo.journey import JourneyFailed, journey
from casefield.errors import CasefieldError
from tests.fieldwork import CHEAP, MovedClock

ROOT = Path(__file__).resolve().parents[2]
LONG = 150  # until a demo that hangs fails the test


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """Return the folders that a demo might leave something in."""
    found = {name: tmp_path / name for name in ("temp", "home", "data", "config", "cache")}
    for folder in found.values():
        folder.mkdir()
    return found


def run_demo(places: dict[str, Path], *options: str) -> subprocess.CompletedProcess[str]:
    surroundings = {
        **os.environ,
        "TMPDIR": str(places["temp"]),
        "HOME": str(places["home"]),
        "XDG_DATA_HOME": str(places["data"]),
        "XDG_CONFIG_HOME": str(places["config"]),
        "XDG_CACHE_HOME": str(places["cache"]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "casefield", "demo", "--headless", *options],
        cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=LONG, check=False,
    )  # fmt: skip


def left_behind(places: dict[str, Path]) -> list[Path]:
    return [file for folder in places.values() for file in folder.rglob("*")]


def test_it_tells_each_step_and_ends_well(places: dict[str, Path]) -> None:
    done = run_demo(places)
    assert (done.returncode, done.stderr) == (0, "")
    *steps, closing = done.stdout.splitlines()
    assert [step.split(". ")[0] for step in steps] == [str(n + 1) for n in range(len(steps))]
    assert closing.startswith("demo: ok, 14 people, ")
    assert closing.endswith(" s")
    for word in ("offline", "headquarters is back", "both agree", "conflict"):
        assert word in done.stdout
    assert left_behind(places) == []


def test_for_a_machine_it_gives_figures_alone(places: dict[str, Path]) -> None:
    done = run_demo(places, "--json")
    assert done.returncode == 0
    figures = json.loads(done.stdout)
    assert figures["people"] >= 12
    assert figures["deeds"] > 40
    assert figures["offline"] > 5
    assert figures["pushed"] > figures["pulled"] > 0
    assert (figures["conflicts"], figures["returned"] > 2) == (1, True)
    assert "1. headquarters listens" in done.stderr
    assert left_behind(places) == []


def test_a_step_that_does_not_come_out_right_ends_the_journey_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never_offline(*_: object) -> None:
        raise JourneyFailed("Headquarters answered although it is closed.")

    monkeypatch.setattr(told, "_must_be_offline", never_offline)
    monkeypatch.setattr("casefield.vault.vault.Derivation", lambda: CHEAP)
    steps: list[str] = []
    with pytest.raises(CasefieldError, match="although it is closed"):
        journey(MovedClock(), steps.append)
    assert len(steps) == 3
