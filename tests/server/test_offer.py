"""An operation is known again by what it does, and taken only in the device's own order."""

from __future__ import annotations

import dataclasses
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.operation import Operation
from casefield.server.offer import DEEPEST, Offer, grouped, in_sequence, oddity, offered
from tests.server.office import Writer


def goal(**more: object) -> Operation:
    return Writer().operation("create", "Goal", "goal", "case", {"status": "active"}, **more)


def order(*places: int) -> list[Offer]:
    write = Writer()
    operations = [write.goal("case") for _ in places]
    return [
        offered(msgspec.structs.replace(operation, dseq=place))
        for operation, place in zip(operations, places, strict=True)
    ]


def test_a_new_place_in_the_outbox_makes_no_other_operation() -> None:
    said = goal()
    assert offered(said).digest == offered(msgspec.structs.replace(said, dseq=77)).digest


@pytest.mark.parametrize(
    "change",
    [
        {"set": {"status": "achieved"}},
        {"set": {}},
        {"was": {"status": "active"}},
        {"id": "another"},
        {"case_id": None},
        {"tx": "another"},
        {"actor_name": "Somebody"},
        {"wall": "2026-11-10T18:00:01Z"},
    ],
)
def test_whatever_else_differs_makes_another_operation(change: dict[str, object]) -> None:
    said = goal()
    assert offered(said).digest != offered(msgspec.structs.replace(said, **change)).digest


def test_the_payload_is_the_whole_operation() -> None:
    said = goal()
    kept = offered(said).payload
    assert msgspec.json.decode(kept, type=Operation) == said


@pytest.mark.parametrize(
    "value",
    ["a\0b", ["a", {"b": "\0"}], {"\0": 1}, 2**63, -(2**63) - 1, [10**40]],
)
def test_what_no_database_can_keep_is_odd(value: object) -> None:
    said = msgspec.structs.replace(goal(), set={"notes": value})
    assert oddity(said)
    assert json.loads(offered(said).payload)["set"] == {"notes": value}  # and yet it is kept whole


def test_what_is_nested_too_deep_is_odd() -> None:
    value: object = 1
    for _ in range(DEEPEST + 1):
        value = [value]
    assert oddity(msgspec.structs.replace(goal(), set={"notes": value}))


@pytest.mark.parametrize("value", ["", "ñ 家 🙂", 2**63 - 1, 0.1, None, True, [[], {}], "\x01"])
def test_ordinary_values_are_not_odd(value: object) -> None:
    assert not oddity(msgspec.structs.replace(goal(), set={"notes": value}))


def test_operations_done_together_stay_together() -> None:
    write = Writer()
    names = ["a", "a", "b", "a"]
    offers = [offered(write.operation("create", "Goal", "g", "c", tx=tx)) for tx in names]
    assert [[o.operation.tx for o in group] for group in grouped(offers)] == [
        ["a", "a"],
        ["b"],
        ["a"],
    ]


def test_nothing_behind_a_hole_is_taken() -> None:
    offers = order(3, 4, 6, 7)
    assert in_sequence(offers, frozenset(), 2) == (offers[:2], 4)


def test_a_device_goes_on_counting_where_it_was() -> None:
    """One that enrolled anew, or outlived a restored headquarters, begins at no 1."""
    offers = order(40, 41)
    assert in_sequence(offers, frozenset(), 0) == (offers, 41)


def test_what_was_answered_before_fills_its_place() -> None:
    offers = order(1, 2, 3)
    settled = frozenset({offers[0].op_id, offers[1].op_id})
    assert in_sequence(offers, settled, 0) == (offers[2:], 3)


def test_what_comes_again_at_an_old_place_is_still_taken() -> None:
    """A copied laptop speaks in two voices: neither is lost."""
    offers = order(2, 3)
    assert in_sequence(offers, frozenset(), 5) == (offers, 5)


def test_one_that_comes_twice_in_a_message_is_taken_once() -> None:
    first, *_ = order(1)
    again = dataclasses.replace(first, operation=msgspec.structs.replace(first.operation, dseq=2))
    assert in_sequence([first, again], frozenset(), 0) == ([first], 2)


@given(
    places=st.lists(st.integers(1, 12), max_size=12),
    last=st.integers(0, 6),
    known=st.sets(st.integers(0, 11)),
)
def test_everything_up_to_the_first_hole_is_taken_and_nothing_behind_it(
    places: list[int], last: int, known: set[int]
) -> None:
    offers = order(*places)
    settled = frozenset(offers[i].op_id for i in known if i < len(offers))
    fresh, reached = in_sequence(offers, settled, last)
    begun = max([last, *(place - 1 for place in places[:1])])
    hole = next(
        (i for i, place in enumerate(places) if place > max([begun, *places[:i]]) + 1), len(places)
    )
    assert fresh == [o for o in offers[:hole] if o.op_id not in settled]
    assert reached == max([begun, *places[:hole]])
