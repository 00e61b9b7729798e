"""``assign add``, ``end`` and ``list``: people by their id and nothing else about them."""

from __future__ import annotations

import pytest

from tests.server.admin.conftest import Call
from tests.server.office import Office


@pytest.fixture
def people(staffed: Call, office: Office) -> list[str]:
    """Return two people whom Ana brought in; Ben is there, too."""
    ana = office.line("ana")
    said = [ana.write.person(ana.member.user_id) for _ in range(2)]
    for operations in said:
        ana.push(*operations)
    staffed("user", "add", "ben", "--name", "Ben", "--role", "care_manager")
    return sorted(operations[0].id for operations in said)


def test_people_are_given_and_taken(staffed: Call, people: list[str]) -> None:
    said = staffed("assign", "add", "ben", people[0], "--reason", "holiday")
    assert (said.code, said.out) == (0, "ben cares for 1 more person.\n")
    [found] = staffed("assign", "list", "ben", "--json").json
    assert (found["case_id"], found["login"], found["role"]) == (people[0], "ben", "care_manager")
    assert staffed("assign", "add", "ben", *people, "--json").json == {"login": "ben", "added": 1}
    assert staffed("assign", "end", "ben", people[0]).out == "ben cares for 1 person less.\n"
    assert [a["case_id"] for a in staffed("assign", "list", "ben", "--json").json] == people[1:]


def test_a_colleague_takes_over_everybody(staffed: Call, people: list[str]) -> None:
    said = staffed("assign", "add", "ben", "--same-as", "ana")
    assert said.out == "ben cares for 2 more people.\n"
    assert staffed("assign", "end", "ana", "--all").out == "ana cares for 2 people less.\n"
    assert {a["login"] for a in staffed("assign", "list", "--json").json} == {"ben"}
    assert staffed("assign", "end", "ana", "--all").code == 0


def test_the_list_names_nobody(staffed: Call, people: list[str]) -> None:
    heads, *lines = staffed("assign", "list").out.splitlines()
    assert heads.split() == ["PERSON", "USER", "ROLE", "SINCE"]
    assert [line.split()[:3] for line in lines] == [[p, "ana", "case_manager"] for p in people]
    assert "Rosa" not in staffed("assign", "list", "--json").out


def test_nobody_assigned_is_said(staffed: Call) -> None:
    assert staffed("assign", "list").out == "Nobody is assigned.\n"
    assert staffed("assign", "list", "--json").json == []


@pytest.mark.parametrize("command", ["add", "end"])
def test_nobody_named_is_2(staffed: Call, people: list[str], command: str) -> None:
    said = staffed("assign", command, "ben")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Nobody is named. Name people by their id, or --")


def test_one_unknown_person_and_nobody_is_given(staffed: Call, people: list[str]) -> None:
    said = staffed("assign", "add", "ben", people[0], "nobody")
    assert (said.code, said.out) == (2, "")
    assert "no person nobody at headquarters" in said.err
    assert staffed("assign", "list", "ben", "--json").json == []


def test_ending_what_was_not_is_1(staffed: Call, people: list[str]) -> None:
    said = staffed("assign", "end", "ben", people[0])
    assert (said.code, said.out) == (1, "ben cares for 0 people less.\n")
