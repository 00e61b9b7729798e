"""What a worker waits for at the window, each against an empty one, each in a fresh process."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import people
import processes
from figures import Figure, Samples, compared, in_turn, percentile

EMPTY = "an empty window"
FRAME_MS = 16.0


def start(folder: Path, rounds: int) -> Iterator[Figure]:
    """From the call to the painted lock screen."""
    profile = folder / "start"
    people.profile(profile, 3)
    yield _against_empty(
        "start to the lock screen", rounds, lambda: processes.run("lock", profile), "seconds", 1.5
    )


def unlock(folder: Path, rounds: int, caseload: int) -> Iterator[Figure]:
    """From the passphrase entered to a page with everybody on it; Argon2id is part of it."""
    profile = folder / "unlock"
    people.profile(profile, caseload)

    def to(page: str) -> Callable[[], dict[str, Any]]:
        return lambda: processes.run("unlock", profile, people.PASSPHRASE, page)

    for page, words, aim in (
        ("my_day", "My day", None),
        ("caseload", f"a caseload of {caseload:,}", 1.5),
    ):
        yield _against_empty(f"passphrase to {words}", rounds, to(page), "seconds", aim)


def many_people(folder: Path, rounds: int, caseload: int) -> Iterator[Figure]:
    """The most memory held with thousands on the caseload, and scrolling through them."""
    profile = folder / "many"
    people.profile(profile, caseload)

    def shown() -> dict[str, Any]:
        return processes.run("unlock", profile, people.PASSPHRASE, "caseload")

    what = f"{caseload:,} people"
    yield _against_empty(f"peak memory with {what}", rounds, shown, "peak", 2.0)
    found = processes.run("at_work", profile, people.PASSPHRASE, "", 50 * rounds)
    yield _p99(f"a notch of the wheel over {what}", found["scroll"])


def at_work(folder: Path, rounds: int, caseload: int, history: int) -> Iterator[Figure]:
    """Opening the person with the longest history, and answering by keys."""
    from figures import timed

    from casefield.application import Application
    from casefield.care.person import summary

    profile = folder / "work"
    case_id = people.profile(profile, caseload, history=history)
    session = Application(profile).unlock(people.PASSPHRASE)
    now = session.clock.now()

    def ask() -> float:
        return timed(lambda: session.read(lambda work: summary(work, case_id, now)))

    asked = in_turn(20 * rounds, {"ask": ask})["ask"]
    session.lock()
    rows = f"10 years, {history:,} records"
    asked_ms = percentile(asked, 0.95) * 1000
    yield Figure(f"ask for a person of {rows}: 95th percentile", asked_ms, "ms", aim=60.0)
    found = processes.run("at_work", profile, people.PASSPHRASE, case_id, 25 * rounds)
    painted = percentile(found["open"], 0.95)
    yield Figure("open that person, all painted: 95th percentile", painted, "ms", aim=60.0)
    yield _p99("a key in the assessment form", found["answer"])
    yield _p99(f"a notch of the wheel over {caseload:,} people", found["scroll"])


def _against_empty(
    name: str, rounds: int, case: Callable[[], dict[str, Any]], what: str, aim: float | None
) -> Figure:
    def empty() -> float:
        return float(processes.run("empty")[what])

    samples: Samples = in_turn(rounds, {"ours": lambda: float(case()[what]), EMPTY: empty})
    unit, scale = ("ms", 1000.0) if what == "seconds" else ("MiB", 1.0)
    return compared(name, unit, samples, "ours", EMPTY, aim=aim, scale=scale)


def _p99(act: str, stillness: list[float]) -> Figure:
    typical = statistics.median(stillness)
    return Figure(
        f"{act}: longest stillness, 99th percentile",
        percentile(stillness, 0.99),
        "ms",
        reference=typical,
        against="the median of the same",
        aim=FRAME_MS,
    )
