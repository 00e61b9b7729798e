"""Commands about disagreements: list them, settle one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from casefield.care.conflict_views import BOTH, CURRENT, PROPOSED, THIRD, ConflictView, Side, Values
from casefield.care.conflicts import open_conflicts, settle
from casefield.care.days import place
from casefield.commands.context import CommandLine, command_line
from casefield.commands.words import field, record_kind
from casefield.errors import UnusableInput
from casefield.records.work import Work
from casefield.terminal import one_id, short_id

STATES = {
    "signed": "It is signed meanwhile: another choice than what stands becomes an addendum draft.",
    "deleted": "The record was removed meanwhile.",
    "missing": "The record is not on this laptop.",
}


@click.command("conflicts")
@command_line
def conflicts(line: CommandLine) -> int:
    """List what two people wrote differently without seeing each other."""
    with line.session() as session:
        views = session.read(_opened)

    def lines() -> Iterator[str]:
        if not views:
            yield "Nothing waits for a decision."
        for view in views:
            yield from _told(view, line.clock.zone())
        if views:
            yield "Settle one: casefield resolve ID --keep-theirs, --take-mine, --both or --value"

    line.show(views, lines)
    return 0


@click.command("resolve")
@click.argument("conflict", metavar="ID")
@click.option("--keep-theirs", "choice", flag_value="theirs", help="The colleague's value.")
@click.option("--take-mine", "choice", flag_value="mine", help="Your own value.")
@click.option("--both", "choice", flag_value=BOTH, help="Both texts, one below the other.")
@click.option("--value", "values", multiple=True, metavar="FIELD=TEXT", help="A third value.")
@command_line
def resolve(line: CommandLine, conflict: str, choice: str | None, values: tuple[str, ...]) -> int:
    """Settle a conflict; both values stay in the history.

    ID is what casefield conflicts shows. The first decision stands, whoever makes it.
    """
    typed = dict(_typed(value) for value in values)
    if bool(choice) == bool(typed):
        raise UnusableInput(
            "One decision is needed.",
            way_out="Give one of --keep-theirs, --take-mine, --both or --value FIELD=TEXT.",
        )
    with line.session() as session:
        views = session.read(open_conflicts)
        ids = {one: view for view in views for one in view.ids}
        chosen = one_id(conflict, ids, "open conflict", "casefield conflicts")
        what = _choice(ids[chosen], chosen, choice)
        done = session.act(lambda work: settle(work, chosen, what, typed), "settle a conflict")

    def lines() -> Iterator[str]:
        yield f"Settled: {_about(ids[chosen])}."
        if done.addendum_id:
            yield "The record is signed; the words are the draft of an addendum, for you to sign."
        if done.restored_id:
            yield "The record was removed for good; its content is in a new one."

    line.show(done, lines)
    return 0


def _opened(work: Work) -> tuple[ConflictView, ...]:
    views = open_conflicts(work)
    for case_id in dict.fromkeys(view.case_id for view in views if view.case_id):
        work.opened(case_id, "conflicts")
    return views


def _choice(view: ConflictView, conflict_id: str, choice: str | None) -> str:
    if choice is None:
        return THIRD
    if choice == BOTH:
        return BOTH
    side = view.mine(conflict_id) if choice == "mine" else view.theirs(conflict_id)
    return CURRENT if side.choice == CURRENT else PROPOSED


def _typed(value: str) -> tuple[str, str]:
    name, equals, text = value.partition("=")
    if not equals or not name.strip():
        raise UnusableInput(
            f"--value “{value}” names no field.", way_out="Write it like barrier=Afraid of falling."
        )
    return name.strip(), text


def _told(view: ConflictView, zone: str) -> Iterator[str]:
    yield f"{_about(view)}"
    if view.base:
        yield f"  before   {said(view.base, zone)}"
    first = view.mine(view.conflict_id) is view.current
    yield _side(view.current, "mine" if first else "theirs", zone)
    for side in view.proposals:
        mine = view.mine(side.conflict_id) is side
        yield f"{_side(side, 'mine' if mine else 'theirs', zone)}  [{short_id(side.conflict_id)}]"
    if view.changed_since:
        who = _who(view.standing_by, view.standing_at, zone)
        yield f"  now      {said(view.standing, zone)}  ({who})"
    if view.unit == "signed":
        yield "  Its author reads it as it stands now and signs again."
    elif view.state in STATES:
        yield f"  {STATES[view.state]}"


def _about(view: ConflictView) -> str:
    title = f" “{view.title}”" if view.title else ""
    return f"{view.person}: {record_kind(view.record_type)}{title}, {field(view.unit)}"


def _side(side: Side, whose: str, zone: str) -> str:
    return f"  {whose:<8} {said(side.values, zone)}  ({_who(side.by, side.at, zone)})"


def _who(by: str, at: datetime | None, zone: str) -> str:
    when = f"{at.astimezone(place(zone)):%Y-%m-%d %H:%M}" if at else "time not known"
    return f"{by or 'not known'}, {when}"


def said(values: Values, zone: str) -> str:
    """Return values for a terminal; a name stands before each where there are several."""
    told = [(value.name, _said(value.value, zone)) for value in values]
    if len(told) == 1:
        return told[0][1]
    return ", ".join(f"{field(name)} {text}" for name, text in told)


def _said(value: Any, zone: str) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if isinstance(value, str) and len(text) >= 20 and text[10] == "T":
        try:
            return f"{datetime.fromisoformat(text).astimezone(place(zone)):%Y-%m-%d %H:%M}"
        except ValueError:
            return text
    return " ".join(text.split())
