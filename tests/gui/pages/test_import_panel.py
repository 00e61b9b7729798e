"""Bringing people in: what was taken and what was not is told in words, file by file."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from casefield.care import intake
from casefield.care.views import ImportReport
from tests.gui.hands import Hands, buttons, texts

PERSON = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Okafor", "given": ["Ngozi"]}],
    "gender": "female",
    "birthDate": "1951-03-04",
}


def bundle(folder: Path, name: str, *resources: dict[str, Any]) -> Path:
    """Write a file of resources."""
    path = folder / name
    entries = [{"resource": resource} for resource in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return path


def test_a_good_file_brings_people_in_and_says_whom(nobody: Hands, tmp_path: Path) -> None:
    page = nobody.shell.caseload
    nobody.shell.rail.buttons["caseload"].click()
    nobody.settle()
    page.take_in([bundle(tmp_path, "hospital.json", PERSON)])
    assert page.panel is not None
    assert QApplication.focusWidget() is page.panel.stop
    nobody.settle()
    said = " ".join(texts(page.panel))
    assert "hospital.json" in said
    assert "New: 1 × person" in said
    assert page.aside.text() == "1 person"
    assert buttons(page.panel) == ["Close"]
    nobody.press("Close", page.panel)
    assert page.panel is None
    assert QApplication.focusWidget() is page.table


def test_a_file_that_is_no_fhir_says_what_is_wrong_and_the_next_one_is_taken(
    nobody: Hands, tmp_path: Path
) -> None:
    bad = tmp_path / "notes.json"
    bad.write_text("{broken")
    page = nobody.shell.caseload
    nobody.shell.rail.buttons["caseload"].click()
    page.take_in([bad, bundle(tmp_path, "hospital.json", PERSON)])
    nobody.settle()
    said = " ".join(texts(page.panel))  # type: ignore[arg-type]
    assert "notes.json" in said
    assert "Traceback" not in said
    assert "New: 1 × person" in said


def test_what_is_not_taken_is_named_with_its_reason(nobody: Hands, tmp_path: Path) -> None:
    broken = {**PERSON, "id": "p2", "birthDate": "the fourth of May"}
    page = nobody.shell.caseload
    nobody.shell.rail.buttons["caseload"].click()
    page.take_in([bundle(tmp_path, "two.json", PERSON, broken)])
    nobody.settle()
    said = " ".join(texts(page.panel))  # type: ignore[arg-type]
    assert "Not taken: " in said
    assert "p2" in said


def test_cancelled_it_stops_and_the_panel_goes(
    nobody: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, seen = threading.Event(), []

    def slow(working: object, path: Path, *, progress: Any, cancelled: Any) -> ImportReport:
        begun.set()
        progress(1, 2)
        while not cancelled():
            threading.Event().wait(0.01)  # a loop that never rests would starve the window
        seen.append(path.name)
        return ImportReport(path.name, {}, {}, {}, {}, (), (), 0, 0, 0.0)

    monkeypatch.setattr(intake, "take_file", slow)
    page = nobody.shell.caseload
    nobody.shell.rail.buttons["caseload"].click()
    page.take_in([bundle(tmp_path, "one.json", PERSON), bundle(tmp_path, "two.json", PERSON)])
    assert begun.wait(10)
    assert page.panel is not None
    page.panel.stop.click()
    nobody.settle()
    assert seen == ["one.json"], "the second is not begun"
    assert page.panel is None


def test_the_button_asks_for_files(nobody: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def choose(*args: object) -> tuple[list[str], str]:
        asked.append(args[-1])
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    nobody.shell.rail.buttons["caseload"].click()
    nobody.settle()
    nobody.press("Import a file", nobody.shell.caseload)
    assert asked == ["FHIR R4 (*.json *.ndjson *.gz *.zip)"]
    assert nobody.shell.caseload.panel is None
