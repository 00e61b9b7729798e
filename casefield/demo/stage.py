"""Sets the demo up: headquarters on loopback, two workers with their laptops, the people."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casefield.application import Application, Session
from casefield.clock import Clock
from casefield.demo.cast import Person, load_cast
from casefield.demo.history import StageClock, play
from casefield.demo.moments import Today
from casefield.errors import UnusableInput
from casefield.resources import resource_path

if TYPE_CHECKING:
    from casefield.server.embedded import EmbeddedServer

# Shown on the demo's lock screen: it protects nobody, because nobody here exists.
PASSPHRASE = "maple lantern harbour thistle"
ORGANIZATION = "Bayside Care Partners (demo)"
ANA = ("ana", "Ana Alvarez, RN", "case_manager")
BEN = ("ben", "Ben Okoye, LCSW", "case_manager")
SHARED_WITH_BEN = 6
Tell = Callable[[str, int, int], None]


@dataclass
class Laptop:
    """A worker's laptop."""

    application: Application
    session: Session
    clock: StageClock


class Stage:
    """A demo in a folder of its own, which goes away with it.

    Args:
        folder: an empty folder.
        clock: where the real time comes from.
        tell: hears (what, done, of how many).
    """

    def __init__(self, folder: Path, clock: Clock, tell: Tell = lambda *_: None) -> None:
        self.folder = folder
        self.clock = clock
        self.tell = tell
        self.today = Today(clock.now(), clock.zone())
        self.people: tuple[Person, ...] = load_cast(resource_path("demo", "people.json"))
        self.cases: dict[str, str] = {}
        self.laptops: list[Laptop] = []
        self.server: EmbeddedServer | None = None
        self._port = 0

    @property
    def database(self) -> str:
        """Where headquarters keeps its records."""
        return str(self.folder / "headquarters.db")

    def open_headquarters(self) -> EmbeddedServer:
        """Start headquarters, on the same address as before."""
        try:
            from casefield.server.embedded import EmbeddedServer
        except ImportError as error:
            raise UnusableInput(
                "The demo needs headquarters' packages, which are not installed.",
                way_out="Install casefield[server], or run make setup.",
            ) from error
        server = EmbeddedServer(self.database, clock=self.clock, port=self._port)
        self._port = int(server.url.rsplit(":", 1)[1])
        self.server = server.__enter__()
        return self.server

    def close_headquarters(self) -> None:
        """Stop headquarters: from here on the laptops are offline."""
        if self.server is not None:
            self.server.__exit__(None, None, None)
            self.server = None

    def close(self) -> None:
        """Lock every laptop and stop headquarters."""
        for laptop in self.laptops:
            laptop.session.lock()
        self.close_headquarters()

    def hire(self, *workers: tuple[str, str, str]) -> str:
        """Make the organisation and its workers; return its id."""
        assert self.server is not None  # headquarters is open while people are hired
        office = self.server.administration
        org = office.add_organization(ORGANIZATION, self.clock.zone())
        for login, name, role in workers:
            office.add_user(org, login, name, role)
        return org

    def laptop(self, org: str, worker: tuple[str, str, str]) -> Laptop:
        """Make a worker's laptop and enrol it."""
        assert self.server is not None  # enrolment needs headquarters
        login = worker[0]
        folder = self.folder / login
        clock = StageClock(self.clock)
        application = Application(folder, clock=clock)
        session = application.create(PASSPHRASE, name=worker[1])
        (folder / "demo").write_text("invented people only\n", encoding="utf-8")
        code = self.server.administration.code(org, login)
        session.enrol(self.server.url, code, login, device_name=f"{worker[1]}'s laptop")
        made = Laptop(application, session, clock)
        self.laptops.append(made)
        return made

    def fill(self, laptop: Laptop) -> int:
        """Take the people in by the door that all use and play their history; return deeds."""
        deeds = 0
        for number, person in enumerate(self.people):
            self.tell("people", number, len(self.people))
            self.cases[person.id], done = play(laptop.session, laptop.clock, person, self.today)
            deeds += done
        self.tell("people", len(self.people), len(self.people))
        return deeds


@contextmanager
def stage(clock: Clock, tell: Tell = lambda *_: None) -> Iterator[Stage]:
    """Give an empty stage in a temporary folder; everything on it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="casefield-demo-") as folder:
        made = Stage(Path(folder), clock, tell)
        try:
            yield made
        finally:
            made.close()
