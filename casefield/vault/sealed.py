"""One attachment's file: encrypted in chunks, each bound to its place, the whole to its content.

====== =====================================================================================
4      ``CFA1``
16     salt: the file's own key is HKDF-SHA256 of the person's key with it
12, 56 nonce and box of the header: SHA-256 and size of the plain content
28 + n one chunk after another: nonce, then AES-256-GCM of 64 KiB, the last one shorter
====== =====================================================================================

A chunk that was edited, moved or cut off is found when it is read; a file under another's name as
soon as it is opened.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from casefield.vault.keys import KEY_BYTES, NONCE_BYTES, SALT_BYTES

MAGIC = b"CFA1"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
SEAL_BYTES = NONCE_BYTES + TAG_BYTES
ABOUT_BYTES = 32 + 8
HEADER_BYTES = len(MAGIC) + SALT_BYTES + ABOUT_BYTES + SEAL_BYTES
_HEADER_PLACE = (2**64 - 1).to_bytes(8, "big")


class Broken(ValueError):
    """A file is not what was written; the message says in what."""


class SealedWriter:
    """Writes a new file; what it holds is known at the end only.

    Args:
        file: empty, open for writing.
        key: of the person.
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._seal = _Seal(key, os.urandom(SALT_BYTES))
        self._rest = bytearray()
        self._chunks = 0
        self._hash = hashlib.sha256()
        self.size = 0
        file.write(b"\0" * HEADER_BYTES)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Add content."""
        self._hash.update(data)
        self.size += len(data)
        self._rest += data
        while len(self._rest) >= CHUNK_BYTES:
            self._write_chunk(bytes(self._rest[:CHUNK_BYTES]))
            del self._rest[:CHUNK_BYTES]

    def finish(self) -> None:
        """Write what is left and the header, and have the disk confirm it."""
        if self._rest:
            self._write_chunk(bytes(self._rest))
            self._rest.clear()
        self._file.seek(0)
        self._file.write(self._seal.header(self.sha256, self.size))
        _confirm(self._file)

    def _write_chunk(self, plain: bytes) -> None:
        self._file.write(self._seal.closed(plain, self._chunks.to_bytes(8, "big")))
        self._chunks += 1


class SealedArrival:
    """Writes a file whose content is known beforehand, and goes on where it stopped.

    Args:
        file: open for reading and writing, empty or begun before.
        key: of the person.
        sha256, size: of the content to come.

    `offset` says how many bytes of content are in the file. What was begun is read again: a chunk
    that a crash left half-written is not counted.
    """

    def __init__(self, file: BinaryIO, key: bytes, sha256: str, size: int) -> None:
        self._file = file
        self._wanted = sha256
        self._size = size
        self._rest = bytearray()
        self._hash = hashlib.sha256()
        self._held = 0
        try:
            reader = SealedReader(file, key, sha256, whole=False)
            if reader.size != size:
                raise Broken("of another size")
            self._seal = reader.seal
            self._take_up(reader)
        except Broken:
            self._seal = _Seal(key, os.urandom(SALT_BYTES))
            file.seek(0)
            file.truncate()
            file.write(self._seal.header(sha256, size))

    @property
    def offset(self) -> int:
        """How many bytes of the content are here."""
        return self._held + len(self._rest)

    def write(self, data: bytes) -> None:
        """Add content; more than was announced is dropped, and the hash tells."""
        self._rest += data[: max(0, self._size - self.offset)]
        while len(self._rest) >= CHUNK_BYTES or (self._rest and self.offset == self._size):
            self._write_chunk(bytes(self._rest[:CHUNK_BYTES]))
            del self._rest[:CHUNK_BYTES]

    def is_right(self) -> bool:
        """Have the disk confirm what came; tell whether it is all, and what was announced."""
        _confirm(self._file)
        return self.offset == self._size and self._hash.hexdigest() == self._wanted

    def _write_chunk(self, plain: bytes) -> None:
        place = (self._held // CHUNK_BYTES).to_bytes(8, "big")
        self._file.write(self._seal.closed(plain, place))
        self._hash.update(plain)
        self._held += len(plain)

    def _take_up(self, reader: SealedReader) -> None:
        end = HEADER_BYTES
        try:
            for plain in reader.chunks():
                self._hash.update(plain)
                self._held += len(plain)
                end += len(plain) + SEAL_BYTES
        except Broken:
            pass  # the rest is fetched again
        self._file.seek(end)
        self._file.truncate()


class SealedReader:
    """Reads a file.

    Args:
        file: open for reading.
        key: of the person.
        sha256: the content that it must hold.
        whole: all of it must be there.

    Raises:
        Broken: it isn't what was written, or another's.
    """

    def __init__(self, file: BinaryIO, key: bytes, sha256: str, *, whole: bool = True) -> None:
        self._file = file
        file.seek(0)
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
            raise Broken("its head is missing")
        self.seal = _Seal(key, header[len(MAGIC) : len(MAGIC) + SALT_BYTES])
        about = self.seal.opened(header[len(MAGIC) + SALT_BYTES :], _HEADER_PLACE)
        if about[:32].hex() != sha256:
            raise Broken("it holds another content")
        self.size = int.from_bytes(about[32:], "big")
        count = -(-self.size // CHUNK_BYTES)
        if whole and file.seek(0, os.SEEK_END) != HEADER_BYTES + self.size + count * SEAL_BYTES:
            raise Broken("it was cut or has grown")

    def chunks(self, offset: int = 0) -> Iterator[bytes]:
        """Give the content from a byte on, a chunk at a time.

        Raises:
            Broken: a chunk was edited, moved or cut off.
        """
        number = offset // CHUNK_BYTES
        self._file.seek(HEADER_BYTES + number * (CHUNK_BYTES + SEAL_BYTES))
        skip = offset % CHUNK_BYTES
        while number * CHUNK_BYTES < self.size:
            length = min(CHUNK_BYTES, self.size - number * CHUNK_BYTES)
            plain = self.seal.opened(
                self._file.read(length + SEAL_BYTES), number.to_bytes(8, "big")
            )
            if len(plain) != length:
                raise Broken("it was cut")
            yield plain[skip:]
            skip = 0
            number += 1


class _Seal:
    """A file's key, and what it closes and opens."""

    def __init__(self, person: bytes, salt: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        key = HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"casefield attachment").derive(person)
        self._salt = salt
        self._cipher = AESGCM(key)

    def header(self, sha256: str, size: int) -> bytes:
        about = bytes.fromhex(sha256) + size.to_bytes(8, "big")
        return MAGIC + self._salt + self.closed(about, _HEADER_PLACE)

    def closed(self, plain: bytes, place: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def opened(self, box: bytes, place: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise Broken("a part of it was changed or is missing") from error


def _confirm(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
