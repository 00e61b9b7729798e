"""Conditions, allergies, observations, stays and medicines as records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casefield.exchange.fhir.clinical import allergy, condition, encounter, medication, observation
from casefield.exchange.fhir.datatypes import Misshapen
from casefield.exchange.fhir.directory import Directory

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
NOBODY = Directory()


def coded(code: str, display: str = "", system: str = SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display or code}]}


def measured(**value: Any) -> Any:
    return observation({"status": "final", "code": coded("8480-6", "Systolic", LOINC), **value})


def test_a_condition_keeps_every_code_and_its_dates_as_said() -> None:
    both = {"coding": [*coded("44054006")["coding"], {"system": "urn:icd", "code": "E11.9"}]}
    found = condition(
        {
            "code": both | {"text": "Diabetes"},
            "clinicalStatus": coded("active"),
            "verificationStatus": coded("confirmed"),
            "category": [coded("problem-list-item")],
            "onsetDateTime": "2015-03",
            "recordedDate": "2015-03-07T10:00:00-05:00",
            "encounter": {"reference": "Encounter/e1"},
        }
    )
    assert (found.code_system, found.code, found.display) == (SNOMED, "44054006", "Diabetes")
    assert [c["code"] for c in found.codings or ()] == ["44054006", "E11.9"]
    assert (found.clinical_status, found.verification_status) == ("active", "confirmed")
    assert (found.onset, found.abatement) == ("2015-03", None)
    assert found.recorded == "2015-03-07T10:00:00-05:00"
    assert (found.category, found.encounter_reference) == ("problem-list-item", "Encounter/e1")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "unknown"),
        ({"abatementDateTime": "2020"}, "resolved"),
        ({"abatementPeriod": {"end": "2020-01-02"}}, "resolved"),
        ({"abatementDateTime": "2020", "clinicalStatus": coded("remission")}, "remission"),
    ],
)
def test_a_condition_without_a_status_is_not_taken_for_active(
    fields: dict[str, Any], status: str
) -> None:
    assert condition({"code": coded("1"), **fields}).clinical_status == status


def test_an_onset_may_be_a_period() -> None:
    assert condition({"code": coded("1"), "onsetPeriod": {"start": "2019"}}).onset == "2019"


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({}, "code has neither code nor text"),
        ({"code": coded("1"), "onsetDateTime": "long ago"}, "onset is not a FHIR date"),
    ],
)
def test_a_misshapen_condition_is_refused_by_element(resource: dict[str, Any], words: str) -> None:
    with pytest.raises(Misshapen, match=words):
        condition(resource)


def test_an_allergy_with_its_reaction() -> None:
    found = allergy(
        {
            "code": coded("387207008", "Ibuprofen"),
            "type": "allergy",
            "category": ["medication", "food"],
            "criticality": "high",
            "reaction": [
                {
                    "manifestation": [coded("1", "Hives"), {"text": "Short of breath"}],
                    "severity": "severe",
                }
            ],
            "clinicalStatus": coded("active"),
        }
    )
    assert (found.display, found.category) == ("Ibuprofen", "medication, food")
    assert (found.reaction, found.severity) == ("Hives, Short of breath", "severe")
    assert (found.criticality, found.clinical_status) == ("high", "active")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"valueQuantity": {"value": 142, "unit": "mmHg"}}, {"number": 142, "unit": "mmHg"}),
        ({"valueQuantity": {"value": 0, "code": "kg"}}, {"number": 0, "unit": "kg"}),
        (
            {"valueQuantity": {"value": 60, "unit": "mL/min", "comparator": "<"}},
            {"number": 60, "unit": "mL/min", "text": "< 60 mL/min"},
        ),
        (
            {"valueCodeableConcept": coded("LA33-6", "Yes", LOINC)},
            {"code": "LA33-6", "display": "Yes"},
        ),
        ({"valueInteger": 7}, {"number": 7}),
        ({"valueString": "clear"}, {"text": "clear"}),
        ({"valueDateTime": "2026-01"}, {"text": "2026-01"}),
        ({"valueBoolean": False}, {"text": "no"}),
        (
            {"valueRange": {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}}},
            {"text": "1 mg to 2 mg"},
        ),
        ({"dataAbsentReason": {"text": "refused"}}, {"text": "no value: refused"}),
        ({}, {}),
    ],
)
def test_each_kind_of_value_has_its_column(value: dict[str, Any], kept: dict[str, Any]) -> None:
    found = measured(**value)
    for name in ("number", "unit", "code", "display", "text"):
        assert getattr(found, f"value_{name}") == kept.get(name), name


def test_a_measurement_that_is_no_number_is_misshapen() -> None:
    with pytest.raises(Misshapen, match=r"valueQuantity\.value is not a number"):
        measured(valueQuantity={"value": "high"})


def test_blood_pressure_keeps_both_its_parts() -> None:
    found = measured(
        component=[
            {
                "code": coded("8480-6", "Systolic", LOINC),
                "valueQuantity": {"value": 142, "unit": "mmHg"},
            },
            {
                "code": coded("8462-4", "Diastolic", LOINC),
                "valueQuantity": {"value": 88, "unit": "mmHg"},
            },
        ]
    )
    assert [(c["code"], c["value_number"]) for c in found.components or ()] == [
        ("8480-6", 142),
        ("8462-4", 88),
    ]


@pytest.mark.parametrize(
    "when",
    [
        {"effectiveDateTime": "2026-11-10T10:40:00-05:00"},
        {"effectiveInstant": "2026-11-10T10:40:00-05:00"},
        {"effectivePeriod": {"start": "2026-11-10T10:40:00-05:00"}},
    ],
)
def test_when_it_was_measured(when: dict[str, Any]) -> None:
    found = measured(**when)
    assert found.effective == "2026-11-10T10:40:00-05:00"
    assert found.effective_at == datetime(2026, 11, 10, 15, 40, tzinfo=UTC)
    assert found.effective_zone == "-05:00"


def test_a_stay_with_class_times_places_and_disposition() -> None:
    known = Directory()
    known.note({"resourceType": "Organization", "id": "o1", "name": "County Hospital"}, "")
    known.note({"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Núñez"}]}, "")
    found = encounter(
        {
            "status": "finished",
            "class": {"code": "IMP"},
            "classHistory": [
                {
                    "class": {"code": "OBSENC"},
                    "period": {"start": "2026-11-04", "end": "2026-11-05"},
                }
            ],
            "type": [coded("32485007", "Hospital admission")],
            "reasonCode": [coded("401314000", "Heart attack")],
            "diagnosis": [
                {"condition": {"reference": "Condition/c1"}, "use": coded("AD")},
                {"condition": {"display": "Heart failure"}},
            ],
            "period": {"start": "2026-11-05T08:00:00-05:00", "end": "2026-11-10T10:40:00-05:00"},
            "serviceProvider": {"reference": "Organization/o1"},
            "participant": [{"individual": {"reference": "Practitioner/d1"}}],
            "priority": coded("EM"),
            "hospitalization": {
                "admitSource": coded("emd"),
                "dischargeDisposition": coded("home", "Home"),
            },
        },
        known,
    )
    assert (found.status, found.class_code) == ("finished", "IMP")
    assert found.class_history == [{"class": "OBSENC", "start": "2026-11-04", "end": "2026-11-05"}]
    assert (found.type_code, found.type_display) == ("32485007", "Hospital admission")
    assert (found.reason_code, found.reason_display) == ("401314000", "Heart attack")
    assert found.diagnoses == [
        {"reference": "Condition/c1", "use": "AD"},
        {"display": "Heart failure"},
    ]
    assert found.started_at == datetime(2026, 11, 5, 13, tzinfo=UTC)
    assert found.ended_at == datetime(2026, 11, 10, 15, 40, tzinfo=UTC)
    assert (found.started_zone, found.ended_zone) == ("-05:00", "-05:00")
    assert (found.facility_name, found.practitioner_name) == ("County Hospital", "Núñez")
    assert (found.admission_type, found.admit_source) == ("EM", "emd")
    assert found.discharge_disposition == "home"
    assert found.discharge_disposition_display == "Home"


def test_a_stay_still_going_on_has_no_end() -> None:
    found = encounter({"class": {"code": "IMP"}, "period": {"start": "2026-11-05"}}, NOBODY)
    assert (found.started, found.started_at) == ("2026-11-05", None)
    assert (found.ended, found.ended_at) == (None, None)
    assert found.status == "unknown"


def test_the_place_stands_in_for_a_provider_that_is_not_named() -> None:
    located = {"location": [{"location": {"display": "Ward 3"}}]}
    assert encounter(located, NOBODY).facility_name == "Ward 3"


def order(**fields: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationRequest", "status": "active", "intent": "order", **fields}


def test_a_prescription_with_its_dose() -> None:
    found = medication(
        order(
            medicationCodeableConcept=coded("866412", "Metoprolol 25 mg", "urn:rxnorm"),
            requester={"display": "Dr. Núñez"},
            authoredOn="2026-11-10",
            reasonCode=[{"text": "Heart attack"}],
            dosageInstruction=[
                {
                    "text": "one twice a day",
                    "asNeededBoolean": False,
                    "route": {"text": "by mouth"},
                    "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                    "doseAndRate": [{"doseQuantity": {"value": 25, "unit": "mg"}}],
                }
            ],
        ),
        NOBODY,
    )
    assert (found.code, found.display) == ("866412", "Metoprolol 25 mg")
    assert (found.fhir_type, found.statement_source) == ("MedicationRequest", "prescription")
    assert (found.dosage_text, found.dose, found.dose_unit) == ("one twice a day", 25, "mg")
    assert (found.route, found.frequency, found.as_needed) == ("by mouth", "2 per 1 d", False)
    assert (found.prescriber_name, found.reason) == ("Dr. Núñez", "Heart attack")
    assert found.authored == "2026-11-10"


def test_what_a_person_says_she_takes_is_told_apart_from_a_prescription() -> None:
    found = medication(
        {
            "resourceType": "MedicationStatement",
            "status": "active",
            "medicationCodeableConcept": {"text": "Ibuprofen"},
            "informationSource": {"display": "her daughter"},
            "effectivePeriod": {"start": "2026", "end": "2026-11"},
            "dosage": [{"timing": {"code": {"text": "every morning"}}}],
        },
        NOBODY,
    )
    assert (found.statement_source, found.prescriber_name) == ("statement", "her daughter")
    assert (found.started, found.ended) == ("2026", "2026-11")
    assert found.frequency == "every morning"


def test_a_medicine_may_be_in_the_file_contained_or_named_beside_its_reference() -> None:
    known = Directory()
    known.note({"resourceType": "Medication", "id": "m1", "code": coded("1", "Aspirin")}, "")
    filed = order(medicationReference={"reference": "Medication/m1"})
    assert medication(filed, known).display == "Aspirin"
    inside = order(
        contained=[{"resourceType": "Medication", "id": "m", "code": coded("2", "Statin")}],
        medicationReference={"reference": "#m"},
    )
    assert medication(inside, NOBODY).display == "Statin"
    beside = order(medicationReference={"reference": "Medication/gone", "display": "Heparin"})
    assert medication(beside, NOBODY).display == "Heparin"


def test_a_medicine_that_nobody_names_is_misshapen() -> None:
    with pytest.raises(Misshapen, match="medication has neither code nor text"):
        medication(order(medicationReference={"reference": "Medication/gone"}), NOBODY)
