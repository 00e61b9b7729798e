"""Commands about laptops."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casefield.server.admin.line import OfficeLine, moment, of_organization, office_line, table
from casefield.server.listings import Laptop


@click.group("device")
def device() -> None:
    """Laptops: list them, stop one."""


@device.command("list")
@of_organization
@office_line
def list_all(line: OfficeLine, organization: str | None) -> int:
    """List the laptops; compare the fingerprint with what the laptop shows."""
    with line.office() as office:
        found = office.devices(office.organization(organization))

    def lines() -> Iterator[str]:
        if not found:
            yield "No laptop is enrolled yet: casefield-server user code LOGIN"
            return
        heads = ("FINGERPRINT", "USER", "NAME", "STATE", "ENROLLED", "SIGNED IN")
        yield from table(heads, *map(_told, found))

    line.show(found, lines)
    return 0


@device.command("stop")
@click.argument("device", metavar="FINGERPRINT")
@of_organization
@office_line
def stop(line: OfficeLine, device: str, organization: str | None) -> int:
    """Stop a laptop (its id will do, too): it is answered no more.

    What it holds stays on it, encrypted; what it had not sent is lost to headquarters.
    """
    with line.office() as office:
        stopped = office.stop_device(office.organization(organization), device)
    told = f"Stopped “{stopped.name}” of {stopped.login}."
    line.show({"id": stopped.id, "fingerprint": stopped.fingerprint}, lambda: iter([told]))
    return 0


def _told(laptop: Laptop) -> tuple[str, ...]:
    moments = moment(laptop.enrolled_at), moment(laptop.signed_in_at)
    return laptop.fingerprint, laptop.login, laptop.name, laptop.state, *moments
