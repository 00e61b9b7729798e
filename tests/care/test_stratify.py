"""The decision boundary on records: verdicts with evidence a reader finds, reasoned decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest

from casefield.application import Session
from casefield.care import people, stratify
from casefield.care.views import CriterionView, ImportReport, Stratification
from casefield.errors import NotFound, UnusableInput
from casefield.records.planning import EpisodeOfCare
from tests.care.bundles import bundle, condition, encounter, patient

Take = Callable[..., ImportReport]
Records = Callable[..., list[SimpleNamespace]]
TODAY = date(2026, 11, 10)
CRITERIA = [f"CM{n}" for n in range(1, 6)] + [f"CC{n}" for n in range(1, 6)]
FOUR = (
    condition("dm", "E11.9", "Type 2 diabetes"),
    condition("hf", "I50.9", "Heart failure"),
    condition("copd", "J44.9", "COPD"),
    condition("ckd", "N18.31", "Chronic kidney disease"),
)


def judged(session: Session, case_id: str, as_of: date = TODAY) -> Stratification:
    return session.read(lambda work: stratify.stratify(work, case_id, as_of))


def criterion(found: Stratification, name: str) -> CriterionView:
    return next(c for c in found.criteria if c.id == name)


def fact(session: Session, case_id: str, **facts: object) -> None:
    session.act(lambda work: stratify.record_fact(work, case_id, **facts), "facts")


def stay(name: str, month: int) -> dict[str, object]:
    return encounter(name, "IMP", f"2026-{month:02}-03T08:00:00Z", f"2026-{month:02}-06T08:00:00Z")


def test_nothing_known_is_insufficient_and_named(session: Session, person: str) -> None:
    found = judged(session, person)
    assert found.tier == "insufficient_data"
    assert [c.id for c in found.criteria] == CRITERIA
    assert {c.verdict for c in found.criteria} == {"unknown"}
    assert {"problem_list", "encounters", "conditions_stable"} <= set(found.missing)
    assert all(c.label for c in found.criteria)


def test_four_conditions_make_case_management_with_their_entries(
    session: Session, take: Take
) -> None:
    found = judged(session, take(bundle(patient(), *FOUR)).people[0])
    assert found.tier == "case_management"
    cm1 = criterion(found, "CM1")
    assert cm1.verdict == "true"
    assert {line.source_reference for line in cm1.evidence} == {
        "Condition/dm",
        "Condition/hf",
        "Condition/copd",
        "Condition/ckd",
    }
    assert {line.display for line in cm1.evidence} >= {"Type 2 diabetes", "Heart failure"}
    assert len(found.condition_groups) == 4
    assert found.facts_used >= 4


def test_admissions_are_evidence_with_day_and_entry(session: Session, take: Take) -> None:
    content = bundle(patient(), stay("a", 7), stay("b", 9), stay("c", 10))
    found = judged(session, take(content).people[0])
    cm2 = criterion(found, "CM2")
    assert cm2.verdict == "true"
    assert {(line.source_reference, line.date) for line in cm2.evidence} == {
        ("Encounter/a", "2026-07-03"),
        ("Encounter/b", "2026-09-03"),
        ("Encounter/c", "2026-10-03"),
    }


def test_what_a_worker_asked_counts_and_says_when(
    session: Session, person: str, take: Take
) -> None:
    fact(session, person, housing_barrier=True)
    cm3 = criterion(judged(session, person), "CM3")
    assert cm3.verdict == "true"
    (line,) = cm3.evidence
    assert (line.record_type, line.field, line.value) == ("EpisodeOfCare", "housing_barrier", "yes")
    assert line.date == "2026-11-10"
    fact(session, person, housing_barrier=None)  # taken back: not asked
    assert criterion(judged(session, person), "CM3").verdict == "unknown"


def test_all_five_make_care_coordination(session: Session, take: Take) -> None:
    case_id = take(
        bundle(patient(communication=[{"language": {"coding": [{"code": "en"}]}}]), FOUR[0])
    ).people[0]
    fact(
        session,
        case_id,
        conditions_stable=True,
        specialist_count=1,
        social_support_reliable=True,
        health_literacy_adequate=True,
        needs_informational_only=True,
    )
    assert judged(session, case_id).tier == "care_coordination"
    fact(session, case_id, conditions_stable=False)
    assert judged(session, case_id).tier != "care_coordination"


def test_an_interpreter_or_poor_english_is_a_barrier(session: Session, take: Take) -> None:
    spanish = patient(communication=[{"language": {"coding": [{"code": "es"}]}}])
    case_id = take(bundle(spanish)).people[0]
    assert criterion(judged(session, case_id), "CM3").verdict == "unknown"
    session.act(lambda w: people.set_english_proficiency(w, case_id, "not_well"), "asked")
    cm3 = criterion(judged(session, case_id), "CM3")
    assert cm3.verdict == "true"
    assert "Patient/p1" in {line.source_reference for line in cm3.evidence}


def test_a_fact_that_the_boundary_never_asks_is_refused(session: Session, person: str) -> None:
    with pytest.raises(UnusableInput, match="shoe_size"):
        fact(session, person, shoe_size=42)


def test_a_decision_stands_beside_what_was_computed(
    session: Session, take: Take, records: Records
) -> None:
    case_id = take(bundle(patient(), *FOUR)).people[0]
    session.act(
        lambda w: stratify.override_tier(w, case_id, "review", " Family manages "), "decision"
    )
    found = judged(session, case_id)
    assert (found.tier, found.computed) == ("review", "case_management")
    assert found.override_reason == "Family manages"
    assert criterion(found, "CM1").verdict == "true"
    assert records(EpisodeOfCare)[0].override_by == "Ana"


@pytest.mark.parametrize(("tier", "reason"), [("gold", "because"), ("review", "  ")])
def test_no_decision_without_tier_and_reason(
    session: Session, person: str, tier: str, reason: str
) -> None:
    with pytest.raises(UnusableInput):
        session.act(lambda w: stratify.override_tier(w, person, tier, reason), "decision")
    assert judged(session, person).override_reason is None


def test_an_unknown_code_is_named_and_never_taken_for_no(session: Session, take: Take) -> None:
    odd = condition("odd", "ZZZ.9", "Something nobody has classified")
    found = judged(session, take(bundle(patient(), *FOUR[:3], odd)).people[0])
    assert found.unclassified == ("Something nobody has classified",)
    assert found.unclassified_count == 1
    assert criterion(found, "CM1").verdict == "unknown"


def test_as_of_another_day_other_stays_count(session: Session, take: Take) -> None:
    content = bundle(patient(), stay("a", 1), stay("b", 2), stay("c", 3))
    case_id = take(content).people[0]
    assert criterion(judged(session, case_id, date(2026, 4, 1)), "CM2").verdict == "true"
    assert criterion(judged(session, case_id, date(2027, 11, 1)), "CM2").verdict == "false"


def test_everybody_by_name_with_one_version_of_the_rule(session: Session, take: Take) -> None:
    take(bundle(patient("1", "Zoe", "Brandt"), patient("2", "Al", "Adler")))
    found = session.read(lambda work: stratify.stratify_all(work, TODAY))
    assert [s.name for s in found] == ["Al Adler", "Zoe Brandt"]
    assert len({(s.rule, s.rule_version, s.source) for s in found}) == 1
    assert found[0].rule_version


def test_one_open_case_is_used_again(session: Session, person: str, records: Records) -> None:
    fact(session, person, food_barrier=False)
    fact(session, person, transport_barrier=True)
    (case,) = records(EpisodeOfCare)
    assert (case.food_barrier, case.transport_barrier) == (False, True)
    assert case.manager_id == session.actor.user_id


def test_nobody_is_not_judged(session: Session) -> None:
    with pytest.raises(NotFound):
        judged(session, "nobody")
