"""From records to what rules are told: what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casefield.application import Session
from casefield.care.facts import Kept, coded, everybody, gather, lace_facts, person_facts
from casefield.care.stays import latest_stay
from casefield.care.views import ImportReport
from casefield.rules.facts import PersonFacts
from casefield.rules.lace import LaceFacts
from tests.care.bundles import about, admission, bundle, condition, encounter, patient

Take = Callable[..., ImportReport]
TODAY = date(2026, 11, 10)
LATER = date(2026, 11, 12)


def told(session: Session, case_id: str, as_of: date = TODAY) -> PersonFacts:
    return session.read(lambda w: person_facts(gather(w, [case_id])[case_id], as_of))


def of_stay(session: Session, case_id: str) -> LaceFacts:
    def ask(work: Any) -> LaceFacts:
        kept = gather(work, [case_id])[case_id]
        return lace_facts(kept, latest_stay(kept, LATER))

    return session.read(ask)


def screen(oid: str, code: str, answer: str, on: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": oid,
        "status": "final",
        "subject": about(),
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": on,
        "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": answer}]},
    }


def test_nothing_on_record_is_nothing_known(session: Session, person: str) -> None:
    found = told(session, person)
    assert found.conditions is None
    assert found.stays is None
    assert found.specialists is None
    assert {k.value for k in (found.housing, found.food, found.stable, found.limited_english)} == {
        None
    }


def test_every_code_of_a_condition_is_told(session: Session, take: Take) -> None:
    codes = [
        {"system": "http://snomed.info/sct", "code": "44054006"},
        {"system": "urn:local", "code": "DM2"},
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E11.9"},
    ]
    both = condition("c", "", "Diabetes") | {"code": {"coding": codes, "text": "Diabetes"}}
    case_id = take(bundle(patient(), both)).people[0]

    def ask(work: Any) -> Any:
        kept: Kept = gather(work, [case_id])[case_id]
        return coded(kept.conditions[0])

    found = session.read(ask)
    assert {code for _, code in found.codes} == {"44054006", "E11.9"}
    assert found.record == "Condition/c"
    assert found.onset == date(2019, 4, 1)


def test_who_died_is_judged_as_of_that_day(session: Session, take: Take) -> None:
    case_id = take(bundle(patient(deceasedDateTime="2020-03-01"))).people[0]
    assert told(session, case_id).as_of == date(2020, 3, 1)


def test_a_screen_answer_counts_and_names_its_entry(session: Session, take: Take) -> None:
    homeless = screen("s", "71802-3", "LA30190-5", "2026-10-01")
    case_id = take(bundle(patient(), homeless)).people[0]
    found = told(session, case_id).housing
    assert found.value is True
    assert found.evidence[0].record == "Observation/s"
    assert told(session, case_id, date(2028, 1, 1)).housing.value is None  # too long ago


def test_days_of_a_stay_are_the_wards_days(session: Session, take: Take) -> None:
    case_id = take(bundle(patient(), admission())).people[0]
    found = of_stay(session, case_id)
    assert (found.admitted, found.discharged) == (date(2026, 11, 5), date(2026, 11, 10))
    assert found.acute is True


def test_emergency_visits_are_those_of_the_half_year_before_admission(
    session: Session, take: Take
) -> None:
    def er(name: str, on: str, **more: Any) -> dict[str, Any]:
        return encounter(name, "EMER", f"{on}T09:00:00Z", f"{on}T12:00:00Z", **more)

    case_id = take(
        bundle(
            patient(),
            admission(),
            er("in", "2026-06-01"),
            er("also", "2026-11-04"),
            er("too early", "2026-04-01"),
            er("same day", "2026-11-05"),
            er("void", "2026-09-01", status="cancelled"),
        )
    ).people[0]
    found = of_stay(session, case_id)
    assert found.emergency_visits == 2
    assert {e.record for part, e in found.evidence if part == "E"} == {
        "Encounter/in",
        "Encounter/also",
    }


def test_no_other_contact_known_means_emergency_visits_unknown(
    session: Session, take: Take
) -> None:
    case_id = take(bundle(patient(), admission())).people[0]
    assert of_stay(session, case_id).emergency_visits is None


def test_elective_is_not_acute_and_through_the_emergency_room_is(
    session: Session, take: Take
) -> None:
    planned = {"priority": {"coding": [{"code": "EL"}]}}
    elective = take(bundle(patient(), admission("e", **planned))).people[0]
    assert of_stay(session, elective).acute is False
    through = patient("p2", "Bo", "Lind")
    unsaid = admission("u", "p2", priority={})
    came = encounter("er", "EMER", "2026-11-05T19:00:00-05:00", "2026-11-05T21:00:00-05:00", "p2")
    other = take(bundle(through, unsaid, came)).people[0]
    assert of_stay(session, other).acute is True


def test_everybody_comes_with_the_own_rows_part_by_part(
    session: Session, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casefield.care.facts.CHUNK", 2)
    people = [patient(f"p{n}", f"N{n}") for n in range(3)]
    found = [condition(f"c{n}", "I10", "Hypertension", f"p{n}") for n in range(3)]
    take(bundle(*people, *found))
    counts = session.read(
        lambda w: [(k.patient.given_name, len(k.conditions)) for k in everybody(w)]
    )
    assert sorted(counts) == [("N0", 1), ("N1", 1), ("N2", 1)]
