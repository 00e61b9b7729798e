"""``rules`` and ``instruments``: they need no profile."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casefield.care.rules_door import doors
from tests.commands.conftest import Call

Write = Callable[[str, Any], Path]


def test_the_instruments_shipped(bare: Call) -> None:
    found = {item["id"]: item for item in bare("instruments", "--json").json}
    assert set(found) >= {"phq9", "gad7", "phq2", "cssrs_screener"}
    assert found["phq9"]["loinc"] == "44249-1"
    assert all(item["licence"] and item["owner"] for item in found.values())
    assert "LOINC 44249-1" in bare("instruments").out


def test_the_rules_are_listed(bare: Call) -> None:
    assert set(bare("rules", "--json").json) == set(doors())
    assert len(bare("rules").out.splitlines()) == len(doors())


@pytest.mark.parametrize("name", sorted(doors()))
def test_each_rule_answers_its_own_example(bare: Call, file: Write, name: str) -> None:
    example = bare("rules", name, "--example")
    assert example.code == 0
    path = file("case.json", example.out)
    said = bare("rules", name, path, "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json
    assert bare("rules", name, path).out.strip()
    assert isinstance(bare("rules", name, "--schema").json, dict)


def test_a_case_from_standard_input(bare: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    example = bare("rules", "lace", "--example").out
    monkeypatch.setattr("sys.stdin", io.StringIO(example))
    said = bare("rules", "lace", "-", "--json")
    assert said.code == 0
    assert "total" in said.json


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ["case.json", "not JSON", "line 1"]),
        ("[1]", ["case.json", "no JSON object"]),
        ('{"shoe_size": 42}', ["shoe_size"]),
    ],
)
def test_a_case_that_can_not_be_read_is_2(
    bare: Call, file: Write, content: str, words: list[str]
) -> None:
    said = bare("rules", "lace", file("case.json", content))
    assert (said.code, said.out) == (2, "")
    for word in words:
        assert word in said.err


def test_no_such_rule_or_case(bare: Call, tmp_path: Path) -> None:
    said = bare("rules", "astrology")
    assert (said.code, said.out) == (2, "")
    assert "lace" in said.err  # what there is
    assert "--example" in bare("rules", "lace").err
    missing = bare("rules", "lace", tmp_path / "none.json")
    assert missing.code == 2
    assert "none.json" in missing.err


def test_a_schema_is_json_of_its_own(bare: Call) -> None:
    for name in doors():
        assert json.loads(bare("rules", name, "--schema").out)
