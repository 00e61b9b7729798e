"""Commands about headquarters: sync now, list what waits, deal with what it refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casefield.care.days import place
from casefield.care.refused import RefusedView
from casefield.commands.context import CommandLine, command_line
from casefield.commands.settling import said
from casefield.commands.words import field, record_kind
from casefield.errors import UnusableInput
from casefield.terminal import one_id, plain, short_id


@click.command("sync")
@command_line
def sync(line: CommandLine) -> int:
    """Run one full sync; print pushed, pulled, conflicts, refused, bytes, seconds."""
    with line.session() as session:
        tally = session.sync_now()
        session.settle_late()
        waiting, late = session.waiting(), session.late_drafts
    result: dict[str, Any] = {
        "pushed": tally.pushed,
        "pulled": tally.pulled,
        "conflicts": tally.conflicts,
        "refused": tally.refused,
        "waiting": len(waiting),
        "late_edits": late,
        "attachments_up": tally.attachments_up,
        "attachments_down": tally.attachments_down,
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
        if late:
            yield f"  late edits of what was signed meanwhile: {late}, now addendum drafts to sign"
        if tally.attachments_up or tally.attachments_down:
            yield (
                f"Attachments: {tally.attachments_up} sent, {tally.attachments_down} fetched, "
                f"{tally.attachment_bytes} bytes of content."
            )
        for item in waiting:
            if item.state == "refused":
                yield f"  refused: {item.record_type} {item.record_id}: {item.reason}"

    line.show(result, lines)
    return 1 if tally.refused or tally.conflicts else 0


@click.command("waiting")
@click.option("--set-aside", metavar="ID", help="Take what was refused out of the list.")
@click.option("--again", metavar="ID", help="Offer what was refused again, as of today.")
@command_line
def waiting(line: CommandLine, set_aside: str | None, again: str | None) -> int:
    """List what has not reached headquarters yet, and what it refused.

    Headquarters has kept what it refused. What was done together is dealt with together.
    """
    if set_aside and again:
        raise UnusableInput("Of --set-aside and --again only one at a time.")
    with line.session() as session:
        refused = {view.op_id: view for view in session.refused()}
        if set_aside or again:
            given = set_aside or again or ""
            chosen = one_id(given, refused, "refused work", "casefield waiting")
            count = (session.set_aside if set_aside else session.offer_again)(chosen)
            done = "Set aside" if set_aside else "Offered again with the next sync"
            line.show({"op_id": chosen, "operations": count}, lambda: iter([f"{done}: {count}."]))
            return 0
        items = session.waiting()

    def lines() -> Iterator[str]:
        if not items:
            yield "Nothing waits on this laptop."
        for item in items:
            if item.op_id in refused:
                yield from _refused_lines(refused[item.op_id])
            else:
                said_at = f"{item.said_at:%Y-%m-%d %H:%M}Z"
                yield f"{said_at} {item.kind} {item.record_type}: {item.state}"
        if refused:
            yield "Deal with it: casefield waiting --again ID, or --set-aside ID"

    told = [plain(item) | plain(refused.get(item.op_id) or {}) for item in items]
    line.show(told, lines)
    return 1 if refused else 0


def _refused_lines(view: RefusedView) -> Iterator[str]:
    when = f"{view.said_at.astimezone(place(view.zone)):%Y-%m-%d %H:%M}"
    title = f" “{view.title}”" if view.title else ""
    who = view.person or "somebody who is not on this laptop"
    gone = "" if view.here or not view.person else " (not on this laptop any more)"
    yield f"[{short_id(view.op_id)}] refused: {view.reason}"
    yield f"  {when} {view.kind} {record_kind(view.record_type)}{title}, about {who}{gone}"
    for value in view.fields:
        if value.value not in (None, ""):
            yield f"    {field(value.name)}: {said((value,), view.zone)}"
