"""The passphrase and the system's keyring: who opens, and what is left when one is changed."""

from __future__ import annotations

import base64
import errno
import os
from pathlib import Path

import pytest

from casefield.errors import (
    CasefieldError,
    Damaged,
    LockedOrNotEnrolled,
    NoKeyring,
    StorageFull,
    UnusableInput,
    WrongPassphrase,
)
from casefield.vault import keyslots, ways_in
from casefield.vault.keys import DataKey
from casefield.vault.vault import Vault
from casefield.vault.ways_in import WaysIn
from tests.vault.conftest import CHEAP, PASSPHRASE

NEW = "quiet harbour lantern thistle"


class Keyring:
    """A system's keyring in memory, that may refuse."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.refuses = False

    def set_password(self, service: str, name: str, value: str) -> None:
        self._ask()
        self.kept[service, name] = value

    def get_password(self, service: str, name: str) -> str | None:
        self._ask()
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        self._ask()
        del self.kept[service, name]

    def _ask(self) -> None:
        if self.refuses:
            raise RuntimeError("the collection is locked")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_in, "Derivation", lambda: CHEAP)


@pytest.fixture
def backend() -> Keyring:
    """Return an empty keyring."""
    return Keyring()


def key_of(folder: Path, passphrase: str) -> bytes:
    return WaysIn(folder).by_passphrase(passphrase).raw()


def no_room(*_: object) -> None:
    raise StorageFull("The disk is full.")


def test_a_new_passphrase_opens_the_same_database_unwritten(folder: Path) -> None:
    key, database = key_of(folder, PASSPHRASE), (folder / "casefield.db").read_bytes()
    WaysIn(folder).change_passphrase(PASSPHRASE, NEW)
    assert key_of(folder, NEW) == key
    assert (folder / "casefield.db").read_bytes() == database
    for name in ("keyslots.json", "keyslots.json.copy"):
        (folder / name).replace(folder / "keyslots.json")
        with pytest.raises(WrongPassphrase):
            key_of(folder, PASSPHRASE)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (NEW, "four quiet otters knitting", WrongPassphrase),
        (PASSPHRASE, "short", UnusableInput),
        (PASSPHRASE, "", UnusableInput),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    folder: Path, old: str, new: str, kind: type[CasefieldError]
) -> None:
    before = (folder / "keyslots.json").read_bytes()
    with pytest.raises(kind):
        WaysIn(folder).change_passphrase(old, new)
    assert (folder / "keyslots.json").read_bytes() == before


def test_on_a_full_disk_the_old_passphrase_goes_on_opening(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(folder, PASSPHRASE)
    real = os.fsync
    for fails_at in (1, 2, 3):
        calls = iter(range(1, 100))

        def fsync(handle: int, calls=calls, fails_at=fails_at) -> None:  # type: ignore[no-untyped-def]
            if next(calls) == fails_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            with pytest.raises(CasefieldError):
                WaysIn(folder).change_passphrase(PASSPHRASE, NEW)
        assert key_of(folder, PASSPHRASE) == key


def test_confirming_says_yes_or_no_and_a_damaged_file_says_so(folder: Path) -> None:
    assert WaysIn(folder).confirms(PASSPHRASE)
    assert not WaysIn(folder).confirms(NEW)
    assert not WaysIn(folder).confirms("")
    (folder / "keyslots.json").write_bytes(b"{")
    with pytest.raises(Damaged):
        WaysIn(folder).confirms(PASSPHRASE)


def test_a_profile_has_no_keyring_slot_until_its_owner_wants_one(
    folder: Path, backend: Keyring
) -> None:
    ways = WaysIn(folder)
    assert not ways.has_keyring()
    with pytest.raises(WrongPassphrase, match="holds nothing"):
        ways.by_keyring(backend)
    assert backend.kept == {}


def test_let_in_the_keyring_opens_beside_the_passphrase(vault: Vault, backend: Keyring) -> None:
    vault.add_keyring(backend)
    key = key_of(vault.folder, PASSPHRASE)
    assert WaysIn(vault.folder).by_keyring(backend).raw() == key
    assert vault.opens_by_keyring()
    (secret,) = backend.kept.values()
    assert len(base64.b64decode(secret)) == 32
    for name in ("keyslots.json", "keyslots.json.copy"):
        assert secret.encode() not in (vault.folder / name).read_bytes()
    vault.lock()
    vault.unlock_by_keyring(backend)
    assert not vault.is_locked


def test_a_new_passphrase_keeps_the_keyring(vault: Vault, backend: Keyring) -> None:
    vault.add_keyring(backend)
    vault.change_passphrase(PASSPHRASE, NEW)
    key = key_of(vault.folder, NEW)
    assert WaysIn(vault.folder).by_keyring(backend).raw() == key


def test_let_in_twice_only_the_newest_secret_opens(vault: Vault, backend: Keyring) -> None:
    vault.add_keyring(backend)
    (old,) = backend.kept.values()
    vault.add_keyring(backend)
    slots = keyslots.read(vault.folder)
    with pytest.raises(WrongPassphrase):
        keyslots.open_with_secret(slots, base64.b64decode(old))
    assert WaysIn(vault.folder).by_keyring(backend).raw() == key_of(vault.folder, PASSPHRASE)


def test_shut_out_slot_and_secret_are_gone(vault: Vault, backend: Keyring) -> None:
    vault.add_keyring(backend)
    kept = dict(backend.kept)
    assert vault.remove_keyring(backend)
    assert backend.kept == {}
    assert not vault.opens_by_keyring()
    backend.kept = kept
    with pytest.raises(WrongPassphrase, match="doesn't open"):
        WaysIn(vault.folder).by_keyring(backend)
    assert vault.remove_keyring(backend)  # shut out twice harms nobody


@pytest.mark.parametrize("reachable", [True, False], ids=["refusing", "absent"])
def test_a_keyring_out_of_reach_is_shut_out_all_the_same(
    vault: Vault, backend: Keyring, reachable: bool
) -> None:
    vault.add_keyring(backend)
    backend.refuses = True
    assert not vault.remove_keyring(backend if reachable else None)
    backend.refuses = False
    with pytest.raises(WrongPassphrase):
        WaysIn(vault.folder).by_keyring(backend)


def test_a_keyring_that_refuses_is_not_let_in(vault: Vault, backend: Keyring) -> None:
    backend.refuses = True
    with pytest.raises(NoKeyring, match="refused: RuntimeError"):
        vault.add_keyring(backend)
    assert not vault.opens_by_keyring()


def test_on_a_full_disk_no_secret_stays_in_the_keyring(
    vault: Vault, backend: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyslots, "write", no_room)
    with pytest.raises(StorageFull):
        vault.add_keyring(backend)
    assert backend.kept == {}


@pytest.mark.parametrize("kept", ["", "not base64!", "c2hvcnQ=", "A" * 43 + "="])
def test_a_secret_that_is_not_ours_opens_nothing(vault: Vault, backend: Keyring, kept: str) -> None:
    vault.add_keyring(backend)
    backend.kept = dict.fromkeys(backend.kept, kept)
    vault.lock()
    with pytest.raises(WrongPassphrase, match="Use the passphrase"):
        vault.unlock_by_keyring(backend)
    vault.unlock(PASSPHRASE)


def test_who_may_come_in_is_decided_inside(vault: Vault, backend: Keyring) -> None:
    vault.lock()
    with pytest.raises(LockedOrNotEnrolled, match="locked"):
        vault.add_keyring(backend)
    with pytest.raises(LockedOrNotEnrolled, match="locked"):
        vault.remove_keyring(backend)
    assert backend.kept == {}


def test_a_key_file_of_another_profile_gets_no_slot(vault: Vault, backend: Keyring) -> None:
    """Else the keyring would open a profile that this key doesn't."""
    WaysIn(vault.folder).make(
        DataKey.fresh(), "0199a000-0000-7000-8000-000000000009", PASSPHRASE, CHEAP
    )
    with pytest.raises(Damaged, match="changed by something other"):
        vault.add_keyring(backend)
    with pytest.raises(Damaged, match="changed by something other"):
        vault.remove_keyring(backend)
    assert backend.kept == {}
