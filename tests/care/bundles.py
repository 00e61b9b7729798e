"""Small FHIR R4 resources of invented people, for tests that take them in as files."""

from __future__ import annotations

from typing import Any

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
HOSPITAL = "St. Anna"


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a collection bundle."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **more}


def patient(pid: str = "p1", given: str = "Rosa", family: str = "Alvarez", **more: Any) -> Any:
    """Return a person, born 1955, with a record number."""
    return {
        "resourceType": "Patient",
        "id": pid,
        "identifier": [{"system": "urn:hospital", "value": f"MRN-{pid}"}],
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": "female",
        "birthDate": "1955-03-02",
        "telecom": [{"system": "phone", "value": "555-0142"}],
        **more,
    }


def about(pid: str = "p1") -> dict[str, str]:
    """Return the reference to a person."""
    return {"reference": f"Patient/{pid}"}


def condition(cid: str, code: str, words: str, pid: str = "p1", **more: Any) -> dict[str, Any]:
    """Return an active condition coded in ICD-10-CM."""
    return {
        "resourceType": "Condition",
        "id": cid,
        "subject": about(pid),
        "code": {"coding": [{"system": ICD10, "code": code}], "text": words},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "onsetDateTime": "2019-04-01",
        **more,
    }


def encounter(
    eid: str, klass: str, start: str, end: str | None, pid: str = "p1", **more: Any
) -> dict[str, Any]:
    """Return a stay or contact; `end` None while it runs."""
    return {
        "resourceType": "Encounter",
        "id": eid,
        "status": "finished" if end else "in-progress",
        "class": {"code": klass},
        "subject": about(pid),
        "period": {"start": start} | ({"end": end} if end else {}),
        "serviceProvider": {"display": HOSPITAL},
        **more,
    }


def observation(oid: str, code: str, value: float, unit: str, on: str, pid: str = "p1") -> Any:
    """Return a measured value."""
    return {
        "resourceType": "Observation",
        "id": oid,
        "status": "final",
        "subject": about(pid),
        "code": {"coding": [{"system": LOINC, "code": code}], "text": code},
        "effectiveDateTime": on,
        "valueQuantity": {"value": value, "unit": unit},
    }


def medication(mid: str, words: str, on: str = "2025-01-10", **more: Any) -> dict[str, Any]:
    """Return an active prescription."""
    return {
        "resourceType": "MedicationRequest",
        "id": mid,
        "status": "active",
        "intent": "order",
        "subject": about(),
        "medicationCodeableConcept": {"text": words},
        "authoredOn": on,
        **more,
    }


def admission(eid: str = "stay", pid: str = "p1", **more: Any) -> dict[str, Any]:
    """Return a stay from Thursday 5 to Tuesday 10 November 2026 10:40, through the emergency room,
    sent home. Wednesday 11 November is Veterans Day.
    """
    said = {
        "priority": {"coding": [{"code": "EM"}]},
        "reasonCode": [{"text": "Heart attack"}],
        "hospitalization": {"dischargeDisposition": {"coding": [{"code": "home"}]}},
    }
    start, end = "2026-11-05T21:10:00-05:00", "2026-11-10T10:40:00-05:00"
    return encounter(eid, "IMP", start, end, pid, **(said | more))


def after_heart_attack() -> dict[str, Any]:
    """Return a woman of 71 after an infarction: heart failure, diabetes, an earlier infarction, one
    visit to the emergency room in the half year before.
    """
    return bundle(
        patient(),
        condition("ami", "I21.4", "Heart attack (NSTEMI)", onsetDateTime="2026-11-05"),
        condition("hf", "I50.9", "Heart failure"),
        condition("dm", "E11.9", "Type 2 diabetes"),
        condition("old", "I25.2", "Old heart attack"),
        encounter("er", "EMER", "2026-08-14T09:00:00-04:00", "2026-08-14T12:00:00-04:00"),
        admission(),
    )
