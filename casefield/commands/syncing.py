"""Commands about headquarters: sync now, list what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casefield.commands.context import CommandLine, command_line


@click.command("sync")
@command_line
def sync(line: CommandLine) -> int:
    """Run one full sync; print pushed, pulled, conflicts, refused, bytes, seconds."""
    with line.session() as session:
        tally = session.sync_now()
        waiting = session.waiting()
    result: dict[str, Any] = {
        "pushed": tally.pushed,
        "pulled": tally.pulled,
        "conflicts": tally.conflicts,
        "refused": tally.refused,
        "waiting": len(waiting),
        "rounds": tally.rounds,
        "bytes_up": tally.bytes_up,
        "bytes_down": tally.bytes_down,
        "seconds": round(tally.seconds, 3),
    }

    def lines() -> Iterator[str]:
        yield (
            f"Pushed {tally.pushed}, pulled {tally.pulled}, conflicts {tally.conflicts}, "
            f"refused {tally.refused}, waiting {len(waiting)}; "
            f"{tally.bytes_up} bytes up, {tally.bytes_down} down, {tally.seconds:.1f} s."
        )
        for item in waiting:
            if item.state == "refused":
                yield f"  refused: {item.record_type} {item.record_id}: {item.reason}"

    line.show(result, lines)
    return 1 if tally.refused or tally.conflicts else 0


@click.command("waiting")
@command_line
def waiting(line: CommandLine) -> int:
    """List what has not reached headquarters yet, and in full what it refused."""
    with line.session() as session:
        items = session.waiting()

    def lines() -> Iterator[str]:
        if not items:
            yield "Nothing waits on this laptop."
        for item in items:
            why = f" ({item.reason})" if item.reason else ""
            said = f"{item.said_at:%Y-%m-%d %H:%M}Z"
            yield f"{said} {item.kind} {item.record_type}: {item.state}{why}"
            for name, value in item.said.items():
                yield f"  {name}: {'nothing' if value is None else value}"

    line.show(items, lines)
    return 0
