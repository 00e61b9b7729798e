"""The command that tells how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import click

from casefield.server.admin.line import OfficeLine, office_line


@click.command("stats")
@office_line
def stats(line: OfficeLine) -> int:
    """Tell how much each organisation has, and what waits for a person's decision."""
    with line.office() as office:
        found = [office.figures(org_id) for org_id, _ in office.organizations()]

    def lines() -> Iterator[str]:
        for figures in found:
            yield figures.organization
            for entry in fields(figures):
                value = getattr(figures, entry.name)
                if isinstance(value, int):
                    yield f"  {entry.name.replace('_', ' '):<22} {value:>8}"
            for reason, count in figures.set_aside_by_reason.items():
                yield f"    {count:>8}  {reason}"

    line.show(found, lines)
    return 0
