"""Commands about organisations."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casefield.server.admin.line import OfficeLine, office_line


@click.group("org")
def org() -> None:
    """Organisations: whose people and users never mix."""


@org.command("add")
@click.argument("name")
@click.option("--zone", help="Its time zone, like America/New_York; default: this machine's.")
@office_line
def add(line: OfficeLine, name: str, zone: str | None) -> int:
    """Make an organisation, and the database if there is none yet."""
    zone = zone or line.clock.zone()
    with line.office(make=True) as office:
        org_id = office.add_organization(name, zone)

    def lines() -> Iterator[str]:
        yield f"Made {name.strip()} (time zone {zone})."
        yield "Next: casefield-server user add LOGIN --name NAME --role case_manager"

    line.show({"id": org_id, "name": name.strip(), "zone": zone}, lines)
    return 0


@org.command("list")
@office_line
def list_all(line: OfficeLine) -> int:
    """List the organisations."""
    with line.office() as office:
        found = office.organizations()

    def lines() -> Iterator[str]:
        if not found:
            yield "There is no organisation yet: casefield-server org add NAME"
        for org_id, name in found:
            yield f"{name}  {org_id}"

    line.show([{"id": org_id, "name": name} for org_id, name in found], lines)
    return 0
