"""Headquarters' administration: organisations, users, devices, assignments."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from casefield.clock import Clock
from casefield.errors import NotFound, UnusableInput
from casefield.records.base import new_id
from casefield.records.headquarters import DeviceSecret
from casefield.records.organisation import Assignment, Device, Organization, User
from casefield.records.people import Patient
from casefield.records.work import Actor
from casefield.server import audit, auth
from casefield.server.database import Database
from casefield.server.scope import Role
from casefield.server.work import working

SYSTEM = "system"


@dataclass(frozen=True)
class Person:
    """A user as administration lists it."""

    id: str
    login: str
    name: str
    role: str
    active: bool


class Administration:
    """What an administrator may do. Every deed is audited.

    Args:
        database: headquarters' database.
        clock: where the time comes from.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # -- organisations ------------------------------------------------------------------------

    def organizations(self) -> list[tuple[str, str]]:
        """Return (id, name) of every organisation."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(Organization.id, Organization.name).where(Organization.deleted.is_(False))
            )
            return [(row.id, row.name or "") for row in rows]

    def add_organization(self, name: str, zone: str) -> str:
        """Make an organisation; returns its id."""
        if not name.strip():
            raise UnusableInput("An organisation needs a name.")
        org_id = new_id()
        with working(self._database, self._actor(org_id), self._clock) as work:
            work.add(Organization(id=org_id, name=name.strip(), zone=zone))
        return org_id

    def organization(self, name: str | None = None) -> str:
        """Return the id of the one organisation, or of the one with a name.

        Raises:
            NotFound, UnusableInput: none, or several and none named.
        """
        found = self.organizations()
        if name is not None:
            found = [(i, n) for i, n in found if n == name or i == name]
        if not found:
            raise NotFound(
                "There is no such organisation here.",
                way_out="Make one: casefield-server org add NAME",
            )
        if len(found) > 1:
            raise UnusableInput(
                "There are several organisations.", way_out="Name one with --org NAME."
            )
        return found[0][0]

    # -- users --------------------------------------------------------------------------------

    def users(self, org_id: str) -> list[Person]:
        """Return everybody, by login."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(User.__table__).where(User.org_id == org_id).order_by(User.login)
            )
            return [
                Person(r.id, r.login or "", r.name or "", r.role or "", bool(r.active))
                for r in rows
            ]

    def user(self, org_id: str, login: str) -> Person:
        """Return one user.

        Raises:
            NotFound: nobody has this login.
        """
        for person in self.users(org_id):
            if person.login.casefold() == login.casefold():
                return person
        raise NotFound(f"There is no user “{login}”.", way_out="See casefield-server user list.")

    def add_user(
        self,
        org_id: str,
        login: str,
        name: str,
        role: str,
        *,
        team: str | None = None,
        password: str | None = None,
    ) -> str:
        """Make a user; returns the id.

        Raises:
            UnusableInput: no such role, or the login is taken.
        """
        if role not in {r.value for r in Role}:
            raise UnusableInput(
                f"“{role}” is no role.", way_out=f"One of: {', '.join(r.value for r in Role)}."
            )
        if any(p.login.casefold() == login.casefold() for p in self.users(org_id)):
            raise UnusableInput(f"There is already a user “{login}”.")
        user_id = new_id()
        with working(self._database, self._actor(org_id), self._clock) as work:
            work.add(User(id=user_id, login=login, name=name, role=role, team=team, active=True))
        if password:
            with self._database.write() as connection:
                auth.set_password(connection, org_id, user_id, password)
        return user_id

    def deactivate(self, org_id: str, login: str) -> None:
        """A user leaves: nothing of the user's devices is answered any more."""
        person = self.user(org_id, login)
        with working(self._database, self._actor(org_id), self._clock) as work:
            work.change(work.get(User, person.id), active=False)

    # -- devices ------------------------------------------------------------------------------

    def code(self, org_id: str, login: str) -> str:
        """Make a one-time code for a user's next laptop."""
        person = self.user(org_id, login)
        with self._database.write() as connection:
            code = auth.new_code(connection, org_id, person.id, self._clock.now())
            audit.note(
                connection,
                org_id,
                "device_code",
                actor=SYSTEM,
                at=self._clock.now(),
                record_type="User",
                record_id=person.id,
            )
        return code

    def devices(self, org_id: str) -> list[dict[str, str]]:
        """Return every laptop."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(Device.id, Device.name, Device.fingerprint, User.login, DeviceSecret.state)
                .join(User, (User.org_id == Device.org_id) & (User.id == Device.user_id))
                .join(
                    DeviceSecret,
                    (DeviceSecret.org_id == Device.org_id) & (DeviceSecret.device_id == Device.id),
                )
                .where(Device.org_id == org_id)
            )
            return [{key: str(value or "") for key, value in row._mapping.items()} for row in rows]

    def stop_device(self, org_id: str, device_id: str) -> None:
        """Stop a laptop.

        Raises:
            NotFound: there is none of this id.
        """
        if device_id not in {device["id"] for device in self.devices(org_id)}:
            raise NotFound("There is no such device.", way_out="See casefield-server device list.")
        with working(self._database, self._actor(org_id), self._clock) as work:
            work.change(work.get(Device, device_id), status="stopped")
        with self._database.write() as connection:
            auth.stop_device(connection, org_id, device_id)

    # -- assignments --------------------------------------------------------------------------

    def assign(self, org_id: str, login: str, cases: list[str], reason: str = "") -> int:
        """Give people to a user; returns how many were new."""
        person = self.user(org_id, login)
        today = self._clock.now().date()
        added = 0
        with working(self._database, self._actor(org_id), self._clock) as work:
            for case_id in cases:
                work.get(Patient, case_id)
                if work.find(Assignment, case_id=case_id, user_id=person.id, status="active"):
                    continue
                work.add(
                    Assignment(
                        case_id=case_id,
                        user_id=person.id,
                        role=person.role,
                        from_on=today,
                        reason=reason or None,
                    )
                )
                added += 1
        return added

    def unassign(self, org_id: str, login: str, cases: list[str]) -> int:
        """Take people from a user; returns how many."""
        person = self.user(org_id, login)
        today = self._clock.now().date()
        ended = 0
        with working(self._database, self._actor(org_id), self._clock) as work:
            for case_id in cases:
                for found in work.find(
                    Assignment, case_id=case_id, user_id=person.id, status="active"
                ):
                    work.change(found, status="ended", until_on=today)
                    ended += 1
        return ended

    def cases(self, org_id: str) -> list[str]:
        """Return every person's id."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(Patient.id).where(Patient.org_id == org_id, Patient.deleted.is_(False))
            )
            return [row.id for row in rows]

    def _actor(self, org_id: str) -> Actor:
        return Actor(org_id=org_id, user_id=SYSTEM, name="Headquarters", role="administrator")
