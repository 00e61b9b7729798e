"""Bodies are bounded before and after they are unpacked, and answers are packed as asked for."""

from __future__ import annotations

import gzip
import zlib

import msgspec
import pytest
import zstandard

from casefield.server.api.wire import MOST_BODY_BYTES, MOST_PLAIN_BYTES, STRANGERS_BYTES
from casefield.server.database import Database
from casefield.sync.messages import PROTOCOL, HelloReply, SyncReply
from tests.server.office import JSON, Laptop, Office, refusal

HELLO = msgspec.json.encode({"proto": [1, 1], "app": "0.1.0"})


@pytest.fixture
def office(on_sqlite: Database, open_office: object) -> Office:
    """Return a headquarters on SQLite: what is tested here never gets to the database."""
    opened: Office = open_office(on_sqlite)  # type: ignore[operator]
    return opened


@pytest.fixture
def ana(office: Office) -> Laptop:
    return office.laptop("ana")


def hello(office: Office, content: bytes, **headers: str) -> tuple[int, str]:
    """Return how a first word was refused."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(office.client.request("POST", "/v1/hello", content=content, headers=JSON | told))


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
def test_a_bomb_goes_off_nowhere(office: Office, ana: Laptop, encoding: str) -> None:
    plain = b" " * (MOST_PLAIN_BYTES + 1)
    bomb = zstandard.compress(plain) if encoding == "zstd" else gzip.compress(plain, 1)
    assert len(bomb) < MOST_BODY_BYTES
    response = office.client.request(
        "POST",
        "/v1/sync",
        content=bomb,
        headers=JSON | {"authorization": f"Bearer {ana.access}", "content-encoding": encoding},
    )
    assert refusal(response) == (413, "too_large")


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
def test_a_stranger_may_say_little(office: Office, encoding: str) -> None:
    plain = HELLO + b" " * STRANGERS_BYTES
    packed = zstandard.compress(plain) if encoding == "zstd" else gzip.compress(plain)
    assert hello(office, packed, content_encoding=encoding) == (413, "too_large")
    assert hello(office, plain) == (413, "too_large")


def test_a_body_that_is_too_large_is_refused_as_it_comes(office: Office, ana: Laptop) -> None:
    body = b" " * (MOST_BODY_BYTES + 1)
    assert refusal(office.post("/v1/sync", body, token=ana.access)) == (413, "too_large")
    assert refusal(office.post("/v1/sync", body[1:], token=ana.access)) == (422, "bad_message")


def test_a_frame_that_wants_much_memory_is_refused(office: Office) -> None:
    greedy = zstandard.ZstdCompressionParameters.from_level(
        3, window_log=27, write_content_size=False
    )
    stream = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    packed = stream.compress(HELLO) + stream.flush()
    assert hello(office, packed, content_encoding="zstd") == (422, "bad_message")


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("zstd", b"no zstd"),
        ("gzip", b"no gzip"),
        ("zstd", b""),
        ("gzip", b""),
        ("zstd", zstandard.compress(HELLO)[:-6]),
        ("gzip", gzip.compress(HELLO, mtime=0)[:-20]),
        ("gzip", zlib.compress(HELLO)),
    ],
)
def test_what_cannot_be_unpacked_is_said(office: Office, encoding: str, content: bytes) -> None:
    assert hello(office, content, content_encoding=encoding) == (422, "bad_message")


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd, gzip"])
def test_other_packings_are_not_guessed_at(office: Office, encoding: str) -> None:
    assert hello(office, HELLO, content_encoding=encoding) == (415, "encoding")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("zstd", "zstd"), ("gzip, zstd", "zstd"), ("gzip", "gzip"), ("identity", None), ("", None)],
)
def test_answers_are_packed_as_the_caller_can_read(
    office: Office, ana: Laptop, accepted: str, packed: str | None
) -> None:
    content = msgspec.json.encode({"proto": PROTOCOL, "device": ana.device_id})
    headers = JSON | {"authorization": f"Bearer {ana.access}", "accept-encoding": accepted}
    response = office.client.request("POST", "/v1/sync", content=content, headers=headers)
    assert response.headers.get("content-encoding") == packed
    told = msgspec.json.decode(response.content, type=SyncReply)
    assert told.changes


def test_a_short_answer_is_not_worth_packing(office: Office) -> None:
    response = office.client.request(
        "POST", "/v1/hello", content=HELLO, headers=JSON | {"accept-encoding": "zstd"}
    )
    assert "content-encoding" not in response.headers
    assert msgspec.json.decode(response.content, type=HelloReply).product == "casefield"
