"""Commands that need no profile: the instruments shipped, one rule on plain facts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from casefield.commands.context import CommandLine, command_line
from casefield.errors import UnusableInput


@click.command("instruments")
@command_line
def instruments(line: CommandLine) -> int:
    """The instruments shipped: id, title, LOINC, languages, licence."""
    from casefield.care.assess import instruments as shipped

    found = shipped()

    def lines() -> Iterator[str]:
        for item in found:
            languages = ", ".join(item.languages)
            yield (
                f"{item.id:18} {item.title:44.44} LOINC {item.loinc or 'none':10} "
                f"{item.item_count:3} items  {languages:8} {item.licence}"
            )

    line.show(found, lines)
    return 0


@click.command("rules")
@click.argument("name", required=False)
@click.argument("case", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--schema", is_flag=True, help="What the rule may be told.")
@click.option("--example", is_flag=True, help="A case to start from.")
@command_line
def rules(
    line: CommandLine, name: str | None, case: Path | None, schema: bool, example: bool
) -> int:
    """Ask one rule about plain facts: casefield rules lace CASE.json.

    Without a name, lists the rules. CASE.json may be "-" for standard input.
    """
    from casefield.care.rules_door import doors

    known = doors()
    if name is None:
        line.show(
            {n: d.summary for n, d in known.items()},
            lambda: (f"{n:12} {d.summary}" for n, d in known.items()),
        )
        return 0
    if name not in known:
        raise UnusableInput(
            f"There is no rule “{name}”.", way_out=f"There are: {', '.join(known)}."
        )
    door = known[name]
    if schema or example:
        click.echo(json.dumps(door.schema if schema else door.example, indent=2))
        return 0
    if case is None:
        raise UnusableInput(
            f"The rule {name} needs a case.",
            way_out=f"Start from: casefield rules {name} --example > case.json",
        )
    result = door.run(_read_case(case))
    line.show(result, lambda: _lines(result))
    return 0


def _read_case(case: Path) -> dict[str, Any]:
    where = "standard input" if str(case) == "-" else str(case)
    try:
        text = sys.stdin.read() if str(case) == "-" else case.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UnusableInput(f"{where} can't be read: {reason}.") from error
    try:
        facts = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnusableInput(
            f"{where} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    if not isinstance(facts, dict):
        raise UnusableInput(f"{where} holds no JSON object.", way_out="Write facts as {…}.")
    return facts


def _lines(result: dict[str, Any], indent: str = "") -> Iterator[str]:
    for key, value in result.items():
        if isinstance(value, dict):
            yield f"{indent}{key}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{indent}{key}:"
            for entry in value:
                yield f"{indent}  - " + ", ".join(f"{k}: {v}" for k, v in entry.items() if v)
        elif isinstance(value, list):
            yield f"{indent}{key}: {', '.join(str(v) for v in value) or 'none'}"
        else:
            yield f"{indent}{key}: {value}"
