"""Contents at headquarters: whole or not at all, and only for those in whose care a person is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.errors import StorageFull
from casefield.records.base import new_id
from casefield.records.headquarters import Blob
from casefield.server.auth import Denied
from casefield.server.blob_folder import BlobFolder
from casefield.server.blobs import BlobOffice
from casefield.sync.messages import BlobOffer, BlobReply
from tests.server.office import Line, Office

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 8
SHA = hashlib.sha256(PHOTO).hexdigest()


class Counter:
    """Where a laptop sends contents and asks for them."""

    def __init__(self, office: Office, folder: BlobFolder) -> None:
        self.office = office
        self.folder = folder
        self.blobs = BlobOffice(office.database, folder)

    def offer(self, line: Line, case_id: str, content: bytes = PHOTO, **more: Any) -> BlobReply:
        sha256 = hashlib.sha256(content).hexdigest()
        told = {"sha256": sha256, "size": len(content), "media_type": "image/jpeg"} | more
        return self.blobs.offer(
            line.member, BlobOffer(case_id=case_id, **told), self.office.clock.now()
        )

    def send(
        self, line: Line, case_id: str, offset: int, data: bytes, sha256: str = SHA
    ) -> BlobReply:
        return self.blobs.take(line.member, case_id, sha256, offset, data, self.office.clock.now())

    def send_all(self, line: Line, case_id: str, content: bytes = PHOTO) -> None:
        self.offer(line, case_id, content)
        sha256 = hashlib.sha256(content).hexdigest()
        assert self.send(line, case_id, 0, content, sha256).complete

    def get(self, line: Line, case_id: str, sha256: str = SHA) -> bytes:
        file, size = self.blobs.open(line.member, case_id, sha256)
        with file:
            content = file.read()
        assert len(content) == size
        return content

    def on_disk(self) -> list[str]:
        return sorted(
            "part" if path.suffix == ".part" else path.name
            for path in self.folder.root.rglob("*")
            if path.is_file()
        )


@pytest.fixture
def counter(office: Office, tmp_path: Path) -> Counter:
    return Counter(office, BlobFolder(tmp_path / "blobs"))


@pytest.fixture
def ana(office: Office) -> Line:
    return office.line("ana")


@pytest.fixture
def ben(office: Office) -> Line:
    return office.line("ben")


def person(line: Line) -> str:
    """Bring a person into a worker's care."""
    operations = line.write.person(line.member.user_id)
    line.push(*operations)
    return operations[0].id


def name_it(line: Line, case_id: str, sha256: str = SHA, size: int = len(PHOTO)) -> str:
    """Put a content into a person's record."""
    fields = {"sha256": sha256, "size": size, "media_type": "image/jpeg"}
    made = line.write.operation("create", "Attachment", new_id(), case_id, fields)
    (result,) = line.push(made)
    assert result.status == "applied"
    return made.id


@pytest.fixture
def rosa(ana: Line) -> str:
    """Return a person in Ana's care whose record names the photo."""
    case_id = person(ana)
    name_it(ana, case_id)
    return case_id


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    """Return status and code of a refusal, which is a sentence."""
    with pytest.raises(Denied) as caught:
        call()
    assert caught.value.message.endswith(".")
    return caught.value.status, caught.value.code


# -- up and down ----------------------------------------------------------------------------------


def test_it_comes_in_pieces_and_is_given_whole(counter: Counter, ana: Line, rosa: str) -> None:
    assert counter.offer(ana, rosa) == BlobReply(offset=0, complete=False)
    assert counter.send(ana, rosa, 0, PHOTO[:700]) == BlobReply(offset=700, complete=False)
    assert counter.offer(ana, rosa) == BlobReply(offset=700, complete=False)
    assert refused(lambda: counter.get(ana, rosa)) == (404, "no_blob")
    assert counter.send(ana, rosa, 700, PHOTO[700:]).complete
    assert counter.get(ana, rosa) == PHOTO
    assert counter.offer(ana, rosa) == BlobReply(offset=len(PHOTO), complete=True)
    assert counter.blobs.where(ana.member, rosa, SHA).complete
    assert counter.on_disk() == [SHA]


def test_any_cut_leaves_the_same_bytes(
    on_sqlite: Any, open_office: Callable[..., Office], tmp_path: Path
) -> None:
    office = open_office(on_sqlite)
    counter, ana = Counter(office, BlobFolder(tmp_path / "blobs")), office.line("ana")
    case_id = person(ana)

    @given(st.binary(min_size=1, max_size=400), st.lists(st.integers(0, 150), max_size=6))
    def sent(content: bytes, pieces: list[int]) -> None:
        name_it(ana, case_id, hashlib.sha256(content).hexdigest(), len(content))
        at = counter.offer(ana, case_id, content)
        for size in [*pieces, len(content)]:
            if not at.complete:
                data = content[at.offset : at.offset + size]
                sha256 = hashlib.sha256(content).hexdigest()
                at = counter.send(ana, case_id, at.offset, data, sha256)
        assert at.complete
        assert counter.get(ana, case_id, hashlib.sha256(content).hexdigest()) == content

    sent()


@pytest.mark.parametrize("offset", [0, 699, 701, len(PHOTO)])
def test_another_offset_is_answered_with_the_right_one(
    counter: Counter, ana: Line, rosa: str, offset: int
) -> None:
    counter.offer(ana, rosa)
    counter.send(ana, rosa, 0, PHOTO[:700])
    with pytest.raises(Denied, match="has 700 bytes") as caught:
        counter.send(ana, rosa, offset, PHOTO[offset : offset + 9])
    assert (caught.value.status, caught.value.code) == (409, "wrong_offset")
    assert counter.blobs.where(ana.member, rosa, SHA).offset == 700


def test_more_than_was_announced_is_not_taken(counter: Counter, ana: Line, rosa: str) -> None:
    counter.offer(ana, rosa)
    assert refused(lambda: counter.send(ana, rosa, 0, PHOTO + b"x")) == (422, "bad_message")
    assert counter.blobs.where(ana.member, rosa, SHA).offset == 0


def test_a_wrong_hash_is_thrown_away_and_may_come_again(
    counter: Counter, ana: Line, rosa: str
) -> None:
    counter.offer(ana, rosa)
    wrong = b"x" * len(PHOTO)
    assert refused(lambda: counter.send(ana, rosa, 0, wrong)) == (422, "wrong_hash")
    assert counter.on_disk() == []
    assert counter.offer(ana, rosa) == BlobReply(offset=0, complete=False)
    counter.send_all(ana, rosa)
    assert counter.get(ana, rosa) == PHOTO


def test_only_the_servers_user_can_read_it(counter: Counter, ana: Line, rosa: str) -> None:
    counter.send_all(ana, rosa)
    for path in counter.folder.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


# -- crashes --------------------------------------------------------------------------------------


class Killed(BaseException):
    """The server was killed."""


@pytest.mark.parametrize("after", ["append", "is_right", "_commit", "settle"])
def test_killed_at_any_step_it_goes_on(
    counter: Counter, ana: Line, rosa: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the bytes, after the hash, after the commit: nothing is corrupt, nothing is lost."""
    counter.offer(ana, rosa)
    counter.send(ana, rosa, 0, PHOTO[:700])

    def die(*arguments: Any, **_: Any) -> None:
        if after == "append":
            real(counter.folder, *arguments[1:])
        raise Killed

    real = BlobFolder.append
    with monkeypatch.context() as patch:
        if after == "_commit":
            patch.setattr("casefield.server.blobs._write", die)
        else:
            patch.setattr(BlobFolder, after, die)
        with pytest.raises(Killed):
            counter.send(ana, rosa, 700, PHOTO[700:])
    at = counter.offer(ana, rosa)
    assert at == (
        BlobReply(offset=len(PHOTO), complete=True)
        if after == "settle"
        else BlobReply(offset=700, complete=False)
    )
    if not at.complete:
        assert counter.send(ana, rosa, at.offset, PHOTO[at.offset :]).complete
    assert counter.get(ana, rosa) == PHOTO
    assert counter.on_disk() == [SHA]


def test_what_the_disk_lost_comes_again(counter: Counter, ana: Line, rosa: str) -> None:
    """The database was restored without the folder, or with an older one."""
    counter.offer(ana, rosa)
    counter.send(ana, rosa, 0, PHOTO[:700])
    (part,) = (path for path in counter.folder.root.rglob("*.part"))
    part.write_bytes(part.read_bytes()[:300])
    assert counter.offer(ana, rosa).offset == 300
    counter.send(ana, rosa, 300, PHOTO[300:])
    assert counter.get(ana, rosa) == PHOTO
    (file,) = (path for path in counter.folder.root.rglob(SHA))
    file.unlink()
    assert refused(lambda: counter.get(ana, rosa)) == (404, "no_blob")
    counter.send_all(ana, rosa)
    assert counter.get(ana, rosa) == PHOTO


def test_a_full_disk_is_said_and_nothing_is_counted(
    counter: Counter, ana: Line, rosa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.offer(ana, rosa)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("casefield.server.blob_folder.os.fsync", full)
        with pytest.raises(StorageFull):
            counter.send(ana, rosa, 0, PHOTO[:700])
    assert counter.blobs.where(ana.member, rosa, SHA).offset == 0
    counter.send_all(ana, rosa)
    assert counter.get(ana, rosa) == PHOTO


# -- who may --------------------------------------------------------------------------------------


def test_a_colleague_gets_it_with_the_person(
    counter: Counter, ana: Line, ben: Line, rosa: str
) -> None:
    counter.send_all(ana, rosa)
    assert refused(lambda: counter.get(ben, rosa)) == (404, "no_blob")
    counter.office.administration.assign(counter.office.org, "ben", [rosa])
    assert counter.get(ben, rosa) == PHOTO
    counter.office.administration.unassign(counter.office.org, "ben", [rosa])
    assert refused(lambda: counter.get(ben, rosa)) == (404, "no_blob")


def test_out_of_care_no_call_tells_anything(
    counter: Counter, ana: Line, ben: Line, rosa: str
) -> None:
    """A content that is there and one that is nowhere get the same answers, word for word."""
    counter.send_all(ana, rosa)

    def told(sha256: str, case_id: str) -> list[tuple[int, str, str]]:
        words = []
        for call in (
            lambda: counter.get(ben, case_id, sha256),
            lambda: counter.blobs.where(ben.member, case_id, sha256),
            lambda: counter.send(ben, case_id, 0, b"x", sha256),
            lambda: counter.offer(ben, case_id, sha256=sha256),
        ):
            with pytest.raises(Denied) as caught:
                call()
            words.append((caught.value.status, caught.value.code, caught.value.message))
        return words

    assert told(SHA, rosa) == told("0" * 64, rosa) == told(SHA, "nobody")


def test_another_persons_content_must_come_whole_again(
    counter: Counter, ana: Line, ben: Line, rosa: str
) -> None:
    """Naming a hash in a record of one's own is neither proof nor way to what others have."""
    counter.send_all(ana, rosa)
    own = person(ben)
    name_it(ben, own)
    assert refused(lambda: counter.get(ben, own)) == (404, "no_blob")
    assert counter.offer(ben, own) == BlobReply(offset=0, complete=False)
    assert refused(lambda: counter.get(ben, own)) == (404, "no_blob")
    counter.send_all(ben, own)
    assert counter.get(ben, own) == PHOTO
    assert counter.on_disk() == [SHA]


def test_organisations_never_meet(counter: Counter, ana: Line, rosa: str) -> None:
    counter.send_all(ana, rosa)
    office = counter.office
    there = office.administration.add_organization("Hill Clinic", "America/Denver")
    other = Office(office.database, office.clock, office.client, office.administration, there)
    cleo = other.line("cleo")
    case_id = cleo.write.person(cleo.member.user_id)
    cleo.push(*case_id)
    assert refused(lambda: counter.get(cleo, rosa)) == (404, "no_blob")
    assert refused(lambda: counter.offer(cleo, rosa)) == (403, "not_in_care")
    name_it(cleo, case_id[0].id)
    assert counter.offer(cleo, case_id[0].id).offset == 0
    counter.send_all(cleo, case_id[0].id)
    assert counter.on_disk() == [SHA, SHA]


def test_only_what_a_record_names_is_given(counter: Counter, ana: Line) -> None:
    case_id = person(ana)
    counter.send_all(ana, case_id)
    assert refused(lambda: counter.get(ana, case_id)) == (404, "no_blob")
    attachment_id = name_it(ana, case_id)
    assert counter.get(ana, case_id) == PHOTO
    ana.push(ana.write.operation("delete", "Attachment", attachment_id, case_id, trunk_revision=1))
    assert refused(lambda: counter.get(ana, case_id)) == (404, "no_blob")


def test_a_laptop_may_still_send_for_who_is_leaving_it(
    counter: Counter, ana: Line, rosa: str
) -> None:
    """What was attached before the person went to a colleague is not stranded."""
    ana.pull_all()
    counter.office.administration.unassign(counter.office.org, "ana", [rosa])
    assert ana.pull().leave == [rosa]
    counter.send_all(ana, rosa)
    assert refused(lambda: counter.get(ana, rosa)) == (404, "no_blob")
    ana.pull(purged=[rosa])
    assert refused(lambda: counter.offer(ana, rosa)) == (403, "not_in_care")


@pytest.mark.parametrize("role", ["reader", "administrator", "auditor"])
def test_who_writes_nothing_sends_nothing(
    counter: Counter, ana: Line, role: str, rosa: str
) -> None:
    counter.send_all(ana, rosa)
    other = counter.office.line("dora", role)
    if role == "reader":
        counter.office.administration.assign(counter.office.org, "dora", [rosa])
    assert refused(lambda: counter.offer(other, rosa)) == (403, "not_in_care")
    if role == "reader":
        assert counter.get(other, rosa) == PHOTO
    else:
        assert refused(lambda: counter.get(other, rosa)) == (404, "no_blob")


# -- how much -------------------------------------------------------------------------------------


def test_too_large_is_said_with_the_limit(
    office: Office, ana: Line, rosa: str, tmp_path: Path
) -> None:
    small = Counter(office, BlobFolder(tmp_path / "b", most_bytes=1024 * 1024))
    with pytest.raises(Denied, match="up to 1 MB"):
        small.offer(ana, rosa, size=1024 * 1024 + 1)
    assert small.offer(ana, rosa, size=1024 * 1024).offset == 0


def test_a_kind_that_is_not_taken_is_said(counter: Counter, ana: Line, rosa: str) -> None:
    assert refused(lambda: counter.offer(ana, rosa, media_type="text/html")) == (415, "blob_type")


def test_the_room_of_an_organisation_has_an_end(
    office: Office, ana: Line, rosa: str, tmp_path: Path
) -> None:
    small = Counter(office, BlobFolder(tmp_path / "b", quota_bytes=len(PHOTO) + 5))
    small.send_all(ana, rosa)
    with pytest.raises(Denied, match="room for attachments at headquarters is full"):
        small.offer(ana, rosa, b"sixsix")
    assert small.offer(ana, rosa, b"five5").offset == 0
    assert small.offer(ana, rosa).complete


def test_a_false_size_does_not_stand_in_the_way(counter: Counter, ana: Line, rosa: str) -> None:
    counter.offer(ana, rosa, size=10)
    counter.send(ana, rosa, 0, PHOTO[:9])
    assert counter.offer(ana, rosa).offset == 0
    counter.send_all(ana, rosa)
    assert counter.offer(ana, rosa, size=10).complete
    assert [row.size for row in counter.office.rows(Blob)] == [len(PHOTO)]


def test_an_id_is_no_path(counter: Counter, ana: Line) -> None:
    """A laptop chose the person's id; the folder is not left by it."""
    operations = ana.write.person(ana.member.user_id)
    trick = "../../../outside"
    ana.push(*(
        msgspec.structs.replace(o, case_id=trick, id=trick if o.type == "Patient" else o.id)
        for o in operations
    ))  # fmt: skip
    name_it(ana, trick)
    counter.send_all(ana, trick)
    assert counter.get(ana, trick) == PHOTO
    assert counter.on_disk() == [SHA]
