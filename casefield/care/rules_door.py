"""The rules on plain facts, for the command line: no record is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from casefield.care import tables
from casefield.errors import UnusableInput
from casefield.rules.doors import BadCase, RuleDoor
from casefield.rules.doors import doors as plain_doors


def doors() -> dict[str, RuleDoor]:
    """Return every rule by name; a bad case is refused with a sentence."""
    made = plain_doors(tables.boundary(), tables.clocks, tables.lace())
    return {name: replace(door, run=_with_sentence(name, door.run)) for name, door in made.items()}


def _with_sentence(
    name: str, run: Callable[[dict[str, Any]], dict[str, Any]]
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def told(case: dict[str, Any]) -> dict[str, Any]:
        try:
            return run(case)
        except BadCase as error:
            raise UnusableInput(
                f"The case for {name} can't be answered: {error}",
                way_out=f"See casefield rules {name} --schema.",
            ) from error

    return told
