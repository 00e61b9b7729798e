"""Everybody at a glance, and finding one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import event

from casefield.application import Session
from casefield.care import caseload, notes, people, stratify, worklist
from casefield.care.views import CaseloadRow, ImportReport
from casefield.errors import NotFound, UnusableInput
from casefield.records.people import Patient
from casefield.records.work import Work
from tests.care.bundles import about, admission, after_heart_attack, bundle, condition, patient
from tests.care.conftest import EASTERN, MovedClock

Take = Callable[..., ImportReport]


def rows(session: Session) -> tuple[CaseloadRow, ...]:
    return session.read(lambda work: caseload.caseload(work, session.clock.now()))


def found(session: Session, text: str, limit: int = 20) -> list[str]:
    hits = session.read(lambda work: caseload.find_people(work, text, limit))
    return [hit.name for hit in hits]


def coverage(number: str, payer: str, order: int | None, **more: object) -> dict[str, object]:
    said = {
        "resourceType": "Coverage",
        "id": number,
        "status": "active",
        "beneficiary": about(),
        "payor": [{"display": payer}],
    }
    return said | ({"order": order} if order else {}) | more


def test_nobody_yet(session: Session) -> None:
    assert rows(session) == ()


def test_a_row_says_who_why_and_what_is_next(session: Session, take: Take) -> None:
    content = after_heart_attack()
    content["entry"].append({"resource": coverage("c2", "Supplement Inc.", 2)})
    content["entry"].append({"resource": coverage("c1", "Medicare", 1)})
    content["entry"].append(
        {"resource": coverage("c0", "Former employer", None, status="cancelled")}
    )
    case_id = take(content).people[0]
    session.act(lambda work: people.set_programme(work, case_id, " Heart failure "), "programme")
    (row,) = rows(session)
    assert (row.name, row.age, row.sex, row.birth_date) == (
        "Rosa Alvarez",
        71,
        "female",
        "1955-03-02",
    )
    assert (row.lace, row.lace_band, row.payer) == (13, "high", "Medicare")
    assert row.programme == "Heart failure"
    assert row.prioritise
    assert row.next_kind == "call"
    assert row.next_due is not None
    assert row.next_due.at == datetime(2026, 11, 13, 10, 40, tzinfo=EASTERN)
    assert row.last_contact is None
    assert not row.deceased


def test_rows_stand_by_family_name(session: Session, take: Take) -> None:
    take(
        bundle(
            patient("1", "Zoe", "Brandt"), patient("2", "Ana", "Lind"), patient("3", "Al", "Adler")
        )
    )
    assert [row.name for row in rows(session)] == ["Al Adler", "Zoe Brandt", "Ana Lind"]


def test_the_soonest_of_several_is_next(session: Session, take: Take) -> None:
    case_id = take(after_heart_attack()).people[0]
    session.act(
        lambda work: worklist.add_task(work, case_id, "Bring the scale", date(2026, 11, 11)), "task"
    )
    assert rows(session)[0].next_kind == "general"


def test_last_contact_is_the_last_note(session: Session, person: str, clock: MovedClock) -> None:
    moment = clock.to(2026, 11, 10, 15)
    session.act(lambda work: notes.start_note(work, person, "phone"), "note")
    assert rows(session)[0].last_contact == moment


def test_a_decided_tier_stands_before_the_computed(session: Session, person: str) -> None:
    assert rows(session)[0].tier == "insufficient_data"
    session.act(
        lambda work: stratify.override_tier(work, person, "care_coordination", "Lives with nurse"),
        "tier",
    )
    assert rows(session)[0].tier == "care_coordination"


def test_who_died_is_marked_and_ages_no_more(session: Session, take: Take) -> None:
    take(bundle(patient(deceasedDateTime="2020-03-01"), condition("c", "I10", "Hypertension")))
    (row,) = rows(session)
    assert (row.deceased, row.age) == (True, 64)
    assert row.next_due is None


def test_conditions_unknown_are_not_none_counted(session: Session, take: Take) -> None:
    take(bundle(patient("1"), patient("2", "Bo", "Lind"), condition("c", "I10", "Pressure", "2")))
    counts = {row.name: row.chronic_conditions for row in rows(session)}
    assert counts == {"Rosa Alvarez": None, "Bo Lind": 1}


def test_more_people_ask_no_more_questions(session: Session, take: Take) -> None:
    def asked() -> int:
        count = 0

        def heard(*_: object) -> None:
            nonlocal count
            count += 1

        engine = session._vault._engine
        event.listen(engine, "before_cursor_execute", heard)
        try:
            rows(session)
        finally:
            event.remove(engine, "before_cursor_execute", heard)
        return count

    take(bundle(patient("p0"), admission("s0", "p0")))
    with_one = asked()
    crowd = [patient(f"p{n}", f"N{n}") for n in range(1, 12)]
    take(bundle(*crowd, *(admission(f"s{n}", f"p{n}") for n in range(1, 12))))
    assert asked() == with_one


def test_people_are_named_by_their_case(session: Session, take: Take) -> None:
    case_id = take(after_heart_attack()).people[0]
    asked = [case_id, "somebody-who-left"]
    assert session.read(lambda work: caseload.names(work, asked)) == {case_id: "Rosa Alvarez"}
    assert session.read(lambda work: caseload.names(work, ())) == {}


@pytest.mark.parametrize(
    "typed",
    ["rosa", "ALVAREZ", "alv ros", "1955-03-02", "1955-03", "MRN-p1", "mrn-p1 rosa", "Rosita"],
)
def test_a_person_is_found_by_name_birth_date_or_number(
    session: Session, take: Take, typed: str
) -> None:
    rosa = patient()
    rosa["name"].append({"use": "nickname", "given": ["Rosita"]})
    take(bundle(rosa, patient("p2", "Bo", "Lind", birthDate="1960-01-01")))
    assert found(session, typed) == ["Rosa Alvarez"]


@pytest.mark.parametrize("typed", ["", "   ", "rosa lind", "1955-03-03", "%", "_"])
def test_who_does_not_fit_is_not_found(session: Session, take: Take, typed: str) -> None:
    take(bundle(patient(), patient("p2", "Bo", "Lind", birthDate="1960-01-01")))
    assert found(session, typed) == []


def test_no_more_hits_than_asked_for(session: Session, take: Take) -> None:
    take(bundle(*(patient(f"p{n}", f"Rosa{n}") for n in range(5))))
    assert found(session, "rosa", limit=3) == ["Rosa0 Alvarez", "Rosa1 Alvarez", "Rosa2 Alvarez"]


def test_one_person_by_id_or_by_a_name_only_one_bears(session: Session, take: Take) -> None:
    rosa, bo = take(bundle(patient(), patient("p2", "Bo", "Alvarez"))).people

    def one(text: str) -> str:
        return session.read(lambda work: caseload.one_person(work, text))

    assert one(rosa) == rosa
    assert one("bo alvarez") == bo
    with pytest.raises(NotFound, match="Smith"):
        one("Smith")
    with pytest.raises(UnusableInput, match="2 people"):
        one("alvarez")


def test_another_organisations_people_are_out_of_reach(session: Session, person: str) -> None:
    def slip_in(work: Work) -> None:
        work.add(Patient(given_name="Rosa", family_name="Elsewhere")).org_id = "other"

    session.act(slip_in, "test")
    assert found(session, "rosa") == ["Rosa Alvarez"]
    assert len(rows(session)) == 1
