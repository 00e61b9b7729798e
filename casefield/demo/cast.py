"""Who is in the demo: the typed shape of `resources/demo/people.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything in the file: an unknown word is a mistake, not a guess."""


class Payer(Shape, frozen=True, kw_only=True):
    """Who pays."""

    name: str
    type: str


class Problem(Shape, frozen=True, kw_only=True):
    """A condition."""

    icd10: str
    display: str
    since: str


class Allergy(Shape, frozen=True, kw_only=True):
    """An allergy."""

    display: str
    reaction: str
    criticality: str


class Medicine(Shape, frozen=True, kw_only=True):
    """A medicine line."""

    display: str
    dosage: str
    since: str
    by: str | None = None


class Stay(Shape, frozen=True, kw_only=True):
    """An encounter: `length` in nights, ended at `until`."""

    klass: str = msgspec.field(name="class")
    length: int
    until: str
    facility: str
    reason: str
    type: str | None = None
    disposition: str | None = None


class Result(Shape, frozen=True, kw_only=True):
    """A laboratory result."""

    code: str
    display: str
    value: float
    unit: str
    on: str


class Step(Shape, frozen=True, kw_only=True):
    """An activity towards a goal."""

    what: str
    owner: str | None = None
    often: str | None = None
    due: str | None = None
    done: bool = False


class Wish(Shape, frozen=True, kw_only=True):
    """A goal in the person's own words."""

    words: str
    due: str
    measure: str | None = None
    unit: str | None = None
    target: float | None = None
    baseline: float | None = None
    now: float | None = None
    activities: list[Step] = []


class Asked(Shape, frozen=True, kw_only=True):
    """A PHQ-9: the nine answers, 0 to 3; what was done for safety where item 9 asked for it."""

    on: str
    answers: list[int]
    safety: str | None = None


class Call(Shape, frozen=True, kw_only=True):
    """A call that was made."""

    on: str
    outcome: str
    note: str


class Met(Shape, frozen=True, kw_only=True):
    """A visit that was held, with its signed note."""

    on: str
    kind: str
    title: str
    body: str


class Todo(Shape, frozen=True, kw_only=True):
    """A task."""

    what: str
    due: str


class Person(Shape, frozen=True, kw_only=True):
    """One invented person."""

    id: str
    story: str
    given: str
    family: str
    preferred: str | None = None
    pronouns: str
    sex: str
    age: int
    birthday: str
    language: str
    interpreter: bool | None = None
    proficiency: str | None = None
    phone: str
    address: list[str]
    payer: Payer
    programme: str | None = None
    consent: bool | None = None
    flags: list[str] = []
    conditions: list[Problem]
    allergies: list[Allergy] = []
    no_known_allergies: bool = False
    medications: list[Medicine]
    encounters: list[Stay]
    pressure: list[tuple[str, float, float]] = []
    weights: list[tuple[str, float]] = []
    hba1c: list[tuple[str, float]] = []
    labs: list[Result] = []
    goals: list[Wish] = []
    problem: str | None = None
    facts: dict[str, Any] = {}
    phq9: list[Asked] = []
    calls: list[Call] = []
    visits: list[Met] = []
    tasks: list[Todo] = []
    review: str | None = None


class Cast(Shape, frozen=True, kw_only=True):
    """Everybody."""

    about: str
    people: list[Person]


def load_cast(path: Path) -> tuple[Person, ...]:
    """Read the demo's people."""
    return tuple(msgspec.json.decode(path.read_bytes(), type=Cast).people)
