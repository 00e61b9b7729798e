"""What a run of the benchmark finds: figures beside their reference, as a table and as JSON lines.

A shared machine is never quiet, so nothing is judged by its milliseconds: cases are taken in turn,
round by round, and a figure's ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

Samples = dict[str, list[float]]
MARKS = {True: "met", False: "missed", None: ""}


@dataclass(frozen=True)
class Figure:
    """One measured thing.

    Attributes:
        name: what was measured.
        value: the median, or the percentile the name tells, in `unit`.
        reference: what the same unit was for `against` in the same run.
        ratio: value against reference, median of the rounds.
        aim: the most (or, where `least`, the least) that is aimed at: of the ratio where there is
            one, else of the value.
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    against: str = ""
    ratio: float | None = None
    aim: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where nothing is aimed at."""
        if self.aim is None:
            return None
        judged = self.value if self.ratio is None else self.ratio
        return judged >= self.aim if self.least else judged <= self.aim

    def cells(self) -> tuple[str, ...]:
        """Return the figure's line of the table."""
        unit = "" if self.aim is None or self.ratio is not None else f" {self.unit}"
        sign = "≥" if self.least else "≤"
        return (
            self.name,
            f"{shown(self.value)} {self.unit}",
            "" if self.reference is None else f"{shown(self.reference)} {self.unit}",
            self.against,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.aim is None else f"{sign} {self.aim:g}{unit}",
            MARKS[self.met],
        )


HEAD = ("what", "figure", "reference", "against", "ratio", "aim", "")


def in_turn(rounds: int, cases: Mapping[str, Callable[[], float]], *, warm: int = 1) -> Samples:
    """Run every case once a round, and return each case's samples in the order of the rounds.

    The first `warm` rounds fill caches and are dropped. A case returns its own figure, so that
    what it has to prepare is not measured.
    """
    found: Samples = {name: [] for name in cases}
    order = list(cases)
    for number in range(-warm, rounds):
        for name in order:
            gc.collect()
            figure = cases[name]()
            if number >= 0:
                found[name].append(figure)
        order = [*order[1:], order[0]]  # nobody always runs right after the same neighbour
    return found


def compared(
    name: str,
    unit: str,
    samples: Samples,
    case: str,
    reference: str,
    *,
    against: str = "",
    aim: float | None = None,
    scale: float = 1.0,
) -> Figure:
    """Return a case beside its reference, the ratio taken round by round."""
    pairs = zip(samples[case], samples[reference], strict=True)
    return Figure(
        name=name,
        value=statistics.median(samples[case]) * scale,
        unit=unit,
        reference=statistics.median(samples[reference]) * scale,
        against=against or reference,
        ratio=statistics.median(one / other for one, other in pairs),
        aim=aim,
    )


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the samples lie, by nearest rank."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def shown(value: float) -> str:
    """Return a number with three figures that count, large ones with their thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table that is Markdown too."""
    lines = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rows = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([rows[0], rule, *rows[1:]])


def write(figures: Sequence[Figure], file: Path, *, add: bool = False) -> None:
    """Write a line of JSON a figure; `add` keeps those that are there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(asdict(figure) | {"met": figure.met}) for figure in figures]
    with file.open("a" if add else "w", encoding="utf-8") as kept:
        kept.writelines(f"{line}\n" for line in lines)
