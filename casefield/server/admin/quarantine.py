"""Commands about work that headquarters set aside: look, take, drop."""

from __future__ import annotations

from collections.abc import Iterator

import click

from casefield.server.admin.line import OfficeLine, moment, of_organization, office_line, table
from casefield.server.quarantine import QuarantineDesk, SetAside
from casefield.terminal import one_id, short_id

LISTING = "casefield-server quarantine list"
by = click.option("--by", "login", required=True, metavar="LOGIN", help="Who decides.")


@click.group("quarantine")
def quarantine() -> None:
    """Work that was set aside: late, refused or unstorable. Nothing of it is ever thrown away."""


@quarantine.command("list")
@click.option("--all", "decided", is_flag=True, help="What was decided, too.")
@of_organization
@office_line
def list_all(line: OfficeLine, organization: str | None, decided: bool) -> int:
    """List what waits for a decision, with the reason; never what stands in it."""
    with line.office() as office:
        found = office.quarantine(office.organization(organization)).waiting(decided=decided)

    def lines() -> Iterator[str]:
        if not found:
            yield "Nothing is set aside."
            return
        heads = ("ID", "RECEIVED", "AUTHOR", "DOES", "TO", "PERSON", "STATE", "REASON")
        yield from table(heads, *map(_told, found))

    line.show(found, lines)
    return 0


@quarantine.command("show")
@click.argument("operation", metavar="ID")
@click.option("--content", is_flag=True, help="What it would set, too; that is audited.")
@click.option("--by", "login", metavar="LOGIN", help="Who reads the content.")
@of_organization
@office_line
def show(
    line: OfficeLine, operation: str, content: bool, login: str | None, organization: str | None
) -> int:
    """Show one operation; its content only to a user who may read records."""
    if content and not login:
        raise click.UsageError("--content needs --by LOGIN.")
    with line.office() as office:
        desk = office.quarantine(office.organization(organization))
        found = _one(desk, operation)
        values = desk.content(found.op_id, login) if content and login else None

    def lines() -> Iterator[str]:
        yield f"{found.kind} {found.record_type} {found.record_id}, person {found.case_id or '-'}"
        yield f"  by {found.author or '-'}, received {moment(found.received_at)}"
        yield f"  reason: {found.reason}"
        yield f"  sets: {', '.join(found.fields) or '-'}"
        for name, value in (values or {}).items():
            yield f"    {name}: {value}"

    told = vars(found) | ({"content": values} if values is not None else {})
    line.show(told, lines)
    return 0


@quarantine.command("take")
@click.argument("operation", metavar="ID")
@by
@of_organization
@office_line
def take(line: OfficeLine, operation: str, login: str, organization: str | None) -> int:
    """Apply an operation now, as a change of the user who decides.

    Only where it overwrites nothing that its author had not seen; else the reason is told.
    """
    with line.office() as office:
        desk = office.quarantine(office.organization(organization))
        taken = desk.take(_one(desk, operation).op_id, login)
    told = f"Taken: {taken.kind} {taken.record_type} {taken.record_id}."
    line.show({"op_id": taken.op_id, "state": "taken"}, lambda: iter([told]))
    return 0


@quarantine.command("drop")
@click.argument("operation", metavar="ID")
@click.option("--reason", required=True, help="Why it is not applied; kept beside it.")
@by
@of_organization
@office_line
def drop(
    line: OfficeLine, operation: str, reason: str, login: str, organization: str | None
) -> int:
    """Decide that an operation is not applied; it stays here with the reason."""
    with line.office() as office:
        desk = office.quarantine(office.organization(organization))
        dropped = desk.drop(_one(desk, operation).op_id, login, reason)
    told = f"Dropped: {dropped.kind} {dropped.record_type} {dropped.record_id}."
    line.show({"op_id": dropped.op_id, "state": "dropped"}, lambda: iter([told]))
    return 0


def _one(desk: QuarantineDesk, given: str) -> SetAside:
    waiting = {found.op_id: found for found in desk.waiting()}
    return waiting[one_id(given, waiting, "operation set aside", LISTING)]


def _told(found: SetAside) -> tuple[str, ...]:
    return (
        short_id(found.op_id),
        moment(found.received_at),
        found.author or "-",
        found.kind or "-",
        found.record_type or "-",
        found.case_id or "-",
        found.state,
        found.reason,
    )
