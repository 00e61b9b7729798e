"""HTTPS to headquarters: typed messages out and in, every failure told apart.

What is not provably casefield's answer (an HTML page of a hotel's network, a proxy's error) counts
as "no connection", never as data.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
import zstandard

from casefield import __version__
from casefield.errors import CasefieldError, Offline, UnusableInput
from casefield.sync.messages import (
    MEDIA_TYPE,
    PROTOCOL,
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
MOST_REPLY_BYTES = 256 * 1024 * 1024

M = TypeVar("M")


class Refused(CasefieldError):
    """Headquarters understood and said no; `code` is for the program."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.message, way_out=problem.way_out)
        self.status = status
        self.code = problem.code


@dataclass
class Traffic:
    """Bytes on the wire since the transport was made."""

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
    def has_access_token(self) -> bool:
        """Whether a token was given."""
        return bool(self._access)

    def hello(self, device: str | None = None) -> HelloReply:
        """Ask whether casefield answers at this address.

        Raises:
            Offline: nobody answers, or what answers is not casefield.
            UnusableInput: somebody answers, and it is not casefield.
        """
        hello = Hello(proto=(PROTOCOL, PROTOCOL), app=__version__, device=device)
        reply = self._post("/v1/hello", hello, HelloReply)
        if reply.product != "casefield":
            raise self._not_casefield()
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

    def close(self) -> None:
        """Drop the connections."""
        self._session.close()

    def _post(self, path: str, message: msgspec.Struct, reply_type: type[M]) -> M:
        body = zstandard.compress(msgspec.json.encode(message), 3)
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Encoding": "zstd",
            "Accept": MEDIA_TYPE,
            "Accept-Encoding": "zstd",
        }
        if self._access:
            headers["Authorization"] = f"Bearer {self._access}"
        response = self._send(path, body, headers)
        self.traffic.up += len(body)
        content = self._content(response)
        if response.status_code >= 400:
            raise self._refusal(response.status_code, content)
        try:
            return msgspec.json.decode(content, type=reply_type)
        except msgspec.MsgspecError as error:
            raise self._not_casefield() from error

    def _send(self, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        try:
            return self._session.post(
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
            raise Offline(
                f"Headquarters can't be reached at {self.server}.",
                way_out="Work goes on here and is sent when the connection is back.",
            ) from error

    def _content(self, response: requests.Response) -> bytes:
        try:
            raw: bytes = response.raw.read(decode_content=False)
        except Exception as error:  # urllib3 raises its own kinds, all of them "cut off"
            raise Offline(
                "The connection was cut in the middle of an answer.",
                way_out="Nothing is lost; it is tried again.",
            ) from error
        self.traffic.down += len(raw)
        if response.headers.get("Content-Encoding") == "zstd":
            try:
                with zstandard.ZstdDecompressor().stream_reader(raw) as stream:
                    raw = stream.read(MOST_REPLY_BYTES)
            except zstandard.ZstdError as error:
                raise self._not_casefield() from error
        if not response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            raise self._not_casefield()
        return raw

    def _refusal(self, status: int, content: bytes) -> CasefieldError:
        try:
            problem = msgspec.json.decode(content, type=Problem)
        except msgspec.MsgspecError:
            return self._not_casefield()
        if status >= 500 or status == 429:
            return Offline(problem.message, way_out=problem.way_out)
        return Refused(status, problem)

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
    parts = urlsplit(server.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UnusableInput(
            f"“{server}” is not a server address.",
            way_out="Write it like https://casefield.example.org.",
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise UnusableInput(
            f"“{server}” would send records unencrypted.",
            way_out="Use https; http is allowed on this machine only.",
        )
    return server.strip().rstrip("/")


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return a call's result and how many seconds it took."""
    begun = time.monotonic()
    return call(), time.monotonic() - begun
