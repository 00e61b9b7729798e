"""Commands about users: who works here, their codes, their passwords."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from casefield.server.admin.line import OfficeLine, of_organization, office_line, table
from casefield.server.scope import Role
from casefield.terminal import ask_secret, read_secret


@click.group("user")
def user() -> None:
    """Users with their roles, and one-time codes for their laptops."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="As it stands under what the user writes.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--team", help="A supervisor gets the people of the own team; without one, all.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help="The user's password; without one, the first given at enrolment becomes it.",
)
@of_organization
@office_line
def add(
    line: OfficeLine,
    login: str,
    name: str,
    role: str,
    team: str | None,
    password_file: Path | None,
    organization: str | None,
) -> int:
    """Make a user."""
    password = read_secret(password_file, "password") if password_file else None
    with line.office() as office:
        org_id = office.organization(organization)
        user_id = office.add_user(org_id, login, name, role, team=team, password=password)

    def lines() -> Iterator[str]:
        yield f"Made {login}: {name}, {role}."
        yield f"Next: casefield-server user code {login}"

    line.show({"id": user_id, "login": login, "name": name, "role": role, "team": team}, lines)
    return 0


@user.command("list")
@of_organization
@office_line
def list_all(line: OfficeLine, organization: str | None) -> int:
    """List the users."""
    with line.office() as office:
        found = office.users(office.organization(organization))

    def lines() -> Iterator[str]:
        if not found:
            yield "There is no user yet: casefield-server user add LOGIN --name NAME --role ROLE"
            return
        yield from table(
            ("LOGIN", "NAME", "ROLE", "TEAM", "STATE"),
            *(
                (p.login, p.name, p.role, p.team or "-", "active" if p.active else "stopped")
                for p in found
            ),
        )

    line.show(found, lines)
    return 0


@user.command("code")
@click.argument("login")
@of_organization
@office_line
def code(line: OfficeLine, login: str, organization: str | None) -> int:
    """Make a one-time code for a user's next laptop."""
    with line.office() as office:
        made = office.code(office.organization(organization), login)

    def lines() -> Iterator[str]:
        yield f"One-time code for {login}, good for 24 hours and one laptop:"
        yield f"  {made}"

    line.show({"login": login, "code": made, "hours": 24}, lines)
    return 0


@user.command("stop")
@click.argument("login")
@of_organization
@office_line
def stop(line: OfficeLine, login: str, organization: str | None) -> int:
    """Stop a user who leaves, with every laptop of this user."""
    with line.office() as office:
        laptops = office.deactivate(office.organization(organization), login)
    told = f"Stopped {login} and {laptops} laptop{'' if laptops == 1 else 's'}."
    line.show({"login": login, "laptops": laptops}, lambda: iter([told]))
    return 0


@user.command("password")
@click.argument("login")
@click.option("--password-file", type=click.Path(path_type=Path), help="Else it is asked for.")
@of_organization
@office_line
def password(
    line: OfficeLine, login: str, password_file: Path | None, organization: str | None
) -> int:
    """Give a user another password; laptops that are enrolled stay so."""
    with line.office() as office:
        org_id = office.organization(organization)
        person = office.user(org_id, login)
        secret = (
            read_secret(password_file, "password")
            if password_file
            else ask_secret(f"New password of {person.login}", "--password-file FILE", twice=True)
        )
        office.set_password(org_id, login, secret)
    line.show({"login": login}, lambda: iter([f"The password of {login} is changed."]))
    return 0
