"""What laptop and headquarters say to each other over HTTPS, as typed JSON.

Cursor and fence are opaque to the laptop, its step tokens to headquarters. The protocol number is
`PROTOCOL`; a server serves the two before it as well, and takes work from any older one. A field
that a side doesn't know is passed over, one that it misses has its default: so versions differ
only by fields with defaults.

======== ==================================================================================
1        push, pull, cursor, fence, scope
2        step tokens (a copied laptop is found out), `last_op`, digests, arriving cases
======== ==================================================================================
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from casefield.records.operation import Id, Operation

PROTOCOL = 2
OLDEST = max(1, PROTOCOL - 2)
MEDIA_TYPE = "application/json"
BLOB_TYPE = "application/offset+octet-stream"
OFFSET_HEADER = "Upload-Offset"
COMPLETE_HEADER = "Upload-Complete"
LARGEST_PIECE_BYTES = 4 * 1024 * 1024
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Size = Annotated[int, msgspec.Meta(ge=1, le=2**40)]


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
    oldest: int = 1
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
        token, next_token: names of this step and of the one after it, made by the laptop.
        last_op: newest operation that headquarters answered; empty before the first.
        ops: operations in the device's order.
        purged: cases removed from the laptop since the last call.
        holds: cases on this laptop, said when the pull begins at the beginning: those that are not
            in scope any more are to leave.
        digests: per case, what the laptop holds of it (casefield.sync.digest); only now and then.
        max_bytes: how much the laptop wants to get in one reply.
    """

    proto: int
    device: str
    epoch: str = ""
    cursor: str = ""
    fence: str = ""
    token: str = ""
    next_token: str = ""
    last_op: str = ""
    ops: list[Operation] = []
    purged: list[str] = []
    holds: list[str] = []
    digests: dict[str, str] = {}
    max_bytes: int = 1_048_576


class SyncReply(msgspec.Struct, kw_only=True):
    """Answers to each operation sent, and what changed at headquarters within scope.

    Attributes:
        results: one per operation of the request.
        changes: latest states in order of `seq`.
        token: the name of the next step, if this one moved anything: the request's `next_token`.
        more: there is more to pull behind `cursor`.
        enter: cases that came into the device's scope.
        arriving: those of them that are not whole with this reply.
        leave: cases that went out of the device's scope.
        astray: cases whose digest differs; they are on their way again.
        durable_seq: everything up to here is safe on a second place.
        directive: ``update``: this casefield is too old to be sent records; its work was taken.
        retry_after: seconds to wait before the next call.
    """

    epoch: str
    results: list[Result] = []
    changes: list[RecordState] = []
    cursor: str = ""
    fence: str = ""
    token: str = ""
    more: bool = False
    enter: list[str] = []
    arriving: list[str] = []
    leave: list[str] = []
    astray: list[str] = []
    durable_seq: int = 0
    directive: str | None = None
    retry_after: int | None = None


class BlobOffer(msgspec.Struct, kw_only=True):
    """A laptop has the content of an attachment: SHA-256 (hex) and size (bytes) of it plain."""

    sha256: Sha256
    size: Size
    case_id: Id
    media_type: str


class BlobReply(msgspec.Struct, kw_only=True):
    """How many bytes of a content headquarters has; whether that is all, verified."""

    offset: int
    complete: bool


class Problem(msgspec.Struct, kw_only=True):
    """Why a request was not served: a code for the program, a sentence for the person."""

    code: str
    message: str
    way_out: str = ""
