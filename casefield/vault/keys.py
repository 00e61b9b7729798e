"""The data key and how it is wrapped: Argon2id for the passphrase, AES-256-GCM for the wrap."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass

from casefield.errors import Damaged, LockedOrNotEnrolled, UnusableInput

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
LEAST_LENGTH = 12
LEAST_STRENGTH = 3  # of zxcvbn's 0..4: "safely unguessable" offline with a slow hash

# What a key file may ask of Argon2id is bounded before it is believed: an edited file can neither
# ask for a terabyte nor for a weak derivation.
LEAST_MEMORY_KIB, MOST_MEMORY_KIB = 19 * 1024, 1024 * 1024
LEAST_TIME, MOST_TIME = 2, 20
LEAST_LANES, MOST_LANES = 1, 16


@dataclass(frozen=True)
class Derivation:
    """Argon2id's cost; the defaults took 0.1 s on the reference machine."""

    memory_kib: int = 64 * 1024
    time_cost: int = 3
    lanes: int = 4

    def checked(self) -> Derivation:
        """Return itself.

        Raises:
            Damaged: outside the bounds that casefield writes.
        """
        if not (
            LEAST_MEMORY_KIB <= self.memory_kib <= MOST_MEMORY_KIB
            and LEAST_TIME <= self.time_cost <= MOST_TIME
            and LEAST_LANES <= self.lanes <= MOST_LANES
        ):
            raise Damaged(
                "The key file asks for a derivation of the key that casefield never writes.",
                way_out="Restore the key file from its copy or from a backup.",
            )
        return self


class DataKey:
    """The one owner of the database key in memory.

    Python can't promise that no copy was left behind; this keeps the copies few: one bytearray,
    overwritten by `forget`.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = bytearray(raw)

    @classmethod
    def fresh(cls) -> DataKey:
        """Return a new random 256-bit key."""
        return cls(os.urandom(KEY_BYTES))

    def raw(self) -> bytes:
        """Return the key for a library that needs bytes.

        Raises:
            LockedOrNotEnrolled: the vault was locked meanwhile.
        """
        if not self._raw:
            raise LockedOrNotEnrolled("The vault is locked.", way_out="Unlock it first.")
        return bytes(self._raw)

    def derived(self, purpose: str) -> bytes:
        """Return a key for one purpose (HKDF-SHA256): attachments, slots' MAC, audit."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"casefield {purpose}".encode()).derive(
            self.raw()
        )

    def forget(self) -> None:
        """Overwrite the key."""
        self._raw[:] = b"\0" * len(self._raw)
        self._raw = bytearray()


def from_passphrase(passphrase: str, salt: bytes, cost: Derivation) -> bytes:
    """Return the key that a passphrase gives with a salt.

    The same characters give the same key however a keyboard composes them (NFKC, as NIST SP
    800-63B asks).
    """
    from argon2.low_level import Type, hash_secret_raw

    cost.checked()
    return hash_secret_raw(
        unicodedata.normalize("NFKC", passphrase).encode(errors="surrogatepass"),
        salt,
        time_cost=cost.time_cost,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def wrap(key: bytes, under: bytes, context: str) -> tuple[bytes, bytes]:
    """Encrypt a key under another, bound to its context; return (nonce, box)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return nonce, AESGCM(under).encrypt(nonce, key, context.encode())


def unwrap(nonce: bytes, box: bytes, under: bytes, context: str) -> bytes | None:
    """Return the wrapped key, None where `under` is not its key or the box was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(under).decrypt(nonce, box, context.encode())
    except (InvalidTag, ValueError):
        return None


@dataclass(frozen=True)
class Strength:
    """How good a passphrase is: 0..4, with a hint in words."""

    score: int
    hint: str

    @property
    def enough(self) -> bool:
        """Whether it may protect a profile."""
        return self.score >= LEAST_STRENGTH


def strength(passphrase: str) -> Strength:
    """Estimate how hard a passphrase is to guess (zxcvbn), never by composition rules.

    Length first, as NIST SP 800-63B asks: under 12 characters nothing else counts.
    """
    if len(passphrase) < LEAST_LENGTH:
        return Strength(
            0, f"At least {LEAST_LENGTH} characters; four words that don't belong together."
        )
    from zxcvbn import zxcvbn

    verdict = zxcvbn(passphrase[:72])
    feedback = verdict["feedback"]
    hint = feedback["warning"] or " ".join(feedback["suggestions"][:1])
    return Strength(int(verdict["score"]), hint)


def checked_passphrase(passphrase: str) -> str:
    """Return a passphrase fit to protect a profile.

    Raises:
        UnusableInput: empty, too short or easy to guess; says what would help.
    """
    if not passphrase:
        raise UnusableInput("The passphrase is empty.", way_out="Choose at least 12 characters.")
    found = strength(passphrase)
    if not found.enough:
        raise UnusableInput(
            "That passphrase is too easy to guess.",
            way_out=found.hint or "Take four or more words that don't belong together.",
        )
    return passphrase
