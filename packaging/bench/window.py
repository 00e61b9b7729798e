"""What a worker waits for at the window, each against an empty one, each in a fresh process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import people
import processes
from figures import Figure, Samples, compared, in_turn, percentile

EMPTY = "an empty window"
FRAME_MS = 16.0
OPEN_MS = 60.0


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
    from casefield.application import Application
    from casefield.care.person import summary

    profile = folder / "work"
    case_id = people.profile(profile, caseload, history=history)
    session = Application(profile).unlock(people.PASSPHRASE)
    now = session.clock.now()

    def ask(now_ms: Callable[[], float]) -> float:
        begun = now_ms()
        session.read(lambda work: summary(work, case_id, now))
        return (now_ms() - begun) * 1000

    asked = in_turn(
        20 * rounds,
        {"clock": lambda: ask(time.perf_counter), "work": lambda: ask(time.thread_time)},
    )
    session.lock()
    rows = f"10 years, {history:,} records"
    yield _p95(f"ask for a person of {rows}", asked)
    found = processes.run("at_work", profile, people.PASSPHRASE, case_id, 25 * rounds)
    yield _p95("open that person, all painted", found["open"])
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


def _p95(act: str, taken: dict[str, list[float]]) -> Figure:
    return Figure(
        f"{act}: 95th percentile",
        percentile(taken["clock"], 0.95),
        "ms",
        reference=percentile(taken["work"], 0.95),
        against="processor time of the same",
        aim=OPEN_MS,
    )


def _p99(act: str, gaps: dict[str, list[float]]) -> Figure:
    return Figure(
        f"{act}: GUI thread kept, 99th percentile",
        percentile(gaps["work"], 0.99),
        "ms",
        reference=percentile(gaps["clock"], 0.99),
        against="by the clock, others' work included",
        aim=FRAME_MS,
    )
