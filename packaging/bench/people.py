"""Invented people for the benchmark: whole caseloads, and one person with ten years of history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casefield.application import Session
    from casefield.records.base import Synced

PASSPHRASE = "maple lantern harbour thistle"
ZONE = "America/New_York"
BATCH = 100
TEN_YEARS = timedelta(days=3650)
NOTE_WORDS = 145  # about 1.2 KB with all that a note carries
GIVEN = ("Rosa", "Walter", "Mai", "Denise", "Omar", "Ruth", "Luis", "Ana", "Peter", "Grace")
FAMILY = ("Medina", "Pratt", "Tran", "Okafor", "Haddad", "Olsen", "Vega", "Brown", "Novak", "Lee")
CONDITIONS = (
    ("I50.9", "Heart failure, unspecified"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("J44.9", "Chronic obstructive pulmonary disease, unspecified"),
    ("N18.3", "Chronic kidney disease, stage 3"),
    ("I10", "Essential (primary) hypertension"),
    ("F33.1", "Major depressive disorder, recurrent, moderate"),
    ("M54.5", "Low back pain"),
    ("E78.5", "Hyperlipidemia, unspecified"),
)
MEDICINES = ("Furosemide 40 mg", "Metformin 1000 mg", "Tiotropium 18 mcg", "Lisinopril 20 mg")
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"


@cache
def _words() -> list[str]:
    """Return invented words: notes of a few words in turn would be packed to nothing."""
    dice = random.Random(5)
    syllables = [c + v for c in "bcdfghjklmnprstvz" for v in "aeiou"]
    return ["".join(dice.choices(syllables, k=dice.randint(1, 4))) for _ in range(20_000)]


@cache
def _weights() -> list[float]:
    """Return how often each word is said, summed up: few are common, most are rare."""
    return list(accumulate(1 / (place + 10) for place in range(len(_words()))))


def _said(dice: random.Random) -> str:
    return " ".join(dice.choices(_words(), cum_weights=_weights(), k=NOTE_WORDS))


def profile(folder: Path, people: int, *, history: int = 0) -> str:
    """Make a profile with a caseload; return the case id of its first person.

    Args:
        folder: does not exist yet.
        people: how many.
        history: so many rows more for the first person, spread over ten years.
    """
    from casefield.application import Application

    session = Application(folder).create(PASSPHRASE, name="Ana Alvarez, RN")
    try:
        first = fill(session, people)
        if history:
            keep(session, ten_years(first, history, session.actor.user_id))
    finally:
        session.lock()
    return first


def fill(session: Session, people: int, *, bare: bool = False) -> str:
    """Bring people into a record; return the case id of the first. `bare`: without history."""
    dice = random.Random(7)
    first = ""
    for begin in range(0, people, BATCH):
        records: list[Synced] = []
        for number in range(begin, min(people, begin + BATCH)):
            records += _person(number, session.actor.user_id, dice, bare=bare)
            first = first or records[0].id
        keep(session, records)
    return first


def keep(session: Session, records: list[Any]) -> None:
    """Keep records in one transaction, as an import does."""
    with session.working("bench") as work:
        work.add_all(records)  # type: ignore[attr-defined]


def ten_years(case_id: str, rows: int, user_id: str) -> list[Any]:
    """Return so many records of a long illness: measures most of all, then stays and notes."""
    dice = random.Random(11)
    begin = datetime.now(UTC) - TEN_YEARS
    makers = [_observation] * 14 + [_encounter] * 2 + [_note] * 2 + [_condition] + [_medicine]
    moments = (begin + TEN_YEARS * (number + 1) / (rows + 1) for number in range(rows))
    return [
        makers[number % len(makers)](case_id, at, dice, user_id)
        for number, at in enumerate(moments)
    ]


def observations(case_id: str, count: int) -> Iterator[Any]:
    """Yield measurements of one person."""
    dice = random.Random(13)
    begin = datetime.now(UTC) - TEN_YEARS
    for number in range(count):
        yield _observation(case_id, begin + timedelta(minutes=number), dice, "")


def visits(case_id: str, count: int, user_id: str) -> Iterator[Any]:
    """Yield visits written down in about 1.2 KB each; shared at once, as a draft note is not."""
    from casefield.records.visit import Visit

    dice = random.Random(case_id)
    begin = datetime.now(UTC) - timedelta(days=400)
    for number in range(count):
        at = begin + timedelta(minutes=number)
        yield Visit(
            case_id=case_id,
            kind="home_visit",
            status="completed",
            started_at=at,
            started_zone=ZONE,
            ended_at=at + timedelta(minutes=40),
            ended_zone=ZONE,
            outcome=_said(dice),
            worker_id=user_id,
            worker_name="Ana Alvarez, RN",
        )


def _person(number: int, user_id: str, dice: random.Random, *, bare: bool) -> Iterator[Any]:
    from casefield.records.base import new_id
    from casefield.records.coverage import Coverage
    from casefield.records.organisation import Assignment
    from casefield.records.people import Patient
    from casefield.records.planning import CarePlan, EpisodeOfCare, Goal
    from casefield.records.worklist import Task

    now, today = datetime.now(UTC), date.today()
    case_id = new_id()
    yield Patient(
        id=case_id,
        given_name=GIVEN[number % 10],
        family_name=f"{FAMILY[number // 10 % 10]}-{number:05}",
        birth_date=f"{1930 + dice.randrange(40)}-0{1 + dice.randrange(9)}-11",
        sex=dice.choice(("female", "male")),
        language=dice.choice(("en", "en", "es", "vi")),
        phone="555-0100",
        identifiers=[{"system": "urn:bench", "value": f"B{number:06}"}],
        zone=ZONE,
        consent_given=True,
    )
    yield EpisodeOfCare(
        case_id=case_id,
        programme=dice.choice(("Heart failure", "Diabetes", "Transitions")),
        manager_id=user_id,
        started_on=today - timedelta(days=90),
        conditions_stable=dice.choice((True, False, None)),
        housing_barrier=dice.choice((True, False, None)),
        facts_on=today - timedelta(days=20),
    )
    yield Assignment(case_id=case_id, user_id=user_id, role="case_manager", from_on=today)
    if bare:
        return
    yield Coverage(case_id=case_id, payer_name="Medicare", plan_type="MC", rank="1")
    for _ in range(5):
        yield _condition(case_id, now - timedelta(days=dice.randrange(3000)), dice, user_id)
    for _ in range(4):
        yield _medicine(case_id, now - timedelta(days=dice.randrange(700)), dice, user_id)
    for _ in range(3):
        yield _encounter(case_id, now - timedelta(days=dice.randrange(3, 400)), dice, user_id)
    for _ in range(5):
        yield _observation(case_id, now - timedelta(days=dice.randrange(300)), dice, user_id)
    for _ in range(2):
        yield _note(case_id, now - timedelta(days=dice.randrange(60)), dice, user_id)
    yield CarePlan(case_id=case_id, title="Plan", review_on=today + timedelta(days=number % 40 - 5))
    yield Goal(case_id=case_id, own_words="I want to walk to church.", due_on=today)
    yield Task(
        case_id=case_id,
        kind="general",
        description="Ask the pharmacy for a blister pack",
        due_on=today + timedelta(days=number % 60 - 3),
        owner_id=user_id,
    )


def _condition(case_id: str, at: datetime, dice: random.Random, user_id: str) -> Any:
    from casefield.records.clinical import Condition

    code, display = dice.choice(CONDITIONS)
    return Condition(
        case_id=case_id,
        code_system=ICD10,
        code=code,
        display=display,
        codings=[{"system": ICD10, "code": code, "display": display}],
        onset=at.date().isoformat(),
    )


def _medicine(case_id: str, at: datetime, dice: random.Random, user_id: str) -> Any:
    from casefield.records.medication import MedicationStatement

    return MedicationStatement(
        case_id=case_id,
        display=dice.choice(MEDICINES),
        dosage_text="One tablet every morning with water",
        authored=at.date().isoformat(),
    )


def _encounter(case_id: str, at: datetime, dice: random.Random, user_id: str) -> Any:
    from casefield.records.clinical import Encounter

    kind = dice.choice(("AMB", "AMB", "AMB", "EMER", "IMP"))
    return Encounter(
        case_id=case_id,
        class_code=kind,
        started_at=at - timedelta(days=4 if kind == "IMP" else 0, hours=1),
        started_zone=ZONE,
        ended_at=at,
        ended_zone=ZONE,
        facility_name="Bayside Hospital",
        admission_type="EM" if kind == "IMP" else None,
    )


def _observation(case_id: str, at: datetime, dice: random.Random, user_id: str) -> Any:
    from casefield.records.clinical import Observation

    said = {
        "case_id": case_id,
        "status": "final",
        "category": "vital-signs",
        "code_system": LOINC,
        "effective_at": at,
        "effective_zone": ZONE,
        "effective": at.isoformat(),
    }
    if dice.random() < 0.5:
        parts = (("8480-6", "Systolic", 118, 60), ("8462-4", "Diastolic", 64, 30))
        return Observation(
            **said,
            code="85354-9",
            display="Blood pressure",
            components=[
                {
                    "system": LOINC,
                    "code": code,
                    "display": f"{display} blood pressure",
                    "value_number": low + dice.randrange(spread),
                    "value_unit": "mm[Hg]",
                }
                for code, display, low, spread in parts
            ],
        )
    return Observation(
        **said,
        code="29463-7",
        display="Body weight",
        value_number=round(60 + dice.random() * 50, 1),
        value_unit="kg",
    )


def _note(case_id: str, at: datetime, dice: random.Random, user_id: str) -> Any:
    from casefield.records.visit import Note

    return Note(
        case_id=case_id,
        kind=dice.choice(("home_visit", "phone", "clinic")),
        title="Visit",
        body=_said(dice),
        status="signed",
        signed=True,
        author_id=user_id,
        author_name="Ana Alvarez, RN",
        written_at=at,
        written_zone=ZONE,
        happened_on=at.date(),
        signed_at=at,
        signed_zone=ZONE,
        signed_by="Ana Alvarez, RN",
    )
