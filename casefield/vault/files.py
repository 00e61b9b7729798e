"""Files of a profile: private modes, whole-or-nothing writes, one process at a time."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from casefield.errors import CasefieldError, Damaged, StorageFull, UnusableInput

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
TAKEN = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK})


def make_private_folder(folder: Path) -> None:
    """Make the profile's folder, readable by its owner alone.

    Raises:
        UnusableInput: the place is a file or may not be written.
        StorageFull: no room.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise environment_error(error, folder) from error


def write_whole(file: Path, content: bytes) -> None:
    """Replace a file's content so that a crash leaves the old or the new, never half.

    Raises:
        StorageFull, UnusableInput: the disk or its permissions forbid it; the old content stands,
            unless the sentence says that only the disk's confirmation is missing.
    """
    scratch = file.with_name(file.name + ".new")
    try:
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise environment_error(error, file) from error
    try:
        sync_folder(file.parent)
    except OSError as error:
        raise UnusableInput(
            f"{file} is replaced, but the disk does not confirm it: {_reason(error)}.",
            way_out="The new content counts. Have the disk checked.",
        ) from error


def sync_folder(folder: Path) -> None:
    """Have the disk confirm which files a folder holds.

    Raises:
        OSError: it doesn't.
    """
    if os.name == "nt":  # Windows has no handle on folders to flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def environment_error(error: OSError, place: Path) -> CasefieldError:
    """Return what the operating system refused, as a sentence."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return disk_full(place)
    if error.errno == errno.EIO:
        return disk_fails(place)
    return UnusableInput(
        f"{place} can't be used: {_reason(error)}.",
        way_out="Choose another folder with --profile, or mend its permissions.",
    )


def disk_full(place: Path) -> StorageFull:
    """Return the sentence for a full disk."""
    return StorageFull(
        f"The disk is full; nothing was saved in {place}.",
        way_out="Free some space and try again; what was saved before is whole.",
    )


def disk_fails(place: Path) -> Damaged:
    """Return the sentence for a disk that gives an error."""
    return Damaged(
        f"The disk refuses to read or write {place}; nothing was saved.",
        way_out="Check its free space and have it examined, then try again.",
    )


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


class ProfileLock:
    """One process at a time may have a profile open."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "in-use"
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            UnusableInput: another casefield has this profile open.
        """
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        except OSError as error:
            raise environment_error(error, self._file) from error
        try:
            _lock_exclusively(handle)
        except OSError as error:
            os.close(handle)
            if error.errno not in TAKEN:
                raise environment_error(error, self._file) from error
            raise UnusableInput(
                f"The profile in {self._file.parent} is open in another casefield.",
                way_out="Close or lock that one first.",
            ) from error
        self._handle = handle

    def give_back(self) -> None:
        """Release the lock."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if os.name == "nt":
    import msvcrt

    def _lock_exclusively(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _lock_exclusively(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
