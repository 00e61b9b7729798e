"""Only so many syncs at once: the rest wait their turn, or are told when to come back."""

from __future__ import annotations

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from anyio.from_thread import BlockingPortal

from casefield.server import turns
from casefield.server.api import sync
from casefield.server.app import create_app
from casefield.server.auth import Denied
from casefield.server.database import Database
from casefield.server.people import Administration
from casefield.server.turns import LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS, WAITING_EACH, Turns
from tests.server.office import Client, MovedClock, Office, refusal

MOST = 2


async def until_waiting(given: Turns, count: int) -> None:
    while given._waiting < count:
        await asyncio.sleep(0)


def test_never_more_at_once_than_allowed_and_everybody_gets_a_turn() -> None:
    async def story() -> tuple[int, int]:
        given = Turns(MOST)
        inside = most = served = 0

        async def ask() -> None:
            nonlocal inside, most, served
            async with given.turn():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1
                served += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(MOST + MOST * WAITING_EACH):
                group.create_task(ask())
        return most, served

    assert asyncio.run(story()) == (MOST, MOST + MOST * WAITING_EACH)


def test_who_comes_when_too_many_wait_is_sent_away_and_not_all_to_the_same_moment() -> None:
    async def story() -> list[int]:
        given = Turns(MOST, dice=random.Random(1))
        open_ = asyncio.Event()

        async def ask() -> None:
            async with given.turn():
                await open_.wait()

        waiting = [asyncio.create_task(ask()) for _ in range(MOST + MOST * WAITING_EACH)]
        await until_waiting(given, MOST * WAITING_EACH)
        pauses = []
        for _ in range(50):
            with pytest.raises(Denied) as sent_away:
                given.check()
            assert sent_away.value.status == 429
            pauses.append(sent_away.value.retry_after or 0)
        open_.set()
        await asyncio.gather(*waiting)
        given.check()
        return pauses

    pauses = asyncio.run(story())
    assert LEAST_PAUSE_SECONDS <= min(pauses) < max(pauses) <= MOST_PAUSE_SECONDS
    assert len(set(pauses)) > 10


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.0)

    async def story() -> None:
        given = Turns(1)
        async with given.turn():
            with pytest.raises(Denied):
                async with given.turn():
                    raise AssertionError("two at once")
        async with given.turn():  # who gave up is not counted any more
            pass

    asyncio.run(story())


def test_a_laptop_is_told_over_http_when_to_come_back(
    on_sqlite: Database,
    clock: MovedClock,
    portal: BlockingPortal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(on_sqlite, clock, most_at_once=1)
    administration = Administration(on_sqlite, clock)
    org = administration.add_organization("Bayside Home Care", "America/New_York")
    office = Office(on_sqlite, clock, Client(app, portal), administration, org)
    ana = office.laptop("ana")
    begun, open_ = threading.Semaphore(0), threading.Event()
    real = sync.answer

    def slow(*given: object) -> object:
        begun.release()
        assert open_.wait(30)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sync, "answer", slow)
    given: Turns = app.state.parts.turns
    with ThreadPoolExecutor(1 + WAITING_EACH) as pool:
        asked = [pool.submit(ana.ask) for _ in range(1 + WAITING_EACH)]
        assert begun.acquire(timeout=30)
        portal.call(until_waiting, given, WAITING_EACH)
        response = ana.ask()
        open_.set()
        assert {future.result(30).status_code for future in asked} == {200}
    assert refusal(response) == (429, "busy")
    assert LEAST_PAUSE_SECONDS <= int(response.headers["retry-after"]) <= MOST_PAUSE_SECONDS
    assert ana.ask().status_code == 200
