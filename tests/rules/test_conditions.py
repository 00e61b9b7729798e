"""Condition groups: by ICD-10 prefix or SNOMED CT code, active ones, once each, never by text."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.resources import resource_path
from casefield.rules.conditions import (
    Classified,
    Classifier,
    CodedCondition,
    Kind,
    dotless_icd10,
    has_code,
)

AS_OF = date(2026, 11, 13)
CLASSIFIER = Classifier(resource_path("clinical", "condition_groups.json"))


def icd10(code: str, status: str = "active", **more: object) -> CodedCondition:
    return CodedCondition(f"Condition/{code}", (("icd10", code),), code, status, **more)


def snomed(code: str, status: str = "active", **more: object) -> CodedCondition:
    return CodedCondition(f"Condition/{code}", (("snomed", code),), code, status, **more)


def classify(*conditions: CodedCondition) -> Classified:
    return CLASSIFIER.classify(conditions, AS_OF)


@pytest.mark.parametrize(
    ("condition", "group"),
    [
        (icd10("E11.9"), "diabetes"),
        (icd10("e119"), "diabetes"),
        (icd10("I10"), "hypertension"),
        (icd10("N18.31"), "chronic_kidney_disease"),
        (icd10("I50.22"), "heart_failure"),
        (icd10("F33.1"), "depression"),
        (icd10("J44.1"), "copd"),
        (snomed("44054006"), "diabetes"),
        (snomed("59621000"), "hypertension"),
        (snomed("84114007"), "heart_failure"),
        (snomed("431857002"), "chronic_kidney_disease"),
        (snomed("36923009"), "depression"),
    ],
)
def test_common_conditions_find_their_group_in_both_code_systems(
    condition: CodedCondition, group: str
) -> None:
    found = classify(condition)
    assert group in found.counted
    assert found.groups[group] == (condition,)
    assert CLASSIFIER.kind_of(condition) is Kind.CHRONIC


def test_a_condition_coded_twice_and_recorded_twice_counts_once() -> None:
    both = CodedCondition("Condition/1", (("icd10", "E11.9"), ("snomed", "44054006")))
    found = classify(both, snomed("44054006"), icd10("E11.65"))
    assert found.counted == ("diabetes",)
    assert len(found.groups["diabetes"]) == 3


def test_diabetic_kidney_disease_is_both_diabetes_and_kidney_disease() -> None:
    assert set(classify(icd10("E11.22")).counted) == {"diabetes", "chronic_kidney_disease"}
    assert set(classify(snomed("127013003")).counted) == {"diabetes", "chronic_kidney_disease"}


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse"])
def test_active_recurring_and_relapsed_conditions_count(status: str) -> None:
    assert classify(icd10("I10", status)).counted == ("hypertension",)


@pytest.mark.parametrize("status", ["inactive", "resolved", "remission", "unknown", ""])
def test_what_is_not_active_does_not_count(status: str) -> None:
    assert classify(icd10("I10", status)) == classify()


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_what_was_refuted_or_written_in_error_does_not_count(verification: str) -> None:
    assert classify(icd10("I10", verification_status=verification)).counted == ()


def test_a_code_in_no_table_is_listed_and_never_guessed_from_its_text() -> None:
    odd = CodedCondition("Condition/9", (("snomed", "999999999"),), "Diabetes mellitus type 2")
    only_text = CodedCondition("Condition/10", (), "Hypertension")
    elsewhere = CodedCondition("Condition/11", (("urn:local", "E11.9"),), "Diabetes")
    found = classify(odd, only_text, elsewhere)
    assert found.counted == ()
    assert found.unclassified == (odd, only_text, elsewhere)
    assert CLASSIFIER.kind_of(odd) is Kind.UNCLASSIFIED


def test_social_findings_are_told_apart_and_open_their_barrier() -> None:
    homeless, hungry, student = icd10("Z59.00"), icd10("Z59.41"), snomed("224299000")
    found = classify(homeless, hungry, student)
    assert found.counted == ()
    assert found.unclassified == ()
    assert found.barriers == {"housing": (homeless,), "food": (hungry,)}
    assert found.social["education"] == (student,)
    assert CLASSIFIER.kind_of(student) is Kind.SOCIAL


@pytest.mark.parametrize("code", ["J06.9", "S82.0", "R05", "Z85.3"])
def test_acute_and_past_conditions_are_known_and_not_counted(code: str) -> None:
    condition = icd10(code)
    assert classify(condition).not_counted == (condition,)
    assert CLASSIFIER.kind_of(condition) is Kind.NOT_COUNTED


def test_tobacco_is_classified_and_is_no_substance_use_disorder() -> None:
    found = classify(icd10("F17.210"))
    assert "tobacco" in found.groups
    assert found.counted == ()
    assert found.sud == ()


@pytest.mark.parametrize("code", ["F10.20", "F11.20", "F12.20", "F14.10", "F19.20"])
def test_active_substance_use_disorders_are_listed(code: str) -> None:
    assert classify(icd10(code)).sud == (icd10(code),)


@pytest.mark.parametrize("code", ["F10.21", "F11.21", "F33.42", "F31.76"])
def test_a_remission_code_is_for_review_and_counts_nowhere(code: str) -> None:
    found = classify(icd10(code))
    assert found.remission == (icd10(code),)
    assert (found.sud, found.smi, found.counted) == ((), (), ())


@pytest.mark.parametrize("code", ["F20.9", "F25.0", "F31.9", "F33.2", "F32.3"])
def test_serious_mental_illness_is_listed(code: str) -> None:
    assert icd10(code) in classify(icd10(code)).smi


@pytest.mark.parametrize("code", ["F33.1", "F32.9", "F41.1"])
def test_milder_depression_and_anxiety_are_no_serious_mental_illness(code: str) -> None:
    assert classify(icd10(code)).smi == ()


@pytest.mark.parametrize(
    ("onset", "counted"),
    [
        (AS_OF, True),
        (AS_OF - timedelta(days=365), True),
        (AS_OF - timedelta(days=366), False),
        (None, True),
    ],
)
def test_a_heart_attack_counts_for_a_year(onset: date | None, counted: bool) -> None:
    assert bool(classify(icd10("I21.4", onset=onset)).counted) is counted
    assert bool(classify(snomed("401314000", onset=onset)).counted) is counted


def test_chronic_heart_disease_does_not_lapse() -> None:
    assert classify(icd10("I25.10", onset=date(2001, 1, 1))).counted == ("ischaemic_heart_disease",)
    both = CodedCondition(
        "Condition/1", (("icd10", "I21.4"), ("icd10", "I25.10")), onset=date(2001, 1, 1)
    )
    assert classify(both).counted == ("ischaemic_heart_disease",)


def test_evidence_leads_to_the_record_its_code_and_its_date_as_said() -> None:
    evidence = snomed("44054006", onset=date(2015, 3, 1), onset_said="2015-03").evidence()
    assert (evidence.record, evidence.value) == ("Condition/44054006", "snomed 44054006")
    assert evidence.date == "2015-03"
    assert CodedCondition("Condition/2", (), "Only words").evidence().value == "Only words"


@pytest.mark.parametrize(("given_code", "plain"), [("I21.4", "I214"), (" e11.9 ", "E119")])
def test_icd10_codes_are_read_with_or_without_dot_and_in_any_case(
    given_code: str, plain: str
) -> None:
    assert dotless_icd10(given_code) == plain


def test_icd10_matches_by_prefix_and_snomed_exactly() -> None:
    assert has_code(icd10("I50.22"), ("I50",), set())
    assert not has_code(icd10("I5"), ("I50",), set())
    assert has_code(snomed("84114007"), (), {"84114007"})
    assert not has_code(snomed("841140071"), (), {"84114007"})
    assert not has_code(icd10("84114007"), (), {"84114007"})


TABLE = CLASSIFIER.table
CONDITIONS = st.lists(
    st.builds(
        lambda code, status, years: CodedCondition(
            f"Condition/{code}",
            (code,),
            clinical_status=status,
            onset=None if years is None else AS_OF - timedelta(days=365 * years),
        ),
        st.one_of(
            st.sampled_from([("snomed", c) for g in TABLE.groups for c in sorted(g.snomed)]),
            st.sampled_from([("icd10", c) for g in TABLE.groups for c in g.icd10]),
            st.sampled_from([("icd10", c) for s in TABLE.social for c in s.icd10]),
            st.sampled_from([("icd10", c) for c in TABLE.remission_icd10]),
            st.tuples(st.sampled_from(["icd10", "snomed"]), st.text("AZ19.", max_size=6)),
        ),
        st.sampled_from(["active", "recurrence", "resolved", "inactive", "unknown"]),
        st.none() | st.integers(0, 20),
    ),
    max_size=10,
)


@given(CONDITIONS, st.randoms())
def test_the_order_of_the_problem_list_changes_no_count(
    conditions: list[CodedCondition], random
) -> None:
    shuffled = random.sample(conditions, len(conditions))
    assert classify(*conditions).counted == classify(*shuffled).counted


@given(CONDITIONS)
def test_every_active_condition_is_accounted_for_and_no_other(
    conditions: list[CodedCondition],
) -> None:
    found = classify(*conditions)
    placed = {c.record for group in found.groups.values() for c in group}
    placed |= {c.record for group in found.social.values() for c in group}
    for listed in (found.unclassified, found.not_counted, found.remission):
        placed |= {c.record for c in listed}
    active = [c for c in conditions if c.active]
    assert placed <= {c.record for c in active}
    # The one way out: an acute event that is over.
    lapsed = {c.record for c in active if c.onset and AS_OF - c.onset > timedelta(days=365)}
    assert {c.record for c in active} - placed <= lapsed


@given(CONDITIONS)
def test_each_counted_group_counts_once_and_is_one_that_counts(
    conditions: list[CodedCondition],
) -> None:
    counted = classify(*conditions).counted
    assert len(counted) == len(set(counted))
    assert set(counted) <= {g.id for g in TABLE.groups if g.counts}


@given(CONDITIONS)
def test_one_more_condition_never_lowers_the_count(conditions: list[CodedCondition]) -> None:
    fewer = classify(*conditions[:-1]).counted
    assert set(fewer) <= set(classify(*conditions).counted)


def test_every_condition_of_the_synthetic_people_is_classified(shared_data: Path) -> None:
    kinds: Counter[Kind] = Counter()
    for path in sorted((shared_data / "fhir-synthea").glob("*.json.gz")):
        with gzip.open(path) as packed:
            resources = [entry["resource"] for entry in json.load(packed)["entry"]]
        for resource in resources:
            if resource["resourceType"] == "Condition":
                codes = [c["code"] for c in resource["code"]["coding"]]
                kinds[CLASSIFIER.kind_of(snomed(codes[0]))] += 1
    assert kinds[Kind.CHRONIC] > 100
    assert kinds[Kind.UNCLASSIFIED] == 0


def test_no_code_stands_both_among_diseases_and_among_social_findings() -> None:
    diseases = {c for g in TABLE.groups for c in g.snomed}
    social = {c for s in TABLE.social for c in s.snomed}
    others = {c for n in TABLE.not_counted for c in n.snomed}
    assert not diseases & social
    assert not diseases & others
    assert not social & others
    assert all(c.isdigit() for c in diseases | social | others)
    assert all("." not in c and c == c.upper() for g in TABLE.groups for c in g.icd10)
