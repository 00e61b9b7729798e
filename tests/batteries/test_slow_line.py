"""On a bad line: as few requests as can be, and what was cut off goes on where it was.

How long 10,000 records take on such a line is measured by ``make bench-sync``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefield.application import Session
from casefield.errors import Offline
from casefield.records.planning import Goal
from casefield.records.work import Work
from casefield.server.embedded import EmbeddedServer
from tests.batteries.office import Office, bring_in
from tests.batteries.slow_line import SlowLine
from tests.fieldwork import standing_on

PEOPLE, GOALS = 30, 12
CUT_AFTER = 24 * 1024
MOST_TRIES = 400


@pytest.fixture
def server(on_sqlite: str) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(on_sqlite) as running:
        yield running


@pytest.fixture
def there(server: EmbeddedServer) -> Office:
    return Office(server.database)


def write(session: Session, case_id: str, goals: int) -> None:
    """Write goals whose words pack badly."""

    def act(work: Work) -> None:
        for number in range(goals):
            words = random.Random(f"{case_id} {number}").randbytes(200).hex()
            work.add(Goal(case_id=case_id, description=words, status="active"))

    session.act(act, "plan")


def test_nothing_to_do_is_one_request(
    there: Office, server: EmbeddedServer, fresh_profile: Path, tmp_path: Path
) -> None:
    with SlowLine(server.url) as line:
        ana = there.laptop(fresh_profile, tmp_path / "ana", line.url, "ana")
        write(ana, bring_in(ana, "Medina"), 2)
        ana.sync_now()
        line.seen.requests.clear()
        before = (line.seen.up, line.seen.down)
        ana.sync_now()
        assert line.seen.requests == ["/v1/sync"]
        assert line.seen.up - before[0] < 1024
        assert line.seen.down - before[1] < 1024
        ana.lock()


def test_one_deed_of_the_day_is_one_request(
    there: Office, server: EmbeddedServer, fresh_profile: Path, tmp_path: Path
) -> None:
    with SlowLine(server.url) as line:
        ana = there.laptop(fresh_profile, tmp_path / "ana", line.url, "ana")
        case_id = bring_in(ana, "Medina")
        ana.sync_now()
        write(ana, case_id, 1)
        line.seen.requests.clear()
        ana.sync_now()
        assert line.seen.requests.count("/v1/sync") == len(line.seen.requests) <= 2
        ana.lock()


def test_a_first_sync_of_many_people_goes_on_after_each_cut(
    there: Office,
    server: EmbeddedServer,
    fresh_profile: Path,
    tmp_path: Path,
    rounds: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    people = PEOPLE * (10 if rounds else 1)
    ana = there.laptop(fresh_profile, tmp_path / "ana", server.url, "ana")
    for number in range(people):
        write(ana, bring_in(ana, f"Medina-{number}"), GOALS)
    ana.sync_now()
    expected = standing_on(ana)
    ana.lock()
    with SlowLine(server.url) as line:
        ben = there.laptop(fresh_profile, tmp_path / "ben", line.url, "ben")
        there.administration.assign(there.org, "ben", there.administration.cases(there.org))
        line.cut_every(CUT_AFTER)
        tries, held = 0, [0]
        while tries < MOST_TRIES * max(1, rounds):
            tries += 1
            try:
                ben.sync_now()
                break
            except Offline:
                held.append(len(standing_on(ben)))
        line.cut_every(0)
        ben.sync_now()
        assert held == sorted(held)  # what was got is not got again from the beginning
        here, theirs = standing_on(ben), there.standing()
        ben.lock()
    assert line.seen.cuts > 3
    assert line.seen.requests.count("/v1/sync") < MOST_TRIES
    assert here == theirs
    assert here.keys() >= expected.keys()
    with capsys.disabled():
        print(
            f"\ncut every {CUT_AFTER // 1024} KiB: {people} people, {len(here)} records, "
            f"{line.seen.cuts} cuts, {tries} tries, {line.seen.down / 1024:.0f} KiB down"
        )
