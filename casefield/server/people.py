"""Headquarters' administration: organisations, users, laptops, assignments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Connection, and_, func, select

from casefield.clock import Clock
from casefield.errors import NotFound, UnusableInput
from casefield.records.base import new_id
from casefield.records.headquarters import DeviceSecret, Token
from casefield.records.organisation import Assignment, Device, Organization, User
from casefield.records.people import Patient
from casefield.server import audit, auth
from casefield.server.database import Database
from casefield.server.enrolment import SYSTEM, headquarters, stop
from casefield.server.figures import Figures, figures_of
from casefield.server.listings import Care, Laptop, Link, Person
from casefield.server.quarantine import QuarantineDesk
from casefield.server.scope import Role
from casefield.server.work import working


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
        """Return (id, name) of every organisation, by name."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(Organization.id, Organization.name)
                .where(Organization.deleted.is_(False))
                .order_by(Organization.name)
            )
            return [(row.id, row.name or "") for row in rows]

    def add_organization(self, name: str, zone: str) -> str:
        """Make an organisation; returns its id.

        Raises:
            UnusableInput: no name, a name that is taken, or no such time zone.
        """
        name = name.strip()
        if not name or len(name) > 200 or not name.isprintable():
            raise UnusableInput("An organisation needs a name of one line, up to 200 characters.")
        if any(known.casefold() == name.casefold() for _, known in self.organizations()):
            raise UnusableInput(f"There is already an organisation “{name}”.")
        if zone not in available_timezones():
            raise UnusableInput(
                f"“{zone}” is no time zone.", way_out="Write it like America/New_York."
            )
        org_id = new_id()
        with working(self._database, headquarters(org_id), self._clock) as work:
            work.add(Organization(id=org_id, name=name, zone=ZoneInfo(zone).key))
        return org_id

    def organization(self, name: str | None = None) -> str:
        """Return the id of the one organisation, or of the one with a name or id.

        Raises:
            NotFound, UnusableInput: none, or several and none named.
        """
        every = self.organizations()
        found = [o for o in every if name is None or name in o]
        if not every:
            raise NotFound(
                "There is no organisation yet.",
                way_out="Make one first: casefield-server org add NAME.",
            )
        if not found:
            raise NotFound(
                f"There is no organisation “{name}” here.",
                way_out="See casefield-server org list.",
            )
        if len(found) > 1:
            raise UnusableInput(
                f"There are {len(found)} organisations here.", way_out="Name one with --org NAME."
            )
        return found[0][0]

    # -- users --------------------------------------------------------------------------------

    def users(self, org_id: str) -> list[Person]:
        """Return everybody, by login."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(User.__table__)
                .where(User.org_id == org_id, User.deleted.is_(False))
                .order_by(User.login)
            )
            return [
                Person(r.id, r.login or "", r.name or "", r.role or "", r.team, bool(r.active))
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
            UnusableInput: no such role, the login is taken or none, or the password is short.
        """
        if role not in {r.value for r in Role}:
            raise UnusableInput(
                f"“{role}” is no role.", way_out=f"One of: {', '.join(r.value for r in Role)}."
            )
        if not login or len(login) > 100 or not login.isprintable() or " " in login:
            raise UnusableInput("A login is one word of up to 100 characters.")
        if any(p.login.casefold() == login.casefold() for p in self.users(org_id)):
            raise UnusableInput(f"There is already a user “{login}”.")
        user_id = new_id()
        with working(self._database, headquarters(org_id), self._clock) as work:
            work.add(
                User(id=user_id, login=login, name=name[:200], role=role, team=team, active=True)
            )
            if password:
                self._set_password(work.connection, org_id, user_id, password)
        return user_id

    def set_password(self, org_id: str, login: str, password: str) -> None:
        """Give a user another password; laptops that are signed in stay so.

        Raises:
            NotFound, UnusableInput: no such user, or the password is short.
        """
        person = self.user(org_id, login)
        with self._database.write() as connection:
            self._set_password(connection, org_id, person.id, password)

    def deactivate(self, org_id: str, login: str) -> int:
        """A user leaves: none of the user's laptops is answered any more; returns how many."""
        person = self.user(org_id, login)
        laptops = [d for d in self.devices(org_id) if d.login == person.login]
        running = [laptop for laptop in laptops if laptop.state == "active"]
        with working(self._database, headquarters(org_id), self._clock) as work:
            work.change(work.get(User, person.id), active=False)
            for laptop in running:
                work.change(work.get(Device, laptop.id), status="stopped")
                auth.stop_device(work.connection, org_id, laptop.id)
        return len(running)

    # -- laptops ------------------------------------------------------------------------------

    def code(self, org_id: str, login: str) -> str:
        """Make a one-time code for a user's next laptop.

        Raises:
            NotFound, UnusableInput: no such user, or one who was stopped.
        """
        person = self.user(org_id, login)
        if not person.active:
            raise UnusableInput(f"The user “{person.login}” was stopped.")
        with self._database.write() as connection:
            code = auth.new_code(connection, org_id, person.id, self._clock.now())
            self._note(connection, org_id, "device_code", person.id)
        return code

    def devices(self, org_id: str) -> list[Laptop]:
        """Return every laptop, oldest first."""
        signed_in = (
            select(Token.device_id, func.max(Token.expires_at).label("until"))
            .where(Token.org_id == org_id, Token.purpose == "access")
            .group_by(Token.device_id)
            .subquery()
        )
        secret = and_(DeviceSecret.org_id == Device.org_id, DeviceSecret.device_id == Device.id)
        with self._database.read() as connection:
            rows = connection.execute(
                select(Device, User.login, DeviceSecret.state, signed_in.c.until)
                .join(User, and_(User.org_id == Device.org_id, User.id == Device.user_id))
                .join(DeviceSecret, secret)
                .outerjoin(signed_in, signed_in.c.device_id == Device.id)
                .where(Device.org_id == org_id)
                .order_by(Device.enrolled_at)
            )
            return [
                Laptop(
                    row.id,
                    row.name or "",
                    row.login or "",
                    row.fingerprint or "",
                    row.state,
                    row.app_version or "",
                    row.enrolled_at,
                    row.until - auth.ACCESS_LIFE if row.until else None,
                )
                for row in rows
            ]

    def stop_device(self, org_id: str, device: str) -> Laptop:
        """Stop a laptop, named by its id or its fingerprint; returns it as it was.

        Raises:
            NotFound: there is none.
            UnusableInput: it was stopped before.
        """
        found = [d for d in self.devices(org_id) if device in {d.id, d.fingerprint}]
        if not found:
            raise NotFound(
                f"There is no laptop “{device}”.", way_out="See casefield-server device list."
            )
        if found[0].state != "active":
            raise UnusableInput(f"The laptop “{found[0].name}” was stopped before.")
        with self._database.write() as connection:
            stop(connection, self._clock, org_id, found[0].id)
        return found[0]

    # -- assignments --------------------------------------------------------------------------

    def assignments(self, org_id: str, login: str | None = None) -> list[Care]:
        """Return who cares for whom now, of one user if asked."""
        chosen = [Assignment.org_id == org_id, Assignment.deleted.is_(False)]
        if login is not None:
            chosen.append(Assignment.user_id == self.user(org_id, login).id)
        with self._database.read() as connection:
            rows = connection.execute(
                select(Assignment.__table__, User.login)
                .outerjoin(
                    User, and_(User.org_id == Assignment.org_id, User.id == Assignment.user_id)
                )
                .where(*chosen, Assignment.status == "active")
                .order_by(User.login, Assignment.case_id)
            )
            return [
                Care(
                    row.case_id or "",
                    row.login or "",
                    row.role or "",
                    row.from_on,
                    row.until_on,
                    row.status,
                )
                for row in rows
            ]

    def assign(self, org_id: str, login: str, cases: Sequence[str], reason: str = "") -> int:
        """Give people to a user; returns how many were new.

        Raises:
            NotFound, UnusableInput: no such user or person, or a user who was stopped.
        """
        person = self.user(org_id, login)
        if not person.active:
            raise UnusableInput(f"The user “{person.login}” was stopped.")
        today = self._today(org_id)
        added = 0
        with working(self._database, headquarters(org_id), self._clock) as work:
            known = {found.id for found in work.find(Patient, id=list(cases))}
            if unknown := [case for case in cases if case not in known]:
                raise NotFound(
                    f"There is no person {unknown[0]} at headquarters; nobody was assigned.",
                    way_out="A person is known here once a laptop has sent the record.",
                )
            mine = work.find(Assignment, user_id=person.id, status="active")
            held = {found.case_id for found in mine}
            for case_id in dict.fromkeys(cases):
                if case_id not in held:
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

    def unassign(self, org_id: str, login: str, cases: Sequence[str]) -> int:
        """Take people from a user; returns how many."""
        person = self.user(org_id, login)
        today = self._today(org_id)
        with working(self._database, headquarters(org_id), self._clock) as work:
            mine = work.find(Assignment, user_id=person.id, status="active")
            ending = [found for found in mine if found.case_id in set(cases)]
            for found in ending:
                work.change(found, status="ended", until_on=today)
        return len(ending)

    def cases(self, org_id: str) -> list[str]:
        """Return every person's id."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(Patient.id)
                .where(Patient.org_id == org_id, Patient.deleted.is_(False))
                .order_by(Patient.id)
            )
            return [row.id for row in rows]

    # -- what was set aside ---------------------------------------------------------------------

    def quarantine(self, org_id: str) -> QuarantineDesk:
        """Return where one decides about work that was set aside."""
        return QuarantineDesk(self._database, self._clock, org_id)

    # -- looking ------------------------------------------------------------------------------

    def figures(self, org_id: str) -> Figures:
        """Return how much an organisation has."""
        with self._database.read() as connection:
            return figures_of(connection, org_id)

    def audit_links(self, org_id: str, *, newest: int) -> list[Link]:
        """Return the newest links of the audit chain, oldest first."""
        logins = {person.id: person.login for person in self.users(org_id)}
        logins[SYSTEM] = "headquarters"
        with self._database.read() as connection:
            return [
                Link(
                    row.n,
                    row.at,
                    logins.get(row.actor, row.actor),
                    row.device_id,
                    row.act,
                    row.record_type,
                    row.record_id,
                    row.reason,
                    row.outcome,
                )
                for row in audit.links(connection, org_id, newest=newest)
            ]

    def verify_audit(self, org_id: str) -> audit.Verification:
        """Follow the audit chain to its head."""
        with self._database.read() as connection:
            return audit.verify(connection, org_id)

    # -- inside -------------------------------------------------------------------------------

    def _today(self, org_id: str) -> date:
        """Return the date where the organisation is."""
        with self._database.read() as connection:
            zone = connection.execute(
                select(Organization.zone).where(Organization.org_id == org_id)
            ).scalar()
        return self._clock.now().astimezone(ZoneInfo(zone or self._clock.zone())).date()

    def _set_password(
        self, connection: Connection, org_id: str, user_id: str, password: str
    ) -> None:
        auth.set_password(connection, org_id, user_id, password, self._clock.now())
        self._note(connection, org_id, "set_password", user_id)

    def _note(self, connection: Connection, org_id: str, act: str, user_id: str) -> None:
        audit.note(
            connection,
            org_id,
            act,
            actor=SYSTEM,
            at=self._clock.now(),
            record_type="User",
            record_id=user_id,
        )
