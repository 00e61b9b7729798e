"""The ledger knows what each laptop holds, and forgets nobody before the laptop did."""

from __future__ import annotations

from typing import Any

import pytest

from casefield.records.headquarters import DeviceCase
from casefield.server.ledger import ENTER, HELD, LEAVE, forget, keep, plan
from casefield.server.stream import Cursor
from casefield.sync.messages import PROTOCOL, SyncRequest
from tests.server.office import Line, Office


@pytest.fixture
def ana(office: Office) -> Line:
    return office.line("ana")


def states(line: Line) -> dict[str, str]:
    rows = line.office.rows(DeviceCase, device_id=line.member.device_id)
    return {row.case_id: row.state for row in rows}


def step(line: Line, cursor: Cursor, *scope: str, **said: Any) -> Any:
    """Plan and keep, as a pull does."""
    message = SyncRequest(proto=PROTOCOL, device=line.member.device_id, **said)
    with line.office.database.write() as connection:
        made = plan(connection, line.member, cursor, frozenset(scope), message)
        keep(connection, line.member, made.moves)
    return made


def test_a_first_pull_holds_everybody_at_once(ana: Line) -> None:
    """The stream from its beginning brings them; sending them apart would send them twice."""
    made = step(ana, Cursor(), "a", "b")
    assert (made.entering, made.leaving) == ({}, [])
    assert states(ana) == {"a": HELD, "b": HELD}


def test_who_comes_later_enters_as_of_the_laptops_place(ana: Line) -> None:
    step(ana, Cursor(), "a")
    made = step(ana, Cursor(7), "a", "b")
    assert made.entering == {"b": (0, 7)}
    assert states(ana)["b"] == ENTER


def test_entering_ends_when_the_laptop_proves_it_has_the_last_page(ana: Line) -> None:
    step(ana, Cursor(7), "a")
    assert step(ana, Cursor(9, {"a": (4, 7)}), "a").entering == {"a": (4, 7)}
    made = step(ana, Cursor(9, {"a": (7, 7)}), "a")
    assert made.entering == {}
    assert states(ana) == {"a": HELD}
    assert step(ana, Cursor(9), "a").moves == {}


def test_a_request_that_comes_late_takes_nothing_from_the_one_that_follows(ana: Line) -> None:
    """How far a snapshot goes is said by the laptop's own cursor, not by who asked first."""
    step(ana, Cursor(3), "a")  # delivered late; its answer reached nobody
    assert step(ana, Cursor(9), "a").entering == {"a": (0, 9)}


def test_who_is_held_without_the_ledger_knowing_is_let_go(ana: Line) -> None:
    made = step(ana, Cursor(), "a", holds=["a", "b"])
    assert made.leaving == ["b"]
    assert states(ana) == {"a": HELD, "b": LEAVE}


def test_who_leaves_is_named_until_purged(ana: Line) -> None:
    step(ana, Cursor(), "a", "b")
    for _ in range(2):
        assert step(ana, Cursor(7), "b").leaving == ["a"]
    with ana.office.database.write() as connection:
        forget(connection, ana.member, ["a"])
    assert step(ana, Cursor(7), "b").leaving == []
    assert states(ana) == {"b": HELD}


def test_who_comes_back_before_being_purged_enters_whole(ana: Line) -> None:
    step(ana, Cursor(), "a")
    step(ana, Cursor(7))
    made = step(ana, Cursor(8), "a")
    assert (made.entering, made.leaving) == ({"a": (0, 8)}, [])


def test_who_was_purged_and_comes_back_enters_whole(ana: Line) -> None:
    step(ana, Cursor(), "a")
    step(ana, Cursor(7))
    with ana.office.database.write() as connection:
        forget(connection, ana.member, ["a"])
    assert step(ana, Cursor(8), "a").entering == {"a": (0, 8)}


@pytest.mark.parametrize("before", [ENTER, LEAVE])
def test_starting_over_holds_whatever_the_ledger_said(ana: Line, before: str) -> None:
    step(ana, Cursor(7), "a")
    if before == LEAVE:
        step(ana, Cursor(8))
    assert states(ana)["a"] == before
    assert step(ana, Cursor(), "a").entering == {}
    assert states(ana) == {"a": HELD}


def test_each_laptop_has_a_ledger_of_its_own(office: Office, ana: Line) -> None:
    ben = office.line("ben")
    step(ana, Cursor(), "a")
    step(ben, Cursor(7), "a")
    with office.database.write() as connection:
        forget(connection, ben.member, ["a"])
    assert states(ana) == {"a": HELD}
    assert states(ben) == {}
