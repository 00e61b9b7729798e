"""Commands about people: the caseload, the decision boundary, the worklist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from casefield.care.views import CaseloadRow, Due, Stratification, Worklist
from casefield.commands.context import CommandLine, command_line, parse_moment
from casefield.commands.words import TIERS, VERDICTS, WORK_KINDS


@click.command("caseload")
@click.option("--as-of", default=None, help="Date or moment to look from; default: now.")
@command_line
def caseload(line: CommandLine, as_of: str | None) -> int:
    """People with tier, programme, LACE and what is due next."""
    from casefield.care.caseload import caseload as people

    moment = parse_moment(as_of, line.clock, "--as-of")
    with line.session() as session:
        rows = session.read(lambda work: people(work, moment))

    def lines() -> Iterator[str]:
        if not rows:
            yield "Nobody is on this caseload yet. Try: casefield import FILE"
        for row in rows:
            yield _caseload_line(row)

    line.show(rows, lines)
    return 0


@click.command("stratify")
@click.argument("patient", required=False)
@click.option("--as-of", default=None, help="Date to judge from; default: today.")
@command_line
def stratify(line: CommandLine, patient: str | None, as_of: str | None) -> int:
    """Case management or care coordination: each criterion with its evidence.

    PATIENT is a case id, or a name that only one person bears.
    """
    from casefield.care.caseload import one_person
    from casefield.care.stratify import stratify as judge
    from casefield.care.stratify import stratify_all

    day = parse_moment(as_of, line.clock, "--as-of")
    local = day.astimezone(ZoneInfo(line.clock.zone())).date() if as_of is None else day.date()
    with line.session() as session:
        if patient is None:
            results = session.read(lambda work: stratify_all(work, local))
        else:
            results = session.read(lambda work: (judge(work, one_person(work, patient), local),))

    def lines() -> Iterator[str]:
        if not results:
            yield "Nobody is on this caseload yet. Try: casefield import FILE"
        for result in results:
            yield from _stratify_lines(result)

    line.show(results, lines)
    return 0


@click.command("due")
@click.option("--as-of", default=None, help="Moment to look from; default: now.")
@command_line
def due(line: CommandLine, as_of: str | None) -> int:
    """The worklist: what is late, what is due today, what comes next."""
    from casefield.care.worklist import worklist

    moment = parse_moment(as_of, line.clock, "--as-of")
    with line.session() as session:
        result = session.read(lambda work: worklist(work, moment))
    line.show(result, lambda: _due_lines(result))
    return 0


def _caseload_line(row: CaseloadRow) -> str:
    lace = f"LACE {row.lace}" if row.lace is not None else ""
    when = f"{WORK_KINDS.get(row.next_kind or '', row.next_kind or '')} {say_due(row.next_due)}"
    return (
        f"{row.name:32.32} {row.birth_date or '':10.10} {TIERS.get(row.tier, row.tier):22} "
        f"{'prioritise' if row.prioritise else '':10} {lace:8} {row.payer or '':20.20} "
        f"{when if row.next_due else ''}"
    ).rstrip()


def _stratify_lines(result: Stratification) -> Iterator[str]:
    yield f"{result.name}: {TIERS.get(result.tier, result.tier)}" + (
        ", prioritise" if result.prioritise else ""
    )
    if result.override_reason:
        yield f"  decided by a clinician: {result.override_reason} (computed: {result.computed})"
    for criterion in result.criteria:
        yield f"  {criterion.id} {VERDICTS[criterion.verdict]:8} {criterion.label}"
        for item in criterion.evidence:
            where = item.source_reference or f"{item.record_type} {item.record_id}"
            yield f"      {item.display or item.value} {item.date or ''} [{where}]".rstrip()
        if criterion.missing:
            yield f"      not known: {', '.join(criterion.missing)}"
    if result.unclassified_count:
        yield (
            f"  {result.unclassified_count} conditions not classified: "
            f"{', '.join(result.unclassified)}"
        )
    yield f"  rule {result.rule} {result.rule_version} ({result.source})"


def _due_lines(result: Worklist) -> Iterator[str]:
    if not result.items:
        yield "Nothing is due now."
    for item in result.items:
        kind = WORK_KINDS.get(item.kind, item.kind)
        yield f"{kind:10} {item.person:28.28} {say_due(item.due):34} {item.title}"
    if result.coming:
        yield "Coming up:"
    for item in result.coming:
        kind = WORK_KINDS.get(item.kind, item.kind)
        yield f"  {kind:10} {item.person:28.28} {say_due(item.due):34} {item.title}"


def say_due(due: Due | None) -> str:
    """Say until when, with the word that matters first."""
    if due is None:
        return ""
    word = {"overdue": "OVERDUE, was due", "today": "today", "soon": "by", "later": "by"}[due.state]
    if due.at is not None:
        local: datetime = due.at.astimezone(ZoneInfo(due.zone))
        return f"{word} {local:%a %d %b %Y %H:%M}"
    return f"{word} {due.on:%a %d %b %Y}" if due.on else word
