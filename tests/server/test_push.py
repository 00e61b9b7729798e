"""Operations are answered once each, merged, ordered and kept; a bad one blocks nothing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from casefield.errors import Busy
from casefield.records.base import new_id
from casefield.records.bulk import LEAST_COPIED
from casefield.records.conflict import Conflict
from casefield.records.headquarters import (
    Change,
    DeviceSecret,
    OperationResult,
    Quarantine,
    RecordIndex,
)
from casefield.records.operation import Operation
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.server.database import Database
from tests.server.office import Line, Office, statuses


@pytest.fixture
def ana(office: Office) -> Line:
    return office.line("ana")


def person(line: Line, **fields: Any) -> str:
    """Bring a person into a worker's care; return the case."""
    said = line.write.person(line.member.user_id, **fields)
    assert statuses(line.push(*said)) == ["applied", "applied"]
    return said[0].id


def shared(office: Office, owner: Line, case_id: str, login: str) -> Line:
    """Return another worker's device, who cares for the same person."""
    other = office.line(login)
    office.administration.assign(office.org, login, [case_id])
    return other


def last_place(line: Line) -> int:
    [row] = line.office.rows(DeviceSecret, device_id=line.member.device_id)
    return int(row.last_dseq)


# -- once ------------------------------------------------------------------------------------


def test_everything_is_kept_where_it_belongs(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id, a_newer_field={"x": 1})
    [result] = ana.push(goal)
    row = office.row(Goal, goal.id)
    assert (row.description, row.case_id, row.rev) == ("Walk to the shop", case_id, 1)
    assert row.extra == {"a_newer_field": {"x": 1}}
    assert row.fmeta[""] == {
        "rev": 1,
        "op": goal.op_id,
        "device": ana.member.device_id,
        "by": "Ana",
        "at": goal.wall,
    }
    assert (result.rev, result.seq) == (1, row.seq)
    [index] = office.rows(RecordIndex, record_id=goal.id)
    assert (index.seq, index.record_type, index.device_id) == (
        row.seq,
        "Goal",
        ana.member.device_id,
    )
    [change] = office.rows(Change, record_id=goal.id)
    assert (change.op_id, change.kind, change.actor) == (goal.op_id, "create", ana.member.user_id)
    assert change.patch == goal.set
    assert (change.client_wall, change.client_zone) == (goal.wall, goal.zone)


def test_an_operation_that_comes_again_has_no_second_effect(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    [first] = ana.push(goal)
    before = office.count(Change)
    renumbered = msgspec.structs.replace(goal, dseq=9)
    for again in (goal, renumbered):
        [result] = ana.push(again)
        assert (result.status, result.rev, result.seq) == ("duplicate", first.rev, first.seq)
    assert office.count(Change) == before


def test_a_refusal_that_comes_again_stays_a_refusal(ana: Line) -> None:
    goal = ana.write.goal("nobody-of-mine")
    [first] = ana.push(goal)
    assert first.status == "quarantined"
    assert ana.push(goal) == [first]


def test_another_operation_under_a_known_id_is_set_aside(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    forged = msgspec.structs.replace(goal, set={"description": "Stay in bed", "status": "active"})
    for _ in range(2):
        [result] = ana.push(forged)
        assert (result.status, result.detail) == ("quarantined", "another operation had this id")
    assert office.row(Goal, goal.id).description == "Walk to the shop"
    [kept] = office.rows(Quarantine)
    assert json.loads(kept.payload)["set"]["description"] == "Stay in bed"


def test_one_message_may_say_the_same_twice(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    again = msgspec.structs.replace(goal, dseq=goal.dseq + 1)
    other = msgspec.structs.replace(goal, dseq=goal.dseq + 2, set={"status": "achieved"})
    after = msgspec.structs.replace(ana.write.goal(case_id), dseq=goal.dseq + 3)
    answers = ana.push(goal, again, other, after)
    assert statuses(answers) == ["applied", "applied", "quarantined", "applied"]
    assert office.count(Goal) == 2
    assert last_place(ana) == after.dseq


def test_the_same_id_in_another_organisation_is_another_operation(office: Office) -> None:
    ana = office.line("ana")
    there = office.administration.add_organization("Hillside", "America/Chicago")
    hillside = Office(office.database, office.clock, office.client, office.administration, there)
    ben = hillside.line("ben")
    said = ana.write.person(ana.member.user_id)
    ana.push(*said)
    same = [
        said[0],
        msgspec.structs.replace(said[1], set=said[1].set | {"user_id": ben.member.user_id}),
    ]
    assert statuses(ben.push(*same)) == ["applied", "applied"]
    assert {row.org_id for row in office.rows(Patient, id=said[0].id)} == {office.org, there}


# -- in order --------------------------------------------------------------------------------


def test_what_is_behind_a_hole_waits_and_nothing_is_lost(office: Office, ana: Line) -> None:
    case_id = person(ana)
    first, missing, *behind = [ana.write.goal(case_id) for _ in range(4)]
    assert statuses(ana.push(first, *behind)) == ["applied", "deferred", "deferred"]
    assert office.count(Goal) == 1
    assert statuses(ana.push(first, missing, *behind)) == ["duplicate"] + ["applied"] * 3


def test_a_laptop_that_enrols_again_goes_on_where_it_was(office: Office, ana: Line) -> None:
    """Its old operations are known; the new ones behind them are taken all the same."""
    case_id = person(ana)
    old = [ana.write.goal(case_id) for _ in range(2)]
    ana.push(*old)
    again = office.line("ana")
    renumbered = [msgspec.structs.replace(o, dseq=n) for n, o in enumerate(old, start=1)]
    new = msgspec.structs.replace(ana.write.goal(case_id), dseq=3)
    assert statuses(again.push(*renumbered, new)) == ["duplicate", "duplicate", "applied"]


def test_numbers_have_no_holes_and_each_change_has_one(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goals = [ana.write.goal(case_id) for _ in range(5)]
    refused = ana.write.goal("nobody-of-mine")
    ana.push(*goals[:3], refused, *goals[3:])
    changes = [row.seq for row in office.rows(Change, org_id=office.org)]
    assert sorted(changes) == list(range(1, len(changes) + 1))


def test_a_record_changed_twice_in_one_message_stands_at_its_last_place(
    office: Office, ana: Line
) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    twice = [
        ana.write.change(goal, seen=0, was={}, status=status) for status in ("on-hold", "achieved")
    ]
    results = ana.push(goal, *twice)
    assert statuses(results) == ["applied"] * 3
    row = office.row(Goal, goal.id)
    assert (row.status, row.rev) == ("achieved", 3)
    [index] = office.rows(RecordIndex, record_id=goal.id)
    assert index.seq == row.seq == results[-1].seq
    history = [(c.rev, c.patch, c.previous) for c in office.rows(Change, record_id=goal.id)]
    assert sorted(history, key=lambda change: change[0])[1:] == [
        (2, {"status": "on-hold"}, {"status": "active"}),
        (3, {"status": "achieved"}, {"status": "on-hold"}),
    ]


# -- together ---------------------------------------------------------------------------------


def test_edits_of_different_fields_are_merged(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    ben = shared(office, ana, case_id, "ben")
    ana.push(ana.write.change(goal, seen=1, was={"status": "active"}, status="achieved"))
    said = ben.write.change(goal, seen=1, was={"barrier": None}, barrier="Stairs")
    assert statuses(ben.push(said)) == ["merged"]
    row = office.row(Goal, goal.id)
    assert (row.status, row.barrier, row.rev) == ("achieved", "Stairs", 3)


def test_two_values_for_one_field_are_both_kept(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    ben = shared(office, ana, case_id, "ben")
    ana.push(ana.write.change(goal, seen=1, was={"barrier": None}, barrier="Stairs"))
    said = ben.write.change(goal, seen=1, was={"barrier": None}, barrier="Money")
    assert statuses(ben.push(said)) == ["conflict"]
    assert office.row(Goal, goal.id).barrier == "Stairs"
    [conflict] = office.rows(Conflict)
    assert (conflict.current["barrier"], conflict.proposed["barrier"]) == ("Stairs", "Money")
    assert (conflict.case_id, conflict.status) == (case_id, "open")
    for line in (ana, ben):
        told = [c for page in line.pull_all() for c in page.changes if c.type == "Conflict"]
        assert [c.id for c in told] == [conflict.id]


def test_a_signed_note_never_changes(office: Office, ana: Line) -> None:
    case_id = person(ana)
    fields = {"author_id": ana.member.user_id, "author_name": "Ana", "status": "draft"}
    note = ana.write.operation("create", "Note", new_id(), case_id, fields)
    sign = ana.write.operation("sign", "Note", note.id, case_id, {"status": "signed"})
    assert statuses(ana.push(note, sign)) == ["applied", "applied"]
    before = office.row(Note, note.id)
    edits = [
        ana.write.change(note, seen=2, was={}, status="draft"),
        ana.write.operation("delete", "Note", note.id, case_id, trunk_revision=2),
        ana.write.operation("sign", "Note", note.id, case_id, {"status": "x"}, trunk_revision=2),
    ]
    assert statuses(ana.push(*edits)) == ["rejected"] * 3
    assert office.row(Note, note.id) == before
    assert before.signed is True
    assert {row.op_id for row in office.rows(Quarantine)} == {edit.op_id for edit in edits}


def test_an_edit_of_what_headquarters_never_saw_makes_no_record(office: Office, ana: Line) -> None:
    case_id = person(ana)
    ghost = ana.write.operation("change", "Goal", new_id(), case_id, {"status": "achieved"})
    assert statuses(ana.push(ghost)) == ["quarantined"]
    assert office.count(Goal) == 0


# -- set aside --------------------------------------------------------------------------------


def test_what_is_beyond_the_authors_care_is_kept_whole_and_applied_nowhere(
    office: Office, ana: Line
) -> None:
    case_id = person(ana)
    ben = office.line("ben")
    said = ben.write.goal(case_id, description="Not mine to set")
    [result] = ben.push(said)
    assert result.status == "quarantined"
    assert "not in your care" in result.detail
    assert office.count(Goal) == 0
    [kept] = office.rows(Quarantine)
    assert msgspec.json.decode(kept.payload, type=Operation) == said
    assert (kept.device_id, kept.state) == (ben.member.device_id, "open")


def test_work_done_after_a_case_was_taken_away_is_kept_as_late(office: Office, ana: Line) -> None:
    case_id = person(ana)
    office.administration.unassign(office.org, "ana", [case_id])
    [result] = ana.push(ana.write.goal(case_id))
    assert (result.status, result.detail[:5]) == ("quarantined", "late:")
    assert office.count(Quarantine) == 1


def test_a_bad_operation_delays_only_its_own_group(ana: Line) -> None:
    case_id = person(ana)
    tx = new_id()
    bad = [
        ana.write.operation("create", "Goal", new_id(), case_id, {"status": "active"}, tx=tx),
        ana.write.operation("create", "Goal", new_id(), case_id, {"due_on": "soon"}, tx=tx),
    ]
    good = ana.write.goal(case_id)
    assert statuses(ana.push(*bad, good)) == ["quarantined", "quarantined", "applied"]


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "a\0b"},
        {"a_newer_field": "a\0b"},
        {"a_newer_field": {"\0": [1]}},
        {"a_newer_field": 10**40},
        {"target_value": 10**40},
        {"description": "x" * 2_000_000},
    ],
)
def test_no_value_stops_a_laptop_for_good(office: Office, ana: Line, fields: Any) -> None:
    case_id = person(ana)
    odd, after = ana.write.goal(case_id, **fields), ana.write.goal(case_id)
    first, second = ana.push(odd, after)
    assert first.status in {"quarantined", "applied"}
    assert second.status == "applied"
    assert statuses(ana.push(odd))[0] in {"quarantined", "duplicate"}
    ana.pull_all()


def test_an_id_that_another_kind_of_record_has_is_refused(office: Office, ana: Line) -> None:
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    clash = ana.write.operation("create", "Visit", goal.id, case_id, {})
    [result] = ana.push(clash)
    assert (result.status, result.detail) == ("quarantined", "another kind of record has this id")


def test_what_the_database_refuses_is_set_aside_and_the_rest_is_taken(
    on_postgresql: Database, open_office: Any
) -> None:
    """A constraint that merge knows nothing of stands for every fault nobody thought of."""
    office = open_office(on_postgresql)
    ana = office.line("ana")
    case_id = person(ana)
    rule = "ALTER TABLE goal ADD CONSTRAINT odd CHECK (description <> 'odd')"
    office.write(lambda connection: connection.execute(text(rule)))
    for many in (1, LEAST_COPIED):  # row by row, and copied in
        words = ["good"] * many + ["odd"] + ["better"] * many
        answers = ana.push(*(ana.write.goal(case_id, description=said) for said in words))
        assert statuses(answers) == ["applied"] * many + ["quarantined"] + ["applied"] * many
        assert answers[many].detail == "headquarters could not store it"
    assert office.count(Quarantine) == 2
    assert last_place(ana) == next(ana.write.places) - 1


def test_a_lock_that_takes_too_long_refuses_nothing(
    on_postgresql: Database, open_office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is nobody's fault: the laptop hears "later" and offers the same again."""
    office = open_office(on_postgresql)
    ana = office.line("ana")
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    monkeypatch.setattr(
        "casefield.server.database.POSTGRES_SETTINGS", ("SET lock_timeout = '50ms'",)
    )
    on_postgresql.close()  # the next connections are new
    with on_postgresql.write() as connection:
        connection.execute(text("SELECT * FROM org_stream FOR UPDATE"))
        with pytest.raises(Busy):
            ana.push(goal)
    assert office.count(Quarantine) == office.count(Goal) == 0
    assert office.rows(OperationResult, op_id=goal.op_id) == []
    assert statuses(ana.push(goal)) == ["applied"]


def test_two_laptops_that_edit_one_record_at_once_lose_nothing(
    on_postgresql: Database, open_office: Any
) -> None:
    """Each field is written once by each; on a lost update one of them would be gone."""
    office = open_office(on_postgresql)
    ana = office.line("ana")
    case_id = person(ana)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    ben = shared(office, ana, case_id, "ben")
    rounds = 12

    def edit(line: Line) -> None:
        for number in range(rounds):
            fields = {f"{line.member.name.lower()}_{number}": number}
            [result] = line.push(line.write.change(goal, seen=1, was={}, **fields))
            assert result.status in {"applied", "merged"}

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(edit, (ana, ben)))
    row = office.row(Goal, goal.id)
    assert len(row.extra) == 2 * rounds
    assert row.rev == 1 + 2 * rounds


def test_asking_does_not_grow_with_what_is_offered(office: Office, ana: Line) -> None:
    """No more statements for two hundred operations than for two."""
    from sqlalchemy import event

    case_id = person(ana)
    said: list[str] = []
    event.listen(
        office.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: said.append(statement),
    )
    counts = []
    for number in (2, 200):
        said.clear()
        assert set(statuses(ana.push(*(ana.write.goal(case_id) for _ in range(number))))) == {
            "applied"
        }
        counts.append(len(said))
    assert counts[1] <= counts[0]  # many rows are copied in, past the statements
