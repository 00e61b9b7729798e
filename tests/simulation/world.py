"""The simulated world: a headquarters, laptops, people in care, and a seeded will over all of them.

One generator decides everything that happens, so a seed is a story that can be told again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from casefield.errors import CasefieldError
from casefield.records import base
from casefield.records.base import Synced, new_id
from casefield.records.clinical import Condition
from casefield.records.operation import OperationKind
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Activity, Goal
from casefield.records.visit import Note
from casefield.server import auth
from casefield.sync.messages import HelloReply, SyncReply, SyncRequest
from casefield.sync.schedule import LONGEST_RETRY_SECONDS
from casefield.vault.unit_of_work import VaultWork
from tests.simulation.faults import Crash
from tests.simulation.headquarters import SimClock, SimHeadquarters
from tests.simulation.laptop import SimLaptop, offline, refused

WORDS = ("walk", "sleep", "cook", "garden", "call", "read", "swim", "rest", "paint", "sing")
YEARS = timedelta(days=3650)


@dataclass(frozen=True)
class Weather:
    """How much goes wrong; each a probability for one message or one step."""

    lost_request: float = 0.06
    lost_reply: float = 0.08
    twice: float = 0.06
    late: float = 0.05
    server_crash: float = 0.08
    laptop_crash: float = 0.08
    act_crash: float = 0.05
    restart: float = 0.03
    assignment: float = 0.06
    back_up: float = 0.015
    restore: float = 0.008
    copied_disk: float = 0.01
    busy: float = 0.15
    skew: bool = True


CALM = Weather(*([0.0] * 13), skew=False)  # nothing goes wrong, and nobody is moved


@dataclass
class Story:
    """What happened, in words, for whoever must understand a failing seed."""

    lines: list[str] = field(default_factory=list)

    def tell(self, line: str) -> None:
        self.lines.append(line)


class World:
    """Everything, driven by one seed.

    Args:
        folder: for headquarters' files.
        seed: of the story.
        weather: what goes wrong.
        laptops: how many there are at the beginning.
    """

    def __init__(
        self, folder: Path, seed: int, weather: Weather | None = None, laptops: int = 3
    ) -> None:
        self.dice = Random(seed)
        self.network = Random(-1 - seed)  # its own: more messages are no other story
        self.weather = weather or Weather()
        self.story = Story()
        self.steps = 0
        self.messages = 0
        self.hq = SimHeadquarters(folder)
        self.org = self.hq.administration.add_organization("Sim", "America/New_York")
        self.other_org = self.hq.administration.add_organization("Other", "America/New_York")
        self.users: dict[str, str] = {}
        self.laptops: list[SimLaptop] = []
        self.ledger: dict[str, Any] = {}
        self._on_the_way: list[tuple[Any, bytes]] = []
        self._backups: list[str] = []
        self._images: list[tuple[SimLaptop, bytes, dict[str, Any]]] = []
        self.restored = self.copied = 0
        self.touched: SimLaptop | None = None
        # sent by a disk that is gone: only headquarters has these, until it is itself restored
        self._fragile: set[str] = set()
        for number in range(laptops):
            self.add_laptop(self.org, f"user{number}")
        self.stranger = self.add_laptop(self.other_org, "stranger")

    # -- making -----------------------------------------------------------------------------

    def add_laptop(self, org_id: str, login: str) -> SimLaptop:
        """A worker gets a laptop."""
        self.users[login] = self.hq.administration.add_user(
            org_id, login, login.title(), "case_manager"
        )
        reply = self.hq.enrol(org_id, login)
        member = self.hq.member(org_id, reply.device_id, reply.user_id, login, "case_manager")
        skew = timedelta(seconds=self.dice.uniform(-1, 1) * YEARS.total_seconds())
        clock = SimClock(skew if self.weather.skew else timedelta())
        laptop = SimLaptop(login, member, clock)
        laptop.connect(self._deliver, self._hello)
        self.laptops.append(laptop)
        return laptop

    def enrol_again(self, laptop: SimLaptop) -> None:
        """A copied laptop becomes a device of its own."""
        reply = self.hq.enrol(laptop.member.org_id, laptop.name)
        m = laptop.member
        laptop.become(self.hq.member(m.org_id, reply.device_id, m.user_id, m.name, m.role))
        laptop.restart()
        self.story.tell(f"{laptop.name} enrols again")

    # -- the story --------------------------------------------------------------------------

    def run(self, steps: int, each: Callable[[World], None] | None = None) -> None:
        """Let so many things happen; `each` looks at the world after every one."""
        for _ in range(steps):
            self.step()
            if each:
                each(self)

    def step(self) -> None:
        """Let one thing happen; `touched` is the laptop it happened to."""
        self.steps += 1
        self.touched = None
        w, roll = self.weather, self.dice.random()
        events: list[tuple[float, Callable[[], None]]] = [
            (w.assignment, self._reassign),
            (w.back_up, self._back_up),
            (w.restore, self._restore),
            (w.copied_disk, self._copy_or_replace_disk),
            (w.restart, lambda: self._any().restart()),
            (0.3, self._sync_someone),
        ]
        for chance, deed in events:
            if roll < chance:
                deed()
                return
            roll -= chance
        self._work()

    def _any(self) -> SimLaptop:
        self.touched = self.dice.choice(self.laptops)
        return self.touched

    def _work(self) -> None:
        self._work_on(self._any())

    def _work_on(self, laptop: SimLaptop) -> None:
        deed = self.dice.choice(
            [_new_person, _new_goal, _plan, _edit_codes, _sign, _remove, _future, _settle, _ghost]
            + 5 * [_edit_goal]
            + 2 * [_write]
        )
        if self.dice.random() < self.weather.act_crash:
            laptop.fuse.arm(self.dice.randrange(12))
        try:
            laptop.act(lambda work: deed(work, self.dice))
        except Crash:
            self.story.tell(f"{laptop.name} dies in {deed.__name__}")
            laptop.restart()
            laptop.note_ledger()
        except CasefieldError:
            pass
        laptop.fuse.disarm()
        self.ledger.update(laptop.ledger)

    def _sync_someone(self) -> None:
        self.sync(self._any())

    def sync(self, laptop: SimLaptop) -> bool:
        """Run one whole sync; return whether it got through."""
        if laptop.forked:
            self.enrol_again(laptop)
        laptop.schedule.begun(laptop.seconds)
        try:
            laptop.line.sync()
        except Crash:
            self.story.tell(f"{laptop.name} dies in sync")
            laptop.restart()
            return False
        except CasefieldError as error:
            if getattr(error, "code", "") in {"forked", "bad_token"}:
                self.story.tell(f"{laptop.name} is a stranger to headquarters")
                laptop.forked = True
            laptop.schedule.failed(laptop.seconds)
            return False
        finally:
            laptop.fuse.disarm()
            self.hq.fuse.disarm()
            laptop.note_ledger()
        laptop.schedule.succeeded(laptop.seconds)
        return True

    def _reassign(self) -> None:
        cases = self.hq.administration.cases(self.org)
        if not cases:
            return
        case = self.dice.choice(cases)
        login = self.dice.choice([name for name in self.users if name != "stranger"])
        if self.dice.random() < 0.5:
            self.hq.administration.assign(self.org, login, [case])
        else:
            self.hq.administration.unassign(self.org, login, [case])

    def _back_up(self) -> None:
        name = f"backup{len(self._backups)}"
        self.hq.back_up(name)
        self._backups.append(name)

    def _restore(self) -> None:
        if not self._backups:
            return
        self.restored += 1
        name = self._backups[-1]  # what is in no newer backup is not durable, and still on laptops
        by_the_book = self.dice.random() < 0.5
        self.story.tell(f"headquarters restored to {name}, by the book: {by_the_book}")
        self.hq.restore(name, by_the_book=by_the_book)
        known = self.hq.answered_operations()
        for op_id in self._fragile - known:
            self.ledger.pop(op_id, None)
            for laptop in self.laptops:
                laptop.ledger.pop(op_id, None)

    def _copy_or_replace_disk(self) -> None:
        laptop = self._any()
        mine = [entry for entry in self._images if entry[0] is laptop]
        if not mine or self.dice.random() < 0.5:
            self._images.append((laptop, laptop.image(), dict(laptop.ledger)))
            return
        _, image, _ = self.dice.choice(mine)
        self.copied += 1
        if laptop.name == "stranger" or self.dice.random() < 0.3 or len(self.laptops) > 6:
            # the disk is put back: what was only on the newer one is gone with it
            self._forget_unsent(laptop, image)
            return
        twin = SimLaptop(laptop.name, laptop.member, laptop.clock)
        twin.connect(self._deliver, self._hello)
        twin.roll_back_to(image)
        twin.answered |= laptop.answered
        self.laptops.append(twin)
        self.story.tell(f"{laptop.name} is copied")

    def _forget_unsent(self, laptop: SimLaptop, image: bytes) -> None:
        waiting = {o.op_id for o in laptop.journal.pending(most=10**6, max_bytes=10**9)}
        sent = laptop.sent()
        laptop.roll_back_to(image)
        self._fragile |= sent
        self.story.tell(f"{laptop.name} gets an old disk")
        kept = {o.op_id for o in laptop.journal.pending(most=10**6, max_bytes=10**9)}
        others = {
            o.op_id
            for other in self.laptops
            if other is not laptop
            for o in other.journal.pending(most=10**6, max_bytes=10**9)
        }
        lost_twice = sent - self.hq.answered_operations()  # by headquarters, and with this disk
        for op_id in (waiting | lost_twice) - kept - others - laptop.sent():
            self.ledger.pop(op_id, None)
            laptop.ledger.pop(op_id, None)

    # -- the network ------------------------------------------------------------------------

    def _hello(self) -> HelloReply:
        return HelloReply(product="casefield", proto=2, epoch=self.hq.epoch(), time="")

    def _deliver(self, laptop: SimLaptop, request: SyncRequest) -> SyncReply:
        self.messages += 1
        w, body, roll = self.weather, msgspec.json.encode(request), self.network.random
        self._deliver_late_ones()
        if roll() < w.lost_request:
            raise offline()
        if roll() < w.late:
            self._on_the_way.append((laptop.member, body))
            raise offline()
        if roll() < w.server_crash:
            self.hq.crash_soon(self.network)
        try:
            if roll() < w.twice:
                self.hq.handle(laptop.member, body)
            answer = self.hq.handle(laptop.member, body)
        except Crash:
            raise offline() from None
        finally:
            self.hq.fuse.disarm()
        if roll() < w.lost_reply:
            raise offline()
        if isinstance(answer, auth.Denied):
            raise offline() if answer.status >= 500 else refused(answer.code)
        if roll() < w.busy:
            self._work_on(laptop)  # nobody waits for a sync before writing on
        if roll() < w.laptop_crash:
            laptop.fuse.arm(self.network.randrange(40))
        return msgspec.json.decode(answer, type=SyncReply)

    def _deliver_late_ones(self) -> None:
        if self._on_the_way and self.network.random() < 0.3:
            member, body = self._on_the_way.pop(self.network.randrange(len(self._on_the_way)))
            self.hq.handle(member, body)

    # -- the end ----------------------------------------------------------------------------

    def quiet(self) -> None:
        """Nothing goes wrong any more, and everybody syncs until nothing moves.

        Raises:
            AssertionError: it never comes to rest (I16).
        """
        self.weather = CALM
        for member, body in self._on_the_way:
            self.hq.handle(member, body)
        for _ in range(16):
            before, through = self._where_all_stand(), True
            for laptop in self.laptops:
                through = self._when_due(laptop) and through
            if through and self._where_all_stand() == before:
                return
        raise AssertionError("I16: the world never comes to rest")

    def _when_due(self, laptop: SimLaptop) -> bool:
        """Let the longest pause pass; nobody acts, only the laptop's own timer."""
        laptop.seconds += 2 * LONGEST_RETRY_SECONDS
        return laptop.schedule.due <= laptop.seconds and self.sync(laptop)

    def _where_all_stand(self) -> list[Any]:
        with self.hq.database.read() as connection:
            from casefield.records.headquarters import OrgStream

            streams = [tuple(r) for r in connection.execute(select(OrgStream.__table__))]
        return [
            streams,
            *[(p.cursor, p.last_op) for p in (x.journal.position() for x in self.laptops)],
        ]


@contextmanager
def one_fate(seed: int) -> Iterator[None]:
    """Make ids and batches follow from the seed, so that a story repeats to the letter."""
    dice = Random(seed)
    ticks = iter(range(1_700_000_000_000_000_000, 2**62, 1_000_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "os", SimpleNamespace(urandom=dice.randbytes))
        patch.setattr(base, "time", SimpleNamespace(time_ns=lambda: next(ticks)))
        patch.setattr(base, "_last_milliseconds", 0)
        yield


# -- what workers do ------------------------------------------------------------------------


def _pick(work: VaultWork, dice: Random, kind: type[Synced]) -> Any:
    found = work.find(kind)
    return dice.choice(found) if found else None


def _words(dice: Random) -> str:
    return f"{dice.choice(WORDS)} {dice.randrange(1000)}"


def _new_person(work: VaultWork, dice: Random) -> None:
    if len(work.find(Patient)) > 6:
        return
    person = work.add(Patient(family_name=_words(dice)))
    work.add(Assignment(case_id=person.id, user_id=work.actor.user_id, role=work.actor.role))


def _new_goal(work: VaultWork, dice: Random) -> None:
    person = _pick(work, dice, Patient)
    if person is not None:
        work.add(Goal(case_id=person.id, own_words=_words(dice), target_value=1.0))


def _plan(work: VaultWork, dice: Random) -> None:
    """Three records that belong together: all at headquarters, or none."""
    person = _pick(work, dice, Patient)
    if person is None:
        return
    goal = work.add(Goal(case_id=person.id, own_words=_words(dice)))
    work.add(Activity(case_id=person.id, goal_id=goal.id, description=_words(dice)))
    work.add(Condition(case_id=person.id, codings=[{"id": new_id(), "code": _words(dice)}]))


def _edit_goal(work: VaultWork, dice: Random) -> None:
    goal = _pick(work, dice, Goal)
    if goal is None:
        return
    fields: list[dict[str, Any]] = [
        {"own_words": _words(dice)},
        {"description": _words(dice)},
        {"status": dice.choice(["active", "on-hold", "completed"])},
        {"target_value": float(dice.randrange(50)), "target_unit": dice.choice(WORDS)},
        {"barrier": _words(dice), "achievement": dice.choice(["improving", "achieved"])},
    ]
    work.change(goal, **dice.choice(fields))


def _edit_codes(work: VaultWork, dice: Random) -> None:
    condition = _pick(work, dice, Condition)
    if condition is None:
        return
    codings = list(condition.codings or [])
    if codings and dice.random() < 0.4:
        codings.pop(dice.randrange(len(codings)))
    else:
        codings.append({"id": new_id(), "code": _words(dice)})
    work.change(condition, codings=codings)


def _write(work: VaultWork, dice: Random) -> None:
    person = _pick(work, dice, Patient)
    if person is None:
        return
    actor = work.actor
    drafts = [n for n in work.find(Note, author_id=actor.user_id) if not n.signed]
    if drafts and dice.random() < 0.7:
        work.change(dice.choice(drafts), body=_words(dice))
    else:
        work.add(Note(case_id=person.id, author_id=actor.user_id, body=_words(dice)))


def _sign(work: VaultWork, dice: Random) -> None:
    drafts = [n for n in work.find(Note, author_id=work.actor.user_id) if not n.signed]
    if drafts:
        work.sign(dice.choice(drafts), status="signed", signed_by=work.actor.name)


def _remove(work: VaultWork, dice: Random) -> None:
    goal = _pick(work, dice, Goal)
    if goal is not None and dice.random() < 0.4:
        work.remove(goal)


def _future(work: VaultWork, dice: Random) -> None:
    """A newer casefield knows a field that this one doesn't; an older one must carry it along."""
    goal = _pick(work, dice, Goal)
    if goal is None:
        return
    old, new = (goal.extra or {}).get("tomorrow"), _words(dice)
    work._shadow(goal)
    goal.extra = {**(goal.extra or {}), "tomorrow": new}
    work._note(goal, OperationKind.CHANGE, {"tomorrow": new}, {"tomorrow": old} if old else {})


def _ghost(work: VaultWork, dice: Random) -> None:
    """A fault of the laptop's own: it edits what neither side ever had."""
    person = _pick(work, dice, Patient)
    if person is None or dice.random() < 0.7:
        return
    goal = Goal(id=new_id(), case_id=person.id, rev=1, fmeta={}, extra={})
    work._note(goal, OperationKind.CHANGE, {"own_words": _words(dice)}, {})


def _settle(work: VaultWork, dice: Random) -> None:
    """Decide an open conflict one way or the other."""
    from casefield.records.conflict import Conflict

    open_ones = work.find(Conflict, status="open")
    if not open_ones:
        return
    conflict = dice.choice(open_ones)
    work.change(conflict, status="resolved", resolution=conflict.proposed or {})
