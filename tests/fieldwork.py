"""A headquarters on loopback and its workers' laptops, each copied from one profile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from casefield.application import Application, Session
from casefield.clock import Clock
from casefield.records.document import table_of, to_document
from casefield.records.registry import KINDS
from casefield.server.embedded import EmbeddedServer
from casefield.server.rows import document_of
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation

PASSPHRASE = "correct horse battery staple field"
CHEAP = Derivation(LEAST_MEMORY_KIB, 2, 1)
EASTERN = ZoneInfo("America/New_York")
Standing = dict[tuple[str, str], tuple[Any, ...]]


class MovedClock:
    """A clock that stands until a test moves it."""

    def __init__(self, moment: datetime = datetime(2026, 11, 10, 13, tzinfo=EASTERN)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment.astimezone(ZoneInfo("UTC"))

    def zone(self) -> str:
        """Return the zone of the place."""
        return "America/New_York"

    def forward(self, **length: float) -> None:
        """Go on by a length of time."""
        self.moment += timedelta(**length)


class Fieldwork:
    """Headquarters, whose address stays the same when it is closed and opened, and laptops.

    Args:
        profile: a locked profile that laptops are copied from.
        folder: where everything of this test lives.
        clock: everybody's clock.
    """

    def __init__(self, profile: Path, folder: Path, clock: Clock) -> None:
        self._profile = profile
        self._folder = folder
        self._laptops = 0
        self._sessions: dict[Session, Path] = {}
        self.clock = clock
        self.server = EmbeddedServer(str(folder / "headquarters.db"), clock=clock)
        self.server.__enter__()
        self._open = True
        self.url = self.server.url
        self.org = self.server.administration.add_organization("Field Care", clock.zone())

    def close(self) -> None:
        """Lock every laptop and stop headquarters."""
        for session in self._sessions:
            session.lock()
        self.close_headquarters()

    def close_headquarters(self) -> None:
        """From here on the laptops are offline."""
        if self._open:
            self.server.__exit__(None, None, None)
            self._open = False

    def open_headquarters(self) -> None:
        """Answer again, at the same address."""
        port = int(self.url.rsplit(":", 1)[1])
        self.server = EmbeddedServer(
            str(self._folder / "headquarters.db"), clock=self.clock, port=port
        )
        self.server.__enter__()
        self._open = True

    def hire(self, login: str, name: str = "", role: str = "case_manager") -> str:
        """Make a worker; return a code for a laptop."""
        office = self.server.administration
        office.add_user(self.org, login, name or login.title(), role)
        return office.code(self.org, login)

    def alone(self) -> Session:
        """Return the unlocked profile of a laptop that works alone."""
        self._laptops += 1
        folder = self._folder / f"laptop-{self._laptops}"
        shutil.copytree(self._profile, folder)
        session = Application(folder, clock=self.clock).unlock(PASSPHRASE)
        self._sessions[session] = folder
        return session

    def restart(self, session: Session) -> Session:
        """Lock a laptop and unlock it again, as if the lid had been closed and opened."""
        folder = self._sessions.pop(session)
        session.lock()
        again = Application(folder, clock=self.clock).unlock(PASSPHRASE)
        self._sessions[again] = folder
        return again

    def laptop(self, login: str, role: str = "case_manager") -> Session:
        """Hire a worker and return the worker's enrolled laptop."""
        code = self.hire(login, role=role)
        session = self.alone()
        session.enrol(self.url, code, login)
        return session

    def assign(self, login: str, *cases: str) -> None:
        """Give people to a worker."""
        self.server.administration.assign(self.org, login, list(cases))

    def unassign(self, login: str, *cases: str) -> None:
        """Take people from a worker."""
        self.server.administration.unassign(self.org, login, list(cases))

    def standing(self) -> Standing:
        """Return all that headquarters has, as `standing_on` does for a laptop."""
        found: Standing = {}
        with self.server.database.read() as connection:
            for name, kind in KINDS.items():
                table = table_of(kind)
                for row in connection.execute(table.select().where(table.c.org_id == self.org)):
                    if not row.deleted:
                        document = document_of(kind, row)
                        found[name, row.id] = (row.case_id, row.rev, row.signed, document)
        return found


def standing_on(session: Session) -> Standing:
    """Return all that a laptop shows: (kind, id) to (case, revision, signed, document)."""
    found: Standing = {}

    def read(work: Any) -> None:
        for name, kind in KINDS.items():
            for record in work.find(kind):
                document = to_document(record)
                found[name, record.id] = (record.case_id, record.rev, record.signed, document)

    session.read(read)
    return found


@contextmanager
def fieldwork(profile: Path, folder: Path, clock: Clock) -> Iterator[Fieldwork]:
    """Give a headquarters without workers; everything is closed at the end."""
    made = Fieldwork(profile, folder, clock)
    try:
        yield made
    finally:
        made.close()
