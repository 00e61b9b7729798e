"""Making a profile: whole or nothing, and never at the cost of one that is there."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casefield.errors import Damaged, StorageFull, UnusableInput
from casefield.vault import creation, database, files, keyslots
from casefield.vault.vault import Vault
from tests.vault.conftest import CHEAP, PASSPHRASE


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != "in-use"}


def test_a_profile_is_not_made_twice(folder: Path) -> None:
    before = content(folder)
    with pytest.raises(UnusableInput, match="already a casefield profile"):
        Vault.create(folder, PASSPHRASE, cost=CHEAP)
    assert content(folder) == before


@pytest.mark.parametrize("lost", [("keyslots.json",), ("keyslots.json", "keyslots.json.copy")])
def test_a_database_whose_key_file_is_lost_is_never_touched(
    folder: Path, lost: tuple[str, ...]
) -> None:
    for name in lost:
        (folder / name).unlink()
    before = content(folder)
    with pytest.raises(Damaged, match=r"key file keyslots\.json is missing") as caught:
        Vault.create(folder, PASSPHRASE, cost=CHEAP)
    assert "keyslots.json.copy" in caught.value.way_out
    assert content(folder) == before


def test_the_way_out_is_one(folder: Path) -> None:
    (folder / "keyslots.json").unlink()
    (folder / "keyslots.json.copy").replace(folder / "keyslots.json")
    vault = Vault.open(folder)
    vault.unlock(PASSPHRASE)
    vault.lock()


@pytest.mark.parametrize("there", [False, True], ids=["fresh folder", "folder with other files"])
@pytest.mark.parametrize("site", ["mark", "database", "derivation", "facts", "keys", "end"])
def test_a_creation_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: str, there: bool
) -> None:
    folder = tmp_path / "p"
    if there:
        folder.mkdir()
        (folder / "mine.txt").write_text("kept", "utf-8")

    def full(*_: object, **__: object) -> None:
        raise files.environment_error(OSError(errno.ENOSPC, "No space left on device"), folder)

    places = {
        "mark": (creation, "write_whole"),
        "database": (database, "environment_error"),
        "derivation": (keyslots, "passphrase_slot"),
        "facts": (Vault, "set_fact"),
        "keys": (keyslots, "write"),
        "end": (creation, "end"),
    }
    with monkeypatch.context() as patch:
        if site == "database":
            patch.setattr(database, "_make_private", _no_room)
        else:
            patch.setattr(*places[site], full)
        with pytest.raises(StorageFull, match="disk is full"):
            Vault.create(folder, PASSPHRASE, cost=CHEAP)
    left = sorted(file.name for file in folder.iterdir()) if folder.exists() else []
    assert [name for name in left if name != "in-use"] == (["mine.txt"] if there else [])
    Vault.create(folder, PASSPHRASE, cost=CHEAP).lock()  # and once there is room


def _no_room(_: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


KILLED = """
import os, signal, sys
from pathlib import Path
from casefield.vault import keyslots
from casefield.vault.vault import Vault
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
{patch} = die
Vault.create(Path(sys.argv[1]), "correct horse battery staple field")
"""


def killed(folder: Path, patch: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED.format(patch=patch), folder], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("patch", ["Vault.set_fact", "keyslots.write"])
def test_a_creation_that_was_killed_does_not_block_the_next(tmp_path: Path, patch: str) -> None:
    folder = tmp_path / "p"
    killed(folder, patch)
    assert (folder / "casefield.db").exists()
    assert not Vault.exists(folder)
    Vault.create(folder, PASSPHRASE, cost=CHEAP).lock()
    assert not (folder / creation.UNFINISHED).exists()
    vault = Vault.open(folder)
    vault.unlock(PASSPHRASE)
    vault.lock()


def test_a_mark_that_stayed_never_makes_a_profile_look_half_made(folder: Path) -> None:
    """Killed after the key file, before the mark went: the profile is whole."""
    (folder / creation.UNFINISHED).touch()
    (folder / "keyslots.json").unlink()
    with pytest.raises(Damaged, match="key file"):
        Vault.create(folder, PASSPHRASE, cost=CHEAP)
    assert (folder / "casefield.db").stat().st_size


def test_whoever_comes_second_finds_a_profile_and_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw an empty folder; one was quicker."""
    folder = tmp_path / "p"
    real = files.ProfileLock.take

    def take(lock: files.ProfileLock) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(files.ProfileLock, "take", real)
            Vault.create(folder, PASSPHRASE, cost=CHEAP).lock()
        real(lock)

    monkeypatch.setattr(files.ProfileLock, "take", take)
    with pytest.raises(UnusableInput, match="already a casefield profile"):
        Vault.create(folder, "quiet harbour lantern thistle", cost=CHEAP)
    monkeypatch.undo()
    vault = Vault.open(folder)
    vault.unlock(PASSPHRASE)
    vault.lock()
