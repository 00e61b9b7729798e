"""Files of a profile: private, replaced whole or not at all, in one process at a time."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casefield.errors import CasefieldError, Damaged, StorageFull, UnusableInput
from casefield.vault import files
from casefield.vault.files import ProfileLock, make_private_folder, write_whole

SITES = ("open", "write", "fsync", "replace")


class Fault:
    """Lets the operating system refuse at one place of a write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        self._patch = monkeypatch
        self._code = code

    def _refuse(self, *_: object, **__: object) -> int:
        raise OSError(self._code, os.strerror(self._code))

    def at(self, site: str) -> None:
        if site == "open":
            self._patch.setattr(os, "open", self._refuse)
        elif site == "write":
            self._patch.setattr(os, "fdopen", self._half_writing(os.fdopen))
        elif site == "fsync":
            self._patch.setattr(os, "fsync", self._refuse)
        elif site == "replace":
            self._patch.setattr(Path, "replace", self._refuse)
        else:
            self._patch.setattr(files, "sync_folder", self._refuse)

    def _half_writing(self, real: Callable[..., object]) -> Callable[..., object]:
        def fdopen(handle: int, mode: str) -> object:
            stream = real(handle, mode, buffering=0)
            wrapped = _Halting(stream, self._refuse)
            return wrapped

        return fdopen


class _Halting:
    """A stream that takes a few bytes, then refuses as the disk would."""

    def __init__(self, stream: object, refuse: Callable[..., int]) -> None:
        self._stream = stream
        self._refuse = refuse

    def __enter__(self) -> _Halting:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()  # type: ignore[attr-defined]

    def write(self, content: bytes) -> int:
        self._stream.write(content[:3])  # type: ignore[attr-defined]
        return self._refuse()


def test_a_file_is_made_whole_and_private(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    before = os.umask(0)
    try:
        write_whole(file, b"content")
    finally:
        os.umask(before)
    assert file.read_bytes() == b"content"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["keys.json"]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.ENOSPC, StorageFull, "disk is full"),
        (errno.EDQUOT, StorageFull, "disk is full"),
        (errno.EIO, Damaged, "refuses to read or write"),
        (errno.EACCES, UnusableInput, "Permission denied"),
        (errno.EROFS, UnusableInput, "Read-only"),
    ],
    ids=lambda value: errno.errorcode.get(value) if isinstance(value, int) else None,
)
def test_whatever_the_disk_refuses_the_old_content_stands(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    site: str,
    code: int,
    kind: type[CasefieldError],
    words: str,
) -> None:
    file = tmp_path / "keys.json"
    write_whole(file, b"the old content")
    with monkeypatch.context() as patch:
        Fault(patch, code).at(site)
        with pytest.raises(kind, match=words) as caught:
            write_whole(file, b"the new content")
    assert str(file) in caught.value.message
    assert caught.value.way_out
    assert file.read_bytes() == b"the old content"
    assert os.listdir(tmp_path) == ["keys.json"]
    write_whole(file, b"the new content")  # and once the disk is well again
    assert file.read_bytes() == b"the new content"


def test_a_folder_that_is_not_confirmed_says_that_the_new_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    write_whole(file, b"old")
    Fault(monkeypatch, errno.EIO).at("folder")
    with pytest.raises(UnusableInput, match="does not confirm") as caught:
        write_whole(file, b"new")
    assert "The new content counts" in caught.value.way_out
    assert file.read_bytes() == b"new"


KILLED = """
import os, signal, sys
from pathlib import Path
from casefield.vault import files
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
{patch}
files.write_whole(Path(sys.argv[1]), b"new" * 1000)
"""


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        ("os.fdopen = die", b"old"),
        ("os.fsync = die", b"old"),
        ("Path.replace = die", b"old"),
        ("files.sync_folder = die", b"new" * 1000),
    ],
)
def test_a_kill_at_any_step_leaves_old_or_new(tmp_path: Path, patch: str, left: bytes) -> None:
    file = tmp_path / "keys.json"
    write_whole(file, b"old")
    done = subprocess.run([sys.executable, "-c", KILLED.format(patch=patch), file], check=False)
    assert done.returncode == -9
    assert file.read_bytes() == left
    write_whole(file, b"next")
    assert file.read_bytes() == b"next"
    assert os.listdir(tmp_path) == ["keys.json"]


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "profile"
    make_private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    make_private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("a file", "utf-8")
    with pytest.raises(UnusableInput, match="profile"):
        make_private_folder(tmp_path / "profile")


def test_a_profile_is_open_once_and_again_when_it_was_given_back(tmp_path: Path) -> None:
    first, second = ProfileLock(tmp_path), ProfileLock(tmp_path)
    first.take()
    with pytest.raises(UnusableInput, match="open in another casefield") as caught:
        second.take()
    assert str(tmp_path) in caught.value.message
    first.give_back()
    first.give_back()
    second.take()
    second.give_back()
    assert stat.S_IMODE((tmp_path / "in-use").stat().st_mode) == 0o600


HOLDER = """
import sys
from pathlib import Path
from casefield.vault.files import ProfileLock
ProfileLock(Path(sys.argv[1])).take()
print("taken", flush=True)
sys.stdin.read()
"""


def test_another_process_keeps_it_and_its_death_frees_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        with pytest.raises(UnusableInput, match="open in another casefield"):
            ProfileLock(tmp_path).take()
        holder.kill()
        holder.wait()
    lock = ProfileLock(tmp_path)
    lock.take()
    lock.give_back()


def test_a_disk_that_cannot_lock_is_not_taken_for_another_casefield(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(files, "_lock_exclusively", refuse)
    with pytest.raises(UnusableInput, match="No locks available"):
        ProfileLock(tmp_path).take()
