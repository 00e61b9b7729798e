"""How the laptop stands with headquarters, as a person is told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    """Where sync is right now."""

    ALONE = "alone"  # not enrolled: this laptop works by itself
    WAITING = "waiting"  # enrolled, but no sync tried yet, or the last one was stopped
    SYNCING = "syncing"
    ONLINE = "online"  # the last sync got through
    OFFLINE = "offline"
    STOPPED = "stopped"  # headquarters said no; a person must act


@dataclass(frozen=True)
class SyncState:
    """What the sync card says.

    Attributes:
        waiting: operations not yet at headquarters.
        refused: operations headquarters did not take; a person must look.
        last_synced: when the last whole sync ended well, UTC.
        message: headquarters' or the network's sentence, for offline and stopped.
        done: operations moved so far in the sync under way.
    """

    phase: Phase
    waiting: int = 0
    refused: int = 0
    last_synced: datetime | None = None
    message: str = ""
    done: int = 0
