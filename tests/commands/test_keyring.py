"""``keyring``: let in by its owner's wish only, shut out at once, refused by name if it is weak."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import pytest

from tests.commands.conftest import PASSPHRASE, Call

Backend = Callable[[str], Any]


class Kept:
    """A keyring in memory that says it is of some module."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.locked = False

    def set_password(self, service: str, name: str, value: str) -> None:
        self._ask()
        self.secrets[service, name] = value

    def get_password(self, service: str, name: str) -> str | None:
        self._ask()
        return self.secrets.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        self._ask()
        del self.secrets[service, name]

    def _ask(self) -> None:
        if self.locked:
            raise RuntimeError("the collection is locked")


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Return what gives this system a keyring of some module."""

    def has(module: str = "keyring.backends.SecretService") -> Any:
        backend = type("Keyring", (Kept,), {"__module__": module})()
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
        return backend

    return has


@pytest.fixture
def nobody(bare: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return what runs a command where nobody can be asked for the passphrase."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    return lambda *arguments: bare("--profile", home / "p", *arguments)


def test_on_commands_open_without_the_passphrase_and_off_they_ask(
    call: Call, nobody: Call, system: Backend
) -> None:
    backend = system()
    assert nobody("check").code == 2
    said = call("keyring", "on")
    assert (said.code, said.err) == (0, "")
    assert "without the passphrase" in said.out
    assert nobody("check").code == 0
    assert nobody("keyring").out == "The system's keyring opens this profile.\n"
    said = nobody("keyring", "off")
    assert said.code == 0
    assert said.out == "Only the passphrase opens this profile now.\n"
    assert backend.secrets == {}
    assert "--passphrase-file" in nobody("check").err
    assert call("check").code == 0


def test_how_it_stands_needs_no_passphrase(
    nobody: Call, bare: Call, system: Backend, tmp_path: Path
) -> None:
    system()
    said = nobody("keyring", "status", "--json")
    assert (said.code, said.json) == (0, {"keyring": False, "complaint": None})
    system("keyring.backends.fail")
    said = nobody("keyring")
    assert said.code == 0
    assert "does not open this profile" in said.out
    assert "keyring.backends.fail" in said.out
    assert bare("--profile", tmp_path / "none", "keyring").code == 3


@pytest.mark.parametrize(
    "module", ["keyring.backends.fail", "keyring.backends.null", "keyrings.alt.file"]
)
def test_a_keyring_that_keeps_no_secrets_is_refused_by_name(
    call: Call, home: Path, system: Backend, module: str
) -> None:
    backend = system(module)
    before = (home / "p" / "keyslots.json").read_bytes()
    said = call("keyring", "on")
    assert (said.code, said.out) == (2, "")
    assert module in said.err
    assert (home / "p" / "keyslots.json").read_bytes() == before
    assert backend.secrets == {}


def test_a_locked_keyring_is_told_and_the_passphrase_asked(
    call: Call, nobody: Call, system: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = system()
    call("keyring", "on")
    backend.locked = True
    said = nobody("check")
    assert said.code == 2
    assert "The system's keyring refused: RuntimeError" in said.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSPHRASE)
    said = nobody("check")
    assert said.code == 0
    assert "Use the passphrase" in said.err


def test_a_keyring_that_is_gone_can_be_shut_out_all_the_same(call: Call, system: Backend) -> None:
    system()
    call("keyring", "on")
    system("keyring.backends.fail")
    said = call("keyring", "off")
    assert said.code == 0
    assert "what it still holds opens nothing" in said.out
    assert call("keyring", "--json").json["keyring"] is False
    assert call("keyring", "off").out == "Only the passphrase opens this profile now.\n"


def test_a_passphrase_that_is_given_is_used(
    bare: Call, call: Call, home: Path, system: Backend
) -> None:
    system()
    call("keyring", "on")
    (home / "wrong").write_text("quiet harbour lantern thistle", "utf-8")
    said = bare("--profile", home / "p", "--passphrase-file", home / "wrong", "check")
    assert (said.code, said.out) == (3, "")


def test_a_new_passphrase_is_asked_for_the_old_one(
    call: Call, nobody: Call, system: Backend
) -> None:
    """Whoever comes in by the keyring alone can't change the passphrase."""
    system()
    call("keyring", "on")
    said = nobody("passphrase")
    assert (said.code, said.out) == (2, "")
    assert "Passphrase needed" in said.err
    assert call("check").code == 0
