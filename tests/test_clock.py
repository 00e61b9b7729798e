"""The place where the time is asked is the one that the machine is set to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casefield.clock import FixedClock, SystemClock


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a machine's link to its zone, not made yet; nothing else names one."""
    link = tmp_path / "localtime"
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr("casefield.clock.LOCALTIME", str(link))
    return link


@pytest.mark.parametrize("named", ["America/Chicago", ":America/Chicago"])
def test_a_zone_named_by_the_surroundings_comes_first(
    machine: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    machine.symlink_to("/usr/share/zoneinfo/America/New_York")
    monkeypatch.setenv("TZ", named)
    assert SystemClock().zone() == "America/Chicago"


@pytest.mark.parametrize(
    "target", ["/usr/share/zoneinfo/America/Denver", "zoneinfo/America/Denver"]
)
def test_the_machines_own_zone(machine: Path, target: str) -> None:
    machine.symlink_to(target)
    assert SystemClock().zone() == "America/Denver"


def test_a_worker_who_travels_is_followed(machine: Path) -> None:
    clock = SystemClock()
    machine.symlink_to("/usr/share/zoneinfo/America/New_York")
    assert clock.zone() == "America/New_York"
    machine.unlink()
    machine.symlink_to("/usr/share/zoneinfo/America/Phoenix")
    assert clock.zone() == "America/Phoenix"


@pytest.mark.parametrize("target", [None, "/usr/share/elsewhere/Moon", "zoneinfo/Not/A_Zone"])
def test_a_machine_that_names_no_zone_is_taken_for_utc(machine: Path, target: str | None) -> None:
    if target is not None:
        machine.symlink_to(target)
    assert SystemClock().zone() == "UTC"


def test_moments_are_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_fixed_clock_stands_still_where_it_was_put() -> None:
    moment = datetime(2026, 11, 10, 13, tzinfo=ZoneInfo("America/Denver"))
    clock = FixedClock(moment, "America/Denver")
    assert clock.now() == clock.now() == moment
    assert clock.now().tzinfo is UTC
    assert clock.zone() == "America/Denver"
