"""An attachment's file: comes back byte for byte, and no harm to it goes unseen."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casefield.vault import sealed
from casefield.vault.sealed import (
    CHUNK_BYTES,
    HEADER_BYTES,
    SEAL_BYTES,
    Broken,
    SealedArrival,
    SealedReader,
    SealedWriter,
)

KEY, OTHER = b"k" * 32, b"o" * 32
BOX = CHUNK_BYTES + SEAL_BYTES
SIZES = st.sampled_from([1, 5, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7])


def content(size: int) -> bytes:
    """Return bytes that differ from chunk to chunk."""
    return hashlib.shake_256(size.to_bytes(4, "big")).digest(size)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def write(path: Path, data: bytes, pieces: int = 1 << 20, key: bytes = KEY) -> None:
    with path.open("wb") as file:
        writer = SealedWriter(file, key)
        for start in range(0, len(data), pieces):
            writer.write(data[start : start + pieces])
        writer.finish()
        assert (writer.sha256, writer.size) == (sha(data), len(data))


def read(path: Path, data: bytes, offset: int = 0, key: bytes = KEY) -> bytes:
    with path.open("rb") as file:
        return b"".join(SealedReader(file, key, sha(data)).chunks(offset))


@given(SIZES, st.integers(1, 200_000), st.integers(0, 200_000))
def test_it_comes_back_from_any_byte_on(path: Path, size: int, pieces: int, offset: int) -> None:
    data = content(size)
    write(path, data, max(pieces, size // 50))
    assert read(path, data, min(offset, size)) == data[min(offset, size) :]


def test_nothing_of_it_shows_and_equal_contents_differ(path: Path) -> None:
    data = b"Rosa's wound, left heel " * 5000
    write(path, data)
    first = path.read_bytes()
    write(path, data)
    assert b"Rosa" not in first
    assert first[HEADER_BYTES:] != path.read_bytes()[HEADER_BYTES:]


@given(st.integers(0, 2 * BOX + HEADER_BYTES - 1), st.integers(1, 255))
@example(0, 1)
@example(HEADER_BYTES, 1)
def test_any_changed_byte_is_found(path: Path, place: int, change: int) -> None:
    data = content(2 * CHUNK_BYTES)
    write(path, data)
    harmed = bytearray(path.read_bytes())
    harmed[place] ^= change
    path.write_bytes(harmed)
    with pytest.raises(Broken):
        read(path, data)


@given(st.integers(0, 2 * BOX + HEADER_BYTES - 1))
def test_any_cut_is_found(path: Path, length: int) -> None:
    data = content(2 * CHUNK_BYTES)
    write(path, data)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(Broken):
        read(path, data)


def test_chunks_that_changed_places_are_found(path: Path) -> None:
    data = content(3 * CHUNK_BYTES)
    write(path, data)
    whole = path.read_bytes()
    head, one, two = whole[:HEADER_BYTES], whole[HEADER_BYTES:][:BOX], whole[HEADER_BYTES + BOX :]
    path.write_bytes(head + two[:BOX] + one + two[BOX:])
    with pytest.raises(Broken):
        read(path, data)


def test_a_chunk_of_another_file_is_found(path: Path) -> None:
    data = content(2 * CHUNK_BYTES)
    write(path, data)
    first = path.read_bytes()
    write(path, data)
    path.write_bytes(first[: HEADER_BYTES + BOX] + path.read_bytes()[HEADER_BYTES + BOX :])
    with pytest.raises(Broken):
        read(path, data)


def test_a_file_that_grew_is_found(path: Path) -> None:
    data = content(10)
    write(path, data)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(Broken, match="grown"):
        read(path, data)


def test_another_content_or_another_persons_is_found_at_once(path: Path) -> None:
    data = content(10)
    write(path, data)
    with path.open("rb") as file, pytest.raises(Broken, match="another content"):
        SealedReader(file, KEY, sha(b"other"))
    with pytest.raises(Broken):
        read(path, data, key=OTHER)


# -- arriving -------------------------------------------------------------------------------------


@given(SIZES, st.lists(st.tuples(st.integers(1, 150_000), st.integers(0, 400)), max_size=8))
@example(3 * CHUNK_BYTES + 7, [(CHUNK_BYTES, 0), (CHUNK_BYTES, 1), (1, 0)])
def test_it_arrives_whole_whatever_was_cut_between(
    tmp_path_factory: pytest.TempPathFactory, size: int, cuts: list[tuple[int, int]]
) -> None:
    """Each time some bytes come, then the power goes and the end of the file may be torn off."""
    path = tmp_path_factory.mktemp("cut") / "part"
    path.touch()
    data = content(size)
    for more, torn in [*cuts, (size, 0)]:
        with path.open("r+b") as file:
            arrival = SealedArrival(file, KEY, sha(data), size)
            arrival.write(data[arrival.offset :][:more])
        with path.open("r+b") as file:
            file.truncate(max(0, file.seek(0, 2) - torn if more < size else file.seek(0, 2)))
    with path.open("r+b") as file:
        arrival = SealedArrival(file, KEY, sha(data), size)
        arrival.write(data[arrival.offset :])
        assert arrival.is_right()
    assert read(path, data) == data


def test_what_is_here_does_not_come_again(path: Path) -> None:
    data = content(3 * CHUNK_BYTES)
    path.touch()
    with path.open("r+b") as file:
        SealedArrival(file, KEY, sha(data), len(data)).write(data[: 2 * CHUNK_BYTES + 5])
    with path.open("r+b") as file:
        assert SealedArrival(file, KEY, sha(data), len(data)).offset == 2 * CHUNK_BYTES


def test_a_torn_part_is_fetched_again_from_there(path: Path) -> None:
    data = content(3 * CHUNK_BYTES)
    path.touch()
    with path.open("r+b") as file:
        SealedArrival(file, KEY, sha(data), len(data)).write(data)
    harmed = bytearray(path.read_bytes())
    harmed[HEADER_BYTES + BOX + 99] ^= 1
    path.write_bytes(harmed)
    with path.open("r+b") as file:
        arrival = SealedArrival(file, KEY, sha(data), len(data))
        assert arrival.offset == CHUNK_BYTES
        arrival.write(data[CHUNK_BYTES:])
        assert arrival.is_right()


@pytest.mark.parametrize("came", [content(99) + b"x", b"x" + content(99)[1:], content(98)])
def test_what_is_not_what_was_announced_is_not_right(path: Path, came: bytes) -> None:
    data = content(99)
    path.touch()
    with path.open("r+b") as file:
        arrival = SealedArrival(file, KEY, sha(data), len(data))
        arrival.write(came)
        assert arrival.is_right() is (came[:99] == data)


def test_memory_holds_a_chunk_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "_confirm", lambda file: None)
    file = io.BytesIO()
    writer = SealedWriter(file, KEY)
    for _ in range(64):
        writer.write(b"x" * CHUNK_BYTES)
        assert len(writer._rest) < CHUNK_BYTES
