"""An invented person as a FHIR R4 bundle, so that the demo comes in by the door that all use."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from casefield.demo.cast import Person, Stay
from casefield.demo.moments import Today

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PRIORITY = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"
DISPOSITION = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
IDENTIFIER = "urn:casefield:demo"
INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
ADMITTED_AT = time(21, 40)
NO_KNOWN_ALLERGY = ("716186003", "No known allergy")


def bundle(person: Person, today: Today, known_at: datetime) -> dict[str, Any]:
    """Return the person's collection bundle as it stood at a moment, dated from `today`."""
    resources = [_patient(person, today), _coverage(person)]
    resources += _conditions(person, today)
    resources += _allergies(person)
    resources += _medications(person, today)
    resources += [_encounter(person, stay, today) for stay in person.encounters]
    resources += _observations(person, today)
    entries = []
    for number, resource in enumerate(resources):
        resource.setdefault("id", f"{person.id}-{number}")
        if _dated(resource) <= known_at.isoformat():
            entries.append({"resource": resource})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _dated(resource: dict[str, Any]) -> str:
    """When it became known, as text that sorts; what has no date was always known."""
    period: dict[str, str] = resource.get("period", {})
    for name in ("effectiveDateTime", "onsetDateTime", "authoredOn"):
        if name in resource:
            return str(resource[name])
    return period.get("end", "")


def _patient(person: Person, today: Today) -> dict[str, Any]:
    line, city, state, postal = person.address
    names: list[dict[str, Any]] = [
        {"use": "official", "family": person.family, "given": [person.given]}
    ]
    if person.preferred:
        names.append({"use": "nickname", "given": [person.preferred]})
    extensions: list[dict[str, Any]] = [
        {
            "url": PRONOUNS,
            "extension": [
                {"url": "value", "valueCodeableConcept": {"text": person.pronouns}},
            ],
        }
    ]
    if person.interpreter is not None:
        extensions.append({"url": INTERPRETER, "valueBoolean": person.interpreter})
    return {
        "resourceType": "Patient",
        "id": person.id,
        "active": True,
        "identifier": [{"system": IDENTIFIER, "value": person.id}],
        "name": names,
        "extension": extensions,
        "gender": person.sex,
        "birthDate": today.born(person.age, person.birthday).isoformat(),
        "telecom": [{"system": "phone", "value": person.phone}],
        "address": [{"line": [line], "city": city, "state": state, "postalCode": postal}],
        "communication": [{"language": {"coding": [{"code": person.language}]}, "preferred": True}],
    }


def _coverage(person: Person) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "status": "active",
        "beneficiary": _subject(person),
        "order": 1,
        "payor": [{"display": person.payer.name}],
        "type": {"coding": [{"code": person.payer.type}]},
    }


def _conditions(person: Person, today: Today) -> list[dict[str, Any]]:
    return [
        {
            "resourceType": "Condition",
            "subject": _subject(person),
            "code": _concept(ICD10, found.icd10, found.display),
            "clinicalStatus": _concept(CLINICAL, "active"),
            "onsetDateTime": today.day(found.since).isoformat(),
        }
        for found in person.conditions
    ]


def _allergies(person: Person) -> list[dict[str, Any]]:
    base = {
        "resourceType": "AllergyIntolerance",
        "patient": _subject(person),
        "clinicalStatus": _concept(ALLERGY_CLINICAL, "active"),
    }
    if person.no_known_allergies:
        return [base | {"code": _concept(SNOMED, *NO_KNOWN_ALLERGY)}]
    return [
        base
        | {
            "code": {"text": found.display},
            "criticality": found.criticality,
            "reaction": [{"manifestation": [{"text": found.reaction}]}],
        }
        for found in person.allergies
    ]


def _medications(person: Person, today: Today) -> list[dict[str, Any]]:
    return [
        {
            "resourceType": "MedicationRequest",
            "subject": _subject(person),
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": found.display},
            "authoredOn": today.day(found.since).isoformat(),
            "dosageInstruction": [{"text": found.dosage}],
            **({"requester": {"display": found.by}} if found.by else {}),
        }
        for found in person.medications
    ]


def _encounter(person: Person, stay: Stay, today: Today) -> dict[str, Any]:
    ended = today.moment(stay.until)
    if stay.length:
        day = ended.date() - timedelta(days=stay.length)
        started = datetime.combine(day, ADMITTED_AT, ended.tzinfo)
    else:
        started = ended - timedelta(hours=2 if stay.klass == "EMER" else 1)
    body: dict[str, Any] = {
        "resourceType": "Encounter",
        "status": "finished",
        "subject": _subject(person),
        "class": {"system": ACT, "code": stay.klass},
        "reasonCode": [{"text": stay.reason}],
        "period": {"start": started.isoformat(), "end": ended.isoformat()},
        "serviceProvider": {"display": stay.facility},
    }
    if stay.type:
        body["priority"] = _concept(PRIORITY, "EM" if stay.type == "emergency" else "EL")
    if stay.disposition:
        code = {"coding": [{"system": DISPOSITION, "code": stay.disposition}]}
        body["hospitalization"] = {"dischargeDisposition": code}
    return body


def _observations(person: Person, today: Today) -> list[dict[str, Any]]:
    found = [
        _observation(person, today.moment(on, time(10)), "85354-9", "Blood pressure")
        | {
            "component": [
                {
                    "code": _concept(LOINC, code, words),
                    "valueQuantity": _quantity(value, "mm[Hg]"),
                }
                for code, words, value in (
                    ("8480-6", "Systolic blood pressure", systolic),
                    ("8462-4", "Diastolic blood pressure", diastolic),
                )
            ]
        }
        for on, systolic, diastolic in person.pressure
    ]
    for on, value in person.weights:
        when = today.moment(on, time(8))
        found.append(
            _observation(person, when, "29463-7", "Body weight")
            | {"valueQuantity": _quantity(value, "kg")}
        )
    for on, value in person.hba1c:
        when = today.moment(on, time(8))
        found.append(
            _observation(person, when, "4548-4", "Haemoglobin A1c")
            | {"valueQuantity": _quantity(value, "%")}
        )
    for lab in person.labs:
        when = today.moment(lab.on, time(8))
        found.append(
            _observation(person, when, lab.code, lab.display)
            | {"valueQuantity": _quantity(lab.value, lab.unit)}
        )
    return found


def _observation(person: Person, when: datetime, code: str, display: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": _subject(person),
        "code": _concept(LOINC, code, display),
        "effectiveDateTime": when.isoformat(),
    }


def _subject(person: Person) -> dict[str, str]:
    return {"reference": f"Patient/{person.id}"}


def _concept(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    coding = {"system": system, "code": code}
    if display:
        return {"coding": [coding | {"display": display}], "text": display}
    return {"coding": [coding]}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}
