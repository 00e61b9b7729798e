"""A headquarters in a process of its own with laptops around it, for the figures beside others."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import people
import processes

if TYPE_CHECKING:
    from casefield.application import Session
    from tests.batteries.slow_line import SlowLine

PEOPLE = 50
GROUP = 250  # records saved together: an import's file, a long day's visits
ZONE = people.ZONE
LINES: list[SlowLine] = []


@contextmanager
def office(
    database: str, slow: Callable[[str], SlowLine] | None = None
) -> Iterator[tuple[Session, Session]]:
    """Give the sessions of two enrolled laptops that share all people, at a fresh headquarters.

    Args:
        slow: returns the line to it; the newest line stands last in `LINES`.
    """
    from casefield.application import Application
    from casefield.clock import SystemClock
    from casefield.server.database import Database
    from casefield.server.people import Administration

    prepared = Database(database)
    prepared.prepare()
    office = Administration(prepared, SystemClock())
    org = office.add_organization("Bayside Home Care", ZONE)
    codes = []
    for login in ("ana", "ben"):
        # Notes that nobody signed yet are their author's and a supervisor's
        role = "supervisor" if login == "ben" else "case_manager"
        office.add_user(org, login, login.title(), role)
        codes.append(office.code(org, login))
    with (
        tempfile.TemporaryDirectory(prefix="casefield-bench-laptops-") as folder,
        processes.server("headquarters", database) as straight,
        ExitStack() as lines,
    ):
        url = straight
        if slow is not None:
            LINES.append(lines.enter_context(slow(straight)))
            url = LINES[-1].url
        sessions = []
        for login, code in zip(("ana", "ben"), codes, strict=True):
            session = Application(Path(folder) / login).create(people.PASSPHRASE, name=login)
            session.enrol(url, code, login)
            sessions.append(session)
        ana, ben = sessions
        people.fill(ana, PEOPLE, bare=True)
        ana.sync_now()
        office.assign(org, "ben", office.cases(org))
        ben.sync_now()
        yield ana, ben
        ana.lock()
        ben.lock()
    prepared.close()


def write(session: Session, records: int) -> None:
    """Write visits of 1.2 KB about everybody, in groups that are saved together."""
    from sqlalchemy import select

    from casefield.records.people import Patient

    cases = session.read(lambda work: [row.id for row in work.rows(select(Patient.id))])
    share = -(-records // len(cases))
    made = [v for case in cases for v in people.visits(case, share, session.actor.user_id)]
    for start in range(0, records, GROUP):
        people.keep(session, made[start : min(start + GROUP, records)])


def change(session: Session, records: int) -> None:
    """Change so many visits, a sentence each, in one transaction."""
    from casefield.records.visit import Visit

    with session.working("bench") as work:
        for visit in work.find(Visit)[:records]:
            work.change(visit, outcome=f"{visit.outcome} x")


@contextmanager
def headquarters_of(database: str, count: int) -> Iterator[tuple[str, str]]:
    """Give a headquarters with so many whole people: its address, and a code for Ben's laptop."""
    with office(database) as (ana, _):
        from casefield.clock import SystemClock
        from casefield.server.database import Database
        from casefield.server.people import Administration

        people.fill(ana, count - PEOPLE)
        ana.sync_now()
        identity = ana.identity
        assert identity is not None
        prepared = Database(database)
        yield identity.server, Administration(prepared, SystemClock()).code(identity.org_id, "ben")
        prepared.close()
