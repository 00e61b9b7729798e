"""What was set aside is decided by a person: taken where nothing is overwritten, or dropped."""

from __future__ import annotations

from typing import Any

import pytest

from casefield.errors import NotAllowed, NotFound, UnusableInput
from casefield.records.headquarters import Change, Quarantine, ServerAudit
from casefield.records.planning import Goal
from casefield.server.quarantine import QuarantineDesk
from tests.server.office import Line, Office, statuses


@pytest.fixture
def ana(office: Office) -> Line:
    return office.line("ana")


@pytest.fixture
def desk(office: Office) -> QuarantineDesk:
    """Return where Sue, a supervisor, decides."""
    office.hire("sue", "supervisor")
    return office.administration.quarantine(office.org)


@pytest.fixture
def goal(office: Office, ana: Line) -> Any:
    """Return the birth of a goal of a person who was in Ana's care, and is not any more."""
    person = ana.write.person(ana.member.user_id)
    born = ana.write.goal(person[0].id, barrier="Stairs")
    assert set(statuses(ana.push(*person, born))) == {"applied"}
    office.administration.unassign(office.org, "ana", [person[0].id])
    return born


def late(office: Office, ana: Line, operation: Any) -> str:
    """Let an operation come too late; return its id."""
    assert statuses(ana.push(operation)) == ["quarantined"]
    return str(operation.op_id)


def audited(office: Office, act: str) -> list[tuple[str, str | None]]:
    return [(row.record_id, row.reason) for row in office.rows(ServerAudit, act=act)]


def test_what_waits_is_listed_without_its_content(
    office: Office, ana: Line, desk: QuarantineDesk, goal: Any
) -> None:
    op_id = late(office, ana, ana.write.change(goal, seen=1, was={}, outcome="Hospice"))
    [found] = desk.waiting()
    assert (found.op_id, found.author, found.kind) == (op_id, "ana", "change")
    assert (found.record_id, found.fields) == (goal.id, ("outcome",))
    assert found.reason.startswith("late:")
    assert "Hospice" not in repr(found)
    assert office.administration.figures(office.org).set_aside_by_reason == {found.reason: 1}


def test_its_content_is_read_by_name_and_audited(
    office: Office, ana: Line, desk: QuarantineDesk, goal: Any
) -> None:
    op_id = late(office, ana, ana.write.change(goal, seen=1, was={}, outcome="Hospice"))
    assert desk.content(op_id, "sue") == {"outcome": "Hospice"}
    assert audited(office, "quarantine_read") == [(goal.id, op_id)]
    office.hire("ida", "administrator")
    with pytest.raises(NotAllowed, match="does not decide"):
        desk.content(op_id, "ida")


def test_a_change_is_taken_as_the_deciders_own(
    office: Office, ana: Line, desk: QuarantineDesk, goal: Any
) -> None:
    op_id = late(
        office, ana, ana.write.change(goal, seen=1, was={"barrier": "Stairs"}, barrier="No car")
    )
    desk.take(op_id, "Sue")
    row = office.row(Goal, goal.id)
    assert (row.barrier, row.rev) == ("No car", 2)
    sue = next(u for u in office.administration.users(office.org) if u.login == "sue")
    assert [c.actor for c in office.rows(Change, record_id=goal.id, rev=2)] == [sue.id]
    assert audited(office, "quarantine_taken") == [(goal.id, op_id)]
    [kept] = office.rows(Quarantine)
    assert (kept.state, kept.decided_by) == ("taken", sue.id)
    assert desk.waiting() == []
    with pytest.raises(NotFound, match="waits for a decision"):
        desk.take(op_id, "sue")


def test_a_new_record_is_taken(office: Office, ana: Line, desk: QuarantineDesk, goal: Any) -> None:
    new = ana.write.goal(goal.case_id, own_words="To sleep")
    desk.take(late(office, ana, new), "sue")
    assert office.row(Goal, new.id).own_words == "To sleep"


def test_a_deletion_is_taken(office: Office, ana: Line, desk: QuarantineDesk, goal: Any) -> None:
    gone = ana.write.operation("delete", "Goal", goal.id, goal.case_id, trunk_revision=1)
    desk.take(late(office, ana, gone), "sue")
    assert office.row(Goal, goal.id).deleted


def test_nothing_is_overwritten(office: Office, ana: Line, desk: QuarantineDesk, goal: Any) -> None:
    op_id = late(
        office, ana, ana.write.change(goal, seen=1, was={"barrier": "Stairs"}, barrier="No car")
    )
    ben = office.line("ben")
    office.administration.assign(office.org, "ben", [goal.case_id])
    changed = ben.write.change(goal, seen=1, was={"barrier": "Stairs"}, barrier="Ice")
    assert statuses(ben.push(changed)) == ["applied"]
    with pytest.raises(NotAllowed, match="somebody else has changed it since: barrier"):
        desk.take(op_id, "sue")
    assert office.row(Goal, goal.id).barrier == "Ice"
    assert [found.op_id for found in desk.waiting()] == [op_id]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("unknown record", "not known here"),
        ("signature", "its author's to give"),
        ("assignment", "headquarters' own commands"),
        ("bad value", "Goal.due_on is not of its type"),
        ("unknown person", "the person is not known here"),
        ("again", "already here"),
        ("null character", "no database can keep"),
    ],
)
def test_what_can_not_be_taken_says_why_and_stays(
    office: Office, ana: Line, desk: QuarantineDesk, goal: Any, what: str, words: str
) -> None:
    write, case = ana.write, goal.case_id
    operation = {
        "unknown record": lambda: write.operation(
            "change", "Goal", "ghost", case, {"outcome": "x"}
        ),
        "signature": lambda: write.operation("sign", "Goal", goal.id, case, trunk_revision=1),
        "assignment": lambda: write.operation("create", "Assignment", "a", case, {"role": "x"}),
        "bad value": lambda: write.change(goal, seen=1, was={}, due_on="soon"),
        "unknown person": lambda: write.goal("nobody"),
        "again": lambda: write.operation("create", "Goal", goal.id, case, {"status": "active"}),
        "null character": lambda: write.change(goal, seen=1, was={}, outcome="\0"),
    }[what]()
    op_id = late(office, ana, operation)
    with pytest.raises(NotAllowed, match=words):
        desk.take(op_id, "sue")
    assert office.row(Goal, goal.id).rev == 1
    assert [found.op_id for found in desk.waiting()] == [op_id]


def test_what_is_dropped_is_kept_with_its_reason(
    office: Office, ana: Line, desk: QuarantineDesk, goal: Any
) -> None:
    op_id = late(office, ana, ana.write.change(goal, seen=1, was={}, outcome="Hospice"))
    with pytest.raises(UnusableInput, match="reason"):
        desk.drop(op_id, "sue", "  ")
    desk.drop(op_id, "sue", "Written into the new plan by hand")
    [kept] = office.rows(Quarantine)
    assert (kept.state, kept.decision) == ("dropped", "Written into the new plan by hand")
    assert "Hospice" in kept.payload
    assert audited(office, "quarantine_dropped") == [(goal.id, "Written into the new plan by hand")]
    assert desk.waiting() == []
    assert [found.decision for found in desk.waiting(decided=True)] == [kept.decision]
    assert office.row(Goal, goal.id).rev == 1


def test_each_organisation_decides_about_its_own(
    office: Office, ana: Line, desk: QuarantineDesk, goal: Any
) -> None:
    op_id = late(office, ana, ana.write.change(goal, seen=1, was={}, outcome="Hospice"))
    other = office.administration.add_organization("Hillside", "America/New_York")
    office.administration.add_user(other, "sue", "Sue", "supervisor")
    elsewhere = office.administration.quarantine(other)
    assert elsewhere.waiting() == []
    with pytest.raises(NotFound):
        elsewhere.take(op_id, "sue")
