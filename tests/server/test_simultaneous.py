"""Many laptops push at once while one asks what is new: it misses nothing.

A number that becomes visible after a larger one would be passed over for ever; the counter's lock
is what prevents it, and only a real PostgreSQL shows whether it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from casefield.records.headquarters import Change, RecordIndex
from casefield.server import pull as pulling
from casefield.server.database import Database
from tests.server.office import Line, Office, statuses

WRITERS, PUSHES, GOALS = 6, 12, 3


def test_a_reader_misses_nothing_that_many_writers_write(
    on_postgresql: Database,
    open_office: Callable[[Database], Office],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 20)
    office = open_office(on_postgresql)
    boss = office.line("boss", "supervisor")
    lines = [office.line(f"worker-{n}") for n in range(WRITERS)]
    people = [line.write.person(line.member.user_id) for line in lines]
    for line, person in zip(lines, people, strict=True):
        line.push(*person)
    boss.pull_all()  # from here on nobody enters, so that nothing comes a second time
    begin = threading.Barrier(WRITERS + 1)
    done = threading.Event()

    def write(line: Line) -> list[str]:
        [case_id] = {c.case_id for c in line.pull().changes if c.type == "Patient"}
        begin.wait(30)
        written = []
        for _ in range(PUSHES):
            goals = [line.write.goal(case_id or "") for _ in range(GOALS)]
            assert set(statuses(line.push(*goals))) == {"applied"}
            written += [goal.id for goal in goals]
        return written

    def read() -> set[str]:
        begin.wait(30)
        seen: set[str] = set()
        last = False
        while not last:
            last = done.is_set()  # one more look after the last of them was done
            while True:
                page = boss.pull()
                seen |= {change.id for change in page.changes}
                if not page.more:
                    break
        return seen

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(read)
        writing = [pool.submit(write, line) for line in lines]
        try:
            written = [record_id for future in writing for record_id in future.result(60)]
        finally:
            done.set()
        seen = reading.result(60)
    assert len(written) == WRITERS * PUSHES * GOALS
    assert set(written) <= seen
    numbers = sorted(row.seq for row in office.rows(Change, org_id=office.org))
    assert numbers == list(range(1, len(numbers) + 1))
    places = [row.seq for row in office.rows(RecordIndex, org_id=office.org)]
    assert len(places) == len(set(places))
