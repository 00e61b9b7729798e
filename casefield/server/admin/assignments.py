"""Commands about who cares for whom: a laptop gets these people and no others."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casefield.errors import UnusableInput
from casefield.server.admin.line import OfficeLine, of_organization, office_line, table
from casefield.server.people import Administration


@click.group("assign")
def assign() -> None:
    """Who cares for whom: a laptop gets these people and no others.

    People are named by their id (`casefield caseload --json` tells it); nothing else about them
    is shown here.
    """


@assign.command("add")
@click.argument("login")
@click.argument("people", nargs=-1, metavar="[PERSON]...")
@click.option("--same-as", metavar="LOGIN", help="Everybody whom this user cares for.")
@click.option("--reason", default="", help="Why, for the record.")
@of_organization
@office_line
def add(
    line: OfficeLine,
    login: str,
    people: tuple[str, ...],
    same_as: str | None,
    reason: str,
    organization: str | None,
) -> int:
    """Give people to a user; they come to the user's laptop with its next sync."""
    with line.office() as office:
        org_id = office.organization(organization)
        cases = [*people, *(_people_of(office, org_id, same_as) if same_as else ())]
        _some(cases, "Name people by their id, or --same-as LOGIN.")
        added = office.assign(org_id, login, cases, reason)
    told = f"{login} cares for {added} more {_people(added)}."
    line.show({"login": login, "added": added}, lambda: iter([told]))
    return 0


@assign.command("end")
@click.argument("login")
@click.argument("people", nargs=-1, metavar="[PERSON]...")
@click.option("--all", "everybody", is_flag=True, help="Everybody whom the user cares for.")
@of_organization
@office_line
def end(
    line: OfficeLine,
    login: str,
    people: tuple[str, ...],
    everybody: bool,
    organization: str | None,
) -> int:
    """Take people from a user; they leave the laptop once its work on them is safe."""
    with line.office() as office:
        org_id = office.organization(organization)
        cases = _people_of(office, org_id, login) if everybody else list(people)
        if not everybody:
            _some(cases, "Name people by their id, or --all.")
        ended = office.unassign(org_id, login, cases)
    told = f"{login} cares for {ended} {_people(ended)} less."
    line.show({"login": login, "ended": ended}, lambda: iter([told]))
    return 0 if ended or everybody else 1


@assign.command("list")
@click.argument("login", required=False)
@of_organization
@office_line
def list_all(line: OfficeLine, login: str | None, organization: str | None) -> int:
    """List who cares for whom now, of one user if named."""
    with line.office() as office:
        found = office.assignments(office.organization(organization), login)

    def lines() -> Iterator[str]:
        if not found:
            yield "Nobody is assigned."
            return
        yield from table(
            ("PERSON", "USER", "ROLE", "SINCE"),
            *((a.case_id, a.login, a.role, str(a.from_on or "-")) for a in found),
        )

    line.show(found, lines)
    return 0


def _people_of(office: Administration, org_id: str, login: str) -> list[str]:
    return [care.case_id for care in office.assignments(org_id, login)]


def _some(cases: list[str], way_out: str) -> None:
    if not cases:
        raise UnusableInput("Nobody is named.", way_out=way_out)


def _people(count: int) -> str:
    return "person" if count == 1 else "people"
