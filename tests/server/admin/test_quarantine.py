"""``quarantine``: look at what was set aside, take it or drop it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.admin.conftest import Call
from tests.server.office import Office


@pytest.fixture
def late(staffed: Call, office: Office) -> str:
    """Return the end of the id of a late operation."""
    staffed("user", "add", "sue", "--name", "Sue", "--role", "supervisor")
    ana = office.line("ana")
    person = ana.write.person(ana.member.user_id)
    goal = ana.write.goal(person[0].id)
    ana.push(*person, goal)
    office.administration.unassign(office.org, "ana", [person[0].id])
    change = ana.write.change(goal, seen=1, was={}, outcome="Hospice")
    ana.push(change)
    return str(change.op_id[-8:])


def test_nothing_is_set_aside_at_first(staffed: Call) -> None:
    assert staffed("quarantine", "list").out == "Nothing is set aside.\n"


def test_what_is_set_aside_is_listed_and_counted(staffed: Call, late: str) -> None:
    said = staffed("quarantine", "list")
    assert (said.code, said.err) == (0, "")
    assert late in said.out
    assert "late: the person is not in your care now" in said.out
    assert "Hospice" not in said.out + staffed("quarantine", "show", late).out
    assert "       1  late: the person is not in your care now" in staffed("stats").out


def test_content_is_shown_to_who_may_read_it(staffed: Call, late: str) -> None:
    assert staffed("quarantine", "show", late, "--content").code == 2
    said = staffed("quarantine", "show", late, "--content", "--by", "sue")
    assert "    outcome: Hospice" in said.out


def test_it_is_taken(staffed: Call, late: str) -> None:
    assert staffed("quarantine", "take", late, "--by", "sue").code == 0
    assert staffed("quarantine", "list", "--json").json == []
    [kept] = staffed("quarantine", "list", "--all", "--json").json
    assert kept["state"] == "taken"
    assert "quarantine_taken" in staffed("audit", "list").out


def test_it_is_dropped_with_a_reason(staffed: Call, late: str) -> None:
    assert staffed("quarantine", "drop", late, "--by", "sue").code == 2
    said = staffed("quarantine", "drop", late, "--by", "sue", "--reason", "Typed in by hand")
    assert said.code == 0
    [kept] = staffed("quarantine", "list", "--all", "--json").json
    assert (kept["state"], kept["decision"]) == ("dropped", "Typed in by hand")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["take", "nowhere", "--by", "sue"], "There is no operation set aside “nowhere”"),
        (["take", "{late}", "--by", "nobody"], "There is no user “nobody”"),
        (["drop", "{late}", "--by", "sue", "--reason", " "], "A reason is needed"),
    ],
)
def test_what_can_not_be_done_is_2(
    staffed: Call, late: str, arguments: list[str], words: str
) -> None:
    given: list[Any] = [argument.format(late=late) for argument in arguments]
    said = staffed("quarantine", *given)
    assert said.code == 2
    assert words in said.err
