"""LACE, the readmission index of van Walraven et al. (CMAJ 2010): 0 to 19, high from 10.

L length of stay in days (discharge date less admission date), A acute admission, C comorbidity by
LACE's own weights, E emergency visits in the six months before, the index one not counted.
Anything unknown makes the score a range. The index heart attack itself does not count for C.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from casefield.rules.conditions import REFUTED, CodedCondition, has_code
from casefield.rules.findings import Evidence
from casefield.rules.tables import Table, read_table

MISSING = {
    "L": "admission_dates",
    "A": "acute",
    "C": "comorbidities",
    "E": "emergency_visits",
}


class Comorbidity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comorbidity; `…_past` codes count only with an onset before the index admission."""

    id: str
    label: str
    weight: int
    icd10: tuple[str, ...] = ()
    snomed: frozenset[str] = frozenset()
    icd10_past: tuple[str, ...] = ()
    snomed_past: frozenset[str] = frozenset()
    instead_of: list[str] = []


class LaceTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of `lace.json`."""

    length_points: list[tuple[int, int]]
    acute_points: int
    comorbidity_cap: int
    comorbidity_from: int
    emergency_cap: int
    bands: list[tuple[int, str]]
    comorbidities: list[Comorbidity]


@dataclass(frozen=True)
class LaceFacts:
    """What LACE asks. None: not known.

    `comorbidities` may be given by id (a person's own list) or found from `conditions`.
    """

    admitted: date | None = None
    discharged: date | None = None
    acute: bool | None = None
    conditions: tuple[CodedCondition, ...] | None = None
    comorbidities: tuple[str, ...] | None = None
    emergency_visits: int | None = None
    evidence: tuple[tuple[str, Evidence], ...] = ()


@dataclass(frozen=True)
class Part:
    """One letter: points, or a range where it is unknown."""

    id: str
    label: str
    low: int
    high: int
    maximum: int
    statement: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def points(self) -> int | None:
        """The points, None where unknown."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True)
class LaceResult:
    """The score: `total` None where parts are unknown; then `low` to `high`."""

    low: int
    high: int
    parts: tuple[Part, ...]
    band: str
    missing: tuple[str, ...]
    rule: str
    version: str
    source: str

    @property
    def total(self) -> int | None:
        """The score, None where it is a range."""
        return self.low if self.low == self.high else None


class Lace:
    """Knows the table. Pure.

    Args:
        path: `lace.json`.
    """

    maximum = 19

    def __init__(self, path: Path) -> None:
        self.table = read_table(path, LaceTable)

    def score(self, facts: LaceFacts) -> LaceResult:
        """Return the score of one stay."""
        evidence: dict[str, list[Evidence]] = {}
        for letter, item in facts.evidence:
            evidence.setdefault(letter, []).append(item)
        parts = (
            self._length(facts, tuple(evidence.get("L", ()))),
            self._acute(facts, tuple(evidence.get("A", ()))),
            self._comorbidity(facts),
            self._emergency(facts, tuple(evidence.get("E", ()))),
        )
        low, high = sum(p.low for p in parts), sum(p.high for p in parts)
        bands = {self.band(low), self.band(high)}
        return LaceResult(
            low=low,
            high=high,
            parts=parts,
            band=bands.pop() if len(bands) == 1 else "unknown",
            missing=tuple(MISSING[p.id] for p in parts if p.points is None),
            rule=self.table.id,
            version=self.table.version,
            source=self.table.source,
        )

    def band(self, total: int) -> str:
        """Return low, moderate or high."""
        return next(name for least, name in reversed(self.table.bands) if total >= least)

    def comorbidities_of(
        self, conditions: Iterable[CodedCondition], admitted: date | None
    ) -> dict[str, CodedCondition]:
        """Return the comorbidities among conditions, by id, the milder of a pair left out."""
        found: dict[str, CodedCondition] = {}
        for condition in conditions:
            if (condition.verification_status or "") in REFUTED:
                continue
            for entry in self.table.comorbidities:
                if entry.id not in found and self._counts(entry, condition, admitted):
                    found[entry.id] = condition
        for entry in self.table.comorbidities:
            if entry.id in found:
                for milder in entry.instead_of:
                    found.pop(milder, None)
        return found

    def _counts(self, entry: Comorbidity, condition: CodedCondition, admitted: date | None) -> bool:
        if has_code(condition, entry.icd10, entry.snomed):
            return condition.active
        past = has_code(condition, entry.icd10_past, entry.snomed_past)
        return bool(past and admitted and condition.onset and condition.onset < admitted)

    def _length(self, facts: LaceFacts, evidence: tuple[Evidence, ...]) -> Part:
        maximum = self.table.length_points[-1][1]
        if facts.admitted is None or facts.discharged is None:
            return Part("L", "Length", 0, maximum, maximum, "", evidence)
        days = (facts.discharged - facts.admitted).days
        if days < 0:  # dates that can't both be right tell no length
            return Part("L", "Length", 0, maximum, maximum, "", evidence)
        points = next(p for least, p in reversed(self.table.length_points) if days >= least)
        return Part("L", "Length", points, points, maximum, f"{days}", evidence)

    def _acute(self, facts: LaceFacts, evidence: tuple[Evidence, ...]) -> Part:
        points = self.table.acute_points
        if facts.acute is None:
            return Part("A", "Acute", 0, points, points, "", evidence)
        got = points if facts.acute else 0
        return Part("A", "Acute", got, got, points, "yes" if facts.acute else "no", evidence)

    def _comorbidity(self, facts: LaceFacts) -> Part:
        cap = self.table.comorbidity_cap
        if facts.comorbidities is None and facts.conditions is None:
            return Part("C", "Comorbid", 0, cap, cap, "")
        weights = {entry.id: entry.weight for entry in self.table.comorbidities}
        labels = {entry.id: entry.label for entry in self.table.comorbidities}
        found = self.comorbidities_of(facts.conditions or (), facts.admitted)
        named = dict.fromkeys([*found, *(facts.comorbidities or ())])
        ids = self._without_milder(tuple(named))
        total = sum(weights[i] for i in ids)
        points = cap if total >= self.table.comorbidity_from else total
        evidence = tuple(found[i].evidence() for i in ids if i in found)
        words = ", ".join(f"{labels[i]} {weights[i]}" for i in ids)
        return Part("C", "Comorbid", points, points, cap, words, evidence)

    def _without_milder(self, given: tuple[str, ...]) -> tuple[str, ...]:
        milder = {m for e in self.table.comorbidities if e.id in given for m in e.instead_of}
        return tuple(name for name in given if name not in milder)

    def _emergency(self, facts: LaceFacts, evidence: tuple[Evidence, ...]) -> Part:
        cap = self.table.emergency_cap
        if facts.emergency_visits is None:
            return Part("E", "ED visits", 0, cap, cap, "")
        points = min(facts.emergency_visits, cap)
        return Part("E", "ED visits", points, points, cap, f"{facts.emergency_visits}", evidence)
