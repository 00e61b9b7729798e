"""The data key, the wrap around it, and how hard a passphrase must be."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.errors import Damaged, LockedOrNotEnrolled, UnusableInput
from casefield.vault import keys
from casefield.vault.keys import DataKey, Derivation, checked_passphrase, strength
from tests.vault.conftest import CHEAP, PASSPHRASE

SALT = bytes(range(16))


@pytest.mark.parametrize(
    "cost",
    [
        Derivation(keys.LEAST_MEMORY_KIB, 2, 1),
        Derivation(keys.MOST_MEMORY_KIB, 20, 16),
        Derivation(),
    ],
)
def test_what_casefield_writes_is_believed(cost: Derivation) -> None:
    assert cost.checked() is cost


@pytest.mark.parametrize(
    "cost",
    [
        Derivation(memory_kib=keys.LEAST_MEMORY_KIB - 1),
        Derivation(memory_kib=keys.MOST_MEMORY_KIB + 1),
        Derivation(memory_kib=2**40),
        Derivation(memory_kib=-1),
        Derivation(time_cost=1),
        Derivation(time_cost=21),
        Derivation(lanes=0),
        Derivation(lanes=17),
    ],
)
def test_no_other_cost_is_ever_paid(cost: Derivation) -> None:
    with pytest.raises(Damaged, match="never writes"):
        keys.from_passphrase(PASSPHRASE, SALT, cost)


def test_a_new_profile_pays_64_mib_three_times_on_four_lanes() -> None:
    assert Derivation() == Derivation(memory_kib=65536, time_cost=3, lanes=4)


def test_the_derivation_is_argon2id_version_19() -> None:
    """The reference implementation's own vector; another derivation would open no profile."""
    made = keys.from_passphrase("password", b"somesalt", Derivation(65536, 2, 1))
    assert made.hex() == "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"


def test_passphrase_and_salt_both_matter() -> None:
    mine = keys.from_passphrase(PASSPHRASE, SALT, CHEAP)
    assert mine == keys.from_passphrase(PASSPHRASE, SALT, CHEAP)
    assert mine != keys.from_passphrase(PASSPHRASE + " ", SALT, CHEAP)
    assert mine != keys.from_passphrase(PASSPHRASE, SALT[::-1], CHEAP)


def test_the_same_characters_open_however_a_keyboard_composes_them() -> None:
    composed, apart = "caf\u00e9 kn\u00e4ckebr\u00f6d", "cafe\u0301 kna\u0308ckebro\u0308d"
    assert composed != apart
    assert keys.from_passphrase(composed, SALT, CHEAP) == keys.from_passphrase(apart, SALT, CHEAP)


def test_what_is_no_whole_character_is_a_wrong_passphrase_and_no_fault() -> None:
    assert len(keys.from_passphrase("half \ud83d a smile", SALT, CHEAP)) == keys.KEY_BYTES


@given(key=st.binary(min_size=32, max_size=32), at=st.integers(0, 47), bit=st.integers(0, 7))
def test_a_wrap_opens_only_whole_with_its_key_in_its_place(key: bytes, at: int, bit: int) -> None:
    under = os.urandom(32)
    nonce, box = keys.wrap(key, under, "profile 1")
    assert key not in box
    assert keys.unwrap(nonce, box, under, "profile 1") == key
    assert keys.unwrap(nonce, box, under, "profile 2") is None
    assert keys.unwrap(nonce, box, os.urandom(32), "profile 1") is None
    assert keys.unwrap(nonce, box, b"short", "profile 1") is None
    assert keys.unwrap(nonce, box[:-1], under, "profile 1") is None
    edited = bytearray(box)
    edited[at] ^= 1 << bit
    assert keys.unwrap(nonce, bytes(edited), under, "profile 1") is None


def test_every_wrap_takes_a_nonce_of_its_own() -> None:
    under = os.urandom(32)
    assert len({keys.wrap(bytes(32), under, "c")[0] for _ in range(50)}) == 50


def test_a_forgotten_key_is_overwritten_and_gives_nothing() -> None:
    key = DataKey.fresh()
    kept = key._raw
    assert any(kept)
    key.forget()
    assert bytes(kept) == bytes(32)
    with pytest.raises(LockedOrNotEnrolled, match="locked"):
        key.raw()
    with pytest.raises(LockedOrNotEnrolled):
        key.derived("anything")


def test_keys_are_random_and_each_purpose_has_its_own() -> None:
    assert len({DataKey.fresh().raw() for _ in range(20)}) == 20
    key = DataKey(bytes(32))
    assert len({key.raw(), key.derived("one"), key.derived("other")}) == 3
    assert key.derived("one") == DataKey(bytes(32)).derived("one")


@pytest.mark.parametrize(
    "passphrase",
    [
        "short",
        "elevenchars",
        "            ",
        "passwordpassword",
        "aaaaaaaaaaaaaaaa",
        "qwertyuiop1234",
        "123456789012345",
    ],
)
def test_easy_to_guess_is_refused_with_advice(passphrase: str) -> None:
    assert not strength(passphrase).enough
    with pytest.raises(UnusableInput, match="too easy to guess") as caught:
        checked_passphrase(passphrase)
    assert caught.value.way_out
    assert passphrase not in str(caught.value)


@pytest.mark.parametrize(
    "passphrase",
    [
        PASSPHRASE,
        "four quiet otters knitting",
        "vielleicht Regen übermorgen",
        "犬が好きな人は早起きする",
    ],
)
def test_no_rule_of_composition_stands_in_the_way(passphrase: str) -> None:
    assert checked_passphrase(passphrase) == passphrase


def test_an_empty_passphrase_says_so() -> None:
    with pytest.raises(UnusableInput, match="empty"):
        checked_passphrase("")


def test_a_very_long_passphrase_is_measured_and_counts_whole() -> None:
    long = PASSPHRASE * 30
    assert checked_passphrase(long) == long
    assert keys.from_passphrase(long, SALT, CHEAP) != keys.from_passphrase(long[:-1], SALT, CHEAP)
