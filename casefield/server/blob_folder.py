"""Contents of attachments as files: ``<root>/<organisation>/ab/<sha256>``, private, in two steps.

What arrives stands in a part of the person's own beside it; once all of it came and its hash is
right, the part becomes the file. Equal contents of one organisation are one file.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from casefield.errors import StorageFull, UnusableInput
from casefield.records.attachment import MOST_BYTES
from casefield.server.database import Database
from casefield.server.places import default_data

READ_BYTES = 256 * 1024
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class BlobFolder:
    """Where the contents are, and how much may be there.

    Attributes:
        root: made when the first content comes.
        most_bytes: of one content.
        quota_bytes: of all contents of an organisation; None: as much as the disk takes.
    """

    root: Path
    most_bytes: int = MOST_BYTES
    quota_bytes: int | None = None

    def length(self, org_id: str, case_id: str, sha256: str) -> int:
        """Return how many bytes of a part are on the disk."""
        try:
            return self._part(org_id, case_id, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, org_id: str, case_id: str, sha256: str, offset: int, data: bytes) -> None:
        """Add bytes to a part from an offset on; what stood behind it was never answered for.

        Raises:
            StorageFull, UnusableInput: the disk doesn't take it.
        """
        part = self._part(org_id, case_id, sha256)
        try:
            fresh = not part.exists()
            if fresh:
                self._make(part.parent)
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                file.truncate(offset)
                file.seek(offset)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if fresh:
                _confirm(part.parent)
        except OSError as error:
            raise _sentence(error, self.root) from error

    def is_right(self, org_id: str, case_id: str, sha256: str) -> bool:
        """Tell whether a part's content has the hash that was announced."""
        content = hashlib.sha256()
        with self._part(org_id, case_id, sha256).open("rb") as file:
            while piece := file.read(READ_BYTES):
                content.update(piece)
        return content.hexdigest() == sha256

    def discard(self, org_id: str, case_id: str, sha256: str) -> None:
        """Throw a part away."""
        self._part(org_id, case_id, sha256).unlink(missing_ok=True)

    def settle(self, org_id: str, case_id: str, sha256: str) -> None:
        """Make a verified part the file; harmless where that was done before.

        Raises:
            StorageFull, UnusableInput: the disk doesn't do it.
        """
        part = self._part(org_id, case_id, sha256)
        try:
            part.replace(self._file(org_id, sha256))
            _confirm(part.parent)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _sentence(error, self.root) from error

    def open(self, org_id: str, case_id: str, sha256: str) -> BinaryIO | None:
        """Open a content that is complete; None: it is not on this disk."""
        try:
            self.settle(org_id, case_id, sha256)  # a crash may have come between
            return self._file(org_id, sha256).open("rb")
        except FileNotFoundError:
            return None

    def _file(self, org_id: str, sha256: str) -> Path:
        return self.root / org_id / sha256[:2] / sha256

    def _part(self, org_id: str, case_id: str, sha256: str) -> Path:
        # a laptop chose the person's id: it is no part of a path
        whose = hashlib.sha256(case_id.encode()).hexdigest()[:32]
        return self.root / org_id / sha256[:2] / f"{sha256}.{whose}.part"

    def _make(self, folder: Path) -> None:
        """Make a folder below the root, for the server's user alone, and let the disk know."""
        if not folder.exists():
            if folder != self.root:
                self._make(folder.parent)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _confirm(folder.parent)


def beside(database: Database) -> BlobFolder:
    """Return the folder ``blobs`` beside an SQLite file; for PostgreSQL, in the data folder."""
    folder = default_data() if database.is_postgres else Path(database.place).parent
    return BlobFolder(folder / "blobs")


def read_from(file: BinaryIO, offset: int) -> Iterator[bytes]:
    """Give a file's bytes from an offset on, and close it."""
    with file:
        file.seek(offset)
        while piece := file.read(READ_BYTES):
            yield piece


def _confirm(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on folders to flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sentence(error: OSError, root: Path) -> StorageFull | UnusableInput:
    if error.errno in FULL:
        return StorageFull(
            "The server's disk is full; the attachment waits on the laptop.",
            way_out="Free some space.",
        )
    return UnusableInput(
        f"Headquarters can't keep attachments in {root}: {error.strerror}.",
        way_out="Check the folder and its permissions, or name another with --blobs.",
    )
