"""The line to headquarters: what isn't provably its answer is no connection, never data."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from casefield.errors import CasefieldError, NotFound, Offline, UnusableInput
from casefield.records.blob import Place
from casefield.sync import transport
from casefield.sync.messages import (
    BLOB_TYPE,
    PROTOCOL,
    BlobReply,
    Enrol,
    HelloReply,
    Problem,
    SyncReply,
    SyncRequest,
    TokenRequest,
)
from casefield.sync.transport import (
    AskedToWait,
    CutOff,
    NotCasefield,
    Refused,
    Transport,
    checked_address,
)
from tests.sync.loopback import Answer, Loopback, loopback, packed, said, self_made_certificate

HELLO = HelloReply(product="casefield", proto=PROTOCOL, epoch="e1", time="2026-11-10T18:00:00Z")
ASKED = SyncRequest(proto=PROTOCOL, device="device-a")
PORTAL = b"<!doctype html><title>Hotel Harbour</title><p>Welcome! Accept our terms to go online."
PROBLEM = Problem(code="no", message="Not now.", way_out="Later.")


@pytest.fixture
def line(server: Loopback) -> Iterator[Transport]:
    made = Transport(server.url)
    yield made
    made.close()


def test_messages_go_out_and_replies_come_in(server: Loopback, line: Transport) -> None:
    server.answers = [packed(SyncReply(epoch="e1", cursor="7"))]
    line.use_access_token("secret")
    assert line.sync(ASKED).cursor == "7"
    (heard,) = server.heard
    assert heard.path == "/v1/sync"
    assert heard.json["device"] == "device-a"
    assert heard.headers["Authorization"] == "Bearer secret"
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.headers["User-Agent"].startswith("casefield/")


def test_a_plain_reply_is_understood_too(server: Loopback, line: Transport) -> None:
    server.answers = [said(SyncReply(epoch="e1"))]
    assert line.sync(ASKED).epoch == "e1"


def test_each_call_has_its_address(server: Loopback, line: Transport) -> None:
    server.answers = [Answer(500)]
    enrol = Enrol(code="c", user="u", device_name="d", public_key="k", app="0")
    token = TokenRequest(device="d", refresh_token="r", wall="w", signature="s")
    calls = [
        line.hello,
        lambda: line.enrol(enrol),
        lambda: line.refresh(token),
        lambda: line.sync(ASKED),
    ]
    for call in calls:
        with pytest.raises(Offline):
            call()
    paths = ["/v1/hello", "/v1/devices", "/v1/token", "/v1/sync"]
    assert [heard.path for heard in server.heard] == paths


def test_one_connection_serves_round_after_round(server: Loopback, line: Transport) -> None:
    server.answers = [packed(SyncReply(epoch="e1", cursor="x" * 100_000))]
    for _ in range(3):
        line.sync(ASKED)
    assert len({heard.connection for heard in server.heard}) == 1


def test_traffic_is_counted_both_ways(server: Loopback, line: Transport) -> None:
    server.answers = [packed(SyncReply(epoch="e1", cursor="x" * 50_000)), Answer(502, PORTAL)]
    size = len(server.answers[0].body)
    line.sync(ASKED)
    assert (line.traffic.up, line.traffic.down) == (len(server.heard[0].body), size)
    with pytest.raises(Offline):
        line.sync(ASKED)
    assert line.traffic.up == sum(len(heard.body) for heard in server.heard)


# -- what isn't headquarters ------------------------------------------------------------------

STRANGERS = {
    "a captive portal's page": Answer(200, PORTAL, "text/html; charset=utf-8"),
    "a portal's page said to be JSON": Answer(200, PORTAL),
    "a portal's redirect": Answer(302, b"", "text/html", {"Location": "http://127.0.0.1:1/in"}),
    "a redirect with JSON": Answer(307, b'{"epoch": "e1"}', headers={"Location": "/v1/other"}),
    "a reply that is a page": Answer(200, b'{"epoch": "e1"}', "text/html"),
    "a part of a reply": Answer(206, b'{"epoch": "e1"}'),
    "somebody's JSON": Answer(200, b'{"status": "ok"}'),
    "a list": Answer(200, b"[1, 2]"),
    "nothing": Answer(200, b""),
    "no content": Answer(204, b""),
    "another kind of reply": Answer(200, b'{"epoch": 7}'),
    "deep nesting": Answer(200, b'{"epoch": "e", "changes": ' + b"[" * 100_000),
    "no such page": Answer(404, PORTAL, "text/html"),
    "another API": Answer(404, b'{"detail": "Not Found"}'),
    "a portal that asks to sign in": Answer(511, PORTAL, "text/html"),
    "a proxy's password": Answer(407, PORTAL, "text/html"),
    "noise": Answer(200, b"\x28\xb5noise", headers={"Content-Encoding": "zstd"}),
}


@pytest.mark.parametrize("answer", STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_is_no_connection_and_no_data(
    server: Loopback, line: Transport, answer: Answer
) -> None:
    server.answers = [answer]
    with pytest.raises(NotCasefield) as caught:
        line.sync(ASKED)
    assert isinstance(caught.value, Offline)
    assert server.url in caught.value.message
    assert caught.value.way_out
    assert len(server.heard) == 1  # no redirect was followed


@pytest.mark.parametrize("product", ["another", ""])
def test_a_polite_stranger_is_found_out_by_hello(
    server: Loopback, line: Transport, product: str
) -> None:
    server.answers = [said(HelloReply(product=product, proto=1, epoch="", time=""))]
    with pytest.raises(UnusableInput, match="not a casefield server"):
        line.hello()


def test_hello_says_which_protocols_are_spoken(server: Loopback, line: Transport) -> None:
    server.answers = [said(HELLO)]
    assert line.hello("device-a").epoch == "e1"
    assert server.heard[0].json["proto"] == [PROTOCOL, PROTOCOL]
    assert server.heard[0].json["device"] == "device-a"


def test_an_older_headquarters_is_named(server: Loopback, line: Transport) -> None:
    server.answers = [said(HelloReply(product="casefield", proto=PROTOCOL - 1, epoch="", time=""))]
    with pytest.raises(UnusableInput, match="older than this casefield"):
        line.hello()


# -- what headquarters says besides replies ---------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 426])
def test_a_refusal_comes_with_its_words_and_code(
    server: Loopback, line: Transport, status: int
) -> None:
    server.answers = [said(PROBLEM, status)]
    with pytest.raises(Refused) as caught:
        line.sync(ASKED)
    assert (caught.value.status, caught.value.code) == (status, "no")
    assert str(caught.value) == "Not now. Later."
    assert not isinstance(caught.value, Offline)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_trouble_at_headquarters_is_offline_with_its_words(
    server: Loopback, line: Transport, status: int
) -> None:
    server.answers = [said(PROBLEM, status)]
    with pytest.raises(Offline, match=r"^Not now"):
        line.sync(ASKED)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_the_gateways_own_page_is_offline_but_no_wrong_address(
    server: Loopback, line: Transport, status: int
) -> None:
    server.answers = [Answer(status, PORTAL, "text/html")]
    with pytest.raises(Offline, match=str(status)) as caught:
        line.sync(ASKED)
    assert not isinstance(caught.value, NotCasefield)
    assert "Hotel" not in str(caught.value)


@pytest.mark.parametrize(("header", "seconds"), [("120", 120.0), ("0", 0.0), ("999999999", 3600.0)])
@pytest.mark.parametrize("status", [429, 503])
def test_asked_to_wait_it_says_how_long(
    server: Loopback, line: Transport, status: int, header: str, seconds: float
) -> None:
    server.answers = [said(PROBLEM, status, Retry_After=header)]
    with pytest.raises(AskedToWait) as caught:
        line.sync(ASKED)
    assert caught.value.seconds == seconds


@pytest.mark.parametrize("header", ["Wed, 11 Nov 2026 07:28:00 GMT", "-5", "soon", "1.5", "²"])
def test_a_wait_that_is_no_number_of_seconds_is_plain_offline(
    server: Loopback, line: Transport, header: str
) -> None:
    answer = said(PROBLEM, 503)
    server.answers = [Answer(503, answer.body, headers={"Retry-After": header})]
    with pytest.raises(Offline) as caught:
        line.sync(ASKED)
    assert not isinstance(caught.value, AskedToWait)


# -- broken lines -----------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 2000])
@pytest.mark.parametrize("answer", [packed, said])
def test_a_reply_cut_in_the_middle_is_offline(
    server: Loopback, line: Transport, answer: object, cut: int
) -> None:
    noise = "".join(chr(33 + (n * n) % 90) for n in range(20_000))
    whole = answer(SyncReply(epoch="e1", cursor=noise))  # type: ignore[operator]
    server.answers = [Answer(200, whole.body, headers=whole.headers, cut=cut), whole]
    with pytest.raises(CutOff, match="cut in the middle"):
        line.sync(ASKED)
    assert line.sync(ASKED).cursor == noise  # and the line is good again


def test_nobody_there_is_offline(line: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Offline, match="can't be reached"):
        Transport(f"http://127.0.0.1:{port}").sync(ASKED)


def test_a_reply_larger_than_any_is_not_read_to_its_end(
    server: Loopback, line: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MOST_REPLY_BYTES", 200_000)
    server.answers = [said(SyncReply(epoch="e1", cursor="x" * 2_000_000))]
    with pytest.raises(Offline, match="larger than any"):
        line.sync(ASKED)
    assert line.traffic.down < 400_000


def test_a_bomb_is_not_unpacked(
    server: Loopback, line: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MOST_REPLY_BYTES", 200_000)
    server.answers = [packed(SyncReply(epoch="e1", cursor="x" * 50_000_000))]
    assert len(server.answers[0].body) < 200_000
    with pytest.raises(Offline, match="larger than any"):
        line.sync(ASKED)
    assert len(transport._unpacked(server.answers[0].body)) < 400_000


def test_a_frame_that_asks_for_much_memory_is_not_opened(server: Loopback, line: Transport) -> None:
    greedy = zstandard.ZstdCompressionParameters(window_log=27)
    body = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    packet = body.compress(b'{"epoch": "e1"}') + body.flush()
    server.answers = [Answer(200, packet, headers={"Content-Encoding": "zstd"})]
    with pytest.raises(NotCasefield):
        line.sync(ASKED)


# -- certificates -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_made_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


def test_a_certificate_nobody_vouches_for_is_offline_never_skipped(certificate: Path) -> None:
    with loopback(certificate) as server:
        server.answers = [said(SyncReply(epoch="e1"))]
        with pytest.raises(Offline, match="certificate"):
            Transport(server.url).sync(ASKED)
        assert server.heard == []


def test_the_organisations_own_authority_is_trusted_when_given(certificate: Path) -> None:
    with loopback(certificate) as server:
        server.answers = [said(SyncReply(epoch="e1"))]
        line = Transport(server.url, ca_bundle=str(certificate))
        assert line.sync(ASKED).epoch == "e1"
        line.close()


# -- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("https://casefield.example.org", "https://casefield.example.org"),
        (" https://casefield.example.org/ ", "https://casefield.example.org"),
        ("https://casefield.example.org:8443/hq/", "https://casefield.example.org:8443/hq"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_that_are_taken(typed: str, taken: str) -> None:
    assert checked_address(typed) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "http://casefield.example.org",
        "http://127.0.0.1.example.org",
        "http://192.168.1.4:8000",
        "http://localhost.example.org/",
        "HTTP://example.org",
    ],
)
def test_plain_http_is_for_this_machine_only(typed: str) -> None:
    with pytest.raises(UnusableInput, match="unencrypted") as caught:
        checked_address(typed)
    assert "https" in caught.value.way_out


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "casefield.example.org",
        "ftp://example.org",
        "https://",
        "https:///path",
        "https://name:secret@example.org",
        "http://localhost@example.org",
        "http://example.org\\@localhost",
        "https://example.org/?next=1",
        "https://example.org/#top",
        "https://example.org:99999",
        "https://example.org:port",
        "https://[::1",
        "https://exam ple.org",
        "https://example.org\nHost: other",
    ],
)
def test_what_is_no_address_is_said_so(typed: str) -> None:
    with pytest.raises(UnusableInput, match="not a server address"):
        checked_address(typed)


@given(st.text(max_size=40) | st.text("htps:/.@[]#?\\1aé%", max_size=40).map("http://".__add__))
def test_any_text_is_an_address_or_a_sentence(typed: str) -> None:
    try:
        address = checked_address(typed)
    except CasefieldError:
        return
    if address.startswith("http://"):
        host = address.removeprefix("http://")
        assert host.startswith(("localhost", "127.0.0.1", "[::1]"))


# -- contents of attachments ----------------------------------------------------------------------

PHOTO = Place("case 1/&", "ab" * 32, 10)


def content(body: bytes, status: int = 206, **headers: str) -> Answer:
    """Answer with bytes of a content as headquarters does."""
    told = {"Content_Range": "bytes 4-9/10"} | headers
    return Answer(status, body, BLOB_TYPE, told)


def test_a_piece_says_where_it_stands_and_whose_it_is(server: Loopback) -> None:
    server.answers = [said(BlobReply(offset=7, complete=False))]
    line = Transport(server.url)
    assert line.send_blob(PHOTO, 4, b"abc").offset == 7
    (heard,) = server.heard
    assert heard.path == f"/v1/blobs/{'ab' * 32}?case_id=case+1%2F%26"
    assert (heard.body, heard.headers["Upload-Offset"]) == (b"abc", "4")
    assert line.traffic.up == 3


def test_how_far_it_got_stands_in_the_headers(server: Loopback) -> None:
    server.answers = [Answer(200, b"", headers={"Upload-Offset": "7", "Upload-Complete": "?0"})]
    assert Transport(server.url).blob_reached(PHOTO) == BlobReply(offset=7, complete=False)
    server.answers = [Answer(404, b"")]
    with pytest.raises(Refused) as caught:
        Transport(server.url).blob_reached(PHOTO)
    assert caught.value.code == "no_blob"


def test_content_comes_from_a_byte_on(server: Loopback) -> None:
    server.answers = [content(b"456789")]
    line = Transport(server.url)
    assert b"".join(line.fetch_blob(PHOTO, 4)) == b"456789"
    assert server.heard[0].headers["Range"] == "bytes=4-"
    assert line.traffic.down == 6


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>Sign in to the hotel</html>", "text/html"),
        content(b"0123456789", 200),
        content(b"123456789", Content_Range="bytes 1-9/10"),
        content(b"456789", Content_Encoding="gzip"),
        Answer(206, b"456789", "text/plain", {"Content-Range": "bytes 4-9/10"}),
    ],
)
def test_what_is_no_content_from_there_on_is_never_kept(server: Loopback, answer: Answer) -> None:
    server.answers = [answer]
    with pytest.raises(NotCasefield):
        list(Transport(server.url).fetch_blob(PHOTO, 4))


def test_content_that_is_cut_is_offline_after_what_came(server: Loopback) -> None:
    server.answers = [replace(content(b"456789"), cut=2)]
    pieces = Transport(server.url).fetch_blob(PHOTO, 4)
    assert next(pieces) == b"4567"
    with pytest.raises(Offline):
        next(pieces)


@pytest.mark.parametrize("code", ["no_blob", "absent"])
def test_content_that_is_not_there_is_not_found(server: Loopback, code: str) -> None:
    server.answers = [said(Problem(code=code, message="Not there."), 404)]
    with pytest.raises(NotFound):
        list(Transport(server.url).fetch_blob(PHOTO, 4))
