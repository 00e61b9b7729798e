"""`make bench` tells what it measured, judges by ratios of one run, never fails for being slow."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "packaging/bench"
spec = importlib.util.spec_from_file_location("bench_figures", BENCH / "figures.py")
assert spec is not None
assert spec.loader is not None
figures = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = figures  # dataclasses look their module up
spec.loader.exec_module(figures)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCH), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def told(samples: list[float], calls: list[str], name: str) -> Callable[[], float]:
    """Return a case that gives one sample after the other and notes when it was called."""
    given = iter(samples)

    def case() -> float:
        calls.append(name)
        return next(given)

    return case


def test_cases_take_turns_and_the_first_round_is_dropped() -> None:
    calls: list[str] = []
    cases = {"ours": told([9, 1, 2], calls, "ours"), "bare": told([9, 3, 4], calls, "bare")}
    assert figures.in_turn(2, cases) == {"ours": [1, 2], "bare": [3, 4]}
    assert calls == ["ours", "bare", "bare", "ours", "ours", "bare"]


def test_a_ratio_is_taken_round_by_round() -> None:
    samples = {"ours": [2.0, 40.0, 3.0], "bare": [1.0, 10.0, 1.0]}
    figure = figures.compared("save", "ms", samples, "ours", "bare", aim=3.0, scale=1000)
    assert (figure.value, figure.reference, figure.ratio) == (3000.0, 1000.0, 3.0)
    assert figure.met


@pytest.mark.parametrize(
    ("value", "ratio", "aim", "least", "met"),
    [
        (50.0, None, 60.0, False, True),
        (61.0, None, 60.0, False, False),
        (900.0, 1.4, 1.5, False, True),
        (1.0, 1.6, 1.5, False, False),
        (3.1, None, 3.0, True, True),
        (2.9, None, 3.0, True, False),
        (5.0, None, None, False, None),
    ],
)
def test_an_aim_is_the_ratios_where_there_is_one(
    value: float, ratio: float | None, aim: float | None, least: bool, met: bool | None
) -> None:
    figure = figures.Figure("what", value, "ms", ratio=ratio, aim=aim, least=least)
    assert figure.met is met


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (0.99, 100), (1.0, 100)])
def test_percentiles(share: float, value: int) -> None:
    assert figures.percentile(range(100, 0, -1), share) == value


def test_the_table_tells_what_missed() -> None:
    lines = figures.table(
        [
            figures.Figure("start", 120.0, "ms", 100.0, "an empty window", 1.2, 1.5),
            figures.Figure("push", 1234.5, "records/s"),
            figures.Figure("nothing to do", 9.04, "ms", aim=8.0),
        ]
    ).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert len({len(line) for line in lines}) == 1
    assert cells[2] == ["start", "120 ms", "100 ms", "an empty window", "1.20", "≤ 1.5", "met"]
    assert cells[3] == ["push", "1,234 records/s", "", "", "", "", ""]
    assert cells[4] == ["nothing to do", "9.04 ms", "", "", "", "≤ 8 ms", "missed"]


def test_a_run_prints_its_table_and_writes_its_lines(tmp_path: Path) -> None:
    results = tmp_path / "build" / "bench.jsonl"
    done = run("quick", "bulk", "--results", str(results))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2
    for line in lines:
        assert {"name", "value", "unit", "reference", "ratio"} <= line.keys()
        assert line["name"] in done.stdout
        assert line["value"] > 0
        assert line["ratio"] > 0


def test_a_group_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("strat")
    assert done.returncode == 2
    assert "there is no strat" in done.stderr
    assert "start" in done.stderr


def test_make_calls_what_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = re.search(r"^bench:.*\n\t@\$\(BIN\)/python (\S+) \$\(ARGS\)$", makefile, re.MULTILINE)
    assert called is not None
    assert (ROOT / called[1] / "__main__.py").is_file()
