"""Reads FHIR R4 files entry by entry: Bundle, single resource or NDJSON, plain, .gz or .zip.

Streams, so that a large bundle never stands in memory as a whole, and refuses with a place what is
truncated, not JSON, not FHIR, or larger than it claims to be.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import ijson

from casefield.errors import UnusableInput

MOST_BYTES = 2 * 1024**3
MOST_MEMBERS = 10_000
MOST_SINGLE_BYTES = 64 * 1024**2
Progress = Callable[[int, int], None]
TAKEN = (".json", ".ndjson", ".json.gz", ".ndjson.gz")
MENDING = "Ask the sender for the file again, or open it in an editor and mend that place."


@dataclass(frozen=True)
class Entry:
    """One entry: where it stands, how others refer to it, and the resource."""

    place: str
    full_url: str
    resource: dict[str, Any]


class Cancelled(Exception):
    """Whoever asked for the import took it back."""


def read_entries(path: Path, progress: Progress | None = None) -> Iterator[Entry]:
    """Return a file's entries in order.

    Raises:
        UnusableInput: the file is not readable FHIR; names file and place.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            counted = _Counted(raw, size, progress)
            if size == 0:
                raise UnusableInput(f"{path.name} is empty.", way_out="Ask the sender again.")
            yield from _opened(path.name, counted)
            counted.finish()
    except IsADirectoryError as error:
        raise UnusableInput(f"{path} is a folder.", way_out="Name the files in it.") from error
    except FileNotFoundError as error:
        raise UnusableInput(f"There is no file {path}.", way_out="Check the name.") from error
    except PermissionError as error:
        raise UnusableInput(f"{path} may not be read.", way_out="Check its permissions.") from error


def _opened(name: str, raw: Any) -> Iterator[Entry]:
    magic = raw.read(4)
    raw.seek(0)
    try:
        if magic[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=raw) as stream:
                yield from _plain(name, _Limited(stream, name), name)
        elif magic == b"PK\x03\x04":
            yield from _zip(name, raw)
        else:
            yield from _plain(name, raw, name)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise UnusableInput(
            f"{name} is cut off or damaged: it can't be unpacked to its end.",
            way_out="Ask the sender for the file again.",
        ) from error


def _zip(name: str, raw: Any) -> Iterator[Entry]:
    with zipfile.ZipFile(raw) as archive:
        members = [m for m in archive.infolist() if _taken(m.filename)]
        if not members:
            raise UnusableInput(
                f"{name} holds no FHIR file.",
                way_out=f"Files inside it end with {', '.join(TAKEN)}.",
            )
        if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_BYTES:
            raise UnusableInput(f"{name} unpacks to more than casefield takes at once.")
        for member in members:
            yield from _member(archive, member, name)


def _taken(filename: str) -> bool:
    """Hidden files are not taken: some archivers add one beside each real one."""
    name = PurePosixPath(filename).name.lower()
    return name.endswith(TAKEN) and not name.startswith(".")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Iterator[Entry]:
    inner = PurePosixPath(member.filename).name
    where = f"{name}/{inner}"
    try:
        stream = archive.open(member)
    except (RuntimeError, NotImplementedError) as error:
        raise UnusableInput(
            f"{where} is locked with a password or packed in an unusual way.",
            way_out="Unpack it and import what is inside.",
        ) from error
    with stream:
        if inner.lower().endswith(".gz"):
            with gzip.GzipFile(fileobj=stream) as unpacked:
                yield from _plain(inner, _Limited(unpacked, where), where)
        else:
            yield from _plain(inner, _Limited(stream, where), where)


def _plain(name: str, stream: Any, where: str) -> Iterator[Entry]:
    buffered = io.BufferedReader(_Raw(stream), 1 << 16)
    head = buffered.peek(4)[:4]
    if head[:3] == b"\xef\xbb\xbf":
        buffered.read(3)
    elif head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise UnusableInput(f"{where} is UTF-16; FHIR is UTF-8.", way_out="Save it as UTF-8.")
    if name.lower().removesuffix(".gz").endswith(".ndjson"):
        yield from _lines(buffered, where)
    else:
        yield from _document(buffered, where)


def _lines(stream: Any, where: str) -> Iterator[Entry]:
    for number, line in enumerate(iter(stream.readline, b""), start=1):
        if not line.strip():
            continue
        place = f"{where}, line {number}"
        resource = _resource(_parsed(line, place), place)
        yield from _unfolded(resource, place)


def _document(stream: Any, where: str) -> Iterator[Entry]:
    """A bundle is streamed; anything else is small and read whole."""
    head: list[bytes] = []
    kept = _Remembering(stream, head)
    found = 0
    kinds: list[Any] = []
    try:
        for prefix, value in _top_level(kept):
            if prefix == "entry.item":
                found += 1
                kept.forget()
                yield _entry(value, f"{where}, entry {found}")
            elif prefix == "resourceType":
                kinds.append(value)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise UnusableInput(
            f"{where} is not whole JSON (after {found} entries): {_short(error)}.",
            way_out=MENDING,
        ) from error
    if found:
        if not kinds:
            _resource({}, where)
        if kinds[-1] != "Bundle":
            raise UnusableInput(
                f"{where} is a {kinds[-1]} and no Bundle.", way_out="Export FHIR R4 resources."
            )
        return
    if kept.too_large:
        raise UnusableInput(f"{where} is larger than casefield takes as one resource.")
    whole = _parsed(b"".join(head), where)
    if isinstance(whole, dict) and whole.get("resourceType") == "Bundle":
        return
    yield from _unfolded(_resource(whole, where), where)


def _top_level(stream: Any) -> Iterator[tuple[str, Any]]:
    """Return each entry and the resource type, whichever comes first in the file."""
    pending: list[tuple[str, Any]] = []

    @ijson.coroutine  # type: ignore[untyped-decorator,unused-ignore]
    def collect(prefix: str) -> Any:
        while True:
            pending.append((prefix, (yield)))

    sinks = [
        ijson.items_coro(collect(prefix), prefix, use_float=True)
        for prefix in ("entry.item", "resourceType")
    ]
    while chunk := stream.read(1 << 16):
        try:
            for sink in sinks:
                sink.send(chunk)
        except ijson.JSONError:
            yield from pending  # what was whole tells how far the file can be trusted
            raise
        yield from pending
        pending.clear()
    for sink in sinks:
        sink.close()
    yield from pending


def _entry(value: Any, place: str) -> Entry:
    if not isinstance(value, dict):
        return Entry(place, "", {})
    resource = value.get("resource")
    full_url = value.get("fullUrl")
    return Entry(
        place,
        full_url if isinstance(full_url, str) else "",
        resource if isinstance(resource, dict) else {},
    )


def _unfolded(resource: dict[str, Any], place: str) -> Iterator[Entry]:
    """A line or file may itself be a bundle."""
    if resource.get("resourceType") != "Bundle":
        yield Entry(place, "", resource)
        return
    for n, value in enumerate(resource.get("entry") or (), start=1):
        yield _entry(value, f"{place}, entry {n}")


def _parsed(raw: bytes, where: str) -> Any:
    try:
        return json.loads(raw, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UnusableInput(
            f"{where} is not JSON: line {error.lineno}, column {error.colno}.", way_out=MENDING
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnusableInput(f"{where} is not readable JSON.", way_out=MENDING) from error


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _resource(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise UnusableInput(
            f"{where} is JSON but not FHIR: it names no resourceType.",
            way_out="Export FHIR R4 resources or bundles.",
        )
    return value


def _short(error: Exception) -> str:
    words = str(error).strip().splitlines()
    return words[0][:80] if words else type(error).__name__


class _Raw(io.RawIOBase):
    """Lets a plain stream be peeked into."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Counted(io.RawIOBase):
    """Tells how much of the file was read."""

    def __init__(self, raw: IO[bytes], size: int, progress: Progress | None) -> None:
        self._raw, self._size, self._progress = raw, size, progress

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        if self._progress and data:
            self._progress(min(self._raw.tell(), self._size), self._size)
        return len(data)

    def finish(self) -> None:
        if self._progress:
            self._progress(self._size, self._size)


class _Limited(io.RawIOBase):
    """Stops a file that unpacks to far more than it should."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream, self._name, self._read = stream, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        self._read += len(data)
        if self._read > MOST_BYTES:
            raise UnusableInput(f"{self._name} unpacks to more than casefield takes at once.")
        buffer[: len(data)] = data
        return len(data)


class _Remembering(io.RawIOBase):
    """Keeps what was read until it is known to be a bundle, for reading it as one resource."""

    def __init__(self, stream: IO[bytes], kept: list[bytes]) -> None:
        self._stream, self._kept, self._size, self._on = stream, kept, 0, True
        self.too_large = False

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if self._on:
            self._size += len(data)
            self._kept.append(data)
            if self._size > MOST_SINGLE_BYTES:
                self.too_large = True
                self.forget()
        return data

    def forget(self) -> None:
        self._on = False
        self._kept.clear()
