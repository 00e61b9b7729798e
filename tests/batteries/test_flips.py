"""Somebody or something changes the locked database: no change of a byte passes unseen."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

from casefield.errors import Damaged
from casefield.vault import keys, keyslots
from casefield.vault.check import check
from casefield.vault.vault import Vault
from tests.batteries.conftest import PASSPHRASE

PAGE = 4096
PLACES = 60
SEED = 20261110


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive the one passphrase's key once: this is not about guesses."""
    monkeypatch.setattr(keyslots, "from_passphrase", _from_passphrase)


_from_passphrase = cache(keys.from_passphrase)


def seen(profile: Path) -> bool:
    """Whether opening and checking the profile tells that something is wrong."""
    vault = Vault.open(profile)
    try:
        vault.unlock(PASSPHRASE)
        return not all(finding.good for finding in check(vault))
    except Damaged:
        return True
    finally:
        vault.lock()


def places(size: int) -> list[tuple[int, int]]:
    """Return (place, bit) all over a file, each kind of place in a page among them."""
    dice = random.Random(SEED)
    within = [0, 15, 16, 100, PAGE - 81, PAGE - 80, PAGE - 65, PAGE - 64, PAGE - 1]
    pages = [0, *(dice.randrange(size // PAGE) for _ in range(3))]
    chosen = [page * PAGE + place for page in pages for place in within]
    chosen += [dice.randrange(size) for _ in range(PLACES - len(chosen))]
    return [(place, dice.randrange(8)) for place in chosen]


def test_each_flipped_bit_is_seen(worked: Path) -> None:
    file = worked / "p" / "casefield.db"
    whole = file.read_bytes()
    assert not seen(worked / "p")
    unseen = []
    for place, bit in places(len(whole)):
        harmed = bytearray(whole)
        harmed[place] ^= 1 << bit
        file.write_bytes(harmed)
        if not seen(worked / "p"):
            unseen.append((place // PAGE, place % PAGE, bit))
    assert unseen == []
    file.write_bytes(whole)
    assert not seen(worked / "p")


@pytest.mark.parametrize("cut", [1, 100, PAGE, 10 * PAGE, 10 * PAGE + 7])
def test_a_cut_is_seen(worked: Path, cut: int) -> None:
    file = worked / "p" / "casefield.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    assert seen(worked / "p")
    file.write_bytes(whole[:cut])
    assert seen(worked / "p")


def test_pages_that_changed_places_are_seen(worked: Path) -> None:
    file = worked / "p" / "casefield.db"
    whole = file.read_bytes()
    pages = [whole[start : start + PAGE] for start in range(0, len(whole), PAGE)]
    pages[4], pages[9] = pages[9], pages[4]
    file.write_bytes(b"".join(pages))
    assert seen(worked / "p")


def test_another_profiles_page_is_seen(worked: Path, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "other", PASSPHRASE)
    other.lock()
    theirs = (tmp_path / "other" / "casefield.db").read_bytes()
    file = worked / "p" / "casefield.db"
    mine = bytearray(file.read_bytes())
    mine[5 * PAGE : 6 * PAGE] = theirs[5 * PAGE : 6 * PAGE]
    file.write_bytes(mine)
    assert seen(worked / "p")
