"""Headquarters' own database for a battery: hires, assigns, and sees what is there in the end."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from casefield.application import Application, Session
from casefield.clock import SystemClock
from casefield.records.document import table_of
from casefield.records.headquarters import Change
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.records.work import Work
from casefield.server.database import Database
from casefield.server.people import Administration
from casefield.server.rows import document_of
from tests.fieldwork import PASSPHRASE, Standing


class Office:
    """The organisation behind the servers.

    Args:
        database: prepared.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.administration = Administration(database, SystemClock())
        self.org = self.administration.add_organization("Field Care", "America/New_York")

    def code(self, login: str, role: str = "case_manager") -> str:
        """Hire a worker; return a code for a laptop."""
        self.administration.add_user(self.org, login, login.title(), role)
        return self.administration.code(self.org, login)

    def laptop(self, profile: Path, folder: Path, url: str, login: str) -> Session:
        """Return the unlocked, enrolled laptop of a new worker, copied from a profile."""
        shutil.copytree(profile, folder)
        session = Application(folder).unlock(PASSPHRASE)
        session.enrol(url, self.code(login), login)
        return session

    def rows(self, statement: Any) -> list[Any]:
        """Return what a question finds."""
        with self.database.read() as connection:
            return list(connection.execute(statement))

    def standing(self) -> Standing:
        """Return all that headquarters has, as `standing_on` does for a laptop."""
        found: Standing = {}
        for name, kind in KINDS.items():
            table = table_of(kind)
            for row in self.rows(table.select().where(table.c.org_id == self.org)):
                if not row.deleted:
                    document = document_of(kind, row)
                    found[name, row.id] = (row.case_id, row.rev, row.signed, document)
        return found

    def order_is_whole(self) -> int:
        """Check that the stream has no gap and no operation twice; return its length."""
        rows = self.rows(select(Change.seq, Change.op_id).where(Change.org_id == self.org))
        assert sorted(row.seq for row in rows) == list(range(1, len(rows) + 1))
        twice = [op for op, times in Counter(row.op_id for row in rows).items() if times > 1]
        assert twice == []
        return len(rows)


def bring_in(session: Session, family_name: str) -> str:
    """Take a new person into a worker's care; return the case id."""

    def act(work: Work) -> str:
        person = work.add(Patient(given_name="Rosa", family_name=family_name))
        mine = Assignment(
            case_id=person.id, user_id=work.actor.user_id, role="case_manager", status="active"
        )
        work.add(mine)
        return person.id

    return session.act(act, "intake")


@contextmanager
def office(database: str) -> Iterator[Office]:
    """Give the organisation on a new database."""
    opened = Database(database)
    opened.prepare()
    try:
        yield Office(opened)
    finally:
        opened.close()
