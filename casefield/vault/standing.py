"""Where the laptop stands with headquarters: its organisation, its place in what was pulled."""

from __future__ import annotations

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
    return Position(
        device_id="" if device is None else device.value, **(kept.value if kept else {})
    )


def move(session: Session, **moved: str) -> None:
    """Write down what of the position is new."""
    kept = session.get(LaptopFact, POSITION)
    before = {} if kept is None else kept.value
    session.merge(LaptopFact(name=POSITION, value={**before, **moved}))
