"""Who this laptop is to headquarters: address, ids, tokens and the device key."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol


class Facts(Protocol):
    """A small named store inside the vault."""

    def fact(self, name: str) -> Any:
        """Return a fact, None if never set."""
        ...

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a fact, in a transaction of its own."""
        ...


@dataclass(frozen=True)
class Identity:
    """An enrolled laptop.

    `device_key` is the raw Ed25519 private key, base64; it never leaves the vault. Neither it nor
    the token shows where an identity is printed.
    """

    server: str
    org_id: str
    organization: str
    user_id: str
    user_name: str
    login: str
    role: str
    device_id: str
    fingerprint: str
    device_key: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def signed(self, message: str) -> str:
        """Return the device's signature of a message, base64."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.device_key))
        return base64.b64encode(key.sign(message.encode())).decode()


FACT = "identity"


def load_identity(facts: Facts) -> Identity | None:
    """Return who this laptop is, None if it is not enrolled."""
    kept = facts.fact(FACT)
    return Identity(**kept) if kept else None


def keep_identity(facts: Facts, identity: Identity) -> None:
    """Write down who this laptop is."""
    facts.set_fact(FACT, asdict(identity))


def keep_refresh_token(facts: Facts, identity: Identity, token: str) -> Identity:
    """Write down the next refresh token; the one before is spent."""
    renewed = replace(identity, refresh_token=token)
    keep_identity(facts, renewed)
    return renewed


def new_device_key() -> tuple[str, str]:
    """Return a fresh Ed25519 pair as (private, public), base64 of the raw bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return (
        base64.b64encode(key.private_bytes_raw()).decode(),
        base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )
