"""The decision boundary: worked people, the order of its answers, and what is missing by name."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.resources import resource_path
from casefield.rules.boundary import Boundary, BoundaryResult, Tier
from casefield.rules.conditions import Classifier, CodedCondition
from casefield.rules.facts import Known, PersonFacts, Stay
from casefield.rules.findings import Evidence, Verdict

AS_OF = date(2026, 11, 13)
RULE = Boundary(
    resource_path("clinical", "boundary.json"),
    Classifier(resource_path("clinical", "condition_groups.json")),
)
NO, YES = Known(False), Known(True)
MANAGING = ("CM1", "CM2", "CM3", "CM4", "CM5")
COORDINATING = ("CC1", "CC2", "CC3", "CC4", "CC5")

# Somebody for whom care coordination is enough, everything known.
SETTLED = PersonFacts(
    as_of=AS_OF,
    conditions=(),
    stays=(),
    housing=NO,
    food=NO,
    limited_english=NO,
    substance_use=NO,
    serious_mental_illness=NO,
    long_term_care_decision=NO,
    stable=YES,
    specialists=1,
    social_support=YES,
    health_literacy=YES,
    informational_only=YES,
)


def icd10(*codes: str) -> tuple[CodedCondition, ...]:
    return tuple(CodedCondition(f"Condition/{c}", (("icd10", c),), c) for c in codes)


def stay(days_ago: int, length: int = 3, class_code: str = "IMP") -> Stay:
    admitted = AS_OF - timedelta(days=days_ago)
    return Stay(f"Encounter/{days_ago}", class_code, admitted, admitted + timedelta(days=length))


def judge(facts: PersonFacts = SETTLED, **changes: object) -> BoundaryResult:
    return RULE.judge(replace(facts, **changes))


def verdict(result: BoundaryResult, criterion: str) -> Verdict:
    return result.finding(criterion).verdict


def test_settled_stable_and_supported_is_care_coordination() -> None:
    result = judge()
    assert result.tier is Tier.CARE_COORDINATION
    assert not result.prioritise
    assert result.missing == ()


def test_three_conditions_and_conflicting_advice_is_for_review_and_first() -> None:
    facts = replace(
        SETTLED,
        conditions=icd10("E11.9", "I10", "N18.31"),
        specialists=2,
        informational_only=NO,
    )
    result = judge(facts)
    assert result.tier is Tier.REVIEW
    assert result.prioritise
    assert verdict(result, "CC5") is Verdict.FALSE
    assert [verdict(result, c) for c in MANAGING] == [Verdict.FALSE] * 5
    # One condition more, and it is case management.
    more = judge(facts, conditions=icd10("E11.9", "I10", "N18.31", "F33.1"))
    assert more.tier is Tier.CASE_MANAGEMENT
    assert verdict(more, "CM1") is Verdict.TRUE
    assert len(more.finding("CM1").evidence) == 4


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"conditions": icd10("E11.9", "I10", "N18.31", "F33.1")}, "CM1"),
        ({"stays": (stay(30), stay(90))}, "CM2"),
        ({"housing": YES}, "CM3"),
        ({"food": YES}, "CM3"),
        ({"limited_english": YES}, "CM3"),
        ({"conditions": icd10("Z59.00")}, "CM3"),
        ({"conditions": icd10("Z59.41")}, "CM3"),
        ({"substance_use": YES}, "CM4"),
        ({"serious_mental_illness": YES}, "CM4"),
        ({"conditions": icd10("F11.20")}, "CM4"),
        ({"conditions": icd10("F20.9")}, "CM4"),
        ({"long_term_care_decision": YES}, "CM5"),
    ],
)
def test_each_criterion_alone_makes_case_management(
    changes: dict[str, object], criterion: str
) -> None:
    result = judge(**changes)
    assert result.tier is Tier.CASE_MANAGEMENT
    assert [c for c in MANAGING if verdict(result, c) is Verdict.TRUE] == [criterion]


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"stable": NO}, "CC1"),
        ({"specialists": 3}, "CC2"),
        ({"social_support": NO}, "CC3"),
        ({"health_literacy": NO}, "CC4"),
        ({"informational_only": NO}, "CC5"),
    ],
)
def test_one_unmet_condition_of_coordination_is_for_review(
    changes: dict[str, object], criterion: str
) -> None:
    result = judge(**changes)
    assert result.tier is Tier.REVIEW
    assert [c for c in COORDINATING if verdict(result, c) is Verdict.FALSE] == [criterion]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"conditions": None}, "problem_list"),
        ({"stays": None}, "encounters"),
        ({"housing": Known()}, "housing"),
        ({"food": Known()}, "food"),
        ({"limited_english": Known()}, "english_proficiency"),
        ({"substance_use": Known()}, "substance_use"),
        ({"serious_mental_illness": Known()}, "serious_mental_illness"),
        ({"long_term_care_decision": Known()}, "long_term_care_decision_open"),
        ({"stable": Known()}, "conditions_stable"),
        ({"specialists": None}, "specialist_count"),
        ({"social_support": Known()}, "social_support_reliable"),
        ({"health_literacy": Known()}, "health_literacy_adequate"),
        ({"informational_only": Known()}, "needs_informational_only"),
    ],
)
def test_each_unknown_is_named_and_stands_in_the_way_of_review(
    changes: dict[str, object], missing: str
) -> None:
    result = judge(**changes)
    assert result.missing == (missing,)
    unmet = judge(**({"stable": NO, "social_support": NO} | changes))
    assert unmet.tier is Tier.INSUFFICIENT_DATA
    assert missing in unmet.missing


def test_coordination_needs_all_its_conditions_but_no_knowledge_of_case_management() -> None:
    assert judge(housing=Known()).tier is Tier.CARE_COORDINATION
    assert judge(social_support=Known()).tier is Tier.INSUFFICIENT_DATA


def test_of_somebody_unknown_there_is_not_enough_data() -> None:
    result = RULE.judge(PersonFacts(as_of=AS_OF))
    assert result.tier is Tier.INSUFFICIENT_DATA
    assert not result.prioritise
    assert {f.verdict for f in result.findings} == {Verdict.UNKNOWN}
    assert len(result.missing) == 13


def test_one_true_criterion_is_enough_whatever_else_is_unknown() -> None:
    result = RULE.judge(PersonFacts(as_of=AS_OF, limited_english=YES))
    assert result.tier is Tier.CASE_MANAGEMENT
    assert "problem_list" in result.missing
    assert result.finding("CM3").missing == ()


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ((stay(30), stay(90)), Verdict.TRUE),
        ((stay(30, class_code="OBSENC"), stay(90, class_code="OBSENC")), Verdict.FALSE),
        ((stay(30), stay(90, class_code="OBSENC")), Verdict.FALSE),
        ((stay(30, 3), stay(27, 3)), Verdict.FALSE),
        ((stay(30), stay(370)), Verdict.FALSE),
        ((stay(30), Stay("Encounter/x", "IMP", None, None)), Verdict.UNKNOWN),
        ((stay(30), Stay("Encounter/x", "IMP", None, None, cancelled=True)), Verdict.FALSE),
        ((), Verdict.FALSE),
    ],
)
def test_two_admissions_in_the_year_count_observation_and_transfers_do_not(
    stays: tuple[Stay, ...], expected: Verdict
) -> None:
    result = judge(stays=stays)
    assert verdict(result, "CM2") is expected
    assert ("admission_dates" in result.missing) is (expected is Verdict.UNKNOWN)


def test_a_condition_that_no_table_knows_leaves_the_count_open_where_it_could_decide() -> None:
    three, odd = icd10("E11.9", "I10", "N18.31"), CodedCondition("Condition/9", (), "Something")
    open_count = judge(conditions=(*three, odd))
    assert verdict(open_count, "CM1") is Verdict.UNKNOWN
    assert "unclassified_conditions" in open_count.missing
    assert verdict(judge(conditions=(*three[:2], odd)), "CM1") is Verdict.FALSE


def test_remission_is_for_review_not_a_yes_and_not_a_no() -> None:
    result = judge(conditions=icd10("F10.21"))
    assert verdict(result, "CM4") is Verdict.UNKNOWN
    assert "remission_review" in result.missing
    assert verdict(judge(conditions=icd10("F10.21"), substance_use=YES), "CM4") is Verdict.TRUE


def test_a_coded_barrier_outweighs_an_older_no() -> None:
    result = judge(conditions=icd10("Z59.00"), housing=NO)
    assert verdict(result, "CM3") is Verdict.TRUE
    assert [e.record for e in result.finding("CM3").evidence] == ["Condition/Z59.00"]


@pytest.mark.parametrize(("specialists", "met"), [(0, True), (2, True), (3, False)])
def test_two_specialists_are_few_and_three_are_many(specialists: int, met: bool) -> None:
    assert verdict(judge(specialists=specialists), "CC2") is Verdict.of(met)


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"conditions": icd10("E11.9", "I10")}, False),
        ({"conditions": icd10("E11.9", "I10", "N18.31")}, True),
        ({"lace": 9}, False),
        ({"lace": 10}, True),
        ({"lace": None}, False),
    ],
)
def test_three_conditions_or_a_high_lace_put_somebody_first(
    changes: dict[str, object], first: bool
) -> None:
    assert judge(**changes).prioritise is first


def test_a_finding_carries_its_rule_its_version_and_the_evidence_given() -> None:
    heard = Evidence("EpisodeOfCare/1", "long_term_care_decision_open", "yes", "2026-11-01")
    result = judge(long_term_care_decision=Known(True, (heard,)))
    finding = result.finding("CM5")
    assert finding.evidence == (heard,)
    assert (finding.rule, finding.version) == (result.rule, result.version)
    assert finding.source


def test_findings_stand_in_their_order_with_a_label_each() -> None:
    assert tuple(f.id for f in judge().findings) == MANAGING + COORDINATING
    labels = {RULE.label(c) for c in MANAGING + COORDINATING}
    assert len(labels) == 10
    assert "" not in labels


KNOWN = st.sampled_from([Known(), NO, YES])
PEOPLE = st.builds(
    PersonFacts,
    as_of=st.just(AS_OF),
    conditions=st.none()
    | st.lists(
        st.sampled_from(
            icd10("E11.9", "I10", "N18.31", "F33.1", "J44.9", "Z59.00", "F10.21", "Q99.8")
        ),
        max_size=6,
    ).map(tuple),
    stays=st.none()
    | st.lists(
        st.builds(stay, st.integers(0, 500), st.integers(0, 9), st.sampled_from(["IMP", "OBSENC"])),
        max_size=4,
    ).map(tuple),
    housing=KNOWN,
    food=KNOWN,
    limited_english=KNOWN,
    substance_use=KNOWN,
    serious_mental_illness=KNOWN,
    long_term_care_decision=KNOWN,
    stable=KNOWN,
    specialists=st.none() | st.integers(0, 6),
    social_support=KNOWN,
    health_literacy=KNOWN,
    informational_only=KNOWN,
    lace=st.none() | st.integers(0, 19),
)


@given(PEOPLE)
def test_everybody_gets_one_answer_the_same_each_time_by_the_documented_order(
    facts: PersonFacts,
) -> None:
    result = RULE.judge(facts)
    assert result == RULE.judge(facts)
    managing = [verdict(result, c) for c in MANAGING]
    coordinating = [verdict(result, c) for c in COORDINATING]
    if Verdict.TRUE in managing:
        expected = Tier.CASE_MANAGEMENT
    elif set(coordinating) == {Verdict.TRUE}:
        expected = Tier.CARE_COORDINATION
    elif Verdict.UNKNOWN in managing + coordinating:
        expected = Tier.INSUFFICIENT_DATA
    else:
        expected = Tier.REVIEW
    assert result.tier is expected


@given(PEOPLE)
def test_a_finding_says_what_is_missing_exactly_when_it_is_unknown(facts: PersonFacts) -> None:
    result = RULE.judge(facts)
    for finding in result.findings:
        assert bool(finding.missing) is (finding.verdict is Verdict.UNKNOWN)
    assert set(result.missing) == {m for f in result.findings for m in f.missing}


@given(PEOPLE, PEOPLE)
def test_learning_more_never_turns_a_settled_finding(
    facts: PersonFacts, learnt: PersonFacts
) -> None:
    fuller = replace(
        facts,
        **{
            field.name: getattr(learnt, field.name)
            for field in fields(facts)
            if getattr(facts, field.name) in (None, Known())
            # A problem list can change a criterion that was answered by hand; not in question here.
            and field.name != "conditions"
        },
    )
    before, after = RULE.judge(facts), RULE.judge(fuller)
    for finding in before.findings:
        if finding.verdict is not Verdict.UNKNOWN:
            assert verdict(after, finding.id) is finding.verdict
    if before.tier is Tier.CASE_MANAGEMENT:
        assert after.tier is Tier.CASE_MANAGEMENT
