"""What a laptop can say of its outbox: where it stands with headquarters, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Position:
    """Where this laptop stands with headquarters; empty texts before the first sync."""

    device_id: str
    epoch: str = ""
    cursor: str = ""
    fence: str = ""
    token: str = ""


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
