"""Headquarters answers: what is settled leaves, the rest stays in sight, and rows tell no lies."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from casefield.records.laptop import SentOperation
from casefield.records.operation import OperationKind
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.sync.messages import Result, Status
from casefield.vault.check import check
from casefield.vault.vault import Vault
from tests.vault.conftest import NOW, Hands, answer, goal_of, state


def sent(vault: Vault) -> list[tuple[int, int]]:
    """Return (dseq, seq) of what headquarters took."""
    with vault.snapshot() as session:
        rows = session.execute(select(SentOperation.dseq, SentOperation.seq))
        return sorted((row.dseq, row.seq) for row in rows)


@pytest.fixture
def goal(ana: Hands) -> str:
    """Return a goal that headquarters has, pulled at its number 5."""
    record_id = ana.goal(own_words="Walk", barrier="Knee")
    ana.all_taken(rev=1, seq=5)
    ana.pulled(state(Goal, record_id, 5, rev=1))
    return record_id


@pytest.mark.parametrize("status", ["applied", "merged", "duplicate"])
def test_what_is_taken_leaves_the_outbox_and_is_kept(
    vault: Vault, ana: Hands, goal: str, status: str
) -> None:
    ana.change(Goal, goal, own_words="Dance")
    (operation,) = ana.outbox()
    assert ana.answered(answer(operation, status, rev=2, seq=7)) == frozenset()
    assert ana.outbox() == []
    assert sent(vault) == [(1, 5), (2, 7)]
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Knee")
    assert ana.shadow(goal) is None
    with vault.snapshot() as session:
        row = session.get(SentOperation, operation.op_id)
        assert row is not None
        assert row.answered_at == NOW
    assert all(finding.good for finding in check(vault))


def test_a_step_that_headquarters_took_has_its_successor(ana: Hands, vault: Vault) -> None:
    before = vault.journal.position()
    ana.hear(epoch="first", token=before.next_token)
    after = vault.journal.position()
    assert (after.token, after.epoch, after.cursor) == (before.next_token, "first", "")
    assert after.next_token not in {"", before.next_token}


def test_a_step_that_moved_nothing_stays_to_be_taken(ana: Hands, vault: Vault) -> None:
    before = vault.journal.position()
    ana.hear(token="")
    ana.hear(token="another's")
    after = vault.journal.position()
    assert (after.token, after.next_token) == (before.token, before.next_token)


def test_what_waits_for_another_stays_as_it_was(ana: Hands, goal: str) -> None:
    ana.change(Goal, goal, own_words="Dance")
    (operation,) = ana.outbox()
    ana.answered(answer(operation, "deferred"))
    assert ana.outbox() == [operation]
    assert ana.shadow(goal) is not None


def test_an_answer_to_nothing_here_is_nothing(vault: Vault, ana: Hands) -> None:
    ana.goal(own_words="Walk")
    ana.answered(Result(op_id="unheard-of", status=Status.APPLIED, rev=1, seq=1))
    ana.all_taken()
    ana.answered(Result(op_id="unheard-of", status=Status.REJECTED))
    assert len(sent(vault)) == 1


@pytest.mark.parametrize("status", ["rejected", "quarantined"])
def test_what_is_refused_stays_in_sight_and_no_longer_in_the_row(
    ana: Hands, goal: str, status: str
) -> None:
    ana.change(Goal, goal, own_words="Dance", barrier="Hip")
    ana.change(Goal, goal, barrier="Back")
    first, second = ana.outbox()
    touched = ana.answered(answer(first, status, rev=0, seq=0, detail="late"))
    assert touched == {("Goal", goal, "c")}
    assert ana.outbox("refused") == [first]
    assert ana.document(Goal, goal) == goal_of(own_words="Walk", barrier="Back")
    shadow = ana.shadow(goal)
    assert shadow is not None
    assert shadow.document == goal_of(own_words="Walk", barrier="Knee")
    ana.answered(answer(second, status, rev=0, seq=0))
    assert ana.document(Goal, goal) == goal_of(own_words="Walk", barrier="Knee")
    assert ana.shadow(goal) is None
    assert [waiting.reason for waiting in ana.vault.journal.waiting()] == ["late", status]


def test_a_refused_birth_keeps_the_only_copy_there_is(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.change(Goal, goal, own_words="Dance")
    for operation in ana.outbox():
        ana.answered(answer(operation, "quarantined", rev=0, seq=0, detail="late"))
    assert ana.document(Goal, goal) == goal_of(own_words="Dance")
    assert len(ana.outbox("refused")) == 2


def test_a_refused_signature_leaves_a_draft(ana: Hands) -> None:
    note = ana.note(body="She sleeps", status="draft")
    ana.all_taken()
    ana.sign(Note, note, status="signed")
    (operation,) = ana.outbox()
    assert operation.kind is OperationKind.SIGN
    ana.answered(answer(operation, "conflict", rev=1, seq=0))
    row = ana.row(Note, note)
    assert row is not None
    assert (row.signed, row.status, row.body) == (False, "draft", "She sleeps")


def test_a_refused_deletion_brings_the_record_back(ana: Hands, goal: str) -> None:
    ana.remove(Goal, goal)
    (operation,) = ana.outbox()
    ana.answered(answer(operation, "conflict", rev=1, seq=0))
    row = ana.row(Goal, goal)
    assert row is not None
    assert not row.deleted


def test_a_disputed_change_shows_what_stands_at_headquarters(ana: Hands, goal: str) -> None:
    """Somebody else's value was pulled under ours; ours went into a conflict, and moves nothing."""
    ana.change(Goal, goal, own_words="Dance")
    theirs = goal_of(own_words="Swim", barrier="Knee")
    ana.pulled(state(Goal, goal, 8, rev=2, doc=theirs))
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Knee")
    (operation,) = ana.outbox()
    ana.answered(answer(operation, "conflict", rev=2, seq=0))
    assert ana.document(Goal, goal) == theirs
    assert ana.shadow(goal) is None


def test_of_a_change_disputed_in_part_nothing_is_claimed_until_it_is_pulled(
    ana: Hands, goal: str
) -> None:
    ana.change(Goal, goal, own_words="Dance", barrier="Hip")
    (operation,) = ana.outbox()
    ana.answered(answer(operation, "conflict", rev=3, seq=9))
    assert ana.document(Goal, goal) == goal_of(own_words="Walk", barrier="Knee")
    ana.pulled(state(Goal, goal, 9, rev=3, doc=goal_of(own_words="Swim", barrier="Hip")))
    assert ana.document(Goal, goal) == goal_of(own_words="Swim", barrier="Hip")


def test_an_answer_from_before_what_was_pulled_adds_nothing(ana: Hands, goal: str) -> None:
    """The reply was lost; others wrote after us; their word comes before the answer does."""
    ana.change(Goal, goal, own_words="Dance")
    theirs = goal_of(own_words="Swim")
    ana.pulled(state(Goal, goal, 9, rev=3, doc=theirs))
    (operation,) = ana.outbox()
    touched = ana.answered(answer(operation, "duplicate", rev=2, seq=7))
    assert ana.document(Goal, goal) == theirs
    assert touched == {("Goal", goal, "c")}


def test_taken_one_of_two_is_headquarters_word_under_the_other(ana: Hands, goal: str) -> None:
    ana.change(Goal, goal, own_words="Dance")
    ana.change(Goal, goal, barrier=None)
    first, second = ana.outbox()
    ana.answered(answer(first, rev=2, seq=7))
    shadow = ana.shadow(goal)
    assert shadow is not None
    assert shadow.document == goal_of(own_words="Dance", barrier="Knee")
    assert (shadow.rev, shadow.seq) == (1, 5)  # what others did up to there was heard, no more
    assert ana.document(Goal, goal) == goal_of(own_words="Dance")
    ana.answered(answer(second, "rejected"))
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Knee")


def test_a_birth_taken_alone_is_the_ground_of_what_follows(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.change(Goal, goal, own_words="Dance")
    birth, change = ana.outbox()
    ana.answered(answer(birth, rev=1, seq=7))
    shadow = ana.shadow(goal)
    assert shadow is not None
    assert shadow.document == goal_of(own_words="Walk")
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.rev, row.own_words) == (1, "Dance")
    ana.answered(answer(change, "rejected"))
    assert ana.document(Goal, goal) == goal_of(own_words="Walk")


def test_birth_and_refused_change_in_one_reply(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.change(Goal, goal, own_words="Dance")
    birth, change = ana.outbox()
    ana.answered(answer(change, "rejected"), answer(birth, rev=1, seq=7))  # in any order
    assert ana.document(Goal, goal) == goal_of(own_words="Walk")
    assert ana.shadow(goal) is None


def test_a_later_revision_is_never_taken_from_an_answer(ana: Hands, goal: str) -> None:
    """Else the next edit would claim to have seen what others wrote between the two."""
    ana.change(Goal, goal, own_words="Dance")
    ana.all_taken(rev=7, seq=20)
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.rev, row.seq) == (1, 5)


@pytest.mark.parametrize("waiting", [20, 400])
def test_answers_cost_a_fixed_number_of_statements(vault: Vault, ana: Hands, waiting: int) -> None:
    with vault.work(ana.actor, "an import") as work:
        work.add_all([Goal(case_id="c", own_words=f"wish {n}") for n in range(waiting)])
    ana.all_taken()
    with vault.work(ana.actor, "many edits") as work:
        for goal in work.find(Goal):
            work.change(goal, own_words="Dance")
            work.change(goal, barrier="Knee")
    changes = ana.outbox()
    results = [
        answer(o, "applied" if n % 3 else "rejected", rev=2, seq=9) for n, o in enumerate(changes)
    ]
    statements: list[str] = []
    engine = vault._engine
    assert engine is not None
    listen = lambda _c, _x, statement, *_: statements.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    ana.answered(*results)
    event.remove(engine, "before_cursor_execute", listen)
    assert len([s for s in statements if not s.startswith("UPDATE goal SET ")]) < 30
    assert len(statements) < 30 + waiting  # each row that looks different is written once
    assert {o.id for o in ana.outbox("refused")} == {o.id for o in changes[::3]}
