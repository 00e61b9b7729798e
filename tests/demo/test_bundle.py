"""The demo's people come in by the door that all use, as they were known at the time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casefield.demo.bundle import bundle
from casefield.demo.cast import Person
from casefield.demo.moments import Today
from casefield.exchange.fhir.mapping import map_entries
from casefield.exchange.fhir.reader import read_entries
from tests.demo.conftest import CAST

NOW = datetime(2026, 11, 13, 12, tzinfo=UTC)
TODAY = Today(NOW, "America/New_York")
ROSA = CAST["rosa-medina"]


def of_type(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in content["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind]


def test_each_is_read_without_a_refusal(person: Person, tmp_path: Path) -> None:
    content = bundle(person, TODAY, TODAY.now)
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    found = map_entries(read_entries(path))
    assert (found.refused, dict(found.left)) == ([], {})
    assert len(content["entry"]) == len(found.records) + 1  # and the person
    assert len({r["id"] for r in (entry["resource"] for entry in content["entry"])}) == len(
        content["entry"]
    )


def test_each_has_what_a_first_page_needs(person: Person) -> None:
    (patient,) = of_type(bundle(person, TODAY, TODAY.now), "Patient")
    assert patient["name"][0]["given"] == [person.given]
    assert patient["telecom"]
    assert patient["address"][0]["city"]
    assert of_type(bundle(person, TODAY, TODAY.now), "Coverage")


def test_before_the_stay_nobody_knew_of_it() -> None:
    before = bundle(ROSA, TODAY, TODAY.now - timedelta(days=5))
    after = bundle(ROSA, TODAY, TODAY.now)
    assert len(of_type(before, "Encounter")) == len(of_type(after, "Encounter")) - 1
    reasons = {stay["reasonCode"][0]["text"] for stay in of_type(before, "Encounter")}
    assert "Heart attack" not in reasons
    known = {entry["resource"]["id"] for entry in before["entry"]}
    assert known < {entry["resource"]["id"] for entry in after["entry"]}


def test_a_stay_lasts_the_nights_it_says() -> None:
    (stay,) = [
        found
        for found in of_type(bundle(ROSA, TODAY, TODAY.now), "Encounter")
        if found["class"]["code"] == "IMP"
    ]
    begun, ended = (datetime.fromisoformat(stay["period"][name]) for name in ("start", "end"))
    assert (ended.date() - begun.date()).days == 5
    assert ended == TODAY.moment("-66h")
