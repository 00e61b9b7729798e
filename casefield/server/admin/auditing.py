"""Commands about the audit chain: read it, follow it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casefield.server.admin.line import OfficeLine, moment, of_organization, office_line, table
from casefield.server.listings import Link


@click.group("audit")
def audit() -> None:
    """The audit chain: who did what to which record; never what stands in one."""


@audit.command("list")
@click.option("--last", default=50, show_default=True, type=click.IntRange(1), help="How many.")
@of_organization
@office_line
def list_all(line: OfficeLine, last: int, organization: str | None) -> int:
    """List the newest links, oldest first."""
    with line.office() as office:
        found = office.audit_links(office.organization(organization), newest=last)

    def lines() -> Iterator[str]:
        if not found:
            yield "Nothing was done yet."
            return
        yield from table(("N", "WHEN", "WHO", "DID", "TO", "OUTCOME"), *map(_told, found))

    line.show(found, lines)
    return 0


@audit.command("verify")
@of_organization
@office_line
def verify(line: OfficeLine, organization: str | None) -> int:
    """Follow the chain of every organisation, or of one; exit code 1 if one is broken.

    A link that was edited, removed, inserted or moved is found. Note the head elsewhere: whoever
    can rewrite the whole chain can't rewrite what stands on paper.
    """
    with line.office() as office:
        wanted = [office.organization(organization)] if organization else None
        found = [
            {"organization": name} | vars(office.verify_audit(org_id))
            for org_id, name in office.organizations()
            if wanted is None or org_id in wanted
        ]

    def lines() -> Iterator[str]:
        for chain in found:
            whole = f"{chain['links']} links, whole. Head: {chain['head']}"
            state = f"BROKEN: {chain['words']}" if chain["broken_at"] else whole
            yield f"{chain['organization']}: {state}"

    line.show(found, lines)
    return 1 if any(chain["broken_at"] for chain in found) else 0


def _told(link: Link) -> tuple[str, ...]:
    device = ("Device", link.device_id) if link.device_id else ("-",)
    to = (link.record_type, link.record_id) if link.record_id else device
    return (
        str(link.n),
        moment(link.at),
        link.actor,
        link.act,
        " ".join(filter(None, to)),
        link.outcome,
    )
