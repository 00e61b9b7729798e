"""``casefield import``: what came, what was left, and a sentence for each file that is no good."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.care.bundles import after_heart_attack, bundle, condition, patient
from tests.commands.conftest import Call

Write = Callable[[str, Any], Path]
GOOD = after_heart_attack()


def people(call: Call) -> list[str]:
    return [row["name"] for row in call("--json", "caseload").json]


def test_a_good_file_is_counted_by_kind(call: Call, file: Write) -> None:
    path = file("rosa.json", GOOD)
    said = call("import", path, "--json")
    assert (said.code, said.err) == (0, "")
    (report,) = said.json["files"]
    assert report["file"] == str(path)
    assert report["added"] == {"Patient": 1, "Condition": 4, "Encounter": 2}
    assert report["refused"] == []
    assert report["bytes_read"] == path.stat().st_size
    assert said.json["unusable"] == []
    assert people(call) == ["Rosa Alvarez"]


def test_a_person_reads_one_line(call: Call, file: Write) -> None:
    said = call("import", file("rosa.json", GOOD))
    assert said.out.startswith("rosa.json: 1 Patient, 4 Condition, 2 Encounter new; 0 changed")
    again = call("import", file("rosa.json", GOOD))
    assert again.out.startswith("rosa.json: nothing new; 0 changed, 7 as before")


def test_what_is_not_kept_yet_is_said(call: Call, file: Write) -> None:
    claim = {"resourceType": "Claim", "id": "c"}
    said = call("import", file("rosa.json", bundle(patient(), claim)))
    assert "not kept yet by casefield: 1 Claim" in said.out


def test_refused_entries_are_listed_and_exit_1(call: Call, file: Write) -> None:
    path = file("part.json", bundle(patient(), condition("c9", "I10", "Pressure", "nobody")))
    said = call("import", path, "--json")
    assert said.code == 1
    (refused,) = said.json["files"][0]["refused"]
    assert "entry 2 (Condition/c9)" in refused["reference"]
    assert "refused part.json, entry 2 (Condition/c9)" in call("import", path).out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.json", json.dumps(GOOD)[:-30], ["cut.json", "not whole JSON"]),
        ("half.json", '{"resourceType": "Pat', ["half.json", "not"]),
        ("words.json", "Dear colleague,", ["words.json", "not"]),
        ("other.json", {"hello": "world"}, ["other.json", "not FHIR", "resourceType"]),
        ("list.json", [1, 2, 3], ["list.json", "not FHIR"]),
        ("empty.json", "", ["empty.json", "is empty"]),
        (
            "wrong.json",
            bundle(patient(), resourceType="Questionnaire"),
            ["wrong.json", "Questionnaire and no Bundle"],
        ),
        (
            "line.ndjson",
            json.dumps(patient()) + "\n" + '{"resourceType": ',
            ["line.ndjson", "line 2"],
        ),
    ],
)
def test_an_unusable_file_is_named_with_the_place_and_leaves_nothing(
    call: Call, file: Write, name: str, content: Any, words: list[str]
) -> None:
    said = call("import", file(name, content), "--json")
    assert said.code == 2
    for word in words:
        assert word in said.err
    assert said.json["files"] == []
    (unusable,) = said.json["unusable"]
    assert unusable["reason"] in said.err
    assert people(call) == []


def test_a_file_that_is_not_there_and_a_folder(call: Call, tmp_path: Path) -> None:
    missing = call("import", tmp_path / "none.json")
    assert (missing.code, missing.out) == (2, "")
    assert "There is no file" in missing.err
    folder = call("import", tmp_path)
    assert folder.code == 2
    assert "is a folder" in folder.err


def test_one_broken_file_keeps_no_other_out(call: Call, file: Write, tmp_path: Path) -> None:
    said = call("import", file("cut.json", "{"), file("rosa.json", GOOD), tmp_path / "none.json")
    assert said.code == 2
    assert "rosa.json: 1 Patient" in said.out
    assert "cut.json" in said.err
    assert "none.json" in said.err
    assert people(call) == ["Rosa Alvarez"]


def test_senders_are_told_apart_by_source(call: Call, file: Write) -> None:
    mine = patient("1", identifier=[])
    call("import", file("a.json", bundle(mine)), "--source", "north")
    call("import", file("b.json", bundle(mine)), "--source", "south")
    call("import", file("b.json", bundle(mine)), "--source", "south")
    assert len(people(call)) == 2


def test_no_file_named_is_a_usage_error(call: Call) -> None:
    said = call("import")
    assert (said.code, said.out) == (2, "")
    assert "FILES" in said.err
