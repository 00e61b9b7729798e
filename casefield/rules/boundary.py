"""The decision boundary: case management, care coordination, review, or not enough known.

Criteria CM1 to CM5 (any makes case management) and CC1 to CC5 (all make care coordination); ids
are stable. Source and thresholds: `boundary.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from casefield.rules.admissions import admissions
from casefield.rules.conditions import Classified, Classifier
from casefield.rules.facts import Known, PersonFacts
from casefield.rules.findings import Evidence, Finding, Verdict, all_of, any_of
from casefield.rules.tables import Table, read_table


class Tier(StrEnum):
    """The result."""

    CASE_MANAGEMENT = "case_management"
    CARE_COORDINATION = "care_coordination"
    REVIEW = "review"
    INSUFFICIENT_DATA = "insufficient_data"


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A criterion's id and label."""

    id: str
    label: str


class BoundaryTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of `boundary.json`."""

    conditions_for_case_management: int
    conditions_to_prioritise: int
    admissions: int
    admission_days: int
    specialists_at_most: int
    screen_days: int
    lace_to_prioritise: int
    inpatient_classes: list[str]
    observation_classes: list[str]
    transfer_gap_days: int
    criteria: list[Criterion]


@dataclass(frozen=True)
class BoundaryResult:
    """The tier with every criterion's finding."""

    tier: Tier
    prioritise: bool
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    classified: Classified
    rule: str
    version: str
    source: str

    def finding(self, criterion: str) -> Finding:
        """Return one criterion's finding."""
        return next(finding for finding in self.findings if finding.id == criterion)


class Boundary:
    """Knows the tables. Pure.

    Args:
        path: `boundary.json`.
        classifier: the condition groups.
    """

    def __init__(self, path: Path, classifier: Classifier) -> None:
        self.table = read_table(path, BoundaryTable)
        self.classifier = classifier

    def label(self, criterion: str) -> str:
        """Return a criterion's label."""
        return next(c.label for c in self.table.criteria if c.id == criterion)

    def judge(self, facts: PersonFacts) -> BoundaryResult:
        """Return the tier for a person; unknown facts are named, never taken for no."""
        classified = self.classifier.classify(facts.conditions or (), facts.as_of)
        managing = (
            self._conditions(facts, classified),
            self._admissions(facts),
            self._social(facts, classified),
            self._behavioural(facts, classified),
            self._plain("CM5", facts.long_term_care_decision, "long_term_care_decision_open"),
        )
        coordinating = (
            self._plain("CC1", facts.stable, "conditions_stable"),
            self._specialists(facts),
            self._plain("CC3", facts.social_support, "social_support_reliable"),
            self._plain("CC4", facts.health_literacy, "health_literacy_adequate"),
            self._plain("CC5", facts.informational_only, "needs_informational_only"),
        )
        findings = managing + coordinating
        many = len(classified.counted) >= self.table.conditions_to_prioritise
        risky = facts.lace is not None and facts.lace >= self.table.lace_to_prioritise
        return BoundaryResult(
            tier=_tier(managing, coordinating),
            prioritise=many or risky,
            findings=findings,
            missing=tuple(dict.fromkeys(m for f in findings for m in f.missing)),
            classified=classified,
            rule=self.table.id,
            version=self.table.version,
            source=self.table.source,
        )

    def _conditions(self, facts: PersonFacts, classified: Classified) -> Finding:
        if facts.conditions is None:
            return self._finding("CM1", Verdict.UNKNOWN, missing=("problem_list",))
        least = self.table.conditions_for_case_management
        evidence = tuple(classified.groups[group][0].evidence() for group in classified.counted)
        unclassified = len(classified.unclassified)
        if len(classified.counted) >= least:
            verdict = Verdict.TRUE
        elif len(classified.counted) + unclassified >= least:
            verdict = Verdict.UNKNOWN
        else:
            verdict = Verdict.FALSE
        missing = ("unclassified_conditions",) if verdict is Verdict.UNKNOWN else ()
        return self._finding(
            "CM1", verdict, evidence, missing, statement=str(len(classified.counted))
        )

    def _admissions(self, facts: PersonFacts) -> Finding:
        if facts.stays is None:
            return self._finding("CM2", Verdict.UNKNOWN, missing=("encounters",))
        table = self.table
        found = admissions(
            facts.stays,
            facts.as_of,
            days=table.admission_days,
            inpatient=table.inpatient_classes,
            gap_days=table.transfer_gap_days,
        )
        undated = [
            stay
            for stay in facts.stays
            if stay.class_code in table.inpatient_classes
            and stay.admitted is None
            and not stay.cancelled
        ]
        evidence = tuple(
            Evidence(s.record, "class", s.class_code, s.admitted.isoformat(), s.display)
            for admission in found
            for s in admission.stays
            if s.admitted
        )
        enough = len(found) >= table.admissions
        possible = len(found) + len(undated) >= table.admissions
        verdict = Verdict.TRUE if enough else Verdict.UNKNOWN if possible else Verdict.FALSE
        missing = ("admission_dates",) if verdict is Verdict.UNKNOWN else ()
        return self._finding("CM2", verdict, evidence, missing, statement=str(len(found)))

    def _social(self, facts: PersonFacts, classified: Classified) -> Finding:
        housing = _with_conditions(facts.housing, classified, "housing")
        food = _with_conditions(facts.food, classified, "food")
        named = {
            "housing": housing, "food": food, "english_proficiency": facts.limited_english
        }  # fmt: skip
        return self._either("CM3", named)

    def _behavioural(self, facts: PersonFacts, classified: Classified) -> Finding:
        sud = tuple(c.evidence() for c in classified.sud)
        smi = tuple(c.evidence() for c in classified.smi)
        named = {
            "substance_use": Known(True, sud) if sud else facts.substance_use,
            "serious_mental_illness": Known(True, smi) if smi else facts.serious_mental_illness,
        }
        finding = self._either("CM4", named)
        if finding.verdict is not Verdict.TRUE and classified.remission:
            remission = tuple(c.evidence() for c in classified.remission)
            missing = (*finding.missing, "remission_review")
            return self._finding("CM4", Verdict.UNKNOWN, remission, missing)
        return finding

    def _specialists(self, facts: PersonFacts) -> Finding:
        if facts.specialists is None:
            return self._finding("CC2", Verdict.UNKNOWN, missing=("specialist_count",))
        verdict = Verdict.of(facts.specialists <= self.table.specialists_at_most)
        return self._finding(
            "CC2", verdict, facts.specialists_evidence, statement=str(facts.specialists)
        )

    def _either(self, criterion: str, named: dict[str, Known]) -> Finding:
        verdict = any_of(known.verdict for known in named.values())
        evidence = tuple(
            item
            for known in named.values()
            if known.value or verdict is not Verdict.TRUE
            for item in known.evidence
        )
        missing = (
            tuple(name for name, known in named.items() if known.value is None)
            if verdict is Verdict.UNKNOWN
            else ()
        )
        return self._finding(criterion, verdict, evidence, missing)

    def _plain(self, criterion: str, known: Known, name: str) -> Finding:
        missing = (name,) if known.value is None else ()
        return self._finding(criterion, known.verdict, known.evidence, missing)

    def _finding(
        self,
        criterion: str,
        verdict: Verdict,
        evidence: tuple[Evidence, ...] = (),
        missing: tuple[str, ...] = (),
        statement: str = "",
    ) -> Finding:
        return Finding(
            id=criterion,
            verdict=verdict,
            rule=self.table.id,
            version=self.table.version,
            source=self.table.source,
            evidence=evidence,
            missing=missing,
            statement=statement,
        )


def _with_conditions(known: Known, classified: Classified, barrier: str) -> Known:
    coded = tuple(c.evidence() for c in classified.barriers.get(barrier, ()))
    return Known(True, coded + known.evidence) if coded else known


def _tier(managing: tuple[Finding, ...], coordinating: tuple[Finding, ...]) -> Tier:
    if any_of(f.verdict for f in managing) is Verdict.TRUE:
        return Tier.CASE_MANAGEMENT
    if all_of(f.verdict for f in coordinating) is Verdict.TRUE:
        return Tier.CARE_COORDINATION
    if any(f.verdict is Verdict.UNKNOWN for f in managing + coordinating):
        return Tier.INSUFFICIENT_DATA
    return Tier.REVIEW
