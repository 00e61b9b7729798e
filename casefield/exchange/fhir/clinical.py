"""Condition, AllergyIntolerance, Observation, Encounter and medicines as records."""

from __future__ import annotations

from typing import Any

from casefield.exchange.fhir.datatypes import (
    Misshapen,
    code_of,
    coded_fields,
    codings,
    display_of,
    first,
    join,
    moment,
    objects,
    reference_of,
    said,
    text,
)
from casefield.exchange.fhir.directory import Directory
from casefield.records.clinical import AllergyIntolerance, Condition, Encounter, Observation
from casefield.records.medication import MedicationStatement


def condition(resource: dict[str, Any]) -> Condition:
    """Return a problem, diagnosis or finding."""
    onset = resource.get("onsetDateTime") or (resource.get("onsetPeriod") or {}).get("start")
    ended = resource.get("abatementDateTime") or (resource.get("abatementPeriod") or {}).get("end")
    return Condition(
        **coded_fields(resource.get("code"), "code"),
        clinical_status=code_of(resource.get("clinicalStatus"), 32)
        or ("resolved" if ended else "unknown"),
        verification_status=code_of(resource.get("verificationStatus")),
        category=code_of(first(resource.get("category")), 100),
        onset=said(onset, "onset"),
        abatement=said(ended, "abatement"),
        recorded=said(resource.get("recordedDate"), "recordedDate"),
        encounter_reference=reference_of(resource.get("encounter")),
    )


def allergy(resource: dict[str, Any]) -> AllergyIntolerance:
    """Return an allergy or intolerance."""
    reaction = first(resource.get("reaction"))
    shown = [display_of(m, 100) for m in objects(reaction.get("manifestation"))]
    return AllergyIntolerance(
        **coded_fields(resource.get("code"), "code"),
        type=text(resource.get("type"), 64),
        category=join([text(c) for c in resource.get("category") or ()], ", "),
        criticality=text(resource.get("criticality"), 64),
        reaction=join(shown, ", "),
        severity=text(reaction.get("severity"), 64),
        clinical_status=code_of(resource.get("clinicalStatus"), 32) or "active",
        verification_status=code_of(resource.get("verificationStatus")),
        recorded=said(resource.get("recordedDate"), "recordedDate"),
    )


def observation(resource: dict[str, Any]) -> Observation:
    """Return a measurement, result or finding."""
    when = (
        resource.get("effectiveDateTime")
        or resource.get("effectiveInstant")
        or (resource.get("effectivePeriod") or {}).get("start")
    )
    at, zone = moment(when, "effective")
    parts = [_component(part) for part in objects(resource.get("component"))]
    return Observation(
        **coded_fields(resource.get("code"), "code"),
        **_value(resource),
        status=text(resource.get("status"), 32) or "unknown",
        category=code_of(first(resource.get("category")), 100),
        effective=said(when, "effective"),
        effective_at=at,
        effective_zone=zone,
        components=parts or None,
        interpretation=code_of(first(resource.get("interpretation"))),
        encounter_reference=reference_of(resource.get("encounter")),
    )


def encounter(resource: dict[str, Any], directory: Directory) -> Encounter:
    """Return a stay or contact."""
    period = resource.get("period") or {}
    started_at, started_zone = moment(period.get("start"), "period.start")
    ended_at, ended_zone = moment(period.get("end"), "period.end")
    kind, reason = first(resource.get("type")), first(resource.get("reasonCode"))
    stay = resource.get("hospitalization") or {}
    admission = resource.get("priority") or {}
    participant = first(resource.get("participant"))
    klass = resource.get("class") or {}
    return Encounter(
        status=text(resource.get("status"), 32) or "unknown",
        class_code=text(klass.get("code"), 64) if isinstance(klass, dict) else None,
        class_history=_class_history(resource) or None,
        type_system=_system(kind),
        type_code=code_of(kind),
        type_display=display_of(kind),
        reason_system=_system(reason),
        reason_code=code_of(reason),
        reason_display=display_of(reason),
        diagnoses=_diagnoses(resource, directory) or None,
        started=said(period.get("start"), "period.start"),
        ended=said(period.get("end"), "period.end"),
        started_at=started_at,
        started_zone=started_zone,
        ended_at=ended_at,
        ended_zone=ended_zone,
        facility_name=directory.name_of(resource.get("serviceProvider"))
        or directory.name_of(first(resource.get("location")).get("location")),
        admission_type=code_of(admission),
        admit_source=code_of(stay.get("admitSource")),
        discharge_disposition=code_of(stay.get("dischargeDisposition")),
        discharge_disposition_display=display_of(stay.get("dischargeDisposition"), 200),
        part_of=reference_of(resource.get("partOf")),
        practitioner_name=directory.name_of(participant.get("individual")),
    )


def medication(resource: dict[str, Any], directory: Directory) -> MedicationStatement:
    """Return one medicine line of a MedicationRequest or MedicationStatement."""
    kind = str(resource["resourceType"])
    concept = resource.get("medicationCodeableConcept")
    pointer = resource.get("medicationReference")
    if concept is None and pointer is not None:
        concept = _contained(resource, pointer) or directory.concept_of(pointer)
        if concept is None:
            shown = text(pointer.get("display")) if isinstance(pointer, dict) else None
            concept = {"text": shown} if shown else None
    dosage = first(resource.get("dosageInstruction") or resource.get("dosage"))
    dose = first(dosage.get("doseAndRate")).get("doseQuantity") or {}
    as_needed = dosage.get("asNeededBoolean")
    period = resource.get("effectivePeriod") or {}
    requester = resource.get("requester") or resource.get("informationSource")
    return MedicationStatement(
        **coded_fields(concept, "medication"),
        status=text(resource.get("status"), 32) or "unknown",
        intent=text(resource.get("intent"), 64),
        fhir_type=kind,
        statement_source="prescription" if kind == "MedicationRequest" else "statement",
        prescriber_name=directory.name_of(requester),
        dosage_text=text(dosage.get("text"), 2000),
        dose=dose.get("value") if isinstance(dose.get("value"), int | float) else None,
        dose_unit=text(dose.get("unit") or dose.get("code"), 64),
        route=display_of(dosage.get("route"), 64),
        frequency=_frequency(dosage.get("timing")),
        as_needed=as_needed if isinstance(as_needed, bool) else None,
        reason=display_of(first(resource.get("reasonCode"))),
        authored=said(resource.get("authoredOn") or resource.get("dateAsserted"), "authoredOn"),
        started=said(resource.get("effectiveDateTime") or period.get("start"), "effective"),
        ended=said(period.get("end"), "effectivePeriod.end"),
        encounter_reference=reference_of(resource.get("encounter") or resource.get("context")),
    )


def _component(part: dict[str, Any]) -> dict[str, Any]:
    found = codings(part.get("code"))
    value = {name: v for name, v in _value(part).items() if v is not None}
    head = {
        "system": found[0]["system"] if found else None,
        "code": found[0]["code"] if found else None,
        "display": display_of(part.get("code")),
    }
    return {name: v for name, v in head.items() if v is not None} | value


def _value(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a value[x] in the columns of an Observation; kinds without one go to text."""
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict):
        number = quantity.get("value")
        if number is not None and not isinstance(number, int | float):
            raise Misshapen(f"valueQuantity.value is not a number: {str(number)[:40]}")
        unit = text(quantity.get("unit") or quantity.get("code"), 64)
        mark = text(quantity.get("comparator"), 4)
        told = f"{mark} {number} {unit or ''}".strip() if mark else None
        return {"value_number": number, "value_unit": unit, "value_text": told}
    concept = resource.get("valueCodeableConcept")
    if isinstance(concept, dict):
        return {"value_code": code_of(concept), "value_display": display_of(concept)}
    for name in ("valueInteger", "valueDecimal"):
        if isinstance(resource.get(name), int | float):
            return {"value_number": resource[name]}
    for name in ("valueString", "valueDateTime", "valueTime"):
        if isinstance(resource.get(name), str):
            return {"value_text": resource[name]}
    if isinstance(resource.get("valueBoolean"), bool):
        return {"value_text": "yes" if resource["valueBoolean"] else "no"}
    interval = (
        resource.get("valueRange") or resource.get("valueRatio") or resource.get("valuePeriod")
    )
    if isinstance(interval, dict):
        return {"value_text": " to ".join(_end(v) for v in interval.values())}
    absent = display_of(resource.get("dataAbsentReason"))
    return {"value_text": f"no value: {absent}"} if absent else {}


def _end(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value.get('value', '')} {value.get('unit', '')}".strip()
    return str(value)


def _system(concept: dict[str, Any]) -> str | None:
    found = codings(concept)
    return found[0]["system"] or None if found else None


def _class_history(resource: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "class": (entry.get("class") or {}).get("code"),
            "start": (entry.get("period") or {}).get("start"),
            "end": (entry.get("period") or {}).get("end"),
        }
        for entry in objects(resource.get("classHistory"))
    ]


def _diagnoses(resource: dict[str, Any], directory: Directory) -> list[dict[str, Any]]:
    found = []
    for entry in objects(resource.get("diagnosis")):
        pointer = entry.get("condition") or {}
        role = code_of(entry.get("use"))
        line = {"reference": reference_of(pointer), "display": directory.name_of(pointer)}
        found.append({k: v for k, v in (line | {"use": role}).items() if v})
    return found


def _contained(resource: dict[str, Any], pointer: Any) -> Any:
    words = reference_of(pointer) or ""
    if not words.startswith("#"):
        return None
    for inner in objects(resource.get("contained")):
        if inner.get("id") == words[1:]:
            return inner.get("code")
    return None


def _frequency(timing: Any) -> str | None:
    if not isinstance(timing, dict):
        return None
    coded = display_of(timing.get("code"), 100)
    repeat = timing.get("repeat") or {}
    if coded or not isinstance(repeat, dict) or not repeat.get("period"):
        return coded
    times, period, unit = repeat.get("frequency", 1), repeat["period"], repeat.get("periodUnit")
    return f"{times} per {period:g} {unit}" if isinstance(period, int | float) else None
