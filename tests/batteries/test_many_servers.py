"""Many clients push through several server processes on one PostgreSQL; a reader misses nothing.

Only a real PostgreSQL under real processes shows whether a number can become visible after a larger
one. Long form: ``make soak``: four processes and sixteen laptops.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from casefield.application import Session
from casefield.errors import Offline
from casefield.records.headquarters import Change, RecordIndex
from casefield.records.planning import Goal
from casefield.records.work import Work
from casefield.sync.identity import new_device_key
from casefield.sync.messages import PROTOCOL, Enrol, SyncRequest
from casefield.sync.transport import Transport
from tests.batteries.office import Office, bring_in, office
from tests.batteries.processes import Headquarters
from tests.fieldwork import standing_on

GOALS = 4
LEAST_PAGE = 1  # headquarters makes it its own least


class Reader:
    """Asks again and again what is new, with its cursor, and keeps what it was told.

    Args:
        url: the server it asks.
        code: of a supervisor, who may have everybody.
    """

    def __init__(self, url: str, code: str) -> None:
        self._line = Transport(url)
        enrolled = self._line.enrol(
            Enrol(code=code, user="boss", device_name="x", public_key=new_device_key()[1], app="0")
        )
        self._line.use_access_token(enrolled.access_token)
        self._request = SyncRequest(proto=PROTOCOL, device=enrolled.device_id, max_bytes=LEAST_PAGE)
        self.seen: dict[str, int] = {}
        self.pages = 0

    def read(self) -> None:
        """Take all there is now."""
        more = True
        while more:
            reply = self._line.sync(self._request)
            for change in reply.changes:
                self.seen[change.id] = max(change.rev, self.seen.get(change.id, 0))
            self._request.cursor, self._request.fence = reply.cursor, reply.fence
            self._request.epoch = reply.epoch
            self.pages += 1
            more = reply.more

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def there(on_postgresql: str) -> Iterator[Office]:
    with office(on_postgresql) as made:
        yield made


@pytest.fixture
def servers(on_postgresql: str, there: Office, rounds: int) -> Iterator[list[Headquarters]]:
    started = [Headquarters(on_postgresql) for _ in range(4 if rounds else 2)]
    with ExitStack() as ending:
        for server in started:
            ending.callback(server.kill)
        with ThreadPoolExecutor(len(started)) as pool:
            list(pool.map(Headquarters.start, started))
        yield started


def sync(session: Session) -> None:
    """Sync; a server that has too much to do is asked again."""
    for _ in range(20):
        try:
            session.sync_now()
        except Offline:
            continue
        return
    raise AssertionError("headquarters never had time")


@pytest.mark.timeout(1800)
def test_nothing_is_missed_and_all_come_to_the_same(
    there: Office,
    servers: list[Headquarters],
    fresh_profile: Path,
    tmp_path: Path,
    rounds: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clients, pushes = (16, 40) if rounds else (6, 5)
    laptops = [
        there.laptop(fresh_profile, tmp_path / f"{n}", servers[n % len(servers)].url, f"worker-{n}")
        for n in range(clients)
    ]
    shared = bring_in(laptops[0], "Shared")
    own = [bring_in(laptop, f"Own-{n}") for n, laptop in enumerate(laptops)]
    laptops[0].act(
        lambda work: work.add(Goal(case_id=shared, description="Walk", status="active")), "plan"
    )
    sync(laptops[0])
    for n in range(1, clients):
        there.administration.assign(there.org, f"worker-{n}", [shared])
        sync(laptops[n])
    reader = Reader(servers[-1].url, there.code("boss", "supervisor"))
    begin, done = threading.Barrier(clients + 1), threading.Event()

    def write(number: int) -> None:
        laptop, dice = laptops[number], random.Random(number)
        begin.wait(60)
        for push in range(pushes):

            def act(work: Work, push: int = push) -> None:
                for goal in range(GOALS):
                    words = f"{number} {push} {goal}"
                    work.add(Goal(case_id=own[number], description=words, status="active"))
                [walk] = work.find(Goal, case_id=shared)
                work.change(walk, description=f"Walk {dice.randrange(10**9)}")

            laptop.act(act, "plan")
            sync(laptop)

    def read() -> None:
        begin.wait(60)
        last = False
        while not last:
            last = done.is_set()  # one more look after the last of them was done
            reader.read()

    with ThreadPoolExecutor(clients + 1) as pool:
        reading = pool.submit(read)
        writing = [pool.submit(write, number) for number in range(clients)]
        try:
            for future in writing:
                future.result(1200)
        finally:
            done.set()
        reading.result(300)
    reader.close()
    index = {
        row.record_id: row.rev for row in there.rows(select(RecordIndex.record_id, RecordIndex.rev))
    }
    missed = [record for record, rev in index.items() if reader.seen.get(record) != rev]
    assert missed == []
    length = there.order_is_whole()
    places = [row.seq for row in there.rows(select(RecordIndex.seq))]
    assert len(places) == len(set(places))
    births = there.rows(
        select(Change.record_id).where(Change.kind == "create", Change.record_type == "Goal")
    )
    assert len(births) == len(set(births)) == clients * pushes * GOALS + 1
    for laptop in laptops:
        sync(laptop)
    theirs = there.standing()
    for laptop, mine in zip(laptops, own, strict=True):
        sync(laptop)
        here = standing_on(laptop)
        expected = {key: said for key, said in theirs.items() if said[0] in {None, mine, shared}}
        assert here == expected
        laptop.lock()
    with capsys.disabled():
        print(
            f"\nmany servers: {len(servers)} processes, {clients} clients, "
            f"{clients * pushes} pushes, {length} changes without a gap, {reader.pages} pages "
            f"read, {len(missed)} of {len(index)} records missed, all converged"
        )
