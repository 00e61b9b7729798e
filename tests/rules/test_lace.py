"""LACE: worked stays, each letter's points, ranges where something is unknown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.resources import resource_path
from casefield.rules.conditions import CodedCondition
from casefield.rules.findings import Evidence
from casefield.rules.lace import Lace, LaceFacts, LaceResult

RULE = Lace(resource_path("clinical", "lace.json"))
ADMITTED = date(2026, 11, 5)
NAMES = [entry.id for entry in RULE.table.comorbidities]
NOTHING = LaceFacts(ADMITTED, ADMITTED, acute=False, comorbidities=(), emergency_visits=0)


def stay(days: int = 0, **facts: object) -> LaceFacts:
    known = {"acute": False, "comorbidities": (), "emergency_visits": 0}
    return LaceFacts(ADMITTED, ADMITTED + timedelta(days=days), **(known | facts))


def icd10(*codes: str, **more: object) -> tuple[CodedCondition, ...]:
    return tuple(CodedCondition(f"Condition/{c}", (("icd10", c),), c, **more) for c in codes)


def points(result: LaceResult) -> dict[str, int | None]:
    return {part.id: part.points for part in result.parts}


def comorbidity(*conditions: CodedCondition) -> int | None:
    return points(RULE.score(stay(comorbidities=None, conditions=conditions)))["C"]


def test_the_stay_after_a_heart_attack_scores_thirteen() -> None:
    result = RULE.score(
        LaceFacts(
            admitted=ADMITTED,
            discharged=date(2026, 11, 10),
            acute=True,
            conditions=(
                *icd10("I21.4", onset=ADMITTED),
                *icd10("I50.9", "E11.9"),
                *icd10("I25.2", clinical_status="active"),
            ),
            emergency_visits=1,
        )
    )
    assert points(result) == {"L": 4, "A": 3, "C": 5, "E": 1}
    assert (result.total, result.band, result.missing) == (13, "high", ())


@pytest.mark.parametrize(
    ("facts", "total", "band"),
    [
        (
            stay(5, acute=True, comorbidities=("dementia", "heart_failure"), emergency_visits=2),
            14,
            "high",
        ),
        (stay(2), 2, "low"),
        (stay(0), 0, "low"),
        (stay(30, acute=True, comorbidities=("aids",), emergency_visits=9), 19, "high"),
    ],
)
def test_worked_stays(facts: LaceFacts, total: int, band: str) -> None:
    result = RULE.score(facts)
    assert (result.total, result.band) == (total, band)


@pytest.mark.parametrize(
    ("days", "got"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (6, 4), (7, 5), (13, 5), (14, 7), (400, 7)],
)
def test_points_for_length(days: int, got: int) -> None:
    assert points(RULE.score(stay(days)))["L"] == got


@pytest.mark.parametrize(("visits", "got"), [(0, 0), (1, 1), (3, 3), (4, 4), (11, 4)])
def test_points_for_emergency_visits(visits: int, got: int) -> None:
    assert points(RULE.score(stay(emergency_visits=visits)))["E"] == got


@pytest.mark.parametrize(
    ("codes", "got"),
    [
        ([], 0),
        (["I10"], 0),
        (["I25.2"], 1),
        (["I63.9"], 1),
        (["I73.9"], 1),
        (["E11.9"], 1),
        (["I50.9"], 2),
        (["E11.22"], 2),
        (["J44.9"], 2),
        (["N18.31"], 2),
        (["C50.911"], 2),
        (["F03.90"], 3),
        (["M05.79"], 3),
        (["E11.9", "I50.9"], 3),
        (["B20"], 5),
        (["N18.6"], 5),
        (["K76.6"], 5),
        (["C79.51"], 5),
        (["I50.9", "J44.9"], 5),
        (["I50.9", "I50.22", "I42.0"], 2),
        (["E11.9", "E11.22"], 2),
        (["N18.31", "K74.60", "K72.90"], 5),
    ],
)
def test_points_for_comorbidity_weigh_each_disease_once_the_graver_of_a_pair(
    codes: list[str], got: int
) -> None:
    assert comorbidity(*icd10(*codes)) == got


def test_of_a_pair_only_the_graver_disease_is_told() -> None:
    told = RULE.comorbidities_of(icd10("E11.9", "E11.22", "N18.31", "N18.6"), ADMITTED)
    assert set(told) == {"diabetes_end_organ", "severe_renal_disease"}


def test_snomed_codes_weigh_as_icd10_codes_do() -> None:
    snomed = [CodedCondition("Condition/1", (("snomed", code),)) for code in ("84114007",)]
    assert comorbidity(*snomed) == 2


def test_the_index_heart_attack_does_not_count_and_an_earlier_one_does() -> None:
    assert comorbidity(*icd10("I21.4", onset=ADMITTED)) == 0
    assert comorbidity(*icd10("I21.4", onset=ADMITTED - timedelta(days=1))) == 1
    assert comorbidity(*icd10("I21.4")) == 0
    resolved = icd10("I21.4", onset=date(2019, 5, 1), clinical_status="resolved")
    assert comorbidity(*resolved) == 1


def test_resolved_and_refuted_diseases_weigh_nothing() -> None:
    assert comorbidity(*icd10("I50.9", clinical_status="resolved")) == 0
    assert comorbidity(*icd10("I50.9", verification_status="refuted")) == 0
    error = icd10("I21.4", onset=date(2019, 5, 1), verification_status="entered-in-error")
    assert comorbidity(*error) == 0


def test_a_list_and_coded_conditions_together_weigh_the_graver_of_a_pair() -> None:
    facts = stay(comorbidities=("diabetes_end_organ",), conditions=icd10("E11.9"))
    assert points(RULE.score(facts))["C"] == 2


@pytest.mark.parametrize(
    ("left_out", "missing", "low", "high"),
    [
        ({"admitted": None}, "admission_dates", 9, 16),
        ({"acute": None}, "acute", 10, 13),
        ({"comorbidities": None}, "comorbidities", 8, 13),
        ({"emergency_visits": None}, "emergency_visits", 12, 16),
    ],
)
def test_what_is_unknown_makes_the_score_a_range_and_is_named(
    left_out: dict[str, None], missing: str, low: int, high: int
) -> None:
    whole = {
        "admitted": ADMITTED,
        "discharged": date(2026, 11, 10),
        "acute": True,
        "comorbidities": ("heart_failure", "diabetes", "previous_myocardial_infarction"),
        "emergency_visits": 1,
    }
    result = RULE.score(LaceFacts(**(whole | left_out)))
    assert (result.total, result.low, result.high) == (None, low, high)
    assert result.missing == (missing,)


def test_a_range_within_one_band_still_has_that_band_and_no_other_has_one() -> None:
    surely_high = RULE.score(stay(14, acute=True, emergency_visits=None))
    assert (surely_high.low, surely_high.high, surely_high.band) == (10, 14, "high")
    assert RULE.score(stay(14, acute=None)).band == "unknown"


def test_nothing_known_is_anything_from_nought_to_nineteen() -> None:
    result = RULE.score(LaceFacts())
    assert (result.total, result.low, result.high) == (None, 0, 19)
    assert len(result.missing) == 4


def test_a_discharge_before_the_admission_tells_no_length() -> None:
    result = RULE.score(stay(-3))
    assert points(result)["L"] is None
    assert result.missing == ("admission_dates",)


@pytest.mark.parametrize(
    ("total", "band"), [(0, "low"), (4, "low"), (5, "moderate"), (9, "moderate"), (10, "high")]
)
def test_bands(total: int, band: str) -> None:
    assert RULE.band(total) == band


def test_the_score_rests_on_the_records_it_was_given() -> None:
    bed = Evidence("Encounter/1", "period", "2026-11-05 to 2026-11-10", "2026-11-10")
    result = RULE.score(
        stay(comorbidities=None, conditions=icd10("I50.9", "I10"), evidence=(("L", bed),))
    )
    by_letter = {part.id: part.evidence for part in result.parts}
    assert by_letter["L"] == (bed,)
    assert [item.record for item in by_letter["C"]] == ["Condition/I50.9"]


FACTS = st.builds(
    LaceFacts,
    admitted=st.none() | st.just(ADMITTED),
    discharged=st.none() | st.dates(ADMITTED, ADMITTED + timedelta(days=60)),
    acute=st.none() | st.booleans(),
    comorbidities=st.none() | st.lists(st.sampled_from(NAMES), max_size=6).map(tuple),
    emergency_visits=st.none() | st.integers(0, 30),
)


@given(FACTS)
def test_the_total_is_the_sum_of_its_parts_and_in_range(facts: LaceFacts) -> None:
    result = RULE.score(facts)
    assert result.low == sum(part.low for part in result.parts)
    assert result.high == sum(part.high for part in result.parts)
    assert 0 <= result.low <= result.high <= RULE.maximum
    assert all(0 <= part.low <= part.high <= part.maximum for part in result.parts)
    assert sum(part.maximum for part in result.parts) == RULE.maximum
    assert (result.total is None) == bool(result.missing)
    if result.total is not None:
        assert result.total == sum(part.points or 0 for part in result.parts)
        assert result.band == RULE.band(result.total)


@given(
    FACTS,
    st.integers(0, 60),
    st.booleans(),
    st.lists(st.sampled_from(NAMES), max_size=6).map(tuple),
    st.integers(0, 30),
)
def test_whatever_the_unknown_turns_out_to_be_the_score_lies_in_the_range_told(
    facts: LaceFacts, days: int, acute: bool, names: tuple[str, ...], visits: int
) -> None:
    told = RULE.score(facts)
    settled = LaceFacts(
        admitted=facts.admitted or facts.discharged or ADMITTED,
        discharged=facts.discharged or (facts.admitted or ADMITTED) + timedelta(days=days),
        acute=acute if facts.acute is None else facts.acute,
        comorbidities=names if facts.comorbidities is None else facts.comorbidities,
        emergency_visits=visits if facts.emergency_visits is None else facts.emergency_visits,
    )
    total = RULE.score(settled).total
    assert total is not None
    assert told.low <= total <= told.high
    assert told.band in {"unknown", RULE.band(total)}


@given(st.lists(st.sampled_from(NAMES), max_size=8), st.randoms())
def test_neither_order_nor_repetition_of_comorbidities_matters(names: list[str], random) -> None:
    shuffled = random.sample(names, len(names)) + names[:1]
    once, again = (RULE.score(stay(comorbidities=tuple(n))) for n in (names, shuffled))
    assert points(once) == points(again)


@given(st.lists(st.sampled_from(NAMES), max_size=5), st.sampled_from(NAMES))
def test_one_more_comorbidity_never_lowers_the_score(names: list[str], more: str) -> None:
    before = RULE.score(stay(comorbidities=tuple(names))).low
    assert RULE.score(stay(comorbidities=(*names, more))).low >= before
