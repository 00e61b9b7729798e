"""Care functions work at headquarters as on a laptop: all or nothing, in the stream, audited."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from casefield.care.transition import open_transition
from casefield.errors import NotAllowed, NotFound
from casefield.records.clinical import Encounter
from casefield.records.headquarters import Change, RecordIndex, ServerAudit
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.records.work import Actor
from casefield.records.worklist import Task
from casefield.server import audit
from casefield.server.database import Database
from casefield.server.work import HeadquartersWork, working
from tests.server.office import Line, Office

Begin = Callable[[], AbstractContextManager[HeadquartersWork]]


@pytest.fixture
def begin(office: Office) -> Begin:
    """Return what begins a unit of work of headquarters itself."""
    actor = Actor(office.org, "system", "Headquarters", "administrator")
    return lambda: working(office.database, actor, office.clock)


@pytest.fixture
def rosa(begin: Begin) -> str:
    with begin() as work:
        return work.add(Patient(given_name="Rosa", family_name="Alvarez")).id


def history(office: Office, record_id: str) -> list[tuple[Any, ...]]:
    rows = sorted(office.rows(Change, record_id=record_id), key=lambda row: row.seq)
    return [(row.kind, row.rev, row.patch, row.previous) for row in rows]


def test_a_new_record_has_its_place_its_history_and_its_link(
    office: Office, begin: Begin, rosa: str
) -> None:
    row = office.row(Patient, rosa)
    assert (row.case_id, row.rev, row.org_id) == (rosa, 1, office.org)
    [index] = office.rows(RecordIndex, record_id=rosa)
    assert (index.seq, index.record_type, index.device_id) == (row.seq, "Patient", None)
    assert history(office, rosa) == [
        ("create", 1, {"given_name": "Rosa", "family_name": "Alvarez"}, {})
    ]
    [link] = office.rows(ServerAudit, record_id=rosa)
    assert (link.act, link.actor, link.record_type) == ("create", "system", "Patient")
    assert row.fmeta[""]["by"] == "Headquarters"


def test_several_changes_of_one_work_are_one_change(
    office: Office, begin: Begin, rosa: str
) -> None:
    with begin() as work:
        record = work.get(Patient, rosa)
        assert work.change(record, given_name="Rosita") is True
        assert work.change(record, given_name="Rosita") is False
        work.change(record, birth_date="1955")
        work.change(record, given_name="Rosalia")
    assert history(office, rosa)[1:] == [
        (
            "change",
            2,
            {"given_name": "Rosalia", "birth_date": "1955"},
            {"given_name": "Rosa", "birth_date": None},
        )
    ]
    assert set(office.row(Patient, rosa).fmeta) == {"", "given_name", "birth_date"}


def test_a_work_that_fails_leaves_nothing(office: Office, begin: Begin, rosa: str) -> None:
    before = office.count(Change), office.count(ServerAudit)

    def fail() -> None:
        with begin() as work:
            work.change(work.get(Patient, rosa), given_name="Half")
            work.add(Goal(case_id=rosa))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (office.count(Change), office.count(ServerAudit)) == before
    assert office.row(Patient, rosa).given_name == "Rosa"


def test_what_is_signed_stays_as_it_is(office: Office, begin: Begin, rosa: str) -> None:
    with begin() as work:
        note = work.add(Note(case_id=rosa, status="draft"))
    with begin() as work:
        work.sign(work.get(Note, note.id), status="signed")
    assert [kind for kind, *_ in history(office, note.id)] == ["create", "sign"]
    assert office.row(Note, note.id).signed is True
    deeds: list[Callable[[HeadquartersWork, Note], object]] = [
        lambda work, found: work.change(found, status="draft"),
        lambda work, found: work.remove(found),
        lambda work, found: work.sign(found),
    ]
    for deed in deeds:
        with begin() as work, pytest.raises(NotAllowed, match="signed and stays as it is"):
            deed(work, work.get(Note, note.id))


def test_what_was_removed_is_not_found_and_not_gone(
    office: Office, begin: Begin, rosa: str
) -> None:
    with begin() as work:
        goal = work.add(Goal(case_id=rosa, description="Walk"))
    with begin() as work:
        work.remove(work.get(Goal, goal.id))
    with begin() as work:
        assert work.find(Goal, case_id=rosa) == []
        with pytest.raises(NotFound, match="no such Goal at headquarters"):
            work.get(Goal, goal.id)
    assert office.row(Goal, goal.id).deleted is True
    assert history(office, goal.id)[-1] == ("delete", 2, {"deleted": True}, {"deleted": False})


def test_finding_stays_within_the_organisation(office: Office, begin: Begin, rosa: str) -> None:
    there = office.administration.add_organization("Hillside", "America/Chicago")
    stranger = Actor(there, "system", "Headquarters", "administrator")
    with working(office.database, stranger, office.clock) as work:
        assert work.find(Patient) == []
        with pytest.raises(NotFound):
            work.get(Patient, rosa)


def test_reading_a_person_is_audited(office: Office, begin: Begin, rosa: str) -> None:
    with begin() as work:
        work.opened(rosa, "a question")
        rows = work.rows(select(Patient.given_name).where(Patient.id == rosa))
    assert [row.given_name for row in rows] == ["Rosa"]
    [link] = [row for row in office.rows(ServerAudit, case_id=rosa) if row.act == "open"]
    assert (link.reason, link.outcome) == ("a question", "done")
    with office.database.read() as connection:
        assert audit.verify(connection, office.org).broken_at is None


def test_what_a_laptop_changes_between_reading_and_writing_is_not_lost(
    on_postgresql: Database, open_office: Callable[[Database], Office]
) -> None:
    office = open_office(on_postgresql)
    actor = Actor(office.org, "system", "Headquarters", "administrator")
    with working(office.database, actor, office.clock) as work:
        rosa = work.add(Patient(given_name="Rosa")).id
        goal = work.add(Goal(case_id=rosa, description="Walk"))
    ana: Line = office.line("ana")
    office.administration.assign(office.org, "ana", [rosa])
    with working(office.database, actor, office.clock) as work:
        record = work.get(Goal, goal.id)
        said = {"barrier": "Stairs"}
        ana.push(ana.write.operation("change", "Goal", goal.id, rosa, said, trunk_revision=1))
        work.change(record, outcome="Better")
    row = office.row(Goal, goal.id)
    assert (row.barrier, row.outcome, row.rev) == ("Stairs", "Better", 3)
    assert set(row.fmeta) == {"", "barrier", "closing"}


def test_care_opens_a_transition_here_by_the_same_function(
    office: Office, begin: Begin, rosa: str
) -> None:
    with begin() as work:
        stay = work.add(
            Encounter(
                case_id=rosa,
                class_code="IMP",
                started_at=datetime(2026, 11, 5, 15, tzinfo=UTC),
                ended_at=datetime(2026, 11, 10, 15, tzinfo=UTC),
                ended_zone="America/New_York",
            )
        )
        assert open_transition(work, stay, work.now)
    assert {row.case_id for row in office.rows(Task)} == {rosa}
    with office.database.read() as connection:
        assert audit.verify(connection, office.org).broken_at is None
