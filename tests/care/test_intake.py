"""Files come in: what is new is kept, what is known renewed, nothing twice, nothing by halves."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from casefield.application import Session
from casefield.care.intake import take_file
from casefield.care.views import ImportReport
from casefield.errors import UnusableInput
from casefield.exchange.fhir.reader import Cancelled
from casefield.records.clinical import Condition, Encounter, Observation
from casefield.records.medication import MedicationStatement
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import EpisodeOfCare
from casefield.records.worklist import Task
from tests.care.bundles import (
    admission,
    after_heart_attack,
    bundle,
    condition,
    medication,
    observation,
    patient,
)

Take = Callable[..., ImportReport]
Records = Callable[..., list[SimpleNamespace]]
KINDS = {
    "Patient": Patient,
    "Condition": Condition,
    "Encounter": Encounter,
    "MedicationStatement": MedicationStatement,
    "Observation": Observation,
}
KEPT_AS = {"MedicationRequest": "MedicationStatement"}


def kept(session: Session) -> dict[str, int]:
    return {name: session.read(lambda w, k=kind: len(w.find(k))) for name, kind in KINDS.items()}


def in_file(path: Path, report: ImportReport) -> dict[str, int]:
    """What of a file must be kept, by an own count: its entries less those refused by name."""
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8") as stream:  # type: ignore[operator]
        content = json.load(stream)
    counts: Counter[str] = Counter()
    refused = "\n".join(entry.reference for entry in report.refused)
    for number, entry in enumerate(content["entry"], start=1):
        kind = entry["resource"]["resourceType"]
        if f"entry {number} " not in refused:
            counts[KEPT_AS.get(kind, kind)] += 1
    return {name: counts[name] for name in KINDS}


def some_files(folder: Path) -> list[Path]:
    """Six of forty: with stays and without, living and dead, with accents in the name."""
    return sorted((folder / "fhir-synthea").glob("*.json.gz"))[:40:7]


def test_a_person_comes_with_case_and_worker(
    session: Session, take: Take, records: Records
) -> None:
    report = take(bundle(patient(), condition("c1", "E11.9", "Type 2 diabetes")))
    assert report.added == {"Patient": 1, "Condition": 1}
    (found,) = records(Patient)
    assert report.people == (found.id,)
    (case,) = records(EpisodeOfCare, case_id=found.id)
    (assigned,) = records(Assignment, case_id=found.id)
    assert (case.status, case.manager_id) == ("active", session.actor.user_id)
    assert assigned.user_id == session.actor.user_id


def test_records_say_where_they_came_from(take: Take, records: Records) -> None:
    take(bundle(patient(), condition("c1", "E11.9", "Type 2 diabetes")))
    (found,) = records(Condition)
    assert (found.source_system, found.source_reference) == ("hospital", "Condition/c1")


def test_again_changes_nothing(session: Session, take: Take) -> None:
    first = take(after_heart_attack())
    waiting = len(session.waiting())
    again = take(after_heart_attack())
    assert again.added == {}
    assert again.changed == {}
    assert again.unchanged == first.added
    assert again.transitions_opened == 0
    assert len(session.waiting()) == waiting  # not one operation more


def test_a_newer_file_renews_what_it_says_and_keeps_what_it_leaves_out(
    take: Take, records: Records
) -> None:
    take(bundle(patient(), condition("c1", "E11.9", "Type 2 diabetes")))
    moved = patient(telecom=[{"system": "phone", "value": "555-0199"}])
    del moved["gender"]
    report = take(
        bundle(
            moved,
            condition(
                "c1",
                "E11.9",
                "Type 2 diabetes",
                clinicalStatus={"coding": [{"code": "resolved"}]},
            ),
        )
    )
    assert report.changed == {"Patient": 1, "Condition": 1}
    (found,) = records(Patient)
    assert (found.phone, found.sex) == ("555-0199", "female")
    assert records(Condition)[0].clinical_status == "resolved"


def test_same_identifier_is_the_same_person_from_another_sender(
    take: Take, records: Records
) -> None:
    take(bundle(patient()))
    other = patient("elsewhere")
    other["identifier"] = patient()["identifier"]
    take(bundle(other), source_system="clinic")
    assert len(records(Patient)) == 1


def test_same_name_alone_is_not_the_same_person(take: Take, records: Records) -> None:
    take(bundle(patient()))
    stranger = patient("elsewhere")
    del stranger["identifier"]
    take(bundle(stranger), source_system="clinic")
    assert len(records(Patient)) == 2


def test_two_senders_may_use_the_same_entry_id(take: Take, records: Records) -> None:
    take(bundle(patient("1"), condition("1", "E11.9", "Diabetes", "1")))
    other = patient("1", "Bo", "Lind", identifier=[{"system": "urn:clinic", "value": "7"}])
    take(bundle(other, condition("1", "I10", "Hypertension", "1")), source_system="clinic")
    assert {c.display for c in records(Condition)} == {
        "Diabetes",
        "Hypertension",
    }


def test_an_entry_twice_in_one_file_is_kept_once(take: Take, records: Records) -> None:
    report = take(bundle(patient(), medication("m", "Aspirin"), medication("m", "Aspirin")))
    assert report.added["MedicationStatement"] == 1
    assert len(records(MedicationStatement)) == 1


def test_an_entry_of_nobody_is_named_and_the_rest_goes_on(session: Session, take: Take) -> None:
    report = take(bundle(patient(), condition("c9", "I10", "Hypertension", "somebody-else")))
    (refused,) = report.refused
    assert "entry 2" in refused.reference
    assert "Condition/c9" in refused.reference
    assert "somebody-else" in refused.reason
    assert kept(session)["Patient"] == 1
    assert kept(session)["Condition"] == 0


def test_a_misshapen_entry_is_named_with_its_reason(session: Session, take: Take) -> None:
    bad = observation("o1", "29463-7", 80, "kg", "the other day")
    report = take(bundle(patient(), bad, observation("o2", "29463-7", 80, "kg", "2026-01-02")))
    (refused,) = report.refused
    assert "Observation/o1" in refused.reference
    assert "date" in refused.reason
    assert kept(session)["Observation"] == 1


def test_a_cut_off_file_leaves_nothing(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    text = json.dumps(after_heart_attack())
    path.write_text(text[: len(text) - 40], encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"cut\.json"):
        take_file(session.working, path)
    assert not any(kept(session).values())


def test_taken_back_leaves_nothing(session: Session, take: Take) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        take(after_heart_attack(), cancelled=lambda: next(asked))
    assert not any(kept(session).values())


def test_progress_ends_with_the_whole_file(take: Take) -> None:
    told: list[tuple[int, int]] = []
    report = take(after_heart_attack(), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (report.bytes_read, report.bytes_read)


def test_what_a_worker_signed_is_not_renewed(
    session: Session, take: Take, records: Records
) -> None:
    take(bundle(patient(), condition("c1", "E11.9", "Type 2 diabetes")))
    session.act(lambda work: work.sign(work.find(Condition)[0]), "test")
    report = take(bundle(patient(), condition("c1", "E11.9", "Diabetes, other words")))
    assert report.unchanged["Condition"] == 1
    assert records(Condition)[0].display == "Type 2 diabetes"


def test_a_discharge_reported_later_opens_its_clocks(take: Take, records: Records) -> None:
    running = admission(status="in-progress", period={"start": "2026-11-05T21:10:00-05:00"})
    assert take(bundle(patient(), running)).transitions_opened == 0
    assert take(bundle(patient(), admission())).transitions_opened == 1
    assert len(records(Task)) == 4


def test_a_person_who_died_comes_with_a_closed_case(take: Take, records: Records) -> None:
    take(bundle(patient(deceasedDateTime="2026-01-04")))
    (case,) = records(EpisodeOfCare)
    assert case.status == "finished"


def test_changes_are_announced(session: Session, take: Take) -> None:
    told: list[Any] = []
    session.changed.append(told.append)
    take(bundle(patient(), condition("c1", "E11.9", "Type 2 diabetes")))
    assert {kind for touched in told for kind, _, _ in touched} >= {"Patient", "Condition"}


@pytest.mark.parametrize("number", range(6))
def test_everything_of_a_real_file_is_kept(
    session: Session, shared_data: Path, number: int
) -> None:
    path = some_files(shared_data)[number]
    report = take_file(session.working, path)
    assert kept(session) == in_file(path, report)
    assert in_file(path, report)["Observation"] > 0


def test_all_files_together_lose_and_double_nothing(session: Session, shared_data: Path) -> None:
    expected: Counter[str] = Counter()
    for path in sorted((shared_data / "fhir-synthea").glob("*.json.gz")):
        expected.update(in_file(path, take_file(session.working, path)))
    assert expected["Patient"] == 40
    assert kept(session) == dict(expected)
