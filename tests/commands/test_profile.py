"""``init``, ``check``, ``passphrase``, ``enrol``: the profile, and every way it stays shut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefield.vault.vault import Vault
from tests.commands.conftest import PASSPHRASE, Call


def test_init_makes_a_profile(bare: Call, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("quiet harbour lantern thistle\nsecond line", "utf-8")
    said = bare(
        "init", "--profile", tmp_path / "p", "--passphrase-file", tmp_path / "secret", "--json"
    )
    assert (said.code, said.err) == (0, "")
    assert said.json == {"profile": str(tmp_path / "p"), "enrolled": False}
    assert Vault.exists(tmp_path / "p")


def test_init_twice_keeps_the_first(call: Call) -> None:
    said = call("init")
    assert (said.code, said.out) == (2, "")
    assert "already a casefield profile" in said.err
    assert call("check").code == 0


def test_init_with_a_weak_passphrase_leaves_nothing(bare: Call, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("passwordpassword", "utf-8")
    said = bare("--profile", tmp_path / "p", "--passphrase-file", tmp_path / "secret", "init")
    assert said.code == 2
    assert "too easy to guess" in said.err
    assert "passwordpassword" not in said.err
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("command", ["caseload", "check", "waiting", "due", "stratify", "sync"])
def test_no_profile_is_3_before_anything_is_asked(bare: Call, tmp_path: Path, command: str) -> None:
    said = bare("--profile", tmp_path / "none", command)
    assert (said.code, said.out) == (3, "")
    assert "no casefield profile" in said.err
    assert "casefield init" in said.err
    assert not (tmp_path / "none").exists()


def test_a_wrong_passphrase_is_3(bare: Call, home: Path) -> None:
    (home / "wrong").write_text("quiet harbour lantern thistle", "utf-8")
    said = bare("--profile", home / "p", "--passphrase-file", home / "wrong", "caseload")
    assert (said.code, said.out) == (3, "")
    assert "passphrase" in said.err.lower()
    assert "harbour" not in said.err


@pytest.mark.parametrize("content", ["", "\n", "\r\nsecond line"])
def test_an_empty_passphrase_file_is_2(bare: Call, home: Path, content: str) -> None:
    (home / "empty").write_text(content, "utf-8", newline="")
    said = bare("--profile", home / "p", "--passphrase-file", home / "empty", "caseload")
    assert (said.code, said.out) == (2, "")
    assert f"{home / 'empty'} is empty" in said.err
    assert "first line" in said.err


def test_a_passphrase_file_that_can_not_be_read_is_2(bare: Call, home: Path) -> None:
    (home / "binary").write_bytes(b"\xff\xfe\x00\x01")
    for name in ("none", "binary", "p"):
        said = bare("--profile", home / "p", "--passphrase-file", home / name, "caseload")
        assert (said.code, said.out) == (2, "")
        assert str(home / name) in said.err


def test_nobody_to_ask_is_2(bare: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    said = bare("--profile", home / "p", "caseload")
    assert (said.code, said.out) == (2, "")
    assert "--passphrase-file" in said.err


def test_a_file_where_the_profile_should_be(bare: Call, home: Path) -> None:
    (home / "plain").write_text("no folder", "utf-8")
    secret = home / "passphrase"
    assert bare("--profile", home / "plain", "caseload").code == 3
    said = bare("--profile", home / "plain", "--passphrase-file", secret, "init")
    assert (said.code, said.out) == (2, "")
    assert "plain" in said.err


def test_a_damaged_key_file_is_told(call: Call, home: Path) -> None:
    (home / "p" / "keyslots.json").write_text("{", "utf-8")
    said = call("caseload")
    assert said.code in {2, 3}
    assert said.out == ""
    assert said.err.strip()


def test_check_finds_everything_whole(call: Call) -> None:
    said = call("check", "--json")
    assert (said.code, said.err) == (0, "")
    assert {finding["what"] for finding in said.json} == {
        "encryption",
        "database",
        "outbox",
        "audit chain",
        "attachments",
    }
    assert all(finding["good"] for finding in said.json)
    assert call("check").out.count("ok ") == 5


def test_check_names_what_is_not_and_exits_1(call: Call, home: Path, tmp_path: Path) -> None:
    from tests.care.bundles import bundle, patient

    path = tmp_path / "p.json"
    path.write_text(json.dumps(bundle(patient())), "utf-8")
    call("import", path)
    vault = Vault.open(home / "p")
    vault.unlock(PASSPHRASE)
    vault.set_fact("last_dseq", 0)
    vault.lock()
    said = call("check")
    assert said.code == 1
    assert "BAD outbox" in said.out


def test_a_new_passphrase_opens_and_the_old_does_not(call: Call, bare: Call, home: Path) -> None:
    (home / "new").write_text("quiet harbour lantern thistle", "utf-8")
    assert call("passphrase", "--new-passphrase-file", home / "new", "--json").json == {
        "changed": True
    }
    assert call("caseload").code == 3
    assert bare("--profile", home / "p", "--passphrase-file", home / "new", "caseload").code == 0


def test_a_weak_new_passphrase_changes_nothing(call: Call, home: Path) -> None:
    (home / "new").write_text("short", "utf-8")
    assert call("passphrase", "--new-passphrase-file", home / "new").code == 2
    assert call("caseload").code == 0


def test_enrol_where_nobody_answers_makes_nothing(bare: Call, home: Path, tmp_path: Path) -> None:
    given = ("--profile", tmp_path / "q", "--passphrase-file", home / "passphrase")
    said = bare(*given, "enrol", "--server", "http://127.0.0.1:9", "--code", "X", "--user", "ana")
    assert said.code in {1, 2}
    assert said.out == ""
    assert "127.0.0.1" in said.err
    assert not (tmp_path / "q").exists()
