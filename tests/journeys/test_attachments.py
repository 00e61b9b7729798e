"""A photo from one laptop to another by way of headquarters, byte for byte, over a bad line."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casefield.application import Session
from casefield.care import attachments
from casefield.errors import CasefieldError, LockedOrNotEnrolled, NotFound
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.work import Work
from casefield.server.blob_folder import BlobFolder
from tests.fieldwork import PASSPHRASE, Fieldwork

LARGE = 3_000_000
ROOT = Path(__file__).resolve().parents[2]


class BadLine:
    """Stands between laptops and headquarters and cuts the connection after so many bytes.

    `up`, `down`: how many more bytes pass before a cut; None: as many as come. `stall`: instead of
    cutting, nothing passes any more, and `stalled` is set.
    """

    def __init__(self, url: str) -> None:
        self._there = int(url.rsplit(":", 1)[1])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.up: int | None = None
        self.down: int | None = None
        self.stall = False
        self.stalled = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.create_connection(("127.0.0.1", self._there))
                for source, target, way in ((here, there, "up"), (there, here, "down")):
                    pair = (source, target, way)
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                left = getattr(self, way)
                if left is not None and left < len(data):
                    setattr(self, way, None)
                    target.sendall(data[:left])
                    if self.stall:
                        self.stalled.set()
                        return
                    break
                if left is not None:
                    setattr(self, way, left - len(data))
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def line(field: Fieldwork) -> Iterator[BadLine]:
    """Return the line that both laptops use."""
    made = BadLine(field.url)
    yield made
    made.close()


@pytest.fixture
def laptops(field: Fieldwork, line: BadLine) -> tuple[Session, Session]:
    """Return Ana's and Ben's laptops, enrolled over that line."""
    found = []
    for login in ("ana", "ben"):
        session = field.alone()
        session.enrol(line.url, field.hire(login), login)
        found.append(session)
    return found[0], found[1]


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many bytes of content headquarters took, call by call."""
    taken: list[int] = []
    real = BlobFolder.append

    def append(self: BlobFolder, *arguments: Any) -> None:
        real(self, *arguments)
        taken.append(len(arguments[-1]))

    monkeypatch.setattr(BlobFolder, "append", append)
    return taken


def photo_of(size: int, seed: bytes = b"photo") -> bytes:
    return b"\xff\xd8\xff" + hashlib.shake_256(seed).digest(size - 3)


def rosa(session: Session) -> str:
    """Take somebody into one's care."""

    def take_in(work: Work) -> str:
        case_id = work.add(Patient(given_name="Rosa", family_name="Alvarez")).id
        work.add(Assignment(case_id=case_id, user_id=work.actor.user_id, role="case_manager"))
        return case_id

    return session.act(take_in, "test")


def attach(session: Session, case_id: str, folder: Path, content: bytes) -> str:
    path = folder / "photo.jpg"
    path.write_bytes(content)
    return session.attach(case_id, path)


def content_of(session: Session, attachment_id: str) -> bytes:
    pieces = session.attachment(attachment_id)
    assert pieces is not None
    return b"".join(pieces)


def state(session: Session, case_id: str) -> list[str]:
    views = session.read(lambda w: attachments.attachments(w, case_id))
    return list(session.attachment_states(views).values())


def until_through(session: Session) -> None:
    for _ in range(30):
        with contextlib.suppress(CasefieldError):
            session.sync_now()
            return
    raise AssertionError("it never gets through")


def test_a_photo_goes_from_ana_to_ben(
    field: Fieldwork, laptops: tuple[Session, Session], tmp_path: Path
) -> None:
    ana, ben = laptops
    case_id = rosa(ana)
    small, large = photo_of(5000, b"small"), photo_of(LARGE)
    first = attach(ana, case_id, tmp_path, small)
    second = attach(ana, case_id, tmp_path, large)
    assert state(ana, case_id) == ["waiting", "waiting"]
    assert ana.sync_now().attachments_up == 2
    assert state(ana, case_id) == ["here", "here"]
    field.assign("ben", case_id)
    assert ben.sync_now().attachments_down == 1
    assert sorted(state(ben, case_id)) == ["away", "here"]
    assert content_of(ben, second) == large
    field.close_headquarters()
    assert content_of(ben, first) == small
    assert content_of(ben, second) == large
    assert all(finding.good for laptop in laptops for finding in laptop.check())


def test_what_is_not_there_yet_is_said(
    field: Fieldwork, laptops: tuple[Session, Session], tmp_path: Path, line: BadLine
) -> None:
    ana, ben = laptops
    case_id = rosa(ana)
    attachment_id = attach(ana, case_id, tmp_path, photo_of(LARGE))
    line.up = 400_000
    with pytest.raises(CasefieldError):
        ana.sync_now()
    field.assign("ben", case_id)
    ben.sync_now()
    with pytest.raises(NotFound, match="has not got the content"):
        content_of(ben, attachment_id)
    ana.sync_now()
    assert content_of(ben, attachment_id) == photo_of(LARGE)


def test_alone_there_is_nowhere_to_fetch_from(field: Fieldwork, tmp_path: Path) -> None:
    alone = field.alone()
    case_id = rosa(alone)
    attachment_id = attach(alone, case_id, tmp_path, photo_of(5000))
    (file,) = (p for p in (alone._vault.folder / "attachments").rglob("*") if p.is_file())
    assert content_of(alone, attachment_id) == photo_of(5000)
    with alone._vault.transaction() as session:
        from casefield.records.laptop import LocalBlob

        session.query(LocalBlob).delete()
    file.unlink()
    with pytest.raises(LockedOrNotEnrolled):
        content_of(alone, attachment_id)


@settings(max_examples=8)
@given(st.lists(st.integers(0, 700_000), max_size=4), st.lists(st.integers(0, 500_000), max_size=4))
@example([300_000], [200_000])
def test_cut_at_any_byte_it_arrives_and_nothing_comes_twice(
    field: Fieldwork,
    laptops: tuple[Session, Session],
    line: BadLine,
    came: list[int],
    tmp_path: Path,
    up: list[int],
    down: list[int],
) -> None:
    """I19, over real HTTP: each cut is a new connection, anywhere in request or reply."""
    ana, ben = laptops
    case_id = rosa(ana)
    until_through(ana)
    field.assign("ben", case_id)
    content = photo_of(1_200_000, os.urandom(8))
    attachment_id = attach(ana, case_id, tmp_path, content)
    came.clear()
    for bytes_up in up:
        line.up = bytes_up
        with contextlib.suppress(CasefieldError):
            ana.sync_now()
    line.up = None
    until_through(ana)
    assert sum(came) == len(content)
    until_through(ben)
    for bytes_down in down:
        line.down = bytes_down
        with contextlib.suppress(CasefieldError):
            content_of(ben, attachment_id)
    line.down = None
    assert content_of(ben, attachment_id) == content


def test_killed_in_the_middle_it_goes_on_where_it_was(
    field: Fieldwork,
    laptops: tuple[Session, Session],
    line: BadLine,
    came: list[int],
    tmp_path: Path,
) -> None:
    """A real process, killed outright while bytes of its photo are on the way."""
    ana, _ = laptops
    case_id = rosa(ana)
    ana.sync_now()
    content = photo_of(LARGE)
    attachment_id = attach(ana, case_id, tmp_path, content)
    folder = ana._vault.folder
    ana.lock()
    (tmp_path / "pass").write_text(PASSPHRASE + "\n", encoding="utf-8")
    line.stall, line.up = True, 1_500_000
    command = ["--profile", str(folder), "--passphrase-file", str(tmp_path / "pass"), "sync"]
    process = subprocess.Popen([sys.executable, "-m", "casefield", *command], cwd=ROOT)
    assert line.stalled.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    line.stall, line.up = False, None
    before = sum(came)
    assert 0 < before < len(content)
    again = field.restart(ana)
    assert state(again, case_id) == ["waiting"]
    again.sync_now()
    assert sum(came) == len(content)
    assert state(again, case_id) == ["here"]
    assert content_of(again, attachment_id) == content


def test_a_person_leaves_with_the_photo_once_it_is_safe(
    field: Fieldwork, laptops: tuple[Session, Session], tmp_path: Path
) -> None:
    """Attached offline, while headquarters gave the person to Ben."""
    ana, ben = laptops
    case_id = rosa(ana)
    ana.sync_now()
    content = photo_of(LARGE)
    attachment_id = attach(ana, case_id, tmp_path, content)
    ana.sync_now()
    field.assign("ben", case_id)
    later = attach(ana, case_id, tmp_path, photo_of(2_000_000, b"later"))
    field.unassign("ana", case_id)
    ana.sync_now()
    ana.sync_now()
    with pytest.raises(NotFound):
        content_of(ana, attachment_id)
    assert [p for p in (ana._vault.folder / "attachments").rglob("*") if p.is_file()] == []
    ben.sync_now()
    assert content_of(ben, attachment_id) == content
    stored = [p for p in tmp_path.rglob("blobs/*/*/*") if p.is_file()]
    hashes = {hashlib.sha256(p.read_bytes()).hexdigest() for p in stored}
    assert hashes == {
        hashlib.sha256(c).hexdigest() for c in (content, photo_of(2_000_000, b"later"))
    }
    with pytest.raises(NotFound):
        content_of(ana, later)


def test_nothing_of_a_photo_lies_in_plain_on_a_laptop(
    field: Fieldwork, laptops: tuple[Session, Session], tmp_path: Path
) -> None:
    ana, ben = laptops
    case_id = rosa(ana)
    canary = b"canary of Rosa's wound; "
    attachment_id = attach(ana, case_id, tmp_path, b"\xff\xd8\xff" + canary * 90_000)
    (tmp_path / "photo.jpg").unlink()
    ana.sync_now()
    field.assign("ben", case_id)
    ben.sync_now()
    pieces = ben.attachment(attachment_id)
    assert pieces is not None
    assert canary in next(pieces)
    for laptop in laptops:
        for path in laptop._vault.folder.rglob("*"):
            assert not path.is_file() or canary not in path.read_bytes()
