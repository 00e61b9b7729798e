"""How much an organisation has, and what waits for a person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from casefield.records.conflict import Conflict
from casefield.records.headquarters import DeviceSecret, Quarantine, RecordIndex
from casefield.records.organisation import Assignment, Organization, User
from casefield.records.people import Patient
from casefield.server.quarantine import reasons
from casefield.server.stream import last_number


@dataclass(frozen=True)
class Figures:
    """Counts of one organisation; nothing of anybody's record."""

    organization: str
    users: int
    laptops: int
    people: int
    assignments: int
    records: int
    changes: int
    open_conflicts: int
    set_aside: int
    set_aside_by_reason: dict[str, int]


def figures_of(connection: Connection, org_id: str) -> Figures:
    """Count what an organisation has now."""

    def count(table: Any, *wanted: Any) -> int:
        chosen = select(func.count()).select_from(table).where(table.org_id == org_id, *wanted)
        return int(connection.execute(chosen).scalar_one())

    name = connection.execute(select(Organization.name).where(Organization.org_id == org_id))
    return Figures(
        organization=name.scalar() or "",
        users=count(User, User.active.is_(True)),
        laptops=count(DeviceSecret, DeviceSecret.state == "active"),
        people=count(Patient, Patient.deleted.is_(False)),
        assignments=count(Assignment, Assignment.deleted.is_(False), Assignment.status == "active"),
        records=count(RecordIndex),
        changes=last_number(connection, org_id),
        open_conflicts=count(Conflict, Conflict.status == "open"),
        set_aside=count(Quarantine, Quarantine.state == "open"),
        set_aside_by_reason=reasons(connection, org_id),
    )
