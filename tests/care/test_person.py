"""One person in one look: what never scrolls away, and the summary beneath it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casefield.application import Session
from casefield.care import notes, people, person, plan, stratify
from casefield.care.views import ImportReport, PersonHeader, PersonSummary
from casefield.errors import NotFound
from casefield.records.laptop import AuditEntry
from casefield.records.people import Patient
from casefield.records.work import Work
from tests.care.bundles import (
    about,
    after_heart_attack,
    bundle,
    condition,
    medication,
    observation,
    patient,
)
from tests.care.conftest import MovedClock

Take = Callable[..., ImportReport]


def header(session: Session, case_id: str) -> PersonHeader:
    return session.read(lambda w: person.header(w, case_id, w.now))


def summary(session: Session, case_id: str) -> PersonSummary:
    return session.read(lambda w: person.summary(w, case_id, w.now))


def allergy(number: str, words: str, **more: object) -> dict[str, object]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": number,
        "patient": about(),
        "code": {"text": words},
        "clinicalStatus": {"coding": [{"code": "active"}]},
    } | more


@pytest.fixture
def rosa(take: Take) -> str:
    """Return the case of the woman who came home after a heart attack today."""
    return take(after_heart_attack()).people[0]


def test_the_header_says_who_and_why(session: Session, rosa: str) -> None:
    found = header(session, rosa)
    assert (found.name, found.age, found.sex, found.phone) == (
        "Rosa Alvarez",
        71,
        "female",
        "555-0142",
    )
    assert (found.lace, found.lace_band, found.transition_day) == (13, "high", 0)
    assert found.tier == "insufficient_data"
    assert not found.deceased


def test_unknown_allergies_are_not_none(session: Session, take: Take) -> None:
    case_id = take(bundle(patient())).people[0]
    assert (header(session, case_id).allergies, header(session, case_id).allergies_known) == (
        (),
        False,
    )
    none_known = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}
    take(bundle(patient(), allergy("a0", "", code=none_known)))
    found = header(session, case_id)
    assert (found.allergies, found.allergies_known) == ((), True)


def test_dangerous_allergies_first_and_mistakes_left_out(session: Session, take: Take) -> None:
    refuted = {"coding": [{"code": "entered-in-error"}]}
    over = {"coding": [{"code": "resolved"}]}
    case_id = take(
        bundle(
            patient(),
            allergy("a1", "Dust"),
            allergy(
                "a2",
                "Penicillin",
                criticality="high",
                reaction=[{"manifestation": [{"text": "Anaphylaxis"}]}],
            ),
            allergy("a3", "Cats", verificationStatus=refuted),
            allergy("a4", "Milk", clinicalStatus=over),
        )
    ).people[0]
    found = header(session, case_id).allergies
    assert [a.display for a in found] == ["Penicillin", "Dust"]
    assert (found[0].reaction, found[0].criticality) == ("Anaphylaxis", "high")


def test_what_a_worker_recorded_stands_in_the_header(session: Session, rosa: str) -> None:
    assert header(session, rosa).consent_given is None
    session.act(lambda w: people.record_consent(w, rosa, True), "consent")
    session.act(lambda w: people.set_safety_flags(w, rosa, ["Dog in the yard", " "]), "flags")
    session.act(lambda w: people.set_programme(w, rosa, "Heart failure"), "programme")
    session.act(lambda w: stratify.override_tier(w, rosa, "case_management", "Alone"), "tier")
    found = header(session, rosa)
    assert found.consent_given is True
    assert found.safety_flags == ("Dog in the yard",)
    assert (found.programme, found.tier) == ("Heart failure", "case_management")


def test_who_died_is_said(session: Session, take: Take) -> None:
    case_id = take(bundle(patient(deceasedDateTime="2026-03-01T10:00:00Z"))).people[0]
    found = header(session, case_id)
    assert (found.deceased, found.deceased_date, found.age) == (True, "2026-03-01", 70)


def test_the_summary_puts_the_rest_beneath(session: Session, rosa: str) -> None:
    session.act(lambda w: plan.add_goal(w, rosa, own_words="Walk to church"), "goal")
    found = summary(session, rosa)
    assert found.header == header(session, rosa)
    assert found.stratification.case_id == rosa
    assert found.transition is not None
    assert [g.own_words for g in found.goals] == ["Walk to church"]
    assert found.due[0].kind == "call"
    assert [item.due.state for item in found.due][:2] == ["soon", "soon"]
    assert found.counts["Condition"] == 4
    assert found.counts["Encounter"] == 2


def test_chronic_conditions_first_and_the_plans_problems_apart(
    session: Session, take: Take
) -> None:
    gone = {"coding": [{"code": "resolved"}]}
    case_id = take(
        bundle(
            patient(),
            condition("a", "ZZZ.1", "A thing unclassified"),
            condition("d", "E11.9", "Type 2 diabetes"),
            condition("x", "J06.9", "A cold of last year", clinicalStatus=gone),
        )
    ).people[0]
    session.act(lambda w: plan.add_problem(w, case_id, "Fear of stairs"), "plan")
    found = summary(session, case_id).conditions
    assert [c.display for c in found] == ["Type 2 diabetes", "A thing unclassified"]
    assert found[0].group
    assert found[0].source_reference == "Condition/d"


def test_a_medicine_ordered_again_stands_once_with_its_newest_dose(
    session: Session, take: Take
) -> None:
    case_id = take(
        bundle(
            patient(),
            medication(
                "m2", "Lisinopril", "2026-02-01", dosageInstruction=[{"text": "20 mg daily"}]
            ),
            medication(
                "m1", "Lisinopril", "2024-02-01", dosageInstruction=[{"text": "10 mg daily"}]
            ),
            medication("m3", "Aspirin", "2026-02-01"),
            medication("m4", "Ibuprofen", "2026-02-01", status="stopped"),
        )
    ).people[0]
    found = summary(session, case_id).medications
    assert [(m.display, m.dosage) for m in found] == [
        ("Aspirin", None),
        ("Lisinopril", "20 mg daily"),
    ]


def test_changes_tell_stays_notes_and_nothing_older_than_half_a_year(
    session: Session, rosa: str, clock: MovedClock
) -> None:
    clock.forward(hours=2)

    def write(work: Work) -> None:
        note_id = notes.start_note(work, rosa, "phone", title="Called")
        notes.save_note(work, note_id, body="Well.")
        notes.sign_note(work, note_id)

    session.act(write, "note")
    found = [(c.what_code, c.what) for c in summary(session, rosa).changes]
    assert found == [
        ("note_signed", "Called"),
        ("stay_ended", "St. Anna"),
        ("stay_began", "St. Anna"),
        ("emergency_visit", "St. Anna"),
    ]
    clock.to(2027, 3, 1)
    assert len(summary(session, rosa).changes) == 3  # August is out of sight


def test_the_same_glance_shows_no_one_elses(session: Session, take: Take) -> None:
    rosa, bo = take(
        bundle(
            patient(),
            patient("p2", "Bo", "Lind"),
            medication("m", "Aspirin"),
            observation("o", "29463-7", 80, "kg", "2026-01-02"),
        )
    ).people
    assert summary(session, bo).medications == ()
    assert summary(session, bo).series == ()
    assert summary(session, bo).counts["Observation"] == 0
    assert len(summary(session, rosa).series) == 1


def test_opening_is_written_into_the_audit(session: Session, rosa: str) -> None:
    def opened() -> list[tuple[str | None, str | None]]:
        with session._vault.snapshot() as kept:
            return [
                (entry.case_id, entry.reason)
                for entry in kept.query(AuditEntry)
                if entry.act == "open"
            ]

    before = opened()
    summary(session, rosa)
    assert opened() == [*before, (rosa, "summary")]


def test_nobody_of_that_id(session: Session) -> None:
    with pytest.raises(NotFound):
        header(session, "nobody")
    with pytest.raises(NotFound):
        summary(session, "nobody")


def test_age_counts_in_the_persons_own_place(session: Session, clock: MovedClock) -> None:
    born = "1955-11-11"
    case_id = session.act(
        lambda w: w.add(Patient(given_name="Al", birth_date=born, zone="Pacific/Auckland")).id,
        "test",
    )
    clock.to(2026, 11, 10, 13)  # already the 11th in Auckland
    assert header(session, case_id).age == 71
