"""What somebody types is in no file, log or stream in the clear: neither open nor locked."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefield.application import Application, Session
from casefield.care import caseload, notes, person, plan
from casefield.records.people import Patient
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation
from tests.care.bundles import bundle, condition, patient

DRAFT = "Qzdraftcanary7391 she cries at night"
SIGNED = "Qzsignedcanary4820 she stopped her insulin"
TITLE = "Qztitlecanary5512"
NAME = "Qznamecanary6604"
GOAL = "Qzgoalcanary9043 I want to see my sister again"
SEARCH = "Qzsearchcanary1178"
PASSPHRASE = "Qzpasscanary2296 quiet harbour lantern"
CANARIES = (DRAFT, SIGNED, TITLE, NAME, GOAL, SEARCH, PASSPHRASE)


def forms(text: str) -> Iterator[bytes]:
    """Return a canary's first word as it might lie in a file: plain, wide, upper, hex, base64."""
    word = text.split(" ", 1)[0]
    for said in (word, word.lower(), word.upper()):
        yield said.encode()
        yield said.encode("utf-16-le")
        yield said.encode("utf-16-be")
        yield said.encode().hex().encode()
        for shift in range(3):  # wherever it begins in a group of three
            yield base64.b64encode(b"x" * shift + said.encode())[4:-4]


def hits(raw: bytes) -> list[str]:
    """Return the canaries that stand in some bytes."""
    return [canary for canary in CANARIES if any(form in raw for form in forms(canary))]


def found_in(*folders: Path) -> dict[str, list[str]]:
    """Return the canaries by file, in all files below some folders and in the files' names."""
    found: dict[str, list[str]] = {}
    for folder in folders:
        for file in folder.rglob("*"):
            there = hits(str(file).encode())
            there += hits(file.read_bytes()) if file.is_file() else []
            if there:
                found[str(file)] = there
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands for everything a process may write to: home, caches, temp."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(home / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return home


@pytest.fixture
def session(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Return the open profile in which the canaries are typed."""
    monkeypatch.setattr(
        "casefield.vault.vault.Derivation", lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)
    )
    opened = Application(home / "profile").create(PASSPHRASE, name="Ana")
    yield opened
    opened.lock()


def typed(session: Session) -> str:
    """Do what a worker does, with canaries in everything that is typed; return the person."""
    who = session.act(lambda work: work.add(Patient(family_name=NAME)).id, "a person")
    signed = session.act(lambda work: notes.start_note(work, who, "phone", title=TITLE), "note")
    for end in range(1, len(SIGNED) + 1, 7):  # saved as it is typed
        session.act(lambda w, e=end: notes.save_note(w, signed, body=SIGNED[:e]), "save")
    session.act(lambda work: notes.save_note(work, signed, body=SIGNED), "save")
    session.act(lambda work: notes.sign_note(work, signed), "sign")
    draft = session.act(lambda work: notes.start_note(work, who, "phone"), "note")
    session.act(lambda work: notes.save_note(work, draft, body=DRAFT), "save")
    session.act(lambda work: plan.add_goal(work, who, own_words=GOAL), "goal")
    assert not session.read(lambda work: caseload.find_people(work, SEARCH))
    (hit,) = session.read(lambda work: caseload.find_people(work, NAME))
    assert hit.case_id == who
    return who


def test_a_canary_in_the_clear_would_be_found(tmp_path: Path) -> None:
    """The searcher itself can fail."""
    for number, canary in enumerate(CANARIES):
        for form in forms(canary):
            assert hits(b"\x00\x01" + form + b"\xff") == [canary]
        (tmp_path / f"{number}").write_bytes(os.urandom(5000) + canary.encode())
        with (tmp_path / f"{number}.json").open("w", encoding="utf-8") as stream:
            json.dump({"text": base64.b64encode(b"ab" + canary.encode()).decode()}, stream)
    assert len(found_in(tmp_path)) == 2 * len(CANARIES)
    (tmp_path / NAME).mkdir()
    assert len(found_in(tmp_path)) == 2 * len(CANARIES) + 1


def test_nothing_typed_is_in_the_clear_open_or_locked(
    home: Path,
    session: Session,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    who = typed(session)
    view = session.read(lambda work: person.summary(work, who, session.clock.now()))
    assert NAME in view.header.name
    assert {"casefield.db", "casefield.db-wal", "casefield.db-shm", "keyslots.json"} <= set(
        os.listdir(home / "profile")
    )
    assert len(session.waiting()) >= 6
    assert found_in(home) == {}
    session.change_passphrase(PASSPHRASE, PASSPHRASE + " thistle")
    assert found_in(home) == {}
    session.lock()
    assert found_in(home) == {}
    assert os.listdir(home / "tmp") == []
    assert hits(caplog.text.encode()) == []
    assert hits("".join(capfd.readouterr()).encode()) == []


def test_no_error_repeats_what_was_typed(
    home: Path, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong below an act, neither its words nor the log hold the record's."""
    caplog.set_level(logging.DEBUG)
    who = typed(session)
    with session._vault.transaction() as kept:
        kept.connection().exec_driver_sql("DROP TABLE goal")
    with pytest.raises(Exception, match="goal") as caught:
        session.act(lambda work: plan.add_goal(work, who, own_words=GOAL), "goal")
    shown: list[BaseException | None] = [caught.value]
    while shown[-1] is not None:
        shown.append(shown[-1].__cause__ or shown[-1].__context__)
    assert hits("".join(f"{error} {error!r}" for error in shown).encode()) == []
    assert hits(caplog.text.encode()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from casefield.application import Application
from tests.batteries import test_canaries
session = Application(Path(sys.argv[1])).unlock(test_canaries.PASSPHRASE)
test_canaries.typed(session)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_nothing_in_the_clear(home: Path, session: Session) -> None:
    session.lock()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, home / "profile"], capture_output=True, check=False
    )
    assert done.returncode == -9
    assert (home / "profile" / "casefield.db-wal").stat().st_size
    assert found_in(home) == {}
    assert hits(done.stdout + done.stderr) == []


def command(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a person does: a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "casefield", *map(str, arguments)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_command_line_leaves_nothing_in_the_clear(home: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "passphrase").write_text(PASSPHRASE, "utf-8")
    (given / "wrong").write_text(PASSPHRASE[:-1], "utf-8")
    file = given / "bundle.json"
    file.write_text(
        json.dumps(bundle(patient(family=NAME), condition("c1", "I10", SIGNED))), "utf-8"
    )
    (given / "broken.json").write_text(json.dumps(bundle(patient(family=NAME)))[:-30], "utf-8")
    profile = ("--profile", home / "profile", "--passphrase-file", given / "passphrase")
    for arguments, code in (
        (("init", "--name", "Ana"), 0),
        (("import", file), 0),
        (("import", given / "broken.json"), 2),
        (("--passphrase-file", given / "wrong", "check"), 3),
    ):
        done = command(*profile, *arguments)
        assert done.returncode == code, done.stderr
        assert hits(done.stdout + done.stderr) == []
    told = command(*profile, "caseload")
    assert hits(told.stdout) == [NAME]  # what was asked for, and only there
    assert hits(told.stderr) == []
    assert found_in(home) == {}
