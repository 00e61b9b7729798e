"""Where the laptop stands with headquarters: its organisation, its place in what was pulled."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from casefield.records.laptop import LaptopFact
from casefield.records.outbox import Position

POSITION = "sync_position"


def org_of(session: Session) -> str:
    """Return the id of the organisation whose records these are."""
    identity = session.get(LaptopFact, "identity") or session.get(LaptopFact, "local_identity")
    return "" if identity is None else str(identity.value["org_id"])


def position(session: Session) -> Position:
    """Return where the laptop stands."""
    device = session.get(LaptopFact, "device_id")
    kept = session.get(LaptopFact, POSITION)
    known = {} if kept is None else kept.value
    return Position(**{**known, "device_id": "" if device is None else device.value})


def move(session: Session, before: Position, after: Position) -> None:
    """Write down where the laptop stands now, if that is elsewhere."""
    if after != before:
        session.merge(LaptopFact(name=POSITION, value=asdict(after)))


def fresh_token() -> str:
    """Return a name for a step: nobody else can guess it, so a copy of this laptop has another."""
    return secrets.token_hex(16)


def begin_as(session: Session, device_id: str) -> None:
    """Be this device from now on; see `Journal.begin_as`."""
    session.merge(LaptopFact(name="device_id", value=device_id))
    session.flush()
    before = position(session)
    anew = replace(before, cursor="", fence="", token="", next_token=fresh_token())
    move(session, before, replace(anew, compared_at="", filling=False, restarted=True))
