"""HTTPS to headquarters: typed messages out and in, every failure told apart.

What is not provably casefield's answer (an HTML page of a hotel's network, a proxy's error) counts
as "no connection", never as data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
import requests
import zstandard
from urllib3.exceptions import ProtocolError

from casefield import __version__
from casefield.errors import CasefieldError, NotFound, Offline, UnusableInput
from casefield.records.blob import Place
from casefield.sync.messages import (
    BLOB_TYPE,
    COMPLETE_HEADER,
    MEDIA_TYPE,
    OFFSET_HEADER,
    PROTOCOL,
    BlobOffer,
    BlobReply,
    Enrol,
    EnrolReply,
    Hello,
    HelloReply,
    Problem,
    SyncReply,
    SyncRequest,
    TokenReply,
    TokenRequest,
)

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
MOST_REPLY_BYTES = 64 * 1024 * 1024
MOST_WINDOW_BYTES = 8 * 1024 * 1024
PIECE_BYTES = 64 * 1024
LONGEST_PAUSE_SECONDS = 3600.0
SIGN_IN_TO_NETWORK = 511
NOT_THERE = frozenset(
    {"no_blob", "absent"}
)  # the content, or the whole address: an older casefield

M = TypeVar("M")


class Refused(CasefieldError):
    """Headquarters understood and said no; `code` is for the program."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.message, way_out=problem.way_out)
        self.status = status
        self.code = problem.code


class AskedToWait(Offline):
    """Headquarters has too much to do and names how long to leave it alone."""

    def __init__(self, message: str, *, way_out: str, seconds: float) -> None:
        super().__init__(message, way_out=way_out)
        self.seconds = seconds


class CutOff(Offline):
    """The line broke while something was under way on it."""


@dataclass
class Traffic:
    """Bytes of bodies on the wire, compressed, since the transport was made."""

    up: int = 0
    down: int = 0


class Transport:
    """Talks to one headquarters.

    Args:
        server: base address; ``https`` anywhere, ``http`` only on this machine.
        ca_bundle: file of the organisation's own certificate authority, if it has one.

    Raises:
        UnusableInput: the address is none, or plain http to another machine.
    """

    def __init__(self, server: str, *, ca_bundle: str | None = None) -> None:
        self.server = checked_address(server)
        self.traffic = Traffic()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"User-Agent": f"casefield/{__version__}"})
        if ca_bundle:
            self._session.verify = ca_bundle
        self._access = ""

    def use_access_token(self, token: str) -> None:
        """Send this token with every call from now on."""
        self._access = token

    @property
    def access_token(self) -> str:
        """The token that is sent; empty before the first."""
        return self._access

    @property
    def has_access_token(self) -> bool:
        """Whether a token was given."""
        return bool(self._access)

    def hello(self, device: str | None = None) -> HelloReply:
        """Ask whether casefield answers at this address.

        Raises:
            Offline: nobody answers.
            UnusableInput: somebody answers, and it is not a casefield that understands this one.
        """
        hello = Hello(proto=(PROTOCOL, PROTOCOL), app=__version__, device=device)
        reply = self._post("/v1/hello", hello, HelloReply)
        if reply.product != "casefield":
            raise self._not_casefield()
        if reply.proto < PROTOCOL:
            raise UnusableInput(
                f"Headquarters at {self.server} is older than this casefield: it speaks protocol "
                f"{reply.proto}, this one {PROTOCOL}.",
                way_out="Ask your administrator to update headquarters.",
            )
        return reply

    def enrol(self, enrol: Enrol) -> EnrolReply:
        """Trade a one-time code for an identity."""
        return self._post("/v1/devices", enrol, EnrolReply)

    def refresh(self, request: TokenRequest) -> TokenReply:
        """Trade the refresh token for the next pair."""
        return self._post("/v1/token", request, TokenReply)

    def sync(self, request: SyncRequest) -> SyncReply:
        """One round of push and pull."""
        return self._post("/v1/sync", request, SyncReply)

    def offer_blob(self, offer: BlobOffer) -> BlobReply:
        """Announce the content of an attachment, or ask how far it got."""
        return self._post("/v1/blobs", offer, BlobReply)

    def send_blob(self, place: Place, offset: int, data: bytes) -> BlobReply:
        """Send bytes of a content; they stand from `offset` on."""
        headers = {**self._headers(), "Content-Type": BLOB_TYPE, OFFSET_HEADER: str(offset)}
        response = self._send(_address_of(place), data, headers, "PATCH")
        self.traffic.up += len(data)
        try:
            return self._understood(response, BlobReply)
        finally:
            response.close()

    def blob_reached(self, place: Place) -> BlobReply:
        """Ask how far a content got, without announcing it."""
        response = self._send(_address_of(place), b"", self._headers(), "HEAD")
        response.close()
        if response.status_code >= 400:
            problem = Problem(code="no_blob", message="Headquarters doesn't know this attachment.")
            raise self._refusal(
                response.status_code,
                msgspec.json.encode(problem),
                response.headers.get("Retry-After", ""),
            )
        said = response.headers.get(OFFSET_HEADER, "")
        if response.status_code != 200 or not (said.isascii() and said.isdigit()):
            raise self._not_casefield()
        complete = response.headers.get(COMPLETE_HEADER) == "?1"
        return BlobReply(offset=int(said), complete=complete)

    def fetch_blob(self, place: Place, offset: int) -> Iterator[bytes]:
        """Give the bytes of a content from an offset on.

        Raises:
            NotFound: headquarters hasn't got it, or not for this laptop.
        """
        # packed on the way it could not be gone on with, nor kept as it comes
        headers = {
            **self._headers(),
            "Accept-Encoding": "identity",
            "Range": f"bytes={offset}-",
        }
        response = self._send(_address_of(place), b"", headers, "GET")
        try:
            yield from self._bytes_of(response, offset)
        finally:
            response.close()

    def _bytes_of(self, response: requests.Response, offset: int) -> Iterator[bytes]:
        status, headers = response.status_code, response.headers
        if status >= 400:
            ours = headers.get("Content-Type", "").startswith(MEDIA_TYPE)
            content = self._content(response) if ours else b""
            refusal = self._refusal(status, content, headers.get("Retry-After", ""))
            if isinstance(refusal, Refused) and refusal.code in NOT_THERE:
                raise NotFound(refusal.message, way_out=refusal.way_out) from refusal
            raise refusal
        ours = headers.get("Content-Type", "").startswith(BLOB_TYPE)
        whole = headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if status != 206 or not ours or not whole or "Content-Encoding" in headers:
            raise self._not_casefield()
        expected = headers.get("Content-Length", "")
        left = int(expected) if expected.isascii() and expected.isdigit() else 0
        for piece in self._pieces(response):
            left -= len(piece)
            yield piece
        if left > 0:
            raise _cut_off()

    def close(self) -> None:
        """Drop the connections."""
        self._session.close()

    def _post(self, path: str, message: msgspec.Struct, reply_type: type[M]) -> M:
        body = zstandard.compress(msgspec.json.encode(message), 3)
        headers = {
            **self._headers(),
            "Content-Type": MEDIA_TYPE,
            "Content-Encoding": "zstd",
        }
        response = self._send(path, body, headers)
        self.traffic.up += len(body)
        try:
            return self._understood(response, reply_type)
        finally:
            response.close()

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": MEDIA_TYPE, "Accept-Encoding": "zstd"}
        if self._access:
            headers["Authorization"] = f"Bearer {self._access}"
        return headers

    def _understood(self, response: requests.Response, reply_type: type[M]) -> M:
        status = response.status_code
        ours = response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
        if status >= 400:
            content = self._content(response) if ours else b""
            raise self._refusal(status, content, response.headers.get("Retry-After", ""))
        if status != 200 or not ours:
            raise self._not_casefield()
        try:
            return msgspec.json.decode(self._content(response), type=reply_type)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise self._not_casefield() from error

    def _send(
        self, path: str, body: bytes, headers: dict[str, str], method: str = "POST"
    ) -> requests.Response:
        try:
            return self._session.request(
                method,
                self.server + path,
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.SSLError as error:
            raise Offline(
                f"{self.server} could not prove that it is headquarters (certificate).",
                way_out="Work goes on here; tell your administrator if this stays.",
            ) from error
        except requests.exceptions.RequestException as error:
            broken = CutOff if _was_under_way(error) else Offline
            raise broken(
                f"Headquarters can't be reached at {self.server}.",
                way_out="Work goes on here and is sent when the connection is back.",
            ) from error

    def _content(self, response: requests.Response) -> bytes:
        """Return a reply's body, unpacked, never more than `MOST_REPLY_BYTES` of it."""
        raw = bytearray()
        for piece in self._pieces(response):
            raw += piece
            if len(raw) > MOST_REPLY_BYTES:
                break
        content = bytes(raw)
        if response.headers.get("Content-Encoding") == "zstd":
            try:
                content = _unpacked(content)
            except zstandard.ZstdError as error:
                raise self._not_casefield() from error
        if len(content) > MOST_REPLY_BYTES:
            raise Offline(
                f"What {self.server} answers is larger than any answer of headquarters.",
                way_out="Nothing of it was taken; tell your administrator if this stays.",
            )
        return content

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        while True:
            try:
                piece = response.raw.read(PIECE_BYTES, decode_content=False)
            except Exception as error:  # urllib3 raises its own kinds, all of them "cut off"
                raise _cut_off() from error
            if not piece:
                return
            self.traffic.down += len(piece)
            yield piece

    def _refusal(self, status: int, content: bytes, pause: str) -> CasefieldError:
        try:
            problem = msgspec.json.decode(content, type=Problem)
        except (msgspec.MsgspecError, RecursionError):
            if status == SIGN_IN_TO_NETWORK or not _asks_later(status):
                return self._not_casefield()
            # a gateway in front of headquarters answers in its stead, with a page of its own
            problem = Problem(
                code="gateway",
                message=f"Headquarters at {self.server} can't answer just now ({status}).",
                way_out="Work goes on here; it is tried again.",
            )
        if not _asks_later(status):
            return Refused(status, problem)
        if pause.isascii() and pause.isdigit():
            seconds = min(float(pause), LONGEST_PAUSE_SECONDS)
            return AskedToWait(problem.message, way_out=problem.way_out, seconds=seconds)
        return Offline(problem.message, way_out=problem.way_out)

    def _not_casefield(self) -> CasefieldError:
        return NotCasefield(
            f"What answers at {self.server} is not a casefield server.",
            way_out="Check the address; in a hotel or clinic network, open a web page and sign in.",
        )


class NotCasefield(Offline, UnusableInput):
    """Something answered, and it was not headquarters: no connection, and no data."""

    exit_code = 2


def checked_address(server: str) -> str:
    """Return a server's base address without a trailing slash.

    Raises:
        UnusableInput: it is no address, or plain http to another machine.
    """
    address = server.strip().rstrip("/")
    if not _is_address(address):
        raise UnusableInput(
            f"“{server}” is not a server address.",
            way_out="Write it like https://casefield.example.org.",
        )
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise UnusableInput(
            f"“{server}” would send records unencrypted.",
            way_out="Use https; http is allowed on this machine only.",
        )
    return address


def _is_address(text: str) -> bool:
    """Whether this is scheme, host, port and path, and nothing that can be read in two ways."""
    if not text.isprintable() or set(text) & set(" \\@?#"):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _cut_off() -> CutOff:
    return CutOff(
        "The connection was cut in the middle of an answer.",
        way_out="Nothing is lost; it is tried again.",
    )


def _address_of(place: Place) -> str:
    return f"/v1/blobs/{place.sha256}?{urlencode({'case_id': place.case_id})}"


def _asks_later(status: int) -> bool:
    return status >= 500 or status == 429


def _was_under_way(error: requests.exceptions.RequestException) -> bool:
    """Whether there was a connection already that broke, or that fell silent."""
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.exceptions.ReadTimeout) or isinstance(cause, ProtocolError)


def _unpacked(raw: bytes) -> bytes:
    """Return zstd's content, at most a piece more than `MOST_REPLY_BYTES`."""
    content = bytearray()
    unpacker = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES)
    with unpacker.stream_reader(raw) as stream:
        while len(content) <= MOST_REPLY_BYTES and (piece := stream.read(PIECE_BYTES)):
            content += piece
    return bytes(content)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return a call's result and how many seconds it took."""
    begun = time.monotonic()
    return call(), time.monotonic() - begun
