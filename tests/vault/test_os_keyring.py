"""The system's keyring: who is refused by name, who is given up, and a real Secret Service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keyring
import pytest

from casefield.errors import NoKeyring
from casefield.vault import os_keyring


def backend_of(module: str, **more: Any) -> Any:
    """Return an object whose class says it is of a module."""
    return type("Keyring", (SimpleNamespace,), {"__module__": module})(**more)


WEAK = [
    "keyring.backends.fail",
    "keyring.backends.null",
    "keyring.backends.chainer",
    "keyrings.alt.file",
    "keyrings.alt.Gnome",
    "keyrings.cryptfile.cryptfile",
    "somebody.else",
]


@pytest.mark.parametrize("module", WEAK)
def test_a_backend_that_keeps_no_secret_is_refused_by_name(module: str) -> None:
    with pytest.raises(NoKeyring, match=module) as caught:
        os_keyring.refuse_weak(backend_of(module))
    assert "passphrase" in caught.value.way_out


@pytest.mark.parametrize("module", sorted(os_keyring.KNOWN_GOOD))
def test_the_systems_own_are_taken(module: str) -> None:
    os_keyring.refuse_weak(backend_of(module))


def test_a_real_fail_null_and_chain_of_plaintext_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from keyring.backends import chainer, fail, null

    for backend in (fail.Keyring(), null.Keyring()):
        monkeypatch.setattr(keyring, "get_keyring", lambda b=backend: b)
        with pytest.raises(NoKeyring, match=r"keyring\.backends\.(fail|null)"):
            os_keyring.system_keyring()
    plain, good = backend_of("keyrings.alt.file"), backend_of("keyring.backends.SecretService")
    chain = chainer.ChainerBackend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: chain)
    for order, first in (([plain, good], None), ([good, plain], good), ([], None)):
        monkeypatch.setattr(type(chain), "backends", order)
        if first is None:
            with pytest.raises(NoKeyring, match=r"keyrings\.alt|chainer"):
                os_keyring.system_keyring()
        else:
            assert os_keyring.system_keyring() is first  # never the chain, which goes on to others


class Silent:
    """A keyring that never answers, as one does whose dialogue nobody sees."""

    def __init__(self) -> None:
        self.freed = threading.Event()

    def _hang(self, *_: object) -> None:
        self.freed.wait(60)

    set_password = get_password = delete_password = _hang


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    """Return a keyring that hangs, and a patience of a moment."""
    monkeypatch.setattr(os_keyring, "SECONDS", 0.05)
    backend = Silent()
    yield backend
    backend.freed.set()


def test_a_keyring_that_hangs_is_given_up(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [
        lambda: os_keyring.new_secret(silent, "p"),
        lambda: os_keyring.kept_secret(silent, "p"),
        lambda: os_keyring.forget_secret(silent, "p"),
    ]
    for call in calls:
        with pytest.raises(NoKeyring, match="does not answer"):
            call()
    monkeypatch.setattr(keyring, "get_keyring", silent._hang)
    with pytest.raises(NoKeyring, match="does not answer"):
        os_keyring.system_keyring()


def test_what_a_backend_says_in_its_refusal_is_not_repeated() -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("the secret was hunter2")

    backend = SimpleNamespace(get_password=refuse)
    with pytest.raises(NoKeyring, match="refused: RuntimeError") as caught:
        os_keyring.kept_secret(backend, "p")
    assert "hunter2" not in str(caught.value)


def test_a_keyring_that_forgets_at_once_is_not_believed() -> None:
    backend = SimpleNamespace(set_password=lambda *_: None, get_password=lambda *_: None)
    with pytest.raises(NoKeyring, match="did not keep"):
        os_keyring.new_secret(backend, "p")


REAL = """
import subprocess, sys
daemon = subprocess.run(
    ["gnome-keyring-daemon", "--unlock", "--components=secrets"],
    input=b"login password", stdout=subprocess.DEVNULL, check=True)
from casefield.vault import os_keyring
backend = os_keyring.system_keyring()
secret = os_keyring.new_secret(backend, "one")
other = os_keyring.new_secret(backend, "other")
assert len(secret) == 32 and secret != other
assert os_keyring.kept_secret(os_keyring.system_keyring(), "one") == secret
os_keyring.forget_secret(backend, "one")
os_keyring.forget_secret(backend, "one")
assert os_keyring.kept_secret(backend, "one") is None
assert os_keyring.kept_secret(backend, "other") == other
print(type(backend).__module__)
"""


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="dbus-run-session or gnome-keyring-daemon is not installed",
)
def test_a_real_secret_service_keeps_gives_and_forgets(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    private = {"HOME": tmp_path, "XDG_RUNTIME_DIR": tmp_path / "run", "XDG_DATA_HOME": tmp_path}
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", REAL],
        env={**os.environ, **{name: str(value) for name, value in private.items()}},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "keyring.backends.SecretService\n", done.stderr
