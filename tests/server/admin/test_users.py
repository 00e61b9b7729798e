"""``user add``, ``list``, ``code``, ``stop`` and ``password``."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefield.server.scope import Role
from tests.server.admin.conftest import Call
from tests.server.office import Laptop, Office, refusal


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("a long enough password\n", encoding="utf-8")
    return file


def test_there_is_nobody_at_first(call: Call) -> None:
    call("org", "add", "Bayside")
    assert call("user", "list", "--json").json == []
    assert "no user yet" in call("user", "list").out


@pytest.mark.parametrize("role", list(Role))
def test_each_role_can_be_given(staffed: Call, role: Role) -> None:
    said = staffed("user", "add", "ben", "--name", "Ben", "--role", role.value, "--json")
    assert said.code == 0
    assert said.json["role"] == role.value
    assert [u["role"] for u in staffed("user", "list", "--json").json] == ["case_manager", role]


def test_a_role_that_is_none_is_2(staffed: Call) -> None:
    said = staffed("user", "add", "ben", "--name", "Ben", "--role", "boss")
    assert (said.code, said.out) == (2, "")
    assert "case_manager" in said.err


def test_the_list_is_for_people(staffed: Call) -> None:
    staffed("user", "add", "ben", "--name", "Ben", "--role", "supervisor", "--team", "north")
    assert staffed("user", "list").out.splitlines() == [
        "LOGIN  NAME             ROLE          TEAM   STATE",
        "ana    Ana Alvarez, RN  case_manager  -      active",
        "ben    Ben              supervisor    north  active",
    ]


def test_a_code_enrols_a_laptop(staffed: Call, office: Office) -> None:
    made = staffed("user", "code", "ana", "--json").json
    assert (made["login"], made["hours"]) == ("ana", 24)
    assert Laptop(office, "ana", made["code"]).enrolled.status_code == 200
    said = staffed("user", "code", "ana").out.splitlines()
    assert said[0] == "One-time code for ana, good for 24 hours and one laptop:"
    assert Laptop(office, "ana", said[1]).enrolled.status_code == 200


def test_who_leaves_is_stopped_with_every_laptop(staffed: Call, office: Office) -> None:
    ana = office.laptop("ana")
    assert staffed("user", "stop", "ana").out == "Stopped ana and 1 laptop.\n"
    assert refusal(ana.ask()) == (403, "device_stopped")
    said = staffed("user", "code", "ana")
    assert (said.code, said.err) == (2, "The user “ana” was stopped.\n")
    assert staffed("user", "list", "--json").json[0]["active"] is False


def test_a_password_is_given_by_a_file(staffed: Call, office: Office, secret: Path) -> None:
    said = staffed("user", "password", "ana", "--password-file", secret)
    assert (said.code, said.out) == (0, "The password of ana is changed.\n")
    code = staffed("user", "code", "ana", "--json").json["code"]
    assert refusal(Laptop(office, "ana", code).enrolled) == (401, "password_required")
    enrolled = Laptop(office, "ana", code, password="a long enough password").enrolled
    assert enrolled.status_code == 200


def test_a_user_may_start_with_a_password(staffed: Call, office: Office, secret: Path) -> None:
    staffed("user", "add", "ben", "--name", "B", "--role", "reader", "--password-file", secret)
    code = staffed("user", "code", "ben", "--json").json["code"]
    assert refusal(Laptop(office, "ben", code).enrolled) == (401, "password_required")


def test_without_a_file_it_is_asked_for_twice(
    staffed: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "a long enough password"

    monkeypatch.setattr("getpass.getpass", ask)
    assert staffed("user", "password", "ana").code == 0
    assert asked == ["New password of ana: ", "New password of ana again: "]


def test_nobody_there_to_ask_is_2(staffed: Call) -> None:
    said = staffed("user", "password", "ana")
    assert said.code == 2
    assert "--password-file FILE" in said.err


def test_a_short_password_changes_nothing(staffed: Call, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("short")
    said = staffed("user", "password", "ana", "--password-file", tmp_path / "short")
    assert (said.code, said.err) == (2, "A password needs at least 12 characters.\n")


@pytest.mark.parametrize("command", ["code", "stop", "password"])
def test_who_is_not_here_is_2(staffed: Call, command: str) -> None:
    said = staffed("user", command, "nobody")
    assert (said.code, said.out) == (2, "")
    assert "no user “nobody”" in said.err
