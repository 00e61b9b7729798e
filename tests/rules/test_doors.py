"""Rules asked in JSON, as a stranger writes it: answers, refusals with the nearest right word."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.resources import resource_path
from casefield.rules.boundary import Boundary
from casefield.rules.clocks import DischargeClocks
from casefield.rules.conditions import Classifier
from casefield.rules.doors import BadCase, doors
from casefield.rules.lace import Lace


def clinical(name: str) -> Any:
    return resource_path("clinical", name)


DOORS = doors(
    Boundary(clinical("boundary.json"), Classifier(clinical("condition_groups.json"))),
    lambda own: DischargeClocks(clinical("discharge_clocks.json"), own),
    Lace(clinical("lace.json")),
)
NAMES = ("boundary", "clocks", "lace")


def ask(name: str, **case: Any) -> dict[str, Any]:
    return DOORS[name].run(case)


def test_there_is_a_door_for_each_rule() -> None:
    assert tuple(DOORS) == NAMES
    assert all(door.summary for door in DOORS.values())


@pytest.mark.parametrize("name", NAMES)
def test_each_example_is_answered_with_a_verdict_its_source_and_what_is_missing(name: str) -> None:
    door = DOORS[name]
    case = copy.deepcopy(door.example)
    answer = door.run(case)
    assert case == door.example
    for key in ("verdict", "missing", "rule", "version", "source"):
        assert key in answer
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_names_every_key_the_example_uses(name: str) -> None:
    schema = DOORS[name].schema
    (shape,) = [s for k, s in schema["$defs"].items() if schema["$ref"].endswith(f"/{k}")]
    assert set(DOORS[name].example) <= set(shape["properties"])
    assert shape["additionalProperties"] is False


def test_boundary_of_three_conditions_two_specialists_and_no_barrier() -> None:
    answer = ask(
        "boundary",
        as_of="2026-11-13",
        conditions=[{"code": "E11.9"}, {"code": "I10"}, {"code": "N18.31"}],
        encounters=[],
        housing_barrier=False,
        food_barrier=False,
        limited_english=False,
        substance_use_active=False,
        serious_mental_illness=False,
        long_term_care_decision_open=False,
        conditions_stable=True,
        specialist_count=2,
        social_support_reliable=True,
        health_literacy_adequate=True,
        needs_informational_only=False,
    )
    assert (answer["verdict"], answer["prioritise"]) == ("review", True)
    assert answer["condition_groups"] == ["hypertension", "diabetes", "chronic_kidney_disease"]
    verdicts = {c["id"]: c["verdict"] for c in answer["criteria"]}
    assert verdicts["CC5"] == "false"
    assert verdicts["CM1"] == "false"


def test_boundary_counts_encounters_by_class_in_any_case_and_names_what_is_missing() -> None:
    answer = ask(
        "boundary",
        as_of="2026-11-13",
        encounters=[
            {"admitted": "2026-09-01", "discharged": "2026-09-04", "class": "imp"},
            {"admitted": "2026-10-01", "discharged": "2026-10-04"},
        ],
    )
    assert answer["verdict"] == "case_management"
    (cm2,) = [c for c in answer["criteria"] if c["id"] == "CM2"]
    assert [e["record"] for e in cm2["evidence"]] == ["encounters[0]", "encounters[1]"]
    assert "problem_list" in answer["missing"]


def test_boundary_lists_a_code_it_does_not_know() -> None:
    answer = ask("boundary", conditions=[{"code": "999", "system": "snomed"}])
    assert answer["unclassified"] == ["snomed 999"]


def test_boundary_of_nothing_at_all_is_not_enough_data() -> None:
    answer = ask("boundary")
    assert answer["verdict"] == "insufficient_data"
    assert len(answer["missing"]) == 13


def test_clocks_take_a_local_time_in_the_zone_given_and_answer_in_it() -> None:
    answer = ask("clocks", discharged_at="2026-11-10T10:40", disposition="home")
    clocks = answer["clocks"]
    assert clocks["call_72h"] == {"at": "2026-11-13T10:40:00-05:00"}
    assert clocks["tcm_contact"] == {
        "on": "2026-11-13",
        "earliest_safe": "2026-11-12",
        "skipped": {"2026-11-11": "Veterans Day"},
    }
    assert clocks["period_end"] == {"on": "2026-12-09"}
    assert answer["verdict"] == "true"


def test_clocks_take_a_time_with_its_own_offset_as_it_stands() -> None:
    answer = ask("clocks", discharged_at="2026-11-11T04:30:00+00:00", zone="America/New_York")
    assert answer["clocks"]["face_to_face_7"] == {"on": "2026-11-17"}
    assert answer["verdict"] == "unknown"
    assert answer["missing"] == ["disposition"]


def test_seventy_two_hours_over_the_change_of_the_clocks() -> None:
    answer = ask("clocks", discharged_at="2026-10-30T12:00")
    assert answer["clocks"]["call_72h"] == {"at": "2026-11-02T11:00:00-05:00"}


def test_clocks_pass_over_the_holidays_given() -> None:
    answer = ask("clocks", discharged_at="2026-11-20T09:00", holidays=["2026-11-23"])
    assert answer["clocks"]["tcm_contact"]["on"] == "2026-11-25"


def test_lace_of_the_stay_after_a_heart_attack() -> None:
    answer = DOORS["lace"].run(DOORS["lace"].example)
    assert (answer["total"], answer["verdict"]) == (13, "high")
    assert {p["id"]: p["points"] for p in answer["parts"]} == {"L": 4, "A": 3, "C": 5, "E": 1}


def test_lace_from_coded_conditions() -> None:
    answer = ask(
        "lace",
        admitted="2026-11-05",
        discharged="2026-11-10",
        acute=True,
        conditions=[
            {"code": "I21.4", "onset": "2026-11-05"},
            {"code": "84114007", "system": "snomed"},
            {"code": "E11.9"},
            {"code": "I25.2"},
        ],
        ed_visits_6_months=1,
    )
    assert answer["total"] == 13
    records = [e["record"] for e in answer["evidence"]]
    assert records == ["conditions[1]", "conditions[2]", "conditions[3]"]


@pytest.mark.parametrize(("onset", "got"), [("2026-11-05", 0), ("2020-02-01", 1), (None, 0)])
def test_lace_tells_an_earlier_heart_attack_by_its_onset(onset: str | None, got: int) -> None:
    case = {"code": "I21.4"} | ({"onset": onset} if onset else {})
    answer = ask("lace", admitted="2026-11-05", conditions=[case])
    assert {p["id"]: p["points"] for p in answer["parts"]}["C"] == got


@pytest.mark.parametrize(
    ("key", "criterion"),
    [
        ("housing_barrier", "CM3"),
        ("food_barrier", "CM3"),
        ("limited_english", "CM3"),
        ("substance_use_active", "CM4"),
        ("serious_mental_illness", "CM4"),
        ("long_term_care_decision_open", "CM5"),
        ("conditions_stable", "CC1"),
        ("social_support_reliable", "CC3"),
        ("health_literacy_adequate", "CC4"),
        ("needs_informational_only", "CC5"),
    ],
)
def test_each_fact_of_the_boundary_reaches_its_criterion(key: str, criterion: str) -> None:
    answer = ask("boundary", **{key: True})
    told = [c for c in answer["criteria"] if c["verdict"] == "true"]
    assert [c["id"] for c in told] == [criterion]
    assert [(e["field"], e["value"]) for e in told[0]["evidence"]] == [(key, "yes")]


def test_lace_with_something_left_out_is_a_range() -> None:
    answer = ask("lace", admitted="2026-11-05", discharged="2026-11-10", acute=True)
    assert (answer["total"], answer["low"], answer["high"]) == (None, 7, 16)
    assert answer["missing"] == ["comorbidities", "emergency_visits"]
    assert answer["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("name", "case", "words"),
    [
        ("lace", {"admited": "2026-11-05"}, "did you mean “admitted”"),
        ("boundary", {"zzz": 1}, "known are: as_of"),
        ("lace", {"comorbidities": ["hart_failure"]}, "did you mean “heart_failure”"),
        ("lace", {"acute": "yes"}, "acute.*'yes'"),
        ("lace", {"admitted": "5 Nov"}, "admitted"),
        ("lace", {"ed_visits_6_months": -1}, "ed_visits_6_months is negative"),
        ("lace", {"admitted": "2026-11-05", "discharged": "2026-11-04"}, "before admitted"),
        ("boundary", {"specialist_count": -1}, "specialist_count is negative"),
        ("boundary", {"specialist_count": True}, "specialist_count"),
        ("boundary", {"specialist_count": "2"}, "specialist_count"),
        ("boundary", {"conditions": [{"code": "I10", "system": "icd9"}]}, "icd9.*icd10 or snomed"),
        ("boundary", {"conditions": [{"system": "icd10"}]}, "code"),
        ("boundary", {"conditions": {"code": "I10"}}, "conditions"),
        ("boundary", {"encounters": [{"admitted": "soon"}]}, "encounters"),
        ("clocks", {}, "discharged_at"),
        ("clocks", {"discharged_at": "9999-12-30T10:00"}, "discharged_at is “9999"),
        ("clocks", {"discharged_at": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, "“0001"),
        ("boundary", {"as_of": "0001-01-01", "encounters": []}, "as_of is “0001"),
        ("clocks", {"discharged_at": "tomorrow"}, "discharged_at is “tomorrow”"),
        ("clocks", {"discharged_at": "2026-11-10T10:40", "zone": "Boston"}, "zone is “Boston”"),
        ("clocks", {"discharged_at": "2026-11-10T10:40", "zone": "../etc"}, "zone is “../etc”"),
        ("clocks", {"discharged_at": "2026-11-10T10:40", "setting": "hotel"}, "inpatient, snf"),
    ],
)
def test_a_case_that_cannot_be_answered_is_refused_with_key_and_what_is_meant(
    name: str, case: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadCase, match=words):
        DOORS[name].run(case)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(NAMES), st.data())
def test_whatever_is_written_there_is_an_answer_or_a_refusal(name: str, data) -> None:
    keys = sorted(DOORS[name].example)
    case = data.draw(st.dictionaries(st.sampled_from(keys) | st.text(max_size=6), JSON))
    whole = dict(DOORS[name].example) if data.draw(st.booleans()) else {}
    told = ""
    try:
        told = json.dumps(DOORS[name].run(whole | case))
    except BadCase as error:
        told = str(error)
    assert told
