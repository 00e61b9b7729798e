"""Tables that don't fit are refused with file, place and reason; those shipped fit."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from casefield.resources import resource_path
from casefield.rules.boundary import BoundaryTable
from casefield.rules.clocks import ClockTable
from casefield.rules.conditions import ConditionTable
from casefield.rules.lace import LaceTable
from casefield.rules.social import SocialTable
from casefield.rules.tables import BadTable, Table, read_table

SHIPPED = {
    "boundary.json": BoundaryTable,
    "condition_groups.json": ConditionTable,
    "discharge_clocks.json": ClockTable,
    "lace.json": LaceTable,
    "social_screens.json": SocialTable,
}
WHOLE = {
    "id": "sample",
    "version": "1",
    "effective_from": "2026-01-01",
    "source": "nobody",
    "licence": "none",
    "verified": "unverified",
    "verified_on": "2026-01-02",
}


def write(folder: Path, body: str) -> Path:
    path = folder / "sample.json"
    path.write_text(body, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_table_says_where_it_comes_from(name: str) -> None:
    table = read_table(resource_path("clinical", name), SHIPPED[name])
    assert table.id == name.removesuffix(".json")
    assert table.version
    assert table.source
    assert table.licence
    assert table.verified in {"primary", "secondary", "unverified"}
    assert table.effective_to is None or table.effective_to > table.effective_from


def test_a_table_reads_back_as_written(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, json.dumps(WHOLE)), Table)
    assert (table.id, table.verified_on) == ("sample", date(2026, 1, 2))
    assert table.effective_to is None


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_table_without_its_provenance_is_refused(tmp_path: Path, name: str) -> None:
    body = {key: value for key, value in WHOLE.items() if key != name}
    with pytest.raises(BadTable, match=rf"sample\.json.*{name}"):
        read_table(write(tmp_path, json.dumps(body)), Table)


def test_a_misspelt_field_is_refused_by_name(tmp_path: Path) -> None:
    body = json.dumps(WHOLE | {"efective_to": "2027-01-01"})
    with pytest.raises(BadTable, match="efective_to"):
        read_table(write(tmp_path, body), Table)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"id": "sample", "version": 1}', "\x00"])
def test_what_is_no_table_is_refused_with_the_file_name(tmp_path: Path, body: str) -> None:
    with pytest.raises(BadTable, match=r"sample\.json"):
        read_table(write(tmp_path, body), Table)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sample.json"
    path.write_bytes(json.dumps(WHOLE).encode().replace(b"nobody", b"\xff\xfe"))
    with pytest.raises(BadTable, match=r"sample\.json"):
        read_table(path, Table)


def test_an_absent_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"absent\.json"):
        read_table(tmp_path / "absent.json", Table)
