"""Who a laptop is: its signature proves it, its secrets show nowhere."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from casefield.sync.identity import (
    Identity,
    keep_identity,
    keep_refresh_token,
    load_identity,
    new_device_key,
)


class Drawer:
    """A small named store."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def fact(self, name: str) -> Any:
        return self.kept.get(name)

    def set_fact(self, name: str, value: Any) -> None:
        self.kept[name] = value


def identity(private: str = "key", token: str = "token-1") -> Identity:
    return Identity(
        server="https://hq.example.org", org_id="o", organization="Bayside", user_id="u",
        user_name="Ana", login="ana", role="case_manager", device_id="d", fingerprint="AB-CD",
        device_key=private, refresh_token=token,
    )  # fmt: skip


def test_a_signature_proves_the_device_and_the_message() -> None:
    private, public = new_device_key()
    raw = base64.b64decode(public, validate=True)
    assert len(raw) == 32
    known = Ed25519PublicKey.from_public_bytes(raw)
    signature = base64.b64decode(identity(private).signed("d|token|now"), validate=True)
    known.verify(signature, b"d|token|now")
    with pytest.raises(InvalidSignature):
        known.verify(signature, b"d|token|later")


def test_another_device_signs_otherwise() -> None:
    (one, public), (two, _) = new_device_key(), new_device_key()
    assert one != two
    known = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    with pytest.raises(InvalidSignature):
        known.verify(base64.b64decode(identity(two).signed("hello")), b"hello")


def test_what_is_kept_comes_back() -> None:
    drawer = Drawer()
    assert load_identity(drawer) is None
    keep_identity(drawer, identity())
    assert load_identity(drawer) == identity()


def test_a_new_refresh_token_replaces_the_spent_one_and_nothing_else() -> None:
    drawer = Drawer()
    keep_identity(drawer, identity())
    renewed = keep_refresh_token(drawer, identity(), "token-2")
    assert renewed == identity(token="token-2")
    assert load_identity(drawer) == renewed


def test_secrets_do_not_show_where_an_identity_is_printed() -> None:
    private, _ = new_device_key()
    words = repr(identity(private, "token-1"))
    assert "Ana" in words
    assert private not in words
    assert "token-1" not in words
