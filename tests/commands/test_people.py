"""``caseload``, ``stratify`` and ``due``: for programs as JSON, for persons as lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casefield.clock import FixedClock
from tests.care.bundles import admission, bundle, condition, encounter, patient
from tests.commands.conftest import Call

Write = Callable[[str, Any], Path]


@pytest.fixture(autouse=True)
def _a_tuesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command start on 10 November 2026, the day of the discharge."""
    clock = FixedClock(datetime(2026, 11, 10, 18, tzinfo=UTC))
    monkeypatch.setattr("casefield.commands.context.SystemClock", lambda: clock)


@pytest.fixture
def rosa(call: Call, file: Write) -> str:
    """Take in a woman who went home today; return her case id."""
    visit = encounter("er", "EMER", "2020-08-14T09:00:00Z", "2020-08-14T12:00:00Z")
    content = bundle(patient(), condition("hf", "I50.9", "Heart failure"), admission(), visit)
    (report,) = call("import", file("rosa.json", content), "--json").json["files"]
    assert report["transitions_opened"] == 1
    return str(report["people"][0])


def test_nobody_yet(call: Call) -> None:
    assert call("caseload", "--json").json == []
    assert call("stratify", "--json").json == []
    assert call("due", "--json").json["items"] == []
    assert "casefield import FILE" in call("caseload").out
    assert "Nothing is due now." in call("due").out


def test_caseload_as_json(call: Call, rosa: str) -> None:
    said = call("caseload", "--json")
    assert (said.code, said.err) == (0, "")
    (row,) = said.json
    assert row["case_id"] == rosa
    assert row["name"] == "Rosa Alvarez"
    assert row["tier"] == "insufficient_data"
    assert isinstance(row["lace"], int)
    assert row["next_kind"] == "call"
    assert row["next_due"]["at"] == "2026-11-13T15:40:00+00:00"
    assert row["next_due"]["state"] == "soon"


def test_caseload_as_lines(call: Call, rosa: str) -> None:
    out = call("caseload").out
    assert out.startswith("Rosa Alvarez")
    assert "Insufficient data" in out
    assert "Call by Fri 13 Nov 2026 10:40" in out


def test_stratify_as_json_names_rule_and_evidence(call: Call, rosa: str) -> None:
    (found,) = call("stratify", "rosa", "--json").json
    assert found["case_id"] == rosa
    assert [c["id"] for c in found["criteria"]][:5] == ["CM1", "CM2", "CM3", "CM4", "CM5"]
    assert {c["verdict"] for c in found["criteria"]} <= {"true", "false", "unknown"}
    evidence = found["criteria"][0]["evidence"]
    assert [line["source_reference"] for line in evidence] == ["Condition/hf"]
    assert found["rule"] == "boundary"
    assert found["rule_version"]
    assert found["source"]


def test_stratify_by_case_id_or_everybody(call: Call, rosa: str) -> None:
    assert call("stratify", rosa, "--json").json == call("stratify", "--json").json


def test_stratify_as_lines(call: Call, rosa: str) -> None:
    out = call("stratify", rosa).out
    assert out.startswith("Rosa Alvarez: Insufficient data")
    assert "CM1 " in out
    assert "[Condition/hf]" in out
    assert "not known: " in out


def test_stratify_somebody_unknown_or_unclear(call: Call, rosa: str, file: Write) -> None:
    said = call("stratify", "Smith")
    assert (said.code, said.out) == (2, "")
    assert "Smith" in said.err
    call("import", file("b.json", bundle(patient("p2", "Bo", "Alvarez"))))
    said = call("stratify", "alvarez")
    assert said.code == 2
    assert "2 people fit" in said.err


def test_due_as_json(call: Call, rosa: str) -> None:
    found = call("due", "--json").json
    kinds = {item["kind"] for item in found["items"] + found["coming"]}
    assert kinds == {"call", "contact", "visit", "reconcile"}
    call_item = next(item for item in found["items"] if item["kind"] == "call")
    assert call_item["case_id"] == rosa
    assert call_item["reason_values"]["facility"] == "St. Anna"
    assert call_item["source"]


def test_due_as_lines_says_late_first(call: Call, rosa: str) -> None:
    today = call("due").out.splitlines()
    assert today[0].startswith("Call ")
    assert "by Fri 13 Nov 2026 10:40" in today[0]
    assert "Coming up:" in today
    later = call("due", "--as-of", "2026-11-30").out.splitlines()
    assert len(later) == 4
    assert all("OVERDUE, was due" in line for line in later)


@pytest.mark.parametrize("command", ["caseload", "stratify", "due"])
def test_a_date_that_is_none_is_refused(call: Call, command: str) -> None:
    said = call(command, "--as-of", "someday")
    assert (said.code, said.out) == (2, "")
    assert "someday" in said.err
    assert "2026-11-13" in said.err  # how to write it
