"""One act on one record, as it waits in the outbox, travels, and stands in the history."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec

SCHEMA = 1
Id = Annotated[str, msgspec.Meta(pattern="^[!-~]{1,36}$")]
Place = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Revision = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class OperationKind(StrEnum):
    """What an operation does to its record."""

    CREATE = "create"
    CHANGE = "change"
    SIGN = "sign"
    DELETE = "delete"
    WITNESS = "witness"  # a laptop tells a restored headquarters what it once had from it


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An act of one person on one record.

    Attributes:
        op_id: UUIDv7, the key of idempotency.
        dseq: place in the device's own order, without holes.
        tx: operations of one tx take effect together or not at all.
        type: the record's kind, e.g. ``Goal``.
        id: the record's id.
        case_id: the person whose record it is.
        kind: create, change, sign, delete or witness.
        trunk_revision: newest revision of headquarters this device had seen of the record.
        set: field to new value; None clears.
        was: field to the value the person saw before.
        schema: version of the record shapes it was written with.
        wall: the device's own clock, UTC, for display and audit, never for merging.
        zone: IANA name of the zone where it was said.
        actor: user id of the person who acted.
        actor_name: that person's name as shown beside a value.
    """

    op_id: Id
    dseq: Place
    tx: Id
    type: str
    id: Id
    kind: OperationKind
    wall: str
    case_id: Id | None = None
    trunk_revision: Revision = 0
    set: dict[str, Any] = {}
    was: dict[str, Any] = {}
    schema: int = SCHEMA
    zone: str = "UTC"
    actor: str = ""
    actor_name: str = ""
