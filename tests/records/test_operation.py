"""An operation is the same before and after the wire, and one that can't be answered is none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from casefield.records.base import new_id
from casefield.records.operation import SCHEMA, Operation, OperationKind

SAID: dict[str, Any] = {
    "op_id": new_id(),
    "dseq": 1,
    "tx": new_id(),
    "type": "Goal",
    "id": new_id(),
    "kind": "create",
    "wall": "2026-11-10T18:00:00Z",
}


def read(**change: Any) -> Operation:
    return msgspec.json.decode(msgspec.json.encode(SAID | change), type=Operation)


def test_it_comes_back_as_it_was_sent() -> None:
    said = Operation(
        **{**SAID, "kind": OperationKind.CHANGE},
        case_id=new_id(),
        trunk_revision=3,
        set={"status": "achieved", "later": [1]},
        was={"status": "active"},
        zone="America/New_York",
        actor="ana",
        actor_name="Ana",
    )
    assert msgspec.json.decode(msgspec.json.encode(said), type=Operation) == said


def test_what_an_older_laptop_does_not_say_has_a_meaning() -> None:
    said = read()
    assert (said.case_id, said.trunk_revision, said.set, said.was) == (None, 0, {}, {})
    assert (said.schema, said.zone, said.actor, said.actor_name) == (SCHEMA, "UTC", "", "")


def test_what_a_newer_laptop_says_is_passed_over() -> None:
    assert read(a_newer_field={"x": 1}) == read()


@pytest.mark.parametrize("name", ["op_id", "dseq", "tx", "type", "id", "kind", "wall"])
def test_what_it_cannot_do_without_is_asked_for(name: str) -> None:
    less = {key: value for key, value in SAID.items() if key != name}
    with pytest.raises(msgspec.ValidationError, match=name):
        msgspec.json.decode(msgspec.json.encode(less), type=Operation)


@pytest.mark.parametrize("name", ["op_id", "tx", "id", "case_id"])
@pytest.mark.parametrize("value", ["", "x" * 37, "two words", "a\0", "é", 7])
def test_an_id_is_one_that_every_database_keeps(name: str, value: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        read(**{name: value})


@pytest.mark.parametrize("value", [0, -1, 2**31, 1.5, "1"])
def test_a_place_is_a_number_from_one(value: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match="dseq"):
        read(dseq=value)


@pytest.mark.parametrize("value", [-1, 2**31])
def test_a_revision_is_a_number_from_nought(value: int) -> None:
    with pytest.raises(msgspec.ValidationError, match="trunk_revision"):
        read(trunk_revision=value)


def test_what_may_be_done_is_one_of_five() -> None:
    kinds = {"create", "change", "sign", "delete", "witness"}
    assert {kind.value for kind in OperationKind} == kinds
    with pytest.raises(msgspec.ValidationError, match="kind"):
        read(kind="explode")
