"""The outbox: in order, in groups that are never split, in batches that fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.laptop import OutboxOperation
from casefield.records.operation import Operation, OperationKind
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.vault import outbox
from casefield.vault.vault import Vault
from tests.vault.conftest import Hands, answer


def rows_of(groups: list[int], size: int) -> list[tuple[str, bytes]]:
    """Return the rows of groups with so many operations each, each about `size` bytes."""
    rows: list[tuple[str, bytes]] = []
    for which, many in enumerate(groups):
        for _ in range(many):
            operation = Operation(
                op_id=f"{len(rows)}",
                dseq=len(rows) + 1,
                tx=f"tx{which}",
                type="Goal",
                id="g",
                kind=OperationKind.CHANGE,
                wall="2026-11-10T18:00:00Z",
                set={"own_words": "x" * size},
            )
            rows.append((operation.tx, outbox._encode(operation)))
    return rows


@given(
    groups=st.lists(st.integers(1, 6), max_size=8),
    most=st.integers(1, 12),
    max_bytes=st.integers(1, 5000),
    size=st.integers(0, 700),
)
def test_a_batch_is_the_longest_run_of_whole_groups_that_fits(
    groups: list[int], most: int, max_bytes: int, size: int
) -> None:
    rows = rows_of(groups, size)
    batch = list(outbox._within(iter(rows), most, max_bytes))
    assert [operation.dseq for operation in batch] == list(range(1, len(batch) + 1))
    assert bool(batch) == bool(rows)
    ends = [sum(groups[: n + 1]) for n in range(len(groups))]
    assert not batch or len(batch) in ends  # no group is split
    weights = [len(body) for _, body in rows]
    first = groups[0] if groups else 0
    fits = len(batch) <= most and sum(weights[: len(batch)]) <= max_bytes
    assert fits or len(batch) == first  # a group too large goes alone
    longer = [end for end in ends if end > len(batch)]
    if longer:
        assert longer[0] > most or sum(weights[: longer[0]]) > max_bytes or not fits


def test_what_waits_is_offered_oldest_first(ana: Hands) -> None:
    goals = [ana.goal(own_words=f"wish {n}") for n in range(5)]
    journal = ana.vault.journal
    assert [o.id for o in journal.pending(most=3, max_bytes=10**6)] == goals[:3]
    assert [o.id for o in journal.pending(most=100, max_bytes=1)] == goals[:1]
    ana.answered(answer(ana.outbox()[0]))
    assert [o.id for o in journal.pending(most=2, max_bytes=10**6)] == goals[1:3]


def test_a_group_goes_whole_and_alone_if_it_is_too_large(vault: Vault, ana: Hands) -> None:
    ana.goal(own_words="alone")
    with vault.work(ana.actor, "an import") as work:
        work.add_all([Goal(case_id="c", own_words=f"wish {n}") for n in range(1200)])
    ana.goal(own_words="after")
    pending = vault.journal.pending
    assert len(pending(most=1000, max_bytes=10**6)) == 1
    ana.answered(answer(ana.outbox()[0]))
    assert len(pending(most=1000, max_bytes=10**6)) == 1200
    assert len(pending(most=5000, max_bytes=10**9)) == 1201


def test_refused_ones_are_not_offered_again_and_stay_in_sight(ana: Hands) -> None:
    ana.goal(own_words="one")
    ana.goal(own_words="two")
    first, second = ana.outbox()
    ana.answered(answer(first, "rejected", detail="late: the person is not in your care now"))
    journal = ana.vault.journal
    assert journal.pending(most=9, max_bytes=10**6) == (second,)
    assert journal.counts() == (1, 1)
    assert journal.waiting_count() == 1
    refused, waits = journal.waiting()
    assert (refused.state, refused.reason) == (
        "refused",
        "late: the person is not in your care now",
    )
    assert refused.said == {"own_words": "one", "status": "active"}
    assert waits.said == {}
    assert (waits.state, waits.reason, waits.kind) == ("waiting", None, "create")
    assert waits.fields == ("own_words", "status")
    assert (waits.record_type, waits.record_id, waits.case_id) == ("Goal", second.id, "c")


def test_an_empty_outbox_is_nothing(vault: Vault) -> None:
    journal = vault.journal
    assert journal.pending(most=9, max_bytes=10**6) == ()
    assert journal.waiting() == ()
    assert journal.counts() == (0, 0)


def test_numbers_go_on_after_everything_was_taken(ana: Hands) -> None:
    for expected in (1, 2, 3):
        ana.goal()
        assert [operation.dseq for operation in ana.outbox()] == [expected]
        ana.all_taken()


def test_an_operation_is_kept_word_for_word(ana: Hands) -> None:
    words = "“She sleeps” — naïve? 犬 \u2028 \x07 'DROP' \\ \" 𝄞"
    note = ana.note(body=words)
    assert ana.outbox()[0].set["body"] == words
    assert ana.document(Note, note)["body"] == words  # type: ignore[index]


@pytest.mark.parametrize("state", ["refused"])
def test_a_draft_does_not_go_on_in_what_was_refused(ana: Hands, state: str) -> None:
    note = ana.note(body="")
    ana.all_taken()
    ana.change(Note, note, body="She")
    with ana.vault.transaction() as session:
        session.query(OutboxOperation).update({"state": state})
    ana.change(Note, note, body="She sleeps")
    assert [operation.set for operation in ana.outbox()] == [{"body": "She sleeps"}]
    assert len(ana.outbox(state)) == 1


def test_nobody_goes_on_in_anothers_words(vault: Vault, ana: Hands) -> None:
    note: dict[str, Any] = {"kind": "phone", "author_id": None}
    shared = ana.add(Note(case_id="c", **note))
    ana.change(Note, shared, body="Ana")
    from casefield.records.work import Actor

    ben = Hands(vault, Actor(org_id=ana.actor.org_id, user_id="ben", name="Ben"))
    ben.change(Note, shared, body="Ben")
    assert [operation.actor_name for operation in ana.outbox()] == ["Ana", "Ana", "Ben"]
