"""What laptop and headquarters say to each other over HTTPS, as typed JSON.

Cursor, fence and token are opaque to the laptop. The protocol number is `PROTOCOL`; a server
accepts the two before it as well.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from casefield.records.operation import Operation

PROTOCOL = 1
MEDIA_TYPE = "application/json"


class Status(StrEnum):
    """What headquarters did with an operation; none is ever implied by silence."""

    APPLIED = "applied"
    MERGED = "merged"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    DEFERRED = "deferred"


SETTLED = frozenset({Status.APPLIED, Status.MERGED, Status.DUPLICATE, Status.CONFLICT})


class Hello(msgspec.Struct, kw_only=True):
    """First words of a laptop to an address that may or may not be casefield's."""

    proto: tuple[int, int]
    app: str
    device: str | None = None


class HelloReply(msgspec.Struct, kw_only=True):
    """The server's answer; `product` is always ``casefield``."""

    product: str
    proto: int
    epoch: str
    time: str
    organization: str | None = None
    max_operations: int = 1000
    max_bytes: int = 1_048_576
    poll_seconds: int = 60


class Enrol(msgspec.Struct, kw_only=True):
    """A new laptop asks to belong to a user. `public_key` is Ed25519, base64."""

    code: str
    user: str
    device_name: str
    public_key: str
    app: str
    password: str | None = None


class EnrolReply(msgspec.Struct, kw_only=True):
    """What the laptop now is. `fingerprint` is shown on both sides for comparison."""

    org_id: str
    organization: str
    user_id: str
    user_name: str
    role: str
    device_id: str
    fingerprint: str
    epoch: str
    access_token: str
    refresh_token: str
    access_seconds: int


class TokenRequest(msgspec.Struct, kw_only=True):
    """Asks for a fresh access token; `signature` (base64) is over ``device|refresh_token|wall``."""

    device: str
    refresh_token: str
    wall: str
    signature: str


class TokenReply(msgspec.Struct, kw_only=True):
    """A fresh access token and the next refresh token; the old one is spent."""

    access_token: str
    refresh_token: str
    access_seconds: int


class Result(msgspec.Struct, kw_only=True, array_like=True):
    """The final answer to one operation."""

    op_id: str
    status: Status
    rev: int = 0
    seq: int = 0
    detail: str = ""


class RecordState(msgspec.Struct, kw_only=True):
    """A record as headquarters has it. `doc` None: unchanged content the device itself sent."""

    type: str
    id: str
    rev: int
    seq: int
    case_id: str | None = None
    deleted: bool = False
    signed: bool = False
    doc: dict[str, Any] | None = None
    fmeta: dict[str, Any] = {}


class SyncRequest(msgspec.Struct, kw_only=True):
    """Push and pull in one round trip.

    Attributes:
        proto, device: who speaks, in which protocol.
        epoch: the server's epoch the laptop last saw; empty before the first sync.
        cursor, fence: where the laptop's pull stands, as handed out; empty before the first.
        token: the rotating push token, as handed out; empty before the first.
        ops: operations in the device's order.
        purged: cases removed from the laptop since the last call.
        max_bytes: how much the laptop wants to get in one reply.
    """

    proto: int
    device: str
    epoch: str = ""
    cursor: str = ""
    fence: str = ""
    token: str = ""
    ops: list[Operation] = []
    purged: list[str] = []
    max_bytes: int = 1_048_576


class SyncReply(msgspec.Struct, kw_only=True):
    """Answers to each operation sent, and what changed at headquarters within scope.

    Attributes:
        results: one per operation of the request.
        changes: latest states in order of `seq`.
        more: there is more to pull behind `cursor`.
        enter, leave: cases that came into or went out of the device's scope.
        durable_seq: everything up to here is safe on a second place.
    """

    epoch: str
    results: list[Result] = []
    changes: list[RecordState] = []
    cursor: str = ""
    fence: str = ""
    token: str = ""
    more: bool = False
    enter: list[str] = []
    leave: list[str] = []
    durable_seq: int = 0
    directive: str | None = None
    retry_after: int | None = None


class Problem(msgspec.Struct, kw_only=True):
    """Why a request was not served: a code for the program, a sentence for the person."""

    code: str
    message: str
    way_out: str = ""
