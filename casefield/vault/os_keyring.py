"""The OS keyring as a second way in: only backends that really keep a secret are used."""

from __future__ import annotations

import base64
import binascii
import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from casefield.errors import NoKeyring

T = TypeVar("T")
SERVICE = "casefield"
SECONDS = 20.0
KNOWN_GOOD = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)


def system_keyring() -> Any:
    """Return the system's keyring backend, if it is one that keeps secrets.

    Raises:
        NoKeyring: there is none, or it is a plaintext, null or unknown backend; named.
    """
    import keyring

    chosen = _in_time(lambda: _first_of_chain(keyring.get_keyring()))
    refuse_weak(chosen)
    return chosen


def refuse_weak(backend: Any) -> None:
    """Check one backend.

    Raises:
        NoKeyring: it is not known to keep secrets.
    """
    module = type(backend).__module__
    if module not in KNOWN_GOOD:
        raise NoKeyring(
            f"The system's keyring “{module}” does not keep secrets safely and is not used.",
            way_out="Use the passphrase; on Linux, a running Secret Service makes a keyring.",
        )


def new_secret(backend: Any, profile_id: str) -> bytes:
    """Make a 256-bit secret, keep it in the keyring and return it.

    Raises:
        NoKeyring: the keyring refused, did not answer or did not keep it.
    """
    secret = os.urandom(32)
    text = base64.b64encode(secret).decode()
    _in_time(lambda: backend.set_password(SERVICE, profile_id, text))
    if kept_secret(backend, profile_id) != secret:
        raise NoKeyring(
            "The system's keyring did not keep the secret.", way_out="Use the passphrase."
        )
    return secret


def kept_secret(backend: Any, profile_id: str) -> bytes | None:
    """Return the profile's secret, None if the keyring has none that casefield made.

    Raises:
        NoKeyring: the keyring refused or did not answer.
    """
    text = _in_time(lambda: backend.get_password(SERVICE, profile_id))
    try:
        return base64.b64decode(text, validate=True) if text else None
    except (binascii.Error, ValueError):
        return None


def forget_secret(backend: Any, profile_id: str) -> None:
    """Remove the profile's secret from the keyring, if it is there.

    Raises:
        NoKeyring: the keyring refused or did not answer.
    """
    if _in_time(lambda: backend.get_password(SERVICE, profile_id)) is not None:
        _in_time(lambda: backend.delete_password(SERVICE, profile_id))


def _first_of_chain(backend: Any) -> Any:
    """A chain asks its backends in order: the first is the one that would keep the secret."""
    if type(backend).__module__ == "keyring.backends.chainer":
        backends = list(backend.backends)
        if backends:
            return backends[0]
    return backend


def _in_time(call: Callable[[], T]) -> T:
    """Ask the keyring on a thread of its own: a locked collection must not hang the caller."""
    answer: list[T] = []
    failure: list[Exception] = []

    def ask() -> None:
        try:
            answer.append(call())
        except Exception as error:  # noqa: BLE001 - backends raise kinds of their own
            failure.append(error)

    thread = threading.Thread(target=ask, daemon=True, name="casefield-keyring")
    thread.start()
    thread.join(SECONDS)
    if thread.is_alive():
        raise NoKeyring("The system's keyring does not answer.", way_out="Use the passphrase.")
    if failure:
        raise NoKeyring(
            f"The system's keyring refused: {type(failure[0]).__name__}.",
            way_out="Use the passphrase.",
        ) from failure[0]
    return answer[0]
