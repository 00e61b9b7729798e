"""Whose records a user may have: by role and assignment, as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Select, select

from casefield.records.organisation import Assignment, User
from casefield.records.people import Patient


class Role(StrEnum):
    """The roles of headquarters."""

    CASE_MANAGER = "case_manager"
    CARE_MANAGER = "care_manager"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    READER = "reader"
    AUDITOR = "auditor"


WRITERS = frozenset({Role.CASE_MANAGER, Role.CARE_MANAGER, Role.SUPERVISOR})
REFERENCE_KINDS = frozenset({"User", "Organization", "Device"})


@dataclass(frozen=True)
class Member:
    """An authenticated user on a device."""

    org_id: str
    user_id: str
    name: str
    role: str
    team: str | None
    device_id: str

    @property
    def may_write(self) -> bool:
        """Whether this role changes clinical records."""
        return self.role in WRITERS


def cases_in_scope(connection: Connection, member: Member) -> frozenset[str]:
    """Return the ids of the people whose records this member may have."""
    statement = _statement(member)
    if statement is None:
        return frozenset()
    return frozenset(row[0] for row in connection.execute(statement) if row[0])


def _statement(member: Member) -> Select[str | None] | None:
    own = select(Assignment.case_id).where(
        Assignment.org_id == member.org_id,
        Assignment.status == "active",
        Assignment.deleted.is_(False),
    )
    if member.role in {Role.CASE_MANAGER, Role.CARE_MANAGER, Role.READER}:
        return own.where(Assignment.user_id == member.user_id)
    if member.role == Role.SUPERVISOR:
        if member.team is None:
            return select(Patient.case_id).where(
                Patient.org_id == member.org_id, Patient.deleted.is_(False)
            )
        team = select(User.id).where(User.org_id == member.org_id, User.team == member.team)
        return own.where(Assignment.user_id.in_(team))
    return None
