"""Whatever is done to headquarters' audit chain afterwards is found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from casefield.records.headquarters import OrgStream, ServerAudit
from casefield.server import audit
from casefield.server.database import Database
from tests.server.office import TUESDAY

LINKS = 6
Tamper = Callable[[Any], object]


def fill(database: Database, org: str = "org") -> None:
    for number in range(LINKS):
        with database.write() as connection:
            audit.note(
                connection,
                org,
                "change",
                actor="ana",
                at=TUESDAY.replace(microsecond=123_456),
                record_type="Goal",
                record_id=f"goal-{number}",
                case_id="rosa",
            )


def verified(database: Database, org: str = "org") -> audit.Verification:
    with database.read() as connection:
        return audit.verify(connection, org)


def links(connection: Any, org: str = "org") -> list[Any]:
    return list(connection.execute(select(ServerAudit.__table__).where(ServerAudit.org_id == org)))


def test_a_chain_that_nobody_touched_is_whole(database: Database) -> None:
    assert verified(database) == audit.Verification(0, audit.GENESIS)
    fill(database)
    fill(database, "another")
    found = verified(database)
    assert (found.links, found.broken_at) == (LINKS, None)
    with database.read() as connection:
        assert found.head == links(connection)[-1].hash


def edited(connection: Any) -> None:
    connection.execute(update(ServerAudit).where(ServerAudit.n == 3).values(actor="ben"))


def edited_and_sealed_again(connection: Any) -> None:
    row = next(link for link in links(connection) if link.n == 3)
    forged = {name: getattr(row, name) for name in audit.FIELDS} | {"actor": "ben"}
    connection.execute(
        update(ServerAudit).where(ServerAudit.n == 3).values(actor="ben", hash=audit.sealed(forged))
    )


def cut_in_the_middle(connection: Any) -> None:
    connection.execute(delete(ServerAudit).where(ServerAudit.n == 3))


def cut_and_counted_again(connection: Any) -> None:
    connection.execute(delete(ServerAudit).where(ServerAudit.n == 3))
    for number in range(4, LINKS + 1):
        connection.execute(update(ServerAudit).where(ServerAudit.n == number).values(n=number - 1))


def cut_at_the_beginning(connection: Any) -> None:
    connection.execute(delete(ServerAudit).where(ServerAudit.n == 1))


def cut_at_the_end(connection: Any) -> None:
    connection.execute(delete(ServerAudit).where(ServerAudit.n == LINKS))


def emptied(connection: Any) -> None:
    connection.execute(delete(ServerAudit))


def swapped(connection: Any) -> None:
    for before, after in ((2, 99), (3, 2), (99, 3)):
        connection.execute(update(ServerAudit).where(ServerAudit.n == before).values(n=after))


def appended_by_hand(connection: Any) -> None:
    last = links(connection)[-1]
    forged = {name: getattr(last, name) for name in audit.FIELDS}
    forged |= {"n": LINKS + 1, "previous": last.hash, "act": "open"}
    connection.execute(
        ServerAudit.__table__.insert(),  # type: ignore[attr-defined]
        forged | {"hash": audit.sealed(forged)},
    )


def head_rewritten(connection: Any) -> None:
    connection.execute(update(OrgStream).values(audit_head="f" * 64))


@pytest.mark.parametrize(
    ("tamper", "broken_at"),
    [
        (edited, 3),
        (edited_and_sealed_again, 4),
        (cut_in_the_middle, 3),
        (cut_and_counted_again, 3),
        (cut_at_the_beginning, 1),
        (cut_at_the_end, LINKS),
        (emptied, 1),
        (swapped, 2),
        (appended_by_hand, LINKS + 1),
        (head_rewritten, LINKS + 1),
    ],
)
def test_tampering_is_found_where_it_was_done(
    database: Database, tamper: Tamper, broken_at: int
) -> None:
    fill(database)
    with database.write() as connection:
        tamper(connection)
    found = verified(database)
    assert found.broken_at == broken_at
    assert found.words


class Row:
    """A link as the database gives it."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def chain(length: int) -> list[Row]:
    rows: list[Row] = []
    for n in range(1, length + 1):
        link: dict[str, Any] = dict.fromkeys(audit.FIELDS, "x") | {"at": TUESDAY, "n": n}
        link["previous"] = rows[-1].__dict__["hash"] if rows else audit.GENESIS
        rows.append(Row(**link, hash=audit.sealed(link)))
    return rows


@given(
    length=st.integers(1, 6),
    place=st.integers(0, 5),
    name=st.sampled_from([f for f in audit.FIELDS if f not in {"n", "at"}] + ["hash"]),
    value=st.text(max_size=5),
)
def test_any_other_word_in_any_link_breaks_the_chain(
    length: int, place: int, name: str, value: str
) -> None:
    rows = chain(length)
    assert audit.follow(rows).broken_at is None
    touched = rows[place % length]
    if getattr(touched, name) == value:
        return
    setattr(touched, name, value)
    assert audit.follow(rows).broken_at is not None


@given(data=st.data(), length=st.integers(2, 6))
def test_any_other_order_breaks_the_chain(data: st.DataObject, length: int) -> None:
    rows = chain(length)
    shuffled = data.draw(st.permutations(rows))
    assert (audit.follow(shuffled).broken_at is None) == (list(shuffled) == rows)


def test_two_deeds_at_once_make_two_links(on_postgresql: Database) -> None:
    fill(on_postgresql)
    begin = threading.Barrier(4)

    def deeds(worker: int) -> None:
        begin.wait(10)
        for _ in range(5):
            with on_postgresql.write() as connection:
                audit.note(connection, "org", "open", actor=f"worker-{worker}", at=TUESDAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deeds, range(4)))
    found = verified(on_postgresql)
    assert (found.links, found.broken_at) == (LINKS + 20, None)


def test_the_newest_links_come_oldest_first(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        assert [link.n for link in audit.links(connection, "org", newest=2)] == [5, 6]
        assert [link.n for link in audit.links(connection, "org")] == [1, 2, 3, 4, 5, 6]
