"""What a laptop can say of its outbox: where it stands with headquarters, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casefield.records.operation import Operation


@dataclass(frozen=True)
class Position:
    """Where this laptop stands with headquarters; empty texts before the first sync.

    Attributes:
        device_id: who this laptop is.
        epoch, cursor, fence: where the pull stands, as headquarters handed it out.
        token: names this step to headquarters; `next_token` will name the one after. Both are made
            here, so that a copy of this laptop makes another `next_token` and is found out.
        last_op: newest operation that headquarters answered: a restored one may not know it.
        durable: up to where headquarters' stream is safe in a second place.
        filling: the first pull has begun and is not through.
        restarted: the pull from the beginning is under way again: headquarters was restored, or
            this laptop enrolled anew.
        compared_at: when what is held here was last compared with headquarters; empty: never.
    """

    device_id: str
    epoch: str = ""
    cursor: str = ""
    fence: str = ""
    token: str = ""
    next_token: str = ""
    last_op: str = ""
    durable: int = 0
    filling: bool = False
    restarted: bool = False
    compared_at: str = ""


@dataclass(frozen=True)
class Waiting:
    """What a person may be told of an operation that has not been taken.

    `said` holds what a refused one wanted to say, by field: it no longer stands in the record, so
    this is where it can still be read. Nothing for one that waits.
    """

    op_id: str
    record_type: str
    record_id: str
    case_id: str | None
    kind: str
    state: str
    reason: str | None
    said_at: datetime
    fields: tuple[str, ...]
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """An operation that headquarters did not take and has kept, with its reason.

    Attributes:
        operation: what was said. Those of one `tx` were one act, and are dealt with together.
        reason: headquarters' words.
        said_at: when it was said.
    """

    operation: Operation
    reason: str
    said_at: datetime


@dataclass(frozen=True)
class Taken:
    """What one reply of headquarters changed on this laptop.

    Attributes:
        changed: (kind, id, case_id) of the records that changed.
        removed: people who left this laptop.
    """

    changed: frozenset[tuple[str, str, str | None]]
    removed: tuple[str, ...]
