"""The demo's stage: nothing of it stays, and headquarters comes back at its old address."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from casefield.application import Application
from casefield.clock import FixedClock
from casefield.demo.stage import ANA, PASSPHRASE, Laptop, stage
from casefield.errors import LockedOrNotEnrolled, Offline
from tests.fieldwork import CHEAP, MovedClock


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("casefield.vault.vault.Derivation", lambda: CHEAP)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


CLOCK = FixedClock(MovedClock().now())


def test_headquarters_goes_and_comes_back_at_its_address(tmp_path: Path) -> None:
    with stage(CLOCK) as made:
        url = made.open_headquarters().url
        laptop = made.laptop(made.hire(ANA), ANA)
        made.close_headquarters()
        with pytest.raises(Offline):
            laptop.session.sync_now()
        assert made.open_headquarters().url == url
        assert laptop.session.sync_now().refused == 0
        assert laptop.application.info().demo
    assert list(tmp_path.iterdir()) == []


def test_nothing_stays_when_it_breaks_off(tmp_path: Path) -> None:
    laptops: list[Laptop] = []

    def break_off() -> None:
        with stage(CLOCK) as made:
            made.open_headquarters()
            laptops.append(made.laptop(made.hire(ANA), ANA))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(LockedOrNotEnrolled):
        laptops[0].session.waiting()


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with stage(CLOCK, lambda *said: told.append(said)) as made:
        made.open_headquarters()
        laptop = made.laptop(made.hire(ANA), ANA)
        made.people = made.people[:2]
        made.fill(laptop)
        assert len(made.cases) == 2
    assert told == [("people", 0, 2), ("people", 1, 2), ("people", 2, 2)]


def test_its_passphrase_opens_its_profile_only_while_it_lasts() -> None:
    with stage(CLOCK) as made:
        made.open_headquarters()
        laptop = made.laptop(made.hire(ANA), ANA)
        folder = laptop.application.profile
        laptop.session.lock()
        Application(folder, clock=CLOCK).unlock(PASSPHRASE).lock()
    assert not folder.exists()
