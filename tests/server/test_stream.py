"""An organisation's numbers have no holes, and whoever sees one sees every smaller one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from casefield.records.headquarters import Change
from casefield.server.database import Database
from casefield.server.stream import (
    Cursor,
    advance_chain,
    chain_head,
    fence,
    last_number,
    read_cursor,
    reserve,
    write_cursor,
)
from tests.server.office import Office


def test_numbers_follow_each_other_and_organisations_count_apart(database: Database) -> None:
    with database.write() as connection:
        assert last_number(connection, "a") == 0
        assert [reserve(connection, "a", 3), reserve(connection, "a", 1)] == [1, 4]
        assert reserve(connection, "b", 2) == 1
        assert (last_number(connection, "a"), last_number(connection, "b")) == (4, 2)


def test_what_is_rolled_back_leaves_no_hole(database: Database) -> None:
    with database.write() as connection:
        reserve(connection, "a", 3)

    def fail() -> None:
        with database.write() as connection:
            reserve(connection, "a", 5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.write() as connection:
        assert reserve(connection, "a", 1) == 4


def test_a_second_writer_waits_for_the_first_ones_commit(on_postgresql: Database) -> None:
    """Otherwise a reader could see 3 before 1 and 2, and never come back for them."""
    with on_postgresql.write() as connection:
        reserve(connection, "a", 1)
    with on_postgresql.write() as first, on_postgresql.write() as second:
        reserve(first, "a", 2)
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            reserve(second, "a", 1)
        second.rollback()
    with on_postgresql.write() as connection:
        assert reserve(connection, "a", 1) == 4


def test_the_chains_head_stands_beside_the_counter(database: Database) -> None:
    with database.write() as connection:
        assert chain_head(connection, "a") == (0, None)
        advance_chain(connection, "a", 1, "x" * 64)
        assert reserve(connection, "a", 1) == 1
        advance_chain(connection, "a", 2, "y" * 64)
        assert chain_head(connection, "a", locked=True) == (2, "y" * 64)


def test_the_fence_is_the_history_itself(office: Office) -> None:
    ana = office.line("ana")
    ana.push(*ana.write.person(ana.member.user_id))
    changes = office.rows(Change)
    with office.database.read() as connection:
        fences = [fence(connection, office.org, change.seq) for change in changes]
        assert fence(connection, office.org, 0) == ""
        assert fence(connection, office.org, 9999) == "none"
    assert len(set(fences)) == len(changes)


PLACES = st.integers(0, 2**62)


@given(s=PLACES, e=st.dictionaries(st.text(max_size=40), st.tuples(PLACES, PLACES)))
def test_a_cursor_comes_back_as_it_was_handed_out(s: int, e: dict[str, tuple[int, int]]) -> None:
    assert read_cursor(write_cursor(Cursor(s, e))) == Cursor(s, e)


def test_no_cursor_is_the_beginning() -> None:
    assert read_cursor("") == Cursor(0, {})


@pytest.mark.parametrize("text", ["nonsense", "é", "eyJzIjoieCJ9", "W10=", "====", "AAAA"])
def test_a_cursor_of_somebody_elses_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor of this server"):
        read_cursor(text)
