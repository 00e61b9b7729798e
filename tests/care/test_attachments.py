"""What may be attached: by its content, within bounds, under a name that harms nobody."""

from __future__ import annotations

import os
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casefield.application import Session
from casefield.care import attachments, notes
from casefield.care.attachments import safe_name, write_out
from casefield.errors import NotFound, StorageFull, UnusableInput
from casefield.records.attachment import MOST_BYTES
from casefield.records.people import Patient
from tests.care.conftest import MovedClock

JPEG = b"\xff\xd8\xff\xe0" + bytes(3000)
KINDS = {
    "application/pdf": b"%PDF-1.7\n" + bytes(100),
    "image/jpeg": JPEG,
    "image/png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "image/heic": b"\0\0\0\x18ftypheic" + bytes(100),
    "text/plain": "Besuch, Übergabe – ok\n".encode() * 9000,
}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "heel.jpg"
    path.write_bytes(JPEG)
    return path


def content_of(session: Session, attachment_id: str) -> bytes:
    pieces = session.attachment(attachment_id)
    assert pieces is not None
    return b"".join(pieces)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_known_by_its_content(
    session: Session, person: str, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "whatever.xyz"
    path.write_bytes(KINDS[kind])
    attachment_id = session.attach(person, path)
    (view,) = session.read(lambda w: attachments.attachments(w, person))
    assert (view.attachment_id, view.media_type) == (attachment_id, kind)
    assert view.size == len(KINDS[kind])
    assert content_of(session, attachment_id) == KINDS[kind]
    assert path.read_bytes() == KINDS[kind]


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + bytes(99),
        b"\x7fELF",
        b"GIF89a\x01\0",
        b"<html>\0",
        b"words \xff\xfe",
        b"words" * 2000 + b"\0",
        b"words" * 2000 + b"\xc3",
        b"\0\0\0\x18ftypisom" + bytes(9),
    ],
)
def test_other_kinds_are_refused_in_a_sentence(
    session: Session, person: str, tmp_path: Path, content: bytes
) -> None:
    """Those, too, that show only at their end; nothing stays of them."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(UnusableInput, match=r"photo\.jpg is none of the kinds.*Attach PDF"):
        session.attach(person, path)
    assert session.read(lambda w: attachments.attachments(w, person)) == ()
    kept = [p for p in (tmp_path / "p" / "attachments").rglob("*") if p.is_file()]
    assert kept == []


def test_what_is_no_usable_file_is_said(session: Session, person: str, tmp_path: Path) -> None:
    empty, large, pipe = tmp_path / "empty", tmp_path / "large.pdf", tmp_path / "pipe"
    empty.touch()
    with large.open("wb") as file:
        file.write(b"%PDF-")
        file.truncate(MOST_BYTES + 1)
    os.mkfifo(pipe)
    for path, words in (
        (empty, "is empty"),
        (large, "larger than 50 MB"),
        (pipe, "is not a file"),
        (tmp_path, "is not a file"),
        (tmp_path / "nowhere", "can't be read: No such file"),
    ):
        with pytest.raises(UnusableInput, match=words) as caught:
            session.attach(person, path)
        assert str(path) in caught.value.message


def test_it_says_whose_when_and_by_whom(
    session: Session, person: str, photo: Path, clock: MovedClock
) -> None:
    note_id = session.act(lambda w: notes.start_note(w, person, "phone"), "note")
    session.attach(person, photo, title=" Left heel ", note_id=note_id)
    clock.forward(hours=1)
    session.attach(person, photo)
    newer, older = session.read(lambda w: attachments.attachments(w, person))
    assert (older.title, older.note_id, older.author) == ("Left heel", note_id, "Ana")
    assert (newer.title, newer.file_name, newer.note_id) == ("heel.jpg", "heel.jpg", None)
    assert newer.taken_at - older.taken_at == timedelta(hours=1)
    assert older.zone == "America/New_York"
    of_note = session.read(lambda w: attachments.attachments(w, person, note_id=note_id))
    assert of_note == (older,)


def test_nobody_and_nothing_of_anothers_is_attached_to(
    session: Session, person: str, photo: Path, tmp_path: Path
) -> None:
    other = session.act(lambda w: w.add(Patient(family_name="Medina")).id, "test")
    note_id = session.act(lambda w: notes.start_note(w, other, "phone"), "note")
    with pytest.raises(NotFound, match="note is not this person's"):
        session.attach(person, photo, note_id=note_id)
    with pytest.raises(NotFound):
        session.attach("nobody", photo)
    assert not (tmp_path / "p" / "attachments").exists()


def test_what_could_not_be_recorded_is_let_go(
    session: Session, person: str, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(attachments, "attach", full)
    with pytest.raises(StorageFull):
        session.attach(person, photo)
    assert [p for p in (tmp_path / "p" / "attachments").rglob("*") if p.is_file()] == []


def test_opening_one_is_audited(session: Session, person: str, photo: Path) -> None:
    from casefield.records.laptop import AuditEntry

    attachment_id = session.attach(person, photo)
    content_of(session, attachment_id)
    with session._vault.snapshot() as kept:
        last = kept.query(AuditEntry).order_by(AuditEntry.n.desc()).first()
    assert last is not None
    assert (last.act, last.case_id, last.reason) == ("open", person, "attachment")


def test_where_the_content_is_is_known(session: Session, person: str, photo: Path) -> None:
    attachment_id = session.attach(person, photo)
    views = session.read(lambda w: attachments.attachments(w, person))
    assert session.attachment_states(views) == {attachment_id: "waiting"}


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("heel.jpg", "heel.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "attachment"),
        ("..", "attachment"),
        (".bashrc", "bashrc"),
        ("a\0b\n\u202egpj.exe", "abgpj.exe"),
        ('what: "is" this?.pdf', "what_ _is_ this_.pdf"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("x" * 500 + ".png", "x" * 116 + ".png"),
        ("Übergabe.txt", "Übergabe.txt"),
    ],
)
def test_a_name_is_one_plain_file(said: str, safe: str) -> None:
    assert safe_name(said) == safe


@pytest.mark.parametrize(
    ("said", "kind", "safe"),
    [
        ("photo.exe", "image/jpeg", "photo.exe.jpg"),
        ("photo.JPEG", "image/jpeg", "photo.JPEG"),
        ("letter", "application/pdf", "letter.pdf"),
        ("", "image/png", "attachment.png"),
        ("x.lnk", "text/plain", "x.lnk.txt"),
    ],
)
def test_the_ending_is_the_contents(said: str, kind: str, safe: str) -> None:
    assert safe_name(said, kind) == safe


@given(st.text(max_size=200), st.sampled_from(["", *KINDS]))
@example("." * 200, "")
@example("a/" + "con" + "." * 9, "image/png")
def test_no_name_leads_anywhere_else(said: str, kind: str) -> None:
    name = safe_name(said, kind)
    assert 0 < len(name) <= 120
    assert Path(name).name == name not in {".", ".."}
    assert not name.startswith(".")
    assert not set(name) & set('\\/:*?"<>|')
    assert all(unicodedata.category(c)[0] != "C" for c in name)
    assert safe_name(name, kind) == name


# -- saving ---------------------------------------------------------------------------------------


def test_what_is_saved_is_its_owners_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out.jpg"
    write_out([b"one", b"two"], target)
    assert target.read_bytes() == b"onetwo"
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UnusableInput, match="already something"):
        write_out([b"three"], target)
    assert target.read_bytes() == b"onetwo"
    with pytest.raises(UnusableInput, match="No such file"):
        write_out([b"x"], tmp_path / "nowhere" / "out.jpg")


def test_what_breaks_off_leaves_no_half_file(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"half"
        raise UnusableInput("It is damaged.")

    with pytest.raises(UnusableInput):
        write_out(pieces(), tmp_path / "out.jpg")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
