"""From records to the facts that rules ask for: many people in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from casefield.care import tables
from casefield.care.days import day_of, local_day, onset_day
from casefield.records.base import Synced
from casefield.records.clinical import Condition, Encounter, Observation
from casefield.records.people import Patient
from casefield.records.planning import EpisodeOfCare
from casefield.records.work import Work
from casefield.rules.conditions import ICD10, SNOMED, CodedCondition
from casefield.rules.facts import Known, PersonFacts, Stay
from casefield.rules.findings import Evidence
from casefield.rules.lace import LaceFacts
from casefield.rules.social import ScreenAnswer

SYSTEMS = {
    "http://hl7.org/fhir/sid/icd-10-cm": ICD10,
    "http://hl7.org/fhir/sid/icd-10": ICD10,
    "urn:oid:2.16.840.1.113883.6.90": ICD10,
    "http://snomed.info/sct": SNOMED,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
}
EMERGENCY_CLASS = "EMER"
CANCELLED = frozenset({"cancelled", "entered-in-error", "planned"})
URGENT = frozenset({"em", "emergency", "e", "1", "urgent", "ur", "u", "2", "emd", "7"})
ELECTIVE = frozenset({"elective", "el", "c", "3", "r", "l"})
SIX_MONTHS = timedelta(days=183)
CHUNK = 400
HEALTH_CONCERN = "health-concern"


@dataclass
class Kept:
    """One person's rows, as few columns as the rules need."""

    patient: Any
    episode: Any = None
    conditions: list[Any] = field(default_factory=list)
    encounters: list[Any] = field(default_factory=list)
    answers: list[ScreenAnswer] = field(default_factory=list)
    zone: str = "UTC"


PATIENT = (
    Patient.id,
    Patient.case_id,
    Patient.family_name,
    Patient.given_name,
    Patient.preferred_name,
    Patient.birth_date,
    Patient.sex,
    Patient.language,
    Patient.english_proficiency,
    Patient.interpreter_needed,
    Patient.deceased,
    Patient.deceased_date,
    Patient.zone,
    Patient.phone,
    Patient.source_reference,
)
EPISODE = (
    EpisodeOfCare.id,
    EpisodeOfCare.case_id,
    EpisodeOfCare.status,
    EpisodeOfCare.programme,
    EpisodeOfCare.tier_override,
    EpisodeOfCare.override_reason,
    EpisodeOfCare.manager_id,
    EpisodeOfCare.conditions_stable,
    EpisodeOfCare.specialist_count,
    EpisodeOfCare.social_support_reliable,
    EpisodeOfCare.health_literacy_adequate,
    EpisodeOfCare.needs_informational_only,
    EpisodeOfCare.long_term_care_decision_open,
    EpisodeOfCare.housing_barrier,
    EpisodeOfCare.food_barrier,
    EpisodeOfCare.substance_use_active,
    EpisodeOfCare.serious_mental_illness,
    EpisodeOfCare.facts_on,
)
CONDITION = (
    Condition.id,
    Condition.case_id,
    Condition.code_system,
    Condition.code,
    Condition.codings,
    Condition.display,
    Condition.clinical_status,
    Condition.verification_status,
    Condition.onset,
    Condition.category,
    Condition.source_reference,
)
ENCOUNTER = (
    Encounter.id,
    Encounter.case_id,
    Encounter.status,
    Encounter.class_code,
    Encounter.type_display,
    Encounter.reason_display,
    Encounter.started_at,
    Encounter.started_zone,
    Encounter.ended_at,
    Encounter.ended_zone,
    Encounter.admission_type,
    Encounter.admit_source,
    Encounter.discharge_disposition,
    Encounter.facility_name,
    Encounter.source_reference,
)


def everybody(work: Work) -> Iterator[Kept]:
    """Yield everybody's rows, some hundred people at a time: thousands need no more memory."""
    statement = select(Patient.id).where(
        Patient.org_id == work.actor.org_id, Patient.deleted.is_(False)
    )
    case_ids = [row.id for row in work.rows(statement)]
    for start in range(0, len(case_ids), CHUNK):
        yield from gather(work, case_ids[start : start + CHUNK]).values()


def gather(work: Work, case_ids: Sequence[str]) -> dict[str, Kept]:
    """Return some people's rows by case; five queries, however many people up to `CHUNK`."""
    people: dict[str, Kept] = {}
    for row in _rows(work, Patient, PATIENT, case_ids):
        people[row.id] = Kept(row, zone=row.zone or work.zone)
    for row in _rows(work, EpisodeOfCare, EPISODE, case_ids):
        if row.case_id in people and (
            people[row.case_id].episode is None or row.status == "active"
        ):
            people[row.case_id].episode = row
    for row in _rows(work, Condition, CONDITION, case_ids):
        if row.case_id in people:
            people[row.case_id].conditions.append(row)
    for row in _rows(work, Encounter, ENCOUNTER, case_ids):
        if row.case_id in people:
            people[row.case_id].encounters.append(row)
    for case_id, answers in _screens(work, case_ids).items():
        if case_id in people:
            people[case_id].answers = answers
    return people


def person_facts(kept: Kept, as_of: date, lace: int | None = None) -> PersonFacts:
    """Return the facts of the decision boundary for one person."""
    died = day_of(kept.patient.deceased_date)
    day = min(as_of, died) if died else as_of
    episode = kept.episode
    social = tables.social()
    return PersonFacts(
        as_of=day,
        conditions=clinical_conditions(kept),
        stays=stays(kept) if kept.encounters else None,
        housing=_first(
            social.barrier("housing", kept.answers, day), _asked(episode, "housing_barrier")
        ),
        food=_first(social.barrier("food", kept.answers, day), _asked(episode, "food_barrier")),
        limited_english=_limited_english(kept.patient),
        substance_use=_asked(episode, "substance_use_active"),
        serious_mental_illness=_asked(episode, "serious_mental_illness"),
        long_term_care_decision=_asked(episode, "long_term_care_decision_open"),
        stable=_asked(episode, "conditions_stable"),
        specialists=None
        if episode is None or episode.specialist_count is None
        else int(episode.specialist_count),
        social_support=_asked(episode, "social_support_reliable"),
        health_literacy=_asked(episode, "health_literacy_adequate"),
        informational_only=_asked(episode, "needs_informational_only"),
        lace=lace,
    )


def clinical_conditions(kept: Kept) -> tuple[CodedCondition, ...] | None:
    """Return the conditions that rules weigh, None where none is on record.

    A problem of the care plan in somebody's own words, without a code, is no diagnosis.
    """
    rows = [row for row in kept.conditions if row.code or row.category != HEALTH_CONCERN]
    return tuple(coded(row) for row in rows) if rows else None


def coded(row: Any) -> CodedCondition:
    """Return a condition row as rules read it, with a reference that a reader can find."""
    codes: list[tuple[str, str]] = []
    for coding in row.codings or ():
        system = SYSTEMS.get(coding.get("system") or "")
        if system and coding.get("code"):
            codes.append((system, coding["code"]))
    if not codes and row.code:
        codes.append((SYSTEMS.get(row.code_system or "", row.code_system or ""), row.code))
    return CodedCondition(
        record=reference(row, "Condition"),
        codes=tuple(codes),
        display=row.display or "",
        clinical_status=row.clinical_status or "",
        verification_status=row.verification_status,
        onset=onset_day(row.onset),
        onset_said=row.onset[:10] if row.onset else None,
    )


def stays(kept: Kept) -> tuple[Stay, ...]:
    """Return a person's encounters as stays, in local days."""
    return tuple(
        Stay(
            record=reference(row, "Encounter"),
            class_code=row.class_code or "",
            admitted=local_day(row.started_at, row.started_zone, kept.zone)
            if row.started_at
            else None,
            discharged=local_day(row.ended_at, row.ended_zone, kept.zone) if row.ended_at else None,
            display=row.type_display or "",
            cancelled=row.status in CANCELLED,
        )
        for row in kept.encounters
    )


def lace_facts(kept: Kept, encounter: Any) -> LaceFacts:
    """Return what LACE asks about one stay of a person."""
    admitted = (
        local_day(encounter.started_at, encounter.started_zone, kept.zone)
        if encounter.started_at
        else None
    )
    discharged = (
        local_day(encounter.ended_at, encounter.ended_zone, kept.zone)
        if encounter.ended_at
        else None
    )
    where = reference(encounter, "Encounter")
    evidence: list[tuple[str, Evidence]] = []
    if admitted and discharged:
        span = f"{admitted} to {discharged}"
        evidence.append(("L", Evidence(where, "period", span, discharged.isoformat())))
    acute, why = _acute(kept, encounter, admitted)
    if why:
        evidence.append(("A", why))
    visits, seen = _emergency_visits(kept, encounter, admitted)
    evidence += [("E", item) for item in seen]
    return LaceFacts(
        admitted=admitted,
        discharged=discharged,
        acute=acute,
        conditions=clinical_conditions(kept),
        emergency_visits=visits,
        evidence=tuple(evidence),
    )


def reference(row: Any, kind: str) -> str:
    """Return where a reader finds a record: the entry of the source file, else our own id."""
    found: str | None = row.source_reference
    return found or f"{kind}/{row.id}"


def _acute(
    kept: Kept, encounter: Any, admitted: date | None
) -> tuple[bool | None, Evidence | None]:
    where = reference(encounter, "Encounter")
    for name in ("admission_type", "admit_source"):
        code = (getattr(encounter, name) or "").lower()
        if code in URGENT:
            return True, Evidence(where, name, code)
        if code in ELECTIVE and name == "admission_type":
            return False, Evidence(where, name, code)
    for row in kept.encounters:
        if row.class_code == EMERGENCY_CLASS and row.started_at and admitted:
            day = local_day(row.started_at, row.started_zone, kept.zone)
            if timedelta(0) <= admitted - day <= timedelta(days=1):
                found = reference(row, "Encounter")
                return True, Evidence(found, "class", EMERGENCY_CLASS, day.isoformat())
    return None, None


def _emergency_visits(
    kept: Kept, encounter: Any, admitted: date | None
) -> tuple[int | None, list[Evidence]]:
    """Emergency visits before the admission day; unknown where no other encounter is known."""
    others = [row for row in kept.encounters if row.id != encounter.id]
    if admitted is None or not others:
        return None, []
    seen = []
    for row in others:
        if row.class_code != EMERGENCY_CLASS or row.started_at is None or row.status in CANCELLED:
            continue
        day = local_day(row.started_at, row.started_zone, kept.zone)
        if admitted - SIX_MONTHS <= day < admitted:
            seen.append(
                Evidence(reference(row, "Encounter"), "class", EMERGENCY_CLASS, day.isoformat())
            )
    return len(seen), seen


def _limited_english(patient: Any) -> Known:
    where = reference(patient, "Patient")
    if patient.interpreter_needed:
        return Known(True, (Evidence(where, "interpreter_needed", "yes"),))
    language = (patient.language or "").lower()
    if not language:
        return Known()
    evidence = (Evidence(where, "language", patient.language),)
    if language == "en" or language.startswith("en-"):
        return Known(False, evidence)
    proficiency = patient.english_proficiency
    if proficiency is None:
        return Known(None, evidence)
    said = (*evidence, Evidence(where, "english_proficiency", proficiency))
    return Known(proficiency != "very_well", said)


def _asked(episode: Any, name: str) -> Known:
    value = None if episode is None else getattr(episode, name)
    if value is None:
        return Known()
    on = episode.facts_on.isoformat() if episode.facts_on else None
    where = f"EpisodeOfCare/{episode.id}"
    return Known(value, (Evidence(where, name, "yes" if value else "no", on),))


def _first(found: Known, otherwise: Known) -> Known:
    return found if found.value is not None else otherwise


def _screens(work: Work, case_ids: Sequence[str]) -> dict[str, list[ScreenAnswer]]:
    columns = (
        Observation.id,
        Observation.case_id,
        Observation.code,
        Observation.value_code,
        Observation.value_display,
        Observation.effective,
        Observation.components,
        Observation.source_reference,
    )
    questions = tables.social().questions
    wanted = [*questions, "93025-5", "96777-8", "88121-9"]
    found: dict[str, list[ScreenAnswer]] = defaultdict(list)
    for row in _rows(work, Observation, columns, case_ids, Observation.code.in_(wanted)):
        on = day_of(row.effective)
        if on is None:
            continue
        where = reference(row, "Observation")
        if row.code in questions and row.value_code:
            answer = ScreenAnswer(row.code, row.value_code, on, where, row.value_display or "")
            found[row.case_id].append(answer)
        for part in row.components or ():
            if part.get("code") in questions and part.get("value_code"):
                display = part.get("value_display") or ""
                answer = ScreenAnswer(part["code"], part["value_code"], on, where, display)
                found[row.case_id].append(answer)
    return found


def _rows(
    work: Work,
    kind: type[Synced],
    columns: Iterable[Any],
    case_ids: Sequence[str],
    *extra: Any,
) -> list[Any]:
    statement = select(*columns).where(
        kind.org_id == work.actor.org_id, kind.deleted.is_(False), *extra
    )
    found: list[Any] = []
    for start in range(0, len(case_ids), CHUNK):
        part = list(case_ids[start : start + CHUNK])
        found += work.rows(statement.where(kind.case_id.in_(part)))
    return found
