"""Whose records each role may have."""

from __future__ import annotations

import pytest

from casefield.server.scope import REFERENCE_KINDS, WRITERS, Member, Role, cases_in_scope
from tests.server.office import Line, Office


def scope(office: Office, user_id: str, role: str, team: str | None = None) -> frozenset[str]:
    with office.database.read() as connection:
        member = Member(office.org, user_id, "", role, team, "device")
        return cases_in_scope(connection, member)


def bring_in(line: Line) -> str:
    said = line.write.person(line.member.user_id)
    line.push(*said)
    return said[0].id


@pytest.fixture
def cases(office: Office) -> dict[str, str]:
    """Return three people: of Ana and Ben in the north, of Eve in the south."""
    lines = {
        login: office.line(login, team=team)
        for login, team in (("ana", "north"), ("ben", "north"), ("eve", "south"))
    }
    return {login: bring_in(line) for login, line in lines.items()}


def user(office: Office, login: str) -> str:
    return office.administration.user(office.org, login).id


@pytest.mark.parametrize("role", ["case_manager", "care_manager", "reader"])
def test_a_worker_gets_those_assigned_to_her(
    office: Office, cases: dict[str, str], role: str
) -> None:
    ana = user(office, "ana")
    assert scope(office, ana, role) == {cases["ana"]}
    office.administration.assign(office.org, "ana", [cases["eve"]])
    assert scope(office, ana, role) == {cases["ana"], cases["eve"]}
    office.administration.unassign(office.org, "ana", [cases["ana"]])
    assert scope(office, ana, role) == {cases["eve"]}


def test_a_supervisor_gets_the_teams_people(office: Office, cases: dict[str, str]) -> None:
    assert scope(office, "boss", "supervisor", "north") == {cases["ana"], cases["ben"]}
    assert scope(office, "boss", "supervisor", "south") == {cases["eve"]}
    assert scope(office, "boss", "supervisor", "west") == frozenset()


def test_a_supervisor_without_a_team_gets_everybody(office: Office, cases: dict[str, str]) -> None:
    assert scope(office, "boss", "supervisor") == set(cases.values())


@pytest.mark.parametrize("role", ["administrator", "auditor", "wizard", ""])
def test_whoever_cares_for_nobody_gets_nobody(
    office: Office, cases: dict[str, str], role: str
) -> None:
    office.administration.assign(office.org, "ana", list(cases.values()))
    assert scope(office, user(office, "ana"), role) == frozenset()


def test_an_assignment_of_another_organisation_counts_for_nothing(
    office: Office, cases: dict[str, str]
) -> None:
    there = office.administration.add_organization("Hillside", "America/Chicago")
    hillside = Office(office.database, office.clock, office.client, office.administration, there)
    for role in Role:
        assert scope(hillside, user(office, "ana"), role) == frozenset()


def test_writers_are_those_who_care() -> None:
    assert {"administrator", "auditor", "reader"} & WRITERS == set()
    assert {"User", "Organization", "Device"} == REFERENCE_KINDS
