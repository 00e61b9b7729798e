"""`keyslots.json`: the wrapped data key, one slot per way of opening it, and a copy beside it.

What is read before the MAC can be checked (costs, salts, lengths) is held to fixed bounds; the MAC
is checked as soon as a slot has given the data key. The copy is written first and holds the same:
an older generation would go on opening with a passphrase that was changed for a reason.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casefield.errors import Damaged, WrongPassphrase
from casefield.vault.files import environment_error, write_whole
from casefield.vault.keys import (
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    DataKey,
    Derivation,
    from_passphrase,
    unwrap,
    wrap,
)

FILE_NAME = "keyslots.json"
COPY_NAME = "keyslots.json.copy"
VERSION = 1
MOST_BYTES = 64 * 1024
PASSPHRASE = "passphrase"
KEYRING = "keyring"
BOX_BYTES = KEY_BYTES + 16
WAY_OUT = f"If {COPY_NAME} is there, put it in its place; else restore a backup."


@dataclass(frozen=True)
class Slot:
    """One wrap of the data key. `salt` and `cost` only where a passphrase opens it."""

    kind: str
    nonce: bytes
    box: bytes
    salt: bytes = b""
    cost: Derivation | None = None


@dataclass(frozen=True)
class Keyslots:
    """All slots of one profile, as the file holds them."""

    profile_id: str
    slots: tuple[Slot, ...]
    mac: bytes = b""

    def slot(self, kind: str) -> Slot | None:
        """Return the slot of a kind, None if there is none."""
        return next((slot for slot in self.slots if slot.kind == kind), None)

    def without(self, kind: str) -> Keyslots:
        """Return the slots but the one of a kind; their MAC is missing."""
        return Keyslots(self.profile_id, tuple(s for s in self.slots if s.kind != kind))

    def having(self, slot: Slot) -> Keyslots:
        """Return the slots with this one in the place of its kind; their MAC is missing."""
        return Keyslots(self.profile_id, (*self.without(slot.kind).slots, slot))


def passphrase_slot(key: DataKey, passphrase: str, profile_id: str, cost: Derivation) -> Slot:
    """Wrap the data key under a passphrase."""
    salt = os.urandom(SALT_BYTES)
    under = from_passphrase(passphrase, salt, cost)
    nonce, box = wrap(key.raw(), under, _context(profile_id, PASSPHRASE))
    return Slot(PASSPHRASE, nonce, box, salt, cost)


def keyring_slot(key: DataKey, secret: bytes, profile_id: str) -> Slot:
    """Wrap the data key under a secret that the OS keyring holds."""
    nonce, box = wrap(key.raw(), secret, _context(profile_id, KEYRING))
    return Slot(KEYRING, nonce, box)


def open_with_passphrase(slots: Keyslots, passphrase: str) -> DataKey:
    """Return the data key.

    Raises:
        WrongPassphrase: the passphrase opens nothing.
        Damaged: the file was changed.
    """
    slot = slots.slot(PASSPHRASE)
    if slot is None or slot.cost is None:
        raise Damaged(f"The key file {FILE_NAME} has no passphrase slot.", way_out=WAY_OUT)
    key = _opened(slots, slot, from_passphrase(passphrase, slot.salt, slot.cost))
    if key is None:
        raise WrongPassphrase("That passphrase doesn't open this profile.", way_out="Try again.")
    return key


def open_with_secret(slots: Keyslots, secret: bytes) -> DataKey:
    """Return the data key by the keyring's secret.

    Raises:
        WrongPassphrase: the secret opens nothing.
        Damaged: the file was changed.
    """
    slot = slots.slot(KEYRING)
    key = None if slot is None else _opened(slots, slot, secret)
    if key is None:
        raise WrongPassphrase(
            "The system's keyring doesn't open this profile.", way_out="Use the passphrase."
        )
    return key


def check_mac(slots: Keyslots, key: DataKey) -> None:
    """Check that the slots are as casefield wrote them for this key.

    Raises:
        Damaged: they were changed, or belong to another profile.
    """
    if not hmac.compare_digest(_mac(slots, key), slots.mac):
        raise Damaged(
            f"The key file {FILE_NAME} was changed by something other than casefield.",
            way_out=WAY_OUT,
        )


def write(folder: Path, slots: Keyslots, key: DataKey) -> Keyslots:
    """Write the slots with their MAC, the copy first: one of the two is whole at any moment.

    Raises:
        StorageFull, UnusableInput: the file could not be replaced and stands as it was.
    """
    sealed = Keyslots(slots.profile_id, slots.slots, _mac(slots, key))
    content = json.dumps(_to_json(sealed), indent=1).encode()
    write_whole(folder / COPY_NAME, content)
    write_whole(folder / FILE_NAME, content)
    return sealed


def read(folder: Path) -> Keyslots:
    """Read the slots of a profile.

    Raises:
        Damaged: the file is not what casefield wrote; names the way out.
    """
    file = folder / FILE_NAME
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise environment_error(error, file) from error
    try:
        if len(raw) > MOST_BYTES:
            raise ValueError("too long")
        return _from_json(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(f"The key file {file} is damaged.", way_out=WAY_OUT) from error


def _opened(slots: Keyslots, slot: Slot, under: bytes) -> DataKey | None:
    raw = unwrap(slot.nonce, slot.box, under, _context(slots.profile_id, slot.kind))
    if raw is None:
        return None
    key = DataKey(raw)
    try:
        check_mac(slots, key)
    except Damaged:
        key.forget()
        raise
    return key


def _context(profile_id: str, kind: str) -> str:
    return f"casefield keyslot {VERSION} {profile_id} {kind}"


def _mac(slots: Keyslots, key: DataKey) -> bytes:
    body = _to_json(Keyslots(slots.profile_id, slots.slots))
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(key.derived("keyslots mac"), canonical, hashlib.sha256).digest()


def _to_json(slots: Keyslots) -> dict[str, Any]:
    return {
        "version": VERSION,
        "profile": slots.profile_id,
        "slots": [
            {
                "kind": slot.kind,
                "nonce": _text(slot.nonce),
                "box": _text(slot.box),
                "salt": _text(slot.salt),
                "argon2id": asdict(slot.cost) if slot.cost else None,
            }
            for slot in slots.slots
        ],
        "mac": _text(slots.mac),
    }


def _from_json(body: dict[str, Any]) -> Keyslots:
    if body["version"] != VERSION or set(body) != {"version", "profile", "slots", "mac"}:
        raise ValueError("unknown shape")
    if not isinstance(body["profile"], str) or len(body["profile"]) != 36:
        raise ValueError("profile id")
    slots = tuple(_slot(entry) for entry in body["slots"][:8])
    if len(body["slots"]) > 8 or len({slot.kind for slot in slots}) != len(slots):
        raise ValueError("too many slots")
    return Keyslots(body["profile"], slots, _bytes(body["mac"], 32))


def _slot(entry: dict[str, Any]) -> Slot:
    if entry["kind"] not in {PASSPHRASE, KEYRING}:
        raise ValueError("unknown slot")
    cost = entry["argon2id"]
    derivation = None if cost is None else Derivation(**{k: _whole(v) for k, v in cost.items()})
    if (entry["kind"] == PASSPHRASE) != (derivation is not None):
        raise ValueError("cost")
    if derivation is not None:
        derivation.checked()
    return Slot(
        kind=entry["kind"],
        nonce=_bytes(entry["nonce"], NONCE_BYTES),
        box=_bytes(entry["box"], BOX_BYTES),
        salt=_bytes(entry["salt"], SALT_BYTES if derivation else 0),
        cost=derivation,
    )


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(raw) != length or base64.b64encode(raw).decode() != text:
        raise ValueError("wrong length")
    return raw
