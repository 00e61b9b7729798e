"""Patient, Coverage and CareTeam as records."""

from __future__ import annotations

from typing import Any

from casefield.exchange.fhir.datatypes import (
    code_of,
    codings,
    display_of,
    extension,
    first,
    join,
    objects,
    said,
    text,
)
from casefield.exchange.fhir.directory import Directory
from casefield.records.coverage import Coverage
from casefield.records.people import CareTeamMember, Patient

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
PREFERRED_USES = ("official", "usual", "")


def patient(resource: dict[str, Any]) -> Patient:
    """Return the person."""
    name = _name(resource)
    nickname = next((n for n in objects(resource.get("name")) if n.get("use") == "nickname"), {})
    address = first(resource.get("address"))
    deceased = resource.get("deceasedDateTime")
    speech = _language(resource)
    interpreter = extension(resource, INTERPRETER).get("valueBoolean")
    return Patient(
        family_name=text(name.get("family"), 200),
        given_name=join([text(part) for part in name.get("given") or () if part]),
        preferred_name=join([text(part) for part in nickname.get("given") or ()]),
        pronouns=_pronouns(resource),
        sex=text(resource.get("gender"), 64),
        birth_date=said(resource.get("birthDate"), "birthDate"),
        deceased=True if deceased else _flag(resource.get("deceasedBoolean")),
        deceased_date=said(deceased, "deceasedDateTime"),
        identifiers=_identifiers(resource) or None,
        language=code_of(speech.get("language")),
        interpreter_needed=_flag(interpreter),
        marital_status=display_of(resource.get("maritalStatus"), 64),
        race=_us_core_text(resource, "us-core-race"),
        ethnicity=_us_core_text(resource, "us-core-ethnicity"),
        phone=_telecom(resource, "phone"),
        email=_telecom(resource, "email"),
        address_line=join([text(line) for line in address.get("line") or ()], ", "),
        city=text(address.get("city"), 100),
        state=text(address.get("state"), 100),
        postal_code=text(address.get("postalCode"), 20),
        country=text(address.get("country"), 100),
        zone=text(extension(address, TIMEZONE).get("valueCode"), 64),
        active=_flag(resource.get("active")),
    )


def coverage(resource: dict[str, Any], directory: Directory) -> Coverage:
    """Return one cover."""
    period = resource.get("period") or {}
    payor = first(resource.get("payor"))
    plan = next((c for c in objects(resource.get("class")) if code_of(c.get("type")) == "plan"), {})
    return Coverage(
        payer_name=directory.name_of(payor) or display_of(resource.get("type"), 200),
        plan_name=text(plan.get("name"), 200),
        plan_type=code_of(resource.get("type")),
        member_id=text(resource.get("subscriberId"), 100),
        rank=str(resource["order"])[:8] if isinstance(resource.get("order"), int) else None,
        period_start=said(period.get("start"), "period.start"),
        period_end=said(period.get("end"), "period.end"),
        status=text(resource.get("status"), 32) or "active",
    )


def care_team(resource: dict[str, Any], directory: Directory) -> list[CareTeamMember]:
    """Return the members of a care team, the person herself left out."""
    members = []
    for participant in objects(resource.get("participant")):
        member = participant.get("member") or {}
        if str(member.get("reference", "")).startswith("Patient/"):
            continue
        name = directory.name_of(member)
        if name is None or directory.kind_of(member) == "Patient":
            continue
        members.append(
            CareTeamMember(
                name=name,
                role=display_of(first(participant.get("role")), 100),
                status="active" if resource.get("status") == "active" else "inactive",
            )
        )
    return members


def _name(resource: dict[str, Any]) -> dict[str, Any]:
    names = objects(resource.get("name"))
    for use in PREFERRED_USES:
        for name in names:
            if (name.get("use") or "") == use:
                return name
    return names[0] if names else {}


def _pronouns(resource: dict[str, Any]) -> str | None:
    """HL7's extension carries them in its part "value"."""
    said_in = extension(extension(resource, PRONOUNS), "value")
    return display_of(said_in.get("valueCodeableConcept"), 64)


def _language(resource: dict[str, Any]) -> dict[str, Any]:
    spoken = objects(resource.get("communication"))
    return next((entry for entry in spoken if entry.get("preferred") is True), first(spoken))


def _identifiers(resource: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    for entry in objects(resource.get("identifier")):
        value = text(entry.get("value"), 100)
        if value:
            kind = code_of(entry.get("type"))
            known = {"system": text(entry.get("system"), 200) or "", "value": value}
            found.append(known | ({"type": kind} if kind else {}))
    return found


def _telecom(resource: dict[str, Any], system: str) -> str | None:
    for entry in objects(resource.get("telecom")):
        if entry.get("system") == system and entry.get("use") != "old":
            return text(entry.get("value"), 64 if system == "phone" else 200)
    return None


def _us_core_text(resource: dict[str, Any], name: str) -> str | None:
    parts = objects(extension(resource, US_CORE + name).get("extension"))
    said_text = next((p.get("valueString") for p in parts if p.get("url") == "text"), None)
    coded = next((p.get("valueCoding") for p in parts if "valueCoding" in p), None)
    shown = codings({"coding": [coded]}) if coded else []
    return text(said_text, 200) or (shown[0].get("display") if shown else None)


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
