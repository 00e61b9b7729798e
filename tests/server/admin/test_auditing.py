"""``audit list`` and ``audit verify``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.server.admin.conftest import Call


def tamper(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "headquarters.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_nothing_was_done_at_first(call: Call) -> None:
    assert call("audit", "verify", "--json").json == []
    call("org", "add", "Bayside")
    assert [link["act"] for link in call("audit", "list", "--json").json] == ["create"]


def test_the_newest_links_are_listed_oldest_first(staffed: Call) -> None:
    staffed("user", "code", "ana")
    found = staffed("audit", "list", "--last", "2", "--json").json
    assert [(link["n"], link["actor"], link["act"]) for link in found] == [
        (2, "headquarters", "create"),
        (3, "headquarters", "device_code"),
    ]
    heads, line = staffed("audit", "list", "--last", "1").out.splitlines()
    assert heads.split() == ["N", "WHEN", "WHO", "DID", "TO", "OUTCOME"]
    assert line.split()[3:6] == ["headquarters", "device_code", "User"]
    assert "Ana" not in staffed("audit", "list").out


def test_a_whole_chain_is_0_and_its_head_is_shown(staffed: Call) -> None:
    said = staffed("audit", "verify")
    assert said.code == 0
    assert said.out.startswith("Bayside Home Care: 2 links, whole. Head: ")
    [found] = staffed("audit", "verify", "--json").json
    assert (found["links"], found["broken_at"]) == (2, None)
    assert said.out.endswith(f"{found['head']}\n")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE server_audit SET actor = 'ben' WHERE n = 1", "link 1 was changed"),
        ("DELETE FROM server_audit WHERE n = 1", "link 1 is missing"),
        ("DELETE FROM server_audit WHERE n = 2", "it should end with link 2 and ends with 1"),
        ("UPDATE server_audit SET n = 3 - n WHERE n < 0 OR n = 2", None),
    ],
)
def test_a_broken_chain_is_1_and_says_where(
    staffed: Call, data: Path, statement: str, words: str | None
) -> None:
    if words is None:  # the two change places
        for before, after in ((1, 9), (2, 1), (9, 2)):
            tamper(data, f"UPDATE server_audit SET n = {after} WHERE n = {before}")
        words = "link 1 doesn't continue the one before"
    else:
        tamper(data, statement)
    said = staffed("audit", "verify")
    assert (said.code, said.out) == (1, f"Bayside Home Care: BROKEN: {words}\n")
    assert staffed("audit", "verify", "--json").code == 1


def test_one_broken_chain_among_several_is_found(staffed: Call, data: Path) -> None:
    staffed("org", "add", "Hillside")
    tamper(data, "UPDATE server_audit SET act = 'open' WHERE n = 2")
    assert staffed("audit", "verify").code == 1
    assert staffed("audit", "verify", "--org", "Hillside").code == 0
    assert staffed("audit", "verify", "--org", "Bayside Home Care").code == 1
