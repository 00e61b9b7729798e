"""Contents over HTTP: offsets, ranges, cut bodies, and refusals in casefield's own words."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from starlette.requests import ClientDisconnect

from casefield.records.base import new_id
from casefield.server.app import create_app
from casefield.server.blob_folder import BlobFolder
from casefield.sync.messages import BLOB_TYPE, LARGEST_PIECE_BYTES
from tests.server.office import Laptop, Office, refusal

TEXT = b"What the daughter said about the stairs, in her own words. " * 40
SHA = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture
def ana(office: Office) -> Laptop:
    return office.laptop("ana")


@pytest.fixture
def rosa(ana: Laptop) -> str:
    """Return a person in Ana's care whose record names the text."""
    operations = ana.write.person(ana.user_id)
    case_id = operations[0].id
    fields = {"sha256": SHA, "size": len(TEXT), "media_type": "text/plain"}
    ana.sync(*operations, ana.write.operation("create", "Attachment", new_id(), case_id, fields))
    return case_id


def offer(ana: Laptop, case_id: str, /, **more: Any) -> httpx.Response:
    told = {"sha256": SHA, "size": len(TEXT), "case_id": case_id, "media_type": "text/plain"}
    return ana.office.post("/v1/blobs", told | more, token=ana.access)


def ask(
    ana: Laptop, method: str, case_id: str, content: bytes = b"", sha256: str = SHA, **headers: str
) -> httpx.Response:
    """Call a content's address."""
    signed_in = {"authorization": f"Bearer {ana.access}"}
    return ana.office.client.request(
        method,
        f"/v1/blobs/{sha256}?case_id={case_id}",
        content=content,
        headers=signed_in | {name.replace("_", "-"): value for name, value in headers.items()},
    )


def send(ana: Laptop, case_id: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
    told = {"content_type": BLOB_TYPE, "upload_offset": str(offset)} | headers
    return ask(ana, "PATCH", case_id, data, **told)


def test_up_and_down(ana: Laptop, rosa: str) -> None:
    assert offer(ana, rosa).json() == {"offset": 0, "complete": False}
    assert send(ana, rosa, 0, TEXT[:100]).json() == {"offset": 100, "complete": False}
    head = ask(ana, "HEAD", rosa)
    assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("100", "?0")
    assert send(ana, rosa, 100, TEXT[100:]).json() == {"offset": len(TEXT), "complete": True}
    assert ask(ana, "HEAD", rosa).headers["upload-complete"] == "?1"
    given = ask(ana, "GET", rosa)
    assert (given.status_code, given.content) == (200, TEXT)
    assert given.headers["content-type"] == BLOB_TYPE
    assert given.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("offset", [0, 1, 1000, len(TEXT) - 1])
def test_the_end_is_given_from_any_byte_on(ana: Laptop, rosa: str, offset: int) -> None:
    offer(ana, rosa)
    send(ana, rosa, 0, TEXT)
    given = ask(ana, "GET", rosa, range=f"bytes={offset}-")
    assert (given.status_code, given.content) == (206, TEXT[offset:])
    assert given.headers["content-range"] == f"bytes {offset}-{len(TEXT) - 1}/{len(TEXT)}"


@pytest.mark.parametrize("wanted", [f"bytes={len(TEXT)}-", "bytes=-5", "bytes=0-4", "bytes=x-"])
def test_other_ranges_are_refused(ana: Laptop, rosa: str, wanted: str) -> None:
    offer(ana, rosa)
    send(ana, rosa, 0, TEXT)
    assert refusal(ask(ana, "GET", rosa, range=wanted)) == (416, "range")


def test_what_is_wrong_is_said(ana: Laptop, rosa: str) -> None:
    offer(ana, rosa)
    assert refusal(send(ana, rosa, 5, b"x")) == (409, "wrong_offset")
    assert refusal(send(ana, rosa, 0, b"x" * len(TEXT))) == (422, "wrong_hash")
    assert refusal(send(ana, rosa, 0, b"x", content_type="text/plain")) == (415, "content_type")
    assert refusal(send(ana, rosa, 0, b"x", upload_offset="-1")) == (422, "bad_message")
    large = bytes(LARGEST_PIECE_BYTES + 1)
    assert refusal(send(ana, rosa, 0, large)) == (413, "too_large")
    assert refusal(offer(ana, "nobody")) == (403, "not_in_care")
    assert refusal(offer(ana, rosa, size=51 * 1024**2)) == (413, "blob_too_large")
    assert refusal(ask(ana, "GET", rosa)) == (404, "no_blob")


@pytest.mark.parametrize(
    "told",
    [{"sha256": "../x"}, {"sha256": SHA.upper()}, {"size": 0}, {"size": -1}, {"case_id": ""}],
)
def test_an_offer_of_nothing_that_could_be_is_refused(
    ana: Laptop, rosa: str, told: dict[str, Any]
) -> None:
    assert refusal(offer(ana, rosa, **told)) == (422, "bad_message")


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize(("sha256", "case_id"), [("abc", "c"), (SHA, ""), (SHA, "x" * 37)])
def test_an_address_of_nothing_is_refused(
    ana: Laptop, method: str, sha256: str, case_id: str
) -> None:
    response = ask(ana, method, case_id, sha256=sha256)
    assert refusal(response) == (422, "bad_message")


@pytest.mark.parametrize("came", [0, 1, 700, len(TEXT) - 1])
def test_a_body_that_is_cut_off_leaves_what_came(
    ana: Laptop, rosa: str, portal: BlockingPortal, office: Office, tmp_path: Any, came: int
) -> None:
    offer(ana, rosa)
    app = create_app(office.database, office.clock, BlobFolder(tmp_path / "blobs"))
    messages = [
        {"type": "http.request", "body": TEXT[:came], "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "PATCH",
        "path": f"/v1/blobs/{SHA}",
        "raw_path": b"",
        "query_string": f"case_id={rosa}".encode(),
        "headers": [
            (b"authorization", f"Bearer {ana.access}".encode()),
            (b"content-type", BLOB_TYPE.encode()),
            (b"upload-offset", b"0"),
        ],
    }

    async def call() -> None:
        async def receive() -> Any:
            return messages.pop(0)

        async def answer(message: Any) -> None:
            raise AssertionError("nobody is there to be answered")

        await app(scope, receive, answer)

    with contextlib.suppress(ClientDisconnect):
        portal.call(call)
    assert ask(ana, "HEAD", rosa).headers["upload-offset"] == str(came)
    assert send(ana, rosa, came, TEXT[came:]).json()["complete"]
    assert ask(ana, "GET", rosa).content == TEXT
