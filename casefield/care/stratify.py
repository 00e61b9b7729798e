"""The decision boundary for people on the caseload: computed, shown with evidence, overridden."""

from __future__ import annotations

from datetime import date
from typing import Any

from casefield.care import tables
from casefield.care.days import local_day
from casefield.care.facts import Kept, everybody, gather, lace_facts, person_facts
from casefield.care.names import full_name
from casefield.care.stays import latest_stay
from casefield.care.views import CriterionView, EvidenceLine, Stratification
from casefield.errors import NotFound, UnusableInput
from casefield.records.planning import EpisodeOfCare
from casefield.records.work import Work
from casefield.rules.boundary import BoundaryResult, Tier
from casefield.rules.findings import Evidence, Finding
from casefield.rules.lace import LaceResult

FACTS = frozenset(
    {
        "conditions_stable",
        "specialist_count",
        "social_support_reliable",
        "health_literacy_adequate",
        "needs_informational_only",
        "long_term_care_decision_open",
        "housing_barrier",
        "food_barrier",
        "transport_barrier",
        "substance_use_active",
        "serious_mental_illness",
    }
)


def stratify(work: Work, case_id: str, as_of: date) -> Stratification:
    """Return one person's tier with every criterion.

    Raises:
        NotFound: nobody of this id is on the caseload.
    """
    kept = gather(work, [case_id]).get(case_id)
    if kept is None:
        raise NotFound("Nobody with that id is on this caseload.")
    return view(kept, as_of)


def stratify_all(work: Work, as_of: date) -> tuple[Stratification, ...]:
    """Return everybody's tier, by name."""
    found = (view(kept, as_of) for kept in everybody(work))
    return tuple(sorted(found, key=lambda s: s.name))


def judge(kept: Kept, as_of: date) -> tuple[BoundaryResult, LaceResult | None]:
    """Return the boundary and, where there was a stay in the last 30 days, its LACE."""
    stay = latest_stay(kept, as_of)
    lace = tables.lace().score(lace_facts(kept, stay)) if stay is not None else None
    facts = person_facts(kept, as_of, lace.total if lace else None)
    return tables.boundary().judge(facts), lace


def view(kept: Kept, as_of: date) -> Stratification:
    """Return a person's tier as it is shown."""
    return shown(kept, as_of, judge(kept, as_of)[0])


def shown(kept: Kept, as_of: date, result: BoundaryResult) -> Stratification:
    """Return a person's tier as it was judged."""
    override = kept.episode.tier_override if kept.episode is not None else None
    used = {e.record for f in result.findings for e in f.evidence}
    return Stratification(
        case_id=kept.patient.id,
        name=full_name(kept.patient),
        as_of=as_of,
        tier=override or result.tier.value,
        computed=result.tier.value,
        override_reason=kept.episode.override_reason if override and kept.episode else None,
        prioritise=result.prioritise,
        criteria=tuple(_criterion(finding) for finding in result.findings),
        missing=result.missing,
        condition_groups=tuple(
            result.classified.labels[group] for group in result.classified.counted
        ),
        unclassified=tuple(
            dict.fromkeys(c.display or c.evidence().value for c in result.classified.unclassified)
        ),
        unclassified_count=len(result.classified.unclassified),
        rule=result.rule,
        rule_version=result.version,
        source=result.source,
        facts_used=len(used),
    )


def override_tier(work: Work, case_id: str, tier: str, reason: str) -> None:
    """Record a clinician's decision on the tier; the computed one stays beside it.

    Raises:
        UnusableInput: not a tier, or no reason.
    """
    if tier not in {t.value for t in Tier}:
        raise UnusableInput(f"“{tier}” is no tier.", way_out="Choose one of those listed.")
    if not reason.strip():
        raise UnusableInput("A decision needs its reason.", way_out="Write why, in a few words.")
    work.change(
        episode_of(work, case_id),
        tier_override=tier,
        override_reason=reason.strip(),
        override_by=work.actor.name,
    )


def record_fact(work: Work, case_id: str, **facts: Any) -> None:
    """Record what was asked: yes, no, or a number; None takes it back to "not asked".

    Raises:
        UnusableInput: not one of the facts that the boundary asks.
    """
    unknown = set(facts) - FACTS
    if unknown:
        raise UnusableInput(f"“{sorted(unknown)[0]}” is not a fact of the decision boundary.")
    today = local_day(work.now, work.zone)
    work.change(episode_of(work, case_id), facts_on=today, **facts)


def episode_of(work: Work, case_id: str) -> EpisodeOfCare:
    """Return the person's open case; opens one where there is none."""
    found = work.find(EpisodeOfCare, case_id=case_id)
    for episode in found:
        if episode.status == "active":
            return episode
    if found:
        return found[-1]
    return work.add(
        EpisodeOfCare(
            case_id=case_id,
            status="active",
            started_on=local_day(work.now, work.zone),
            manager_id=work.actor.user_id,
            identified_by="case_manager",
        )
    )


def evidence_line(item: Evidence) -> EvidenceLine:
    """Return evidence as it is shown."""
    kind, _, record_id = item.record.partition("/")
    return EvidenceLine(
        record_type=kind,
        record_id=record_id,
        field=item.field,
        value=item.value,
        date=item.date,
        source_reference=item.record,
        display=item.display,
    )


def _criterion(finding: Finding) -> CriterionView:
    return CriterionView(
        id=finding.id,
        label=tables.boundary().label(finding.id),
        verdict=finding.verdict.value,
        statement=finding.statement,
        evidence=tuple(evidence_line(item) for item in finding.evidence),
        missing=finding.missing,
    )
