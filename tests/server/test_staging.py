"""Operations done together take effect together; what is disputed is kept with both values."""

from __future__ import annotations

from typing import Any

from casefield.records.base import new_id
from casefield.records.operation import Operation
from casefield.records.planning import Goal
from casefield.server.admission import Entry
from casefield.server.offer import offered
from casefield.server.scope import Member
from casefield.server.staging import Staging
from casefield.sync.merge import State
from casefield.sync.messages import Status
from tests.server.office import Writer

CASE, GOAL = "person-of-mine", "goal-of-mine"
MEMBER = Member("org", "ana", "Ana Alvarez, RN", "case_manager", None, "laptop-of-ana")
write = Writer()


def staging(**doc: Any) -> Staging:
    """Return a staging with one goal, last changed by somebody else at revision 2."""
    mark = {"rev": 2, "op": "op-of-ben", "device": "laptop-of-ben", "by": "Ben", "at": ""}
    state = State({"status": "active"} | doc, {"": mark | {"rev": 1}, "description": mark}, 2)
    return Staging(MEMBER, frozenset({CASE}), {GOAL: Entry(Goal, CASE, state, True, {})})


def take(made: Staging, *operations: Operation) -> list[tuple[Status, str]]:
    """Take operations as one group."""
    made.take([offered(operation) for operation in operations])
    return [(a.status, a.detail) for a in made.answers[-len(operations) :]]


def change(seen: int = 2, **fields: Any) -> Operation:
    return write.operation("change", "Goal", GOAL, CASE, fields, trunk_revision=seen)


def create(**fields: Any) -> Operation:
    return write.operation("create", "Goal", new_id(), CASE, {"status": "active"} | fields)


def test_a_group_is_taken_whole() -> None:
    made = staging()
    first = create()
    assert take(made, first, change(status="achieved")) == [(Status.APPLIED, "")] * 2
    assert made.entries[GOAL].state.doc["status"] == "achieved"
    assert made.entries[GOAL].values["status"] == "achieved"
    assert made.entries[first.id].existed is False


def test_one_bad_operation_keeps_its_whole_group_out() -> None:
    made = staging()
    bad = create(due_on="soon")
    answers = take(made, change(status="achieved"), bad, create())
    assert {status for status, _ in answers} == {Status.QUARANTINED}
    assert answers[1][1] == "Goal.due_on is not of its type"
    assert answers[0][1] == answers[2][1] == f"done together with another: {answers[1][1]}"
    assert made.entries[GOAL].state.doc["status"] == "active"
    assert list(made.entries) == [GOAL]


def test_a_bad_group_does_not_touch_the_next() -> None:
    made = staging()
    take(made, create(due_on="soon"))
    assert take(made, change(status="achieved")) == [(Status.APPLIED, "")]


def test_what_is_signed_is_rejected() -> None:
    made = staging()
    sign = write.operation("sign", "Goal", GOAL, CASE, {}, trunk_revision=2)
    assert take(made, sign)[0][0] is Status.APPLIED
    status, why = take(made, change(status="achieved"))[0]
    assert (status, why) == (Status.REJECTED, "the record is signed; write an addendum")


def test_a_value_that_no_database_can_keep_is_set_aside() -> None:
    assert take(staging(), create(description="a\0b"))[0][0] is Status.QUARANTINED


def test_a_dispute_keeps_both_values_and_says_who() -> None:
    made = staging(description="Ben's words")
    said = change(seen=1, description="Ana's words")
    assert take(made, said)[0][0] is Status.CONFLICT
    [(conflict_id, entry)] = made.conflicts
    told = entry.state.doc
    assert entry.case_id == CASE
    assert (told["record_type"], told["record_id"]) == ("Goal", GOAL)
    assert told["current"]["description"] == "Ben's words"
    assert told["proposed"]["description"] == "Ana's words"
    assert (told["current_by"], told["proposed_by"]) == ("Ben", "Ana Alvarez, RN")
    assert (told["current_op"], told["proposed_op"]) == ("op-of-ben", said.op_id)
    assert entry.values["id"] == conflict_id
    assert made.entries[GOAL].state.doc["description"] == "Ben's words"


def test_a_dispute_stands_with_its_record_whatever_the_operation_says() -> None:
    """Else a forged laptop could put words into somebody else's record."""
    made = staging(description="Ben's words")
    said = write.operation(
        "change", "Goal", GOAL, "somebody-else", {"description": "x"}, trunk_revision=1
    )
    take(made, said)
    assert [entry.case_id for _, entry in made.conflicts] == [CASE]


def test_who_wrote_is_who_signed_in() -> None:
    made = staging()
    said = write.operation(
        "create", "Goal", "new", CASE, {"status": "active"}, actor="ben", actor_name="Ben"
    )
    take(made, said)
    assert made.entries["new"].state.fmeta[""]["by"] == "Ana Alvarez, RN"


def test_a_moment_that_nobody_can_read_is_no_reason_to_refuse() -> None:
    made = staging(description="Ben's words")
    for wall in ("yesterday", "0001-01-01T00:00:00+14:00", "2026-11-10T18:00:00"):
        said = write.operation(
            "change", "Goal", GOAL, CASE, {"description": wall}, trunk_revision=1, wall=wall
        )
        assert take(made, said)[0][0] is Status.CONFLICT
    assert [entry.state.doc.get("proposed_at") for _, entry in made.conflicts] == [None] * 3


def test_whom_a_group_brings_in_the_next_may_build_on() -> None:
    made = staging()
    person = write.person("ana")
    goal = write.goal(person[0].id)
    assert take(made, *person)[0][0] is Status.APPLIED
    assert take(made, goal)[0][0] is Status.APPLIED


def test_a_person_without_a_carer_is_nobodys_to_build_on() -> None:
    made = staging()
    person = write.person("ana")[0]
    assert take(made, person)[0][0] is Status.APPLIED
    assert take(made, write.goal(person.id))[0][0] is Status.QUARANTINED


def test_what_changes_nothing_takes_no_place_in_the_stream() -> None:
    made = staging()
    take(made, change(status="active"))
    take(made, change(status="achieved"))
    assert [answer.moves for answer in made.answers] == [False, True]
