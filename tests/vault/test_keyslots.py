"""The key file: whole it opens, and every other state of it is told in a sentence, never obeyed."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.errors import CasefieldError, Damaged, UnusableInput, WrongPassphrase
from casefield.vault import keys, keyslots
from casefield.vault.keys import DataKey
from casefield.vault.keyslots import COPY_NAME, FILE_NAME, Keyslots
from tests.vault.conftest import CHEAP, PASSPHRASE

PROFILE = "0199a000-0000-7000-8000-000000000001"
OTHER = "0199a000-0000-7000-8000-000000000002"
SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def key() -> DataKey:
    """Return the data key of the profile."""
    return DataKey(bytes(range(32, 64)))


@pytest.fixture(scope="module")
def slots(key: DataKey) -> Keyslots:
    """Return a passphrase slot and a keyring slot, not sealed yet."""
    passphrase = keyslots.passphrase_slot(key, PASSPHRASE, PROFILE, CHEAP)
    return Keyslots(PROFILE, (passphrase, keyslots.keyring_slot(key, SECRET, PROFILE)))


@pytest.fixture
def written(tmp_path: Path, slots: Keyslots, key: DataKey) -> Path:
    """Return a folder with the key file of the profile."""
    keyslots.write(tmp_path, slots, key)
    return tmp_path


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = folder / FILE_NAME
    body = json.loads(file.read_text("utf-8"))
    change(body)
    file.write_text(json.dumps(body), "utf-8")


def opened(folder: Path) -> bytes:
    return keyslots.open_with_passphrase(keyslots.read(folder), PASSPHRASE).raw()


def test_passphrase_and_keyring_open_the_same_key(written: Path, key: DataKey) -> None:
    found = keyslots.read(written)
    assert opened(written) == key.raw()
    assert keyslots.open_with_secret(found, SECRET).raw() == key.raw()
    with pytest.raises(WrongPassphrase, match="doesn't open this profile"):
        keyslots.open_with_passphrase(found, PASSPHRASE[:-1])
    with pytest.raises(WrongPassphrase, match=r"keyring.*Use the passphrase"):
        keyslots.open_with_secret(found, os.urandom(32))


def test_the_file_tells_nothing_but_wraps(written: Path, key: DataKey) -> None:
    raw = (written / FILE_NAME).read_bytes()
    for secret in (key.raw(), SECRET, PASSPHRASE.encode()):
        assert secret not in raw
        assert base64.b64encode(secret) not in raw
    assert set(json.loads(raw)) == {"version", "profile", "slots", "mac"}


def test_the_copy_holds_the_same_and_both_are_private(written: Path) -> None:
    assert (written / COPY_NAME).read_bytes() == (written / FILE_NAME).read_bytes()
    for name in (FILE_NAME, COPY_NAME):
        assert stat.S_IMODE((written / name).stat().st_mode) == 0o600


def test_after_a_change_no_file_opens_with_what_was_before(
    written: Path, slots: Keyslots, key: DataKey
) -> None:
    fresh = keyslots.passphrase_slot(key, "quiet harbour lantern thistle", PROFILE, CHEAP)
    keyslots.write(written, slots.having(fresh), key)
    for name in (FILE_NAME, COPY_NAME):
        found = keyslots._from_json(json.loads((written / name).read_bytes()))
        with pytest.raises(WrongPassphrase):
            keyslots.open_with_passphrase(found, PASSPHRASE)
        assert keyslots.open_with_passphrase(found, "quiet harbour lantern thistle").raw()
        assert keyslots.open_with_secret(found, SECRET).raw() == key.raw()


def test_a_slot_taken_away_is_gone(written: Path, slots: Keyslots, key: DataKey) -> None:
    keyslots.write(written, slots.without(keyslots.KEYRING), key)
    with pytest.raises(WrongPassphrase, match="keyring"):
        keyslots.open_with_secret(keyslots.read(written), SECRET)
    assert opened(written) == key.raw()


@given(length=st.integers(0, 900))
def test_a_file_cut_anywhere_is_told(
    tmp_path_factory: pytest.TempPathFactory, slots: Keyslots, key: DataKey, length: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    keyslots.write(folder, slots, key)
    whole = (folder / FILE_NAME).read_bytes()
    (folder / FILE_NAME).write_bytes(whole[: min(length, len(whole) - 1)])
    with pytest.raises(Damaged, match=FILE_NAME) as caught:
        keyslots.read(folder)
    assert COPY_NAME in caught.value.way_out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"3",
        b'"text"',
        b"\xff\xfe",
        b"\x00" * 100,
        b"[" * 50_000,
        b"1" * 60_000,
        b" " * 100_000,
        b'{"version": 2, "profile": "", "slots": [], "mac": ""}',
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_casefield_never_wrote_is_damaged(written: Path, content: bytes) -> None:
    (written / FILE_NAME).write_bytes(content)
    with pytest.raises(Damaged, match=FILE_NAME):
        keyslots.read(written)


def test_a_huge_file_is_not_read_whole(written: Path) -> None:
    with (written / FILE_NAME).open("r+b") as stream:
        stream.truncate(2**40)  # a hole: no disk space
    with pytest.raises(Damaged, match=FILE_NAME):
        keyslots.read(written)


def _slot(body: dict[str, Any], **fields: Any) -> None:
    body["slots"][0].update(fields)


def _cost(body: dict[str, Any], **fields: Any) -> None:
    body["slots"][0]["argon2id"].update(fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.update(version=2),
        lambda b: b.update(version="1"),
        lambda b: b.update(more=1),
        lambda b: b.pop("mac"),
        lambda b: b.update(mac=""),
        lambda b: b.update(mac=None),
        lambda b: b.update(mac="not base64!"),
        lambda b: b.update(profile="short"),
        lambda b: b.update(profile=36),
        lambda b: b.update(slots={}),
        lambda b: b.update(slots=None),
        lambda b: b.update(slots=b["slots"] * 2),
        lambda b: b.update(slots=b["slots"] * 5),
        lambda b: b.update(slots=["passphrase"]),
        lambda b: _slot(b, kind="escrow"),
        lambda b: _slot(b, kind=["passphrase"]),
        lambda b: _slot(b, salt=""),
        lambda b: _slot(b, salt="AAAA"),
        lambda b: _slot(b, nonce="AAAA"),
        lambda b: _slot(b, box="AAAA"),
        lambda b: _slot(b, box=7),
        lambda b: _slot(b, argon2id=None),
        lambda b: _slot(b, argon2id=[]),
        lambda b: _cost(b, memory_kib=2**40),
        lambda b: _cost(b, memory_kib=8),
        lambda b: _cost(b, memory_kib="65536"),
        lambda b: _cost(b, memory_kib=65536.0),
        lambda b: _cost(b, memory_kib=True),
        lambda b: _cost(b, time_cost=0),
        lambda b: _cost(b, time_cost=10**6),
        lambda b: _cost(b, lanes=10**6),
        lambda b: _cost(b, more=1),
        lambda b: b["slots"][1].update(argon2id=b["slots"][0]["argon2id"]),
    ],
)
def test_an_edited_shape_or_cost_is_never_believed(
    written: Path, change: Callable[[dict[str, Any]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyslots, "from_passphrase", _never)
    edit(written, change)
    with pytest.raises(Damaged) as caught:
        keyslots.open_with_passphrase(keyslots.read(written), PASSPHRASE)
    assert caught.value.way_out


def _never(*_: object) -> bytes:
    raise AssertionError("a key was derived by costs that nobody checked")


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b["slots"].pop(1),
        lambda b: b["slots"].reverse(),
        lambda b: b.update(mac=base64.b64encode(bytes(32)).decode()),
        lambda b: b["slots"][1].update(nonce=base64.b64encode(bytes(12)).decode()),
    ],
)
def test_what_still_opens_but_was_changed_is_found_by_its_mac(
    written: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    edit(written, change)
    with pytest.raises(Damaged, match="changed by something other"):
        opened(written)


@pytest.mark.parametrize("field", ["nonce", "box", "salt"])
def test_an_edited_wrap_opens_nothing(written: Path, field: str) -> None:
    def flip(body: dict[str, Any]) -> None:
        raw = bytearray(base64.b64decode(body["slots"][0][field]))
        raw[0] ^= 1
        body["slots"][0][field] = base64.b64encode(raw).decode()

    edit(written, flip)
    with pytest.raises(WrongPassphrase):
        opened(written)


def test_a_weaker_cost_does_not_open_and_is_not_written_back(written: Path) -> None:
    edit(written, lambda b: _cost(b, time_cost=3))
    with pytest.raises(WrongPassphrase):
        opened(written)


def test_another_laptops_slot_opens_nothing_here(written: Path, tmp_path: Path) -> None:
    """The same passphrase on two laptops: neither's slot fits into the other's key file."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    their_key = DataKey.fresh()
    slot = keyslots.passphrase_slot(their_key, PASSPHRASE, OTHER, CHEAP)
    keyslots.write(theirs, Keyslots(OTHER, (slot,)), their_key)
    body = json.loads((theirs / FILE_NAME).read_text("utf-8"))
    edit(written, lambda b: b["slots"].__setitem__(0, body["slots"][0]))
    with pytest.raises(WrongPassphrase):
        opened(written)
    edit(written, lambda b: b.update(profile=OTHER))
    with pytest.raises(Damaged, match="changed by something other"):
        opened(written)


def test_a_slot_moved_into_anothers_place_opens_nothing(slots: Keyslots) -> None:
    keyring = slots.slot(keyslots.KEYRING)
    assert keyring is not None
    assert keys.unwrap(keyring.nonce, keyring.box, SECRET, _context("keyring")) is not None
    assert keys.unwrap(keyring.nonce, keyring.box, SECRET, _context("passphrase")) is None


def _context(kind: str) -> str:
    return f"casefield keyslot 1 {PROFILE} {kind}"


def test_without_a_passphrase_slot_the_way_out_is_told(
    written: Path, slots: Keyslots, key: DataKey
) -> None:
    keyslots.write(written, slots.without(keyslots.PASSPHRASE), key)
    with pytest.raises(Damaged, match="no passphrase slot") as caught:
        opened(written)
    assert COPY_NAME in caught.value.way_out


def test_the_copy_put_in_place_opens(written: Path, key: DataKey) -> None:
    (written / FILE_NAME).write_bytes(b"{")
    (written / COPY_NAME).replace(written / FILE_NAME)
    assert opened(written) == key.raw()


def test_an_absent_file_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=FILE_NAME):
        keyslots.read(tmp_path)


@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_no_edit_of_a_byte_opens_another_key_or_breaks_casefield(
    tmp_path_factory: pytest.TempPathFactory, slots: Keyslots, key: DataKey, at: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("byte")
    keyslots.write(folder, slots, key)
    raw = bytearray((folder / FILE_NAME).read_bytes())
    at %= len(raw)
    harmless = raw[at] == value
    raw[at] = value
    (folder / FILE_NAME).write_bytes(raw)
    try:
        found = keyslots.open_with_secret(keyslots.read(folder), SECRET).raw()
    except CasefieldError:
        found = b""
    assert found == key.raw() if harmless else found in {b"", key.raw()}
