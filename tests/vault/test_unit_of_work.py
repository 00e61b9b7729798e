"""One act, one transaction: row, operation and audit entry together, or nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casefield.clock import FixedClock
from casefield.errors import NotAllowed, NotFound
from casefield.records.clinical import Observation
from casefield.records.laptop import AuditEntry
from casefield.records.operation import OperationKind
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.records.work import Actor
from casefield.vault.unit_of_work import Changed, VaultWork
from casefield.vault.vault import Vault
from tests.vault.conftest import NOW, PASSPHRASE, Hands, actor_of, goal_of, state

KINDS = OperationKind


def audit(vault: Vault) -> list[AuditEntry]:
    with vault.snapshot() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.n)))
        session.expunge_all()
        return entries


def everything(ana: Hands) -> tuple[Any, ...]:
    with ana.vault.snapshot() as session:
        goals = session.query(Goal).count()
    return goals, len(ana.outbox()), len(audit(ana.vault)), ana.vault.fact("last_dseq")


def test_a_new_record_is_row_operation_and_audit_entry(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Walk to the shop", due_on=date(2026, 12, 24))
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.org_id, row.rev, row.seq, row.deleted) == (ana.actor.org_id, 0, 0, False)
    (operation,) = ana.outbox()
    assert (operation.kind, operation.type, operation.id) == (KINDS.CREATE, "Goal", goal)
    assert operation.case_id == "c"
    assert operation.set == {
        "own_words": "Walk to the shop",
        "due_on": "2026-12-24",
        "status": "active",
    }
    assert (operation.was, operation.trunk_revision, operation.dseq) == ({}, 0, 1)
    assert (operation.actor, operation.actor_name) == (ana.actor.user_id, "Ana")
    assert (operation.wall, operation.zone) == ("2026-11-10T18:00:00Z", "America/New_York")
    (entry,) = audit(vault)
    assert (entry.act, entry.record_type, entry.record_id) == ("create", "Goal", goal)
    assert (entry.case_id, entry.actor, entry.role) == ("c", ana.actor.user_id, "case_manager")
    assert (entry.reason, entry.at, entry.outcome) == ("a test", NOW, "done")


def test_the_audit_never_holds_what_was_said(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Canary")
    ana.change(Goal, goal, own_words="Canary again")
    with vault.snapshot() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM audit_entry").fetchall()
    assert len(rows) == 2
    assert "Canary" not in str(rows)


def test_a_person_is_their_own_case(ana: Hands) -> None:
    person = ana.person(family_name="Medina")
    row = ana.row(Patient, person)
    assert row is not None
    assert row.case_id == person
    assert ana.outbox()[0].case_id == person


def fails_after(act: Callable[[VaultWork], object]) -> Callable[[VaultWork], object]:
    def acted(work: VaultWork) -> None:
        act(work)
        raise ZeroDivisionError

    return acted


@pytest.mark.parametrize(
    "act",
    [
        lambda w: w.add(Goal(case_id="c")),
        lambda w: w.add_all([Goal(case_id="c"), Goal(case_id="c")]),
        lambda w: w.change(w.find(Goal)[0], own_words="else"),
        lambda w: w.sign(w.find(Goal)[0]),
        lambda w: w.remove(w.find(Goal)[0]),
        lambda w: w.opened("c", "summary"),
    ],
)
def test_an_exception_leaves_nothing(
    vault: Vault, ana: Hands, act: Callable[[VaultWork], object]
) -> None:
    goal = ana.goal(own_words="Walk")
    ana.all_taken()
    before = everything(ana)
    with pytest.raises(ZeroDivisionError), vault.work(ana.actor, "a test") as work:
        fails_after(act)(work)
    assert everything(ana) == before
    assert ana.document(Goal, goal) == {"own_words": "Walk", "status": "active"}
    assert ana.shadow(goal) is None
    ana.goal(own_words="next")
    assert ana.outbox()[0].dseq == 2  # no number is lost


def test_a_refusal_in_the_middle_undoes_what_came_before(vault: Vault, ana: Hands) -> None:
    note = ana.note(body="signed")
    ana.sign(Note, note)
    before = everything(ana)

    def act(work: VaultWork) -> None:
        work.add(Goal(case_id="c"))
        work.change(work.get(Note, note), body="else")

    with pytest.raises(NotAllowed), vault.work(ana.actor, "a test") as work:
        act(work)
    assert everything(ana) == before


def test_a_change_says_what_is_new_and_what_was_seen(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk", due_on=date(2026, 12, 24))
    assert ana.change(Goal, goal, own_words="Dance", due_on=date(2026, 12, 24), barrier="Knee")
    operation = ana.outbox()[1]
    assert operation.kind is KINDS.CHANGE
    assert operation.set == {"own_words": "Dance", "barrier": "Knee"}
    assert operation.was == {"own_words": "Walk"}


def test_a_change_of_nothing_is_nothing(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    before = everything(ana)
    assert not ana.change(Goal, goal, own_words="Walk", barrier=None)
    assert everything(ana) == before


def test_a_field_is_cleared(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk", barrier="Knee")
    ana.change(Goal, goal, barrier=None)
    assert ana.outbox()[1].set == {"barrier": None}
    assert ana.outbox()[1].was == {"barrier": "Knee"}
    assert ana.document(Goal, goal) == {"own_words": "Walk", "status": "active"}


def test_fields_of_a_group_are_said_together(ana: Hands) -> None:
    goal = ana.goal(target_measure="steps", target_value=2000.0)
    ana.change(Goal, goal, target_value=3000.0)
    operation = ana.outbox()[1]
    assert operation.set == {
        "target_measure": "steps",
        "target_value": 3000.0,
        "target_unit": None,
    }
    assert operation.was == {"target_measure": "steps", "target_value": 2000.0}


def test_several_changes_in_one_work_follow_each_other(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.all_taken()
    with vault.work(ana.actor, "a test") as work:
        record = work.get(Goal, goal)
        work.change(record, own_words="Dance")
        work.change(record, own_words="Sing")
        work.sign(record, status="completed")
    waiting = ana.outbox()
    assert [(o.set, o.was) for o in waiting] == [
        ({"own_words": "Dance"}, {"own_words": "Walk"}),
        ({"own_words": "Sing"}, {"own_words": "Dance"}),
        ({"status": "completed"}, {"status": "active"}),
    ]
    assert {o.tx for o in waiting} == {waiting[0].tx}
    assert [o.trunk_revision for o in waiting] == [1, 1, 1]
    assert [o.dseq for o in waiting] == [2, 3, 4]
    shadow = ana.shadow(goal)
    assert shadow is not None
    assert shadow.document == {"own_words": "Walk", "status": "active"}
    assert work.changed == {Changed("Goal", goal, "c")}


def test_two_works_are_two_groups(ana: Hands) -> None:
    ana.goal()
    ana.goal()
    assert len({operation.tx for operation in ana.outbox()}) == 2


def test_an_operation_names_the_newest_revision_that_was_pulled(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.all_taken(rev=1, seq=5)
    ana.change(Goal, goal, own_words="Dance")
    assert ana.outbox()[0].trunk_revision == 1
    ana.all_taken(rev=3, seq=9)  # somebody else made revision 2, and it was not pulled yet
    ana.change(Goal, goal, own_words="Sing")
    assert ana.outbox()[0].trunk_revision == 1
    ana.pulled(state(Goal, goal, 9, rev=3, doc=goal_of(own_words="Dance", barrier="Knee")))
    ana.change(Goal, goal, own_words="Hum")
    assert [operation.trunk_revision for operation in ana.outbox()] == [1, 3]


def test_the_first_unsent_change_keeps_headquarters_word_aside(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    assert ana.shadow(goal) is None  # headquarters doesn't know it
    ana.all_taken()
    assert ana.shadow(goal) is None  # nothing waits
    ana.change(Goal, goal, own_words="Dance")
    ana.change(Goal, goal, own_words="Sing")
    shadow = ana.shadow(goal)
    assert shadow is not None
    assert shadow.document == {"own_words": "Walk", "status": "active"}
    ana.remove(Goal, goal)
    assert ana.shadow(goal).document == shadow.document  # type: ignore[union-attr]


def test_a_signed_record_stays_as_it_is(ana: Hands) -> None:
    note = ana.note(body="She sleeps better")
    ana.sign(Note, note, status="signed")
    for act in (
        lambda: ana.change(Note, note, body="else"),
        lambda: ana.sign(Note, note),
        lambda: ana.remove(Note, note),
    ):
        with pytest.raises(NotAllowed, match="signed") as caught:
            act()
        assert "addendum" in caught.value.way_out
    row = ana.row(Note, note)
    assert row is not None
    assert (row.signed, row.body, row.status) == (True, "She sleeps better", "signed")
    assert [operation.kind for operation in ana.outbox()] == [KINDS.CREATE, KINDS.SIGN]


def test_anothers_draft_is_anothers(vault: Vault, ana: Hands) -> None:
    note = ana.note(body="mine", author_name="Ana")
    ben = Hands(vault, Actor(org_id=ana.actor.org_id, user_id="ben", name="Ben"))
    for act in (
        lambda: ben.change(Note, note, body="his"),
        lambda: ben.sign(Note, note),
        lambda: ben.remove(Note, note),
    ):
        with pytest.raises(NotAllowed, match="draft of Ana"):
            act()
    assert ana.document(Note, note)["body"] == "mine"  # type: ignore[index]
    goal = ana.goal(own_words="Walk")
    assert ben.change(Goal, goal, own_words="Dance")  # what is no draft is everybody's


def test_removed_it_is_gone_for_reading_and_kept_for_headquarters(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.remove(Goal, goal)
    with ana.vault.read(ana.actor) as work:
        assert work.find(Goal) == []
        with pytest.raises(NotFound, match="no such Goal"):
            work.get(Goal, goal)
    assert ana.document(Goal, goal) == {"own_words": "Walk", "status": "active"}
    assert ana.outbox()[1].kind is KINDS.DELETE


def test_another_organisations_record_is_not_here(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    stranger = Actor(org_id="another", user_id=ana.actor.user_id, name="Ana")
    with vault.read(stranger) as work:
        assert work.find(Goal) == []
        with pytest.raises(NotFound):
            work.get(Goal, goal)


def test_many_at_once_are_as_one_by_one(vault: Vault, ana: Hands) -> None:
    records = [Goal(case_id="c", own_words=f"wish {n}") for n in range(3)]
    records += [Observation(case_id="c", code="8480-6", value_number=120.0)]  # type: ignore[list-item]
    with vault.work(ana.actor, "a test") as work:
        work.add_all(records)
        found = work.get(Goal, records[0].id)
        work.change(found, barrier="Knee")
    assert [operation.dseq for operation in ana.outbox()] == [1, 2, 3, 4, 5]
    assert ana.document(Goal, records[0].id) == {
        "own_words": "wish 0",
        "barrier": "Knee",
        "status": "active",
    }
    assert ana.shadow(records[0].id) is None
    assert len(audit(vault)) == 5
    for record in records[1:]:
        assert ana.document(type(record), record.id) == ana.outbox()[records.index(record)].set


def test_a_record_of_another_work_is_not_changed_behind_its_back(vault: Vault, ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    with vault.read(ana.actor) as reading:
        record = reading.get(Goal, goal)
    with pytest.raises(AssertionError, match="another work"), vault.work(ana.actor, "t") as work:
        work.change(record, own_words="Dance")


# -- drafts -----------------------------------------------------------------------------------


def test_a_draft_typed_in_many_saves_is_one_change(vault: Vault, ana: Hands) -> None:
    note = ana.note(body="")
    for words in ("She", "She sleeps", "She sleeps better"):
        ana.change(Note, note, body=words)
    ana.change(Note, note, title="Call", body="She sleeps better.")
    create, change = ana.outbox()
    assert create.kind is KINDS.CREATE
    assert change.set == {"body": "She sleeps better.", "title": "Call"}
    assert change.was == {"body": ""}
    assert [entry.act for entry in audit(vault)] == ["create", "change"]
    assert vault.fact("last_dseq") == 2
    ana.sign(Note, note, status="signed")
    assert [o.kind for o in ana.outbox()] == [KINDS.CREATE, KINDS.CHANGE, KINDS.SIGN]


def test_what_was_offered_to_headquarters_never_changes(ana: Hands) -> None:
    note = ana.note(body="")
    ana.change(Note, note, body="She")
    offered = ana.vault.journal.pending(most=100, max_bytes=10**6)
    ana.change(Note, note, body="She sleeps")
    ana.change(Note, note, body="She sleeps better")
    assert tuple(ana.outbox()[:2]) == offered
    assert ana.outbox()[2].set == {"body": "She sleeps better"}
    assert ana.outbox()[2].was == {"body": "She"}


def test_only_a_draft_goes_on_and_only_by_its_last_word(vault: Vault, ana: Hands) -> None:
    goal, note = ana.goal(own_words="Walk"), ana.note(body="")
    for words in ("Dance", "Sing"):
        ana.change(Goal, goal, own_words=words)
    with vault.work(ana.actor, "two things at once") as work:
        work.change(work.get(Note, note), body="She")
        work.change(work.get(Goal, goal), own_words="Hum")
    ana.change(Note, note, body="She sleeps")  # goes on in the group: both take effect together
    with vault.work(ana.actor, "two things at once") as work:
        work.change(work.get(Note, note), body="She sleeps better")
        work.change(work.get(Goal, goal), own_words="Whistle")
    assert [operation.set for operation in ana.outbox()[2:]] == [
        {"own_words": "Dance"},
        {"own_words": "Sing"},
        {"body": "She sleeps"},
        {"own_words": "Hum"},
        {"body": "She sleeps better"},
        {"own_words": "Whistle"},
    ]


def test_after_a_while_a_draft_is_a_new_change(folder: Path) -> None:
    """So that the audit says of each quarter of an hour that somebody wrote."""
    for minutes, expected in ((0, 2), (10, 2), (16, 3), (20, 3)):
        vault = Vault.open(folder, clock=FixedClock(NOW + timedelta(minutes=minutes)))
        vault.unlock(PASSPHRASE)
        ana = Hands(vault, actor_of(vault))
        note = vault.fact("note") or ana.note(body="")
        vault.set_fact("note", note)
        ana.change(Note, note, body=f"after {minutes} minutes")
        assert len(ana.outbox()) == len(audit(vault)) == expected
        vault.lock()
