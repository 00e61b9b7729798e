"""`make bench`: measures what is promised of speed and size, prints a table, writes JSON lines.

Called with names of groups (``make bench ARGS="start sync"``) it takes those; ``quick`` takes
fewer rounds of smaller cases, to see that everything runs. Nothing here fails for being slow.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import database
import files
import peer
import sync
import window
from figures import Figure, shown, table, write

RESULTS = Path("build/bench.jsonl")
Group = Callable[[Path, "Size"], Iterator[Figure]]


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds of each case, and how large the cases are."""

    rounds: int
    caseload: int
    many: int
    history: int
    records: int
    saves: int


WHOLE = Size(rounds=5, caseload=500, many=5_000, history=3_000, records=5_000, saves=50)
QUICK = Size(rounds=1, caseload=20, many=40, history=50, records=200, saves=5)

GROUPS: dict[str, tuple[Group, ...]] = {
    "start": (lambda folder, size: window.start(folder, 2 * size.rounds),),
    "unlock": (lambda folder, size: window.unlock(folder, size.rounds, size.caseload),),
    "work": (lambda folder, s: window.at_work(folder, s.rounds, s.caseload, s.history),),
    "many": (lambda folder, size: window.many_people(folder, min(3, size.rounds), size.many),),
    "save": (lambda folder, size: database.one_note(folder, size.rounds, size.saves),),
    "bulk": (lambda folder, size: database.many_rows(folder, size.rounds, size.records),),
    "import": (
        lambda folder, size: files.bundle(folder, size.rounds),
        lambda folder, size: files.large(folder, min(2, size.rounds), size.records * 2_000),
    ),
    "sync": (
        lambda folder, size: sync.on_sqlite(folder, min(3, size.rounds), size.records),
        lambda folder, size: sync.on_postgresql(folder, min(3, size.rounds), size.records),
    ),
    "beside": (lambda folder, s: peer.side_by_side(folder, min(3, s.rounds), 2 * s.records),),
    "ceiling": (lambda folder, s: peer.ceiling(folder, min(3, s.rounds), 2 * s.records),),
    "line": (lambda folder, size: peer.slow_line(folder, 1, 2 * size.records),),
    "first": (lambda folder, size: peer.first_sync(folder, size.many // 5, size.many),),
}
LONG = ("beside", "ceiling", "line", "first")  # taken where they are named: make bench-sync


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; return 0 however slow it was."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"quick, {', '.join(GROUPS)}")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of JSON lines")
    parser.add_argument("--add", action="store_true", help="add to that file, don't replace it")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in GROUPS and name != "quick"]
    if unknown:
        parser.error(f"there is no {unknown[0]}; one of: quick, {', '.join(GROUPS)}")
    size = QUICK if "quick" in given.names else WHOLE
    chosen = [name for name in GROUPS if name in given.names]
    chosen = chosen or [name for name in GROUPS if name not in LONG]
    figures: list[Figure] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="casefield-bench-") as place:
        for name in chosen:
            for number, group in enumerate(GROUPS[name]):
                print(f"{name} …", file=sys.stderr, flush=True)
                folder = Path(place) / f"{name}-{number}"
                folder.mkdir()
                figures += group(folder, size)
    print(table(figures))
    missed = sum(figure.met is False for figure in figures)
    aims = sum(figure.aim is not None for figure in figures)
    print(f"\n{aims - missed} of {aims} aims met, in {shown(time.monotonic() - begun)} s")
    write(figures, given.results, add=given.add)
    return 0


if __name__ == "__main__":
    sys.exit(main())
