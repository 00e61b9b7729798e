"""A vault made, opened, worked in from several threads, locked; on a full disk, too."""

from __future__ import annotations

import errno
import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casefield.errors import (
    Busy,
    CasefieldError,
    Damaged,
    LockedOrNotEnrolled,
    StorageFull,
    UnusableInput,
    WrongPassphrase,
)
from casefield.records.laptop import AuditEntry
from casefield.records.planning import Goal
from casefield.vault import vault as vault_module
from casefield.vault.check import check
from casefield.vault.vault import Vault
from tests.vault.conftest import CHEAP, CLOCK, NOW, PASSPHRASE, Hands, actor_of


def open_files(folder: Path) -> list[str]:
    """Return the profile's files that this process has open."""
    links = (os.readlink(entry) for entry in _links())
    return sorted(Path(link).name for link in links if Path(link).parent == folder)


def _links() -> Iterator[str]:
    for number in os.listdir("/proc/self/fd"):
        path = f"/proc/self/fd/{number}"
        if os.path.islink(path):
            yield path


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc here")


def opened_audit(vault: Vault) -> list[str | None]:
    with vault.snapshot() as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.n)
        return [entry.record_id for entry in entries if entry.act == "open"]


# -- making, opening, locking -----------------------------------------------------------------


def test_made_it_is_open_whole_and_private(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "p", PASSPHRASE, cost=CHEAP)
    try:
        assert not vault.is_locked
        assert Vault.exists(tmp_path / "p")
        names = set(os.listdir(tmp_path / "p"))
        assert {"casefield.db", "keyslots.json", "keyslots.json.copy", "in-use"} <= names
        assert "being-made" not in names
        assert stat.S_IMODE((tmp_path / "p").stat().st_mode) == 0o700
        for name in names:
            assert stat.S_IMODE((tmp_path / "p" / name).stat().st_mode) == 0o600
        assert all(finding.good for finding in check(vault))
    finally:
        vault.lock()


def test_a_weak_passphrase_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="too easy"):
        Vault.create(tmp_path / "p", "passwordpassword", cost=CHEAP)
    assert not (tmp_path / "p").exists()


def test_what_was_done_is_there_after_lock_and_unlock(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Walk to the shop")
    local = vault.local_identity()
    vault.lock()
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert ana.document(Goal, goal) == {"own_words": "Walk to the shop", "status": "active"}
    assert vault.local_identity() == local
    assert local.org_id != local.user_id


def test_a_wrong_passphrase_opens_nothing_and_blocks_nothing(vault: Vault) -> None:
    vault.lock()
    for wrong in ("", PASSPHRASE.upper(), PASSPHRASE + " "):
        with pytest.raises(WrongPassphrase):
            vault.unlock(wrong)
        assert vault.is_locked
    vault.unlock(PASSPHRASE)


def test_a_key_file_of_another_profile_does_not_open_the_database(
    vault: Vault, folder: Path, tmp_path: Path
) -> None:
    vault.lock()
    other = Vault.create(tmp_path / "other", PASSPHRASE, cost=CHEAP)
    other.lock()
    (tmp_path / "other" / "keyslots.json").replace(folder / "keyslots.json")
    with pytest.raises(Damaged, match="another key"):
        vault.unlock(PASSPHRASE)
    (folder / "keyslots.json.copy").replace(folder / "keyslots.json")
    vault.unlock(PASSPHRASE)


def test_it_is_open_in_one_place_only(vault: Vault, folder: Path) -> None:
    second = Vault.open(folder)
    with pytest.raises(UnusableInput, match="open in another casefield"):
        second.unlock(PASSPHRASE)
    vault.lock()
    second.unlock(PASSPHRASE)
    second.lock()


@needs_proc
def test_locked_no_file_is_open_and_the_key_is_overwritten(vault: Vault, ana: Hands) -> None:
    ana.goal(own_words="Walk")
    key = vault._key
    assert key is not None
    raw = key._raw
    assert any(raw)
    assert "casefield.db" in open_files(vault.folder)
    vault.lock()
    assert open_files(vault.folder) == []
    assert bytes(raw) == bytes(32)
    assert sorted(os.listdir(vault.folder)) == [
        "casefield.db",
        "in-use",
        "keyslots.json",
        "keyslots.json.copy",
    ]


def test_locked_nothing_is_told_or_done(vault: Vault, ana: Hands) -> None:
    vault.lock()
    for act in (
        lambda: ana.goal(own_words="Walk"),
        lambda: ana.document(Goal, "g"),
        lambda: vault.journal.counts(),
        lambda: vault.fact("local_identity"),
        lambda: vault.set_fact("a", 1),
        lambda: check(vault),
    ):
        with pytest.raises(LockedOrNotEnrolled, match="vault is locked"):
            act()


@needs_proc
def test_lock_waits_for_the_work_under_way(vault: Vault, ana: Hands) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with vault.work(ana.actor, "slow") as work:
            work.add(Goal(case_id="c", own_words="Said before the lock"))
            inside.set()
            go_on.wait(10)

    worker = threading.Thread(target=slow)
    locker = threading.Thread(target=vault.lock)
    worker.start()
    inside.wait(10)
    locker.start()
    locker.join(0.05)
    assert locker.is_alive()
    go_on.set()
    worker.join()
    locker.join()
    assert open_files(vault.folder) == []
    vault.unlock(PASSPHRASE)
    assert len(ana.outbox()) == 1


@needs_proc
def test_work_that_outlasts_the_patience_ends_whole_and_then_closes(
    vault: Vault, ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "LOCK_SECONDS", 0.01)
    with vault.work(ana.actor, "slow") as work:
        goal = work.add(Goal(case_id="c", own_words="Walk")).id
        vault.lock()
        assert vault.is_locked
    assert open_files(vault.folder) == []
    vault.unlock(PASSPHRASE)
    assert ana.document(Goal, goal)


# -- working ----------------------------------------------------------------------------------


def test_many_threads_write_and_nothing_is_lost_or_numbered_twice(vault: Vault, ana: Hands) -> None:
    def write(name: str) -> None:
        for number in range(10):
            ana.goal(own_words=f"{name} {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waiting = ana.outbox()
    assert [operation.dseq for operation in waiting] == list(range(1, 41))
    assert len({operation.op_id for operation in waiting}) == 40
    assert all(finding.good for finding in check(vault))


def test_a_reading_writes_what_it_opened_and_nothing_else(vault: Vault, ana: Hands) -> None:
    person = ana.person(family_name="Medina")
    with vault.read(ana.actor) as work:
        work.opened(person, "summary")
    assert opened_audit(vault) == [person]
    with pytest.raises(AssertionError, match="reading"), vault.read(ana.actor) as work:
        work.add(Goal(case_id=person))
    assert len(ana.outbox()) == 1


def test_facts_are_kept_and_replaced(vault: Vault) -> None:
    assert vault.fact("colour") is None
    vault.set_fact("colour", {"of": ["the", "sea"]})
    vault.set_fact("colour", "blue")
    assert vault.fact("colour") == "blue"


# -- a full disk, a failing disk --------------------------------------------------------------


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """Let no file of this process grow beyond what the profile's largest file has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = max(file.stat().st_size for file in folder.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_nothing_is_half_written_and_afterwards_all_goes_on(
    vault: Vault, ana: Hands
) -> None:
    goal = ana.goal(own_words="Walk to the shop")
    with no_room(vault.folder):
        for act in (
            lambda: ana.change(Goal, goal, own_words="x" * 3_000_000),
            lambda: [ana.goal(own_words="y" * 900_000) for _ in range(9)],
        ):
            with pytest.raises(CasefieldError, match="nothing was saved") as caught:
                act()
            assert str(vault.folder) in caught.value.message
            assert "try again" in caught.value.way_out
        words = ana.document(Goal, goal)
    assert words == {"own_words": "Walk to the shop", "status": "active"}
    before = len(ana.outbox())
    assert ana.change(Goal, goal, own_words="Walk to the park")
    assert len(ana.outbox()) == before + 1
    assert all(finding.good for finding in check(vault))
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert ana.document(Goal, goal) == {"own_words": "Walk to the park", "status": "active"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 3 MiB; skips where none can be mounted."""
    import subprocess

    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_on_a_disk_that_is_really_full(small_disk: Path) -> None:
    vault = Vault.create(small_disk / "p", PASSPHRASE, clock=CLOCK, cost=CHEAP)
    ana = Hands(vault, actor_of(vault))
    goal = ana.goal(own_words="Walk to the shop")
    (small_disk / "film").write_bytes(bytes(_free(small_disk) - 64 * 1024))
    with pytest.raises(StorageFull, match="disk is full; nothing was saved"):
        ana.change(Goal, goal, own_words="x" * 500_000)
    (small_disk / "film's end").write_bytes(bytes(_free(small_disk)))
    with pytest.raises(StorageFull, match="disk is full; nothing was saved"):
        vault.change_passphrase(PASSPHRASE, "quiet harbour lantern thistle")
    assert vault.confirms(PASSPHRASE)
    with vault.read(ana.actor) as work:
        work.opened("c", "summary")
        assert work.get(Goal, goal).own_words == "Walk to the shop"
    (small_disk / "film").unlink()
    ana.change(Goal, goal, own_words="x" * 500_000)
    assert opened_audit(vault) == ["c"]
    assert all(finding.good for finding in check(vault))
    vault.lock()
    vault.unlock(PASSPHRASE)
    vault.lock()


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@pytest.mark.parametrize("trouble", [StorageFull, Busy])
def test_reading_goes_on_without_room_and_its_audit_comes_later(
    vault: Vault, ana: Hands, monkeypatch: pytest.MonkeyPatch, trouble: type[CasefieldError]
) -> None:
    person, other = ana.person(family_name="Medina"), ana.person(family_name="Okoye")
    real = Vault._connection

    @contextmanager
    def refusing(self: Vault, begin: str) -> Iterator[object]:
        if begin == "IMMEDIATE":
            raise trouble("not now")
        with real(self, begin) as connection:
            yield connection

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "_connection", refusing)
        for case_id in (person, other):
            with vault.read(ana.actor) as work:
                work.opened(case_id, "summary")
                assert work.find(Goal) == []
        assert opened_audit(vault) == []
    ana.goal(own_words="Walk")
    assert opened_audit(vault) == [person, other]
    ana.goal(own_words="Walk")
    assert opened_audit(vault) == [person, other]
    assert all(finding.good for finding in check(vault))


def test_what_the_audit_is_owed_is_written_before_the_lock(
    vault: Vault, ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = ana.person(family_name="Medina")
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "_write_owed", lambda self: None)
        with vault.read(ana.actor) as work:
            work.opened(person, "summary")
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert opened_audit(vault) == [person]
    with vault.snapshot() as session:
        assert session.query(AuditEntry).order_by(AuditEntry.n.desc()).first().at == NOW


def test_a_work_that_fails_still_owes_the_reading_before_it(
    vault: Vault, ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = ana.person(family_name="Medina")
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "_write_owed", lambda self: None)
        with vault.read(ana.actor) as work:
            work.opened(person, "summary")
    with pytest.raises(ZeroDivisionError), vault.work(ana.actor, "a test"):
        raise ZeroDivisionError
    assert opened_audit(vault) == []
    ana.goal(own_words="Walk")
    assert opened_audit(vault) == [person]


def test_an_error_of_the_surroundings_inside_a_work_stays_what_it_is(
    vault: Vault, ana: Hands
) -> None:
    """A file that a deed reads is not the database: its error isn't told as the database's."""
    with pytest.raises(OSError, match="No such file"), vault.work(ana.actor, "a test"):
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
