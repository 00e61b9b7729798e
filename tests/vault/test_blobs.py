"""Contents on the laptop: nothing in plain, nothing lost in a crash, gone with the person."""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casefield.errors import Damaged, NotFound, StorageFull
from casefield.records.attachment import Attachment
from casefield.records.blob import Place
from casefield.records.laptop import LocalBlob
from casefield.vault import blobs
from casefield.vault.blobs import COMING, SAFE, WAITING, Blobs
from casefield.vault.check import check
from casefield.vault.vault import Vault
from tests.vault.conftest import CLOCK, NOW, PASSPHRASE, Hands, state

CANARY = b"canary of Rosa's wound, left heel; "
PHOTO = b"\xff\xd8\xff" + CANARY * 6000


def keep(vault: Vault, content: bytes = PHOTO, case_id: str = "c") -> Place:
    return vault.blobs.keep(case_id, [content[:100], content[100:]])


def attach(ana: Hands, place: Place, **fields: Any) -> str:
    """Put a content into the record."""
    told = {"media_type": "image/jpeg", "taken_at": NOW, "taken_zone": "UTC"} | fields
    return ana.add(Attachment(case_id=place.case_id, sha256=place.sha256, size=place.size, **told))


def files(vault: Vault) -> list[Path]:
    return sorted(path for path in (vault.folder / "attachments").rglob("*") if path.is_file())


def states(vault: Vault) -> list[str]:
    with vault.snapshot() as session:
        return sorted(row.state for row in session.query(LocalBlob))


def content_of(vault: Vault, place: Place) -> bytes:
    return b"".join(vault.blobs.read(place))


def after_power_cut(vault: Vault, tmp_path: Path) -> Vault:
    """Return the profile as it stands on the disk at this moment, unlocked again."""
    copy = shutil.copytree(vault.folder, tmp_path / "after")
    again = Vault.open(copy, clock=CLOCK)
    again.unlock(PASSPHRASE)
    return again


@pytest.fixture
def place(vault: Vault, ana: Hands) -> Place:
    """Return a photo in a person's record that headquarters has not got."""
    kept = keep(vault)
    attach(ana, kept)
    return kept


def test_it_is_given_back_from_any_byte(vault: Vault, place: Place) -> None:
    assert place == Place("c", hashlib.sha256(PHOTO).hexdigest(), len(PHOTO))
    assert content_of(vault, place) == PHOTO
    assert vault.blobs.piece(place, 70_000, 100_000) == PHOTO[70_000:170_000]
    assert vault.blobs.piece(place, len(PHOTO) - 1, 100) == PHOTO[-1:]
    assert vault.blobs.has(place)


def test_nothing_of_it_lies_in_plain_in_the_profile(vault: Vault, place: Place) -> None:
    vault.lock()
    for file in vault.folder.rglob("*"):
        if file.is_file():
            assert CANARY not in file.read_bytes()
            assert place.sha256 not in file.name


def test_names_tell_nothing_and_nobody_else_can_read(vault: Vault, place: Place) -> None:
    keep(vault, case_id="d")
    one, other = files(vault)
    assert one.name != other.name
    for file in (one, other):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.parent.name == file.name[:2]
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.parent.parent.stat().st_mode) == 0o700


def test_a_file_under_another_persons_name_is_found(vault: Vault, place: Place) -> None:
    theirs = keep(vault, case_id="d")
    one, other = files(vault)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    for swapped in (place, theirs):
        with pytest.raises(Damaged, match="attachments"):
            content_of(vault, swapped)


def test_a_locked_vault_gives_nothing(vault: Vault, place: Place) -> None:
    vault.lock()
    with pytest.raises(Exception, match="locked"):
        content_of(vault, place)


def test_the_same_content_twice_is_one_file(vault: Vault, ana: Hands, place: Place) -> None:
    assert keep(vault) == place
    attach(ana, place, title="again")
    assert len(files(vault)) == 1
    assert vault.blobs.waiting() == (place,)


# -- crashes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["_settle", "_note"])
def test_a_crash_before_the_record_leaves_nothing(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whole file without its name, or named file without its row."""
    after: list[Vault] = []

    def die(*_: object) -> None:
        after.append(after_power_cut(vault, tmp_path))

    monkeypatch.setattr(vault.blobs, name, die)
    keep(vault)
    (again,) = after
    assert files(again) == []
    assert states(again) == []
    again.lock()


def test_a_content_that_no_record_came_to_name_is_swept(vault: Vault, tmp_path: Path) -> None:
    keep(vault)
    again = after_power_cut(vault, tmp_path)
    assert (files(again), states(again)) == ([], [])
    again.lock()


def test_what_a_record_names_survives_a_crash(vault: Vault, tmp_path: Path, place: Place) -> None:
    again = after_power_cut(vault, tmp_path)
    assert content_of(again, place) == PHOTO
    assert again.blobs.waiting() == (place,)
    again.lock()


def test_a_part_that_came_is_gone_on_with_after_a_crash(
    vault: Vault, ana: Hands, tmp_path: Path
) -> None:
    coming = pulled(ana, PHOTO)
    with vault.blobs.arrival(coming) as arriving:
        assert arriving is not None
        arriving.write(PHOTO[:150_000])
    again = after_power_cut(vault, tmp_path)
    with again.blobs.arrival(coming) as arriving:
        assert arriving is not None
        assert arriving.offset == 131_072
        arriving.write(PHOTO[131_072:])
        arriving.finish()
    assert content_of(again, coming) == PHOTO
    again.lock()


def test_after_an_ordinary_end_nothing_is_looked_for(vault: Vault, ana: Hands) -> None:
    kept = keep(vault)
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert vault.blobs.has(kept)


def test_what_was_let_go_is_removed_unless_a_record_names_it(
    vault: Vault, ana: Hands, place: Place
) -> None:
    loose = keep(vault, b"%PDF-1.7 not attached after all")
    vault.blobs.let_go(loose)
    vault.blobs.let_go(place)
    assert not vault.blobs.has(loose)
    assert content_of(vault, place) == PHOTO


def test_a_full_disk_leaves_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("casefield.vault.sealed._confirm", full)
    with pytest.raises(StorageFull):
        keep(vault)
    assert files(vault) == []


# -- on its way -----------------------------------------------------------------------------------


def pulled(ana: Hands, content: bytes, **more: Any) -> Place:
    """Hear of a colleague's attachment whose content is not here."""
    sha256 = hashlib.sha256(content).hexdigest()
    place = Place("c", sha256, len(content))
    doc = {
        "sha256": sha256,
        "size": len(content),
        "media_type": "image/jpeg",
        "taken_at": (NOW - more.pop("age", timedelta(days=1))).isoformat(),
        "taken_zone": "UTC",
    }
    seq = ana.vault.journal.position().cursor
    number = int(seq or 0) + 1
    ana.pulled(state(Attachment, f"a{sha256[:20]}", number, doc=doc | more))
    return place


def test_small_and_new_go_first(vault: Vault, ana: Hands) -> None:
    large, old, new = (keep(vault, b"%PDF-" + bytes(size)) for size in (1_000_000, 11, 12))
    attach(ana, large, taken_at=NOW)
    attach(ana, old, taken_at=NOW - timedelta(days=2))
    attach(ana, new, taken_at=NOW - timedelta(days=1))
    assert vault.blobs.waiting() == (new, old, large)


def test_it_waits_until_headquarters_has_it(vault: Vault, place: Place) -> None:
    vault.blobs.reached(place, 77)
    assert vault.blobs.standing([place])[place] == blobs.Standing(WAITING, 77, "")
    vault.blobs.held_up(place, "The room is full.")
    assert vault.blobs.standing([place])[place].reason == "The room is full."
    assert vault.blobs.waiting() == (place,)
    vault.blobs.safe(place)
    assert vault.blobs.standing([place])[place] == blobs.Standing(SAFE, place.size, "")
    assert vault.blobs.waiting() == ()


def test_a_restored_headquarters_is_offered_everything_again(vault: Vault, place: Place) -> None:
    vault.blobs.safe(place)
    vault.journal.start_over(epoch="another", now=NOW)
    assert vault.blobs.waiting() == (place,)


def test_small_and_recent_contents_are_wanted(vault: Vault, ana: Hands, place: Place) -> None:
    near = pulled(ana, b"%PDF- near")
    pulled(ana, b"%PDF- long ago", age=timedelta(days=31))
    pulled(ana, b"%PDF- large" + bytes(1_000_000))
    pulled(ana, b"%PDF- odd", sha256="../../etc/passwd")
    assert vault.blobs.wanted(NOW) == (near,)


def test_what_came_counts_once_its_hash_is_right(vault: Vault, ana: Hands) -> None:
    coming = pulled(ana, PHOTO)
    with vault.blobs.arrival(coming) as arriving:
        assert arriving is not None
        arriving.write(PHOTO[:-1] + b"!")
        with pytest.raises(Damaged, match="not the attachment"):
            arriving.finish()
    assert not vault.blobs.has(coming)
    assert files(vault) == []
    with vault.blobs.arrival(coming) as arriving:
        assert arriving is not None
        arriving.write(PHOTO)
        arriving.finish()
    assert content_of(vault, coming) == PHOTO
    with vault.blobs.arrival(coming) as arriving:
        assert arriving is None


# -- leaving --------------------------------------------------------------------------------------


def test_a_person_stays_until_headquarters_has_the_photo(
    vault: Vault, ana: Hands, place: Place
) -> None:
    ana.all_taken()
    assert ana.left("c") == ()
    assert content_of(vault, place) == PHOTO
    vault.blobs.safe(place)
    assert ana.left("c") == ("c",)
    assert files(vault) == []
    assert states(vault) == []


def test_what_headquarters_refused_keeps_the_person_here(
    vault: Vault, ana: Hands, place: Place
) -> None:
    ana.all_taken()
    vault.blobs.held_up(place, "too large", state="refused")
    assert ana.left("c") == ()


def test_only_the_files_of_who_left_go(vault: Vault, ana: Hands, place: Place) -> None:
    theirs = keep(vault, case_id="d")
    attach(ana, theirs)
    ana.all_taken()
    vault.blobs.safe(place)
    vault.blobs.safe(theirs)
    ana.left("c")
    assert content_of(vault, theirs) == PHOTO
    with pytest.raises(NotFound):
        content_of(vault, place)


def test_a_part_goes_with_the_person_and_does_not_come_back(vault: Vault, ana: Hands) -> None:
    coming = pulled(ana, PHOTO)
    with vault.blobs.arrival(coming) as arriving:
        assert arriving is not None
        arriving.write(PHOTO)
        assert ana.left("c") == ("c",)
        arriving.finish()
    assert files(vault) == []
    assert not vault.blobs.has(coming)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Let no file be removed; return what ends that."""
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "_unlinked", lambda self, place: False)
        yield patch.undo


def test_a_crash_before_the_files_are_removed_is_made_good(
    vault: Vault, ana: Hands, place: Place, stuck: Callable[[], None]
) -> None:
    ana.all_taken()
    vault.blobs.safe(place)
    assert ana.left("c") == ("c",)
    assert states(vault) == ["gone"]
    stuck()
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert (files(vault), states(vault)) == ([], [])


# -- the check ------------------------------------------------------------------------------------


def verdict(vault: Vault) -> tuple[bool, str]:
    (found,) = (finding for finding in check(vault) if finding.what == "attachments")
    return found.good, found.words


def test_the_check_reads_every_file(vault: Vault, ana: Hands, place: Place) -> None:
    assert verdict(vault) == (True, "1 whole, 1 not at headquarters yet")
    vault.blobs.safe(place)
    assert verdict(vault) == (True, "1 whole, 0 not at headquarters yet")
    (file,) = files(vault)
    harmed = bytearray(file.read_bytes())
    harmed[-1] ^= 1
    file.write_bytes(harmed)
    assert verdict(vault) == (False, "1 of 1 can't be read")
    file.unlink()
    assert verdict(vault) == (False, "1 of 1 can't be read")


def test_what_never_came_is_no_fault(vault: Vault, ana: Hands) -> None:
    coming = pulled(ana, PHOTO)
    with vault.blobs.arrival(coming):
        pass
    assert states(vault) == [COMING]
    assert verdict(vault) == (True, "0 whole, 0 not at headquarters yet")
