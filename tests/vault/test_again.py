"""A refused operation said again is a change of what stands today, or it is not said."""

from __future__ import annotations

import pytest

from casefield.errors import NotAllowed, NotFound
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.vault.again import overwrites_nobody, say_again
from casefield.vault.outbox import HANDLED
from tests.vault.conftest import Hands, answer, goal_of, state


@pytest.fixture
def goal_id(ana: Hands) -> str:
    """Return a goal that headquarters knows; somebody changed it after Ana's refused change."""
    person = ana.add(Patient(id="c", given_name="Rosa"))
    found = ana.goal(barrier="Stairs")
    ana.all_taken()
    assert person == "c"
    ana.change(Goal, found, barrier="No car")
    (said,) = ana.outbox()
    ana.answered(answer(said, "quarantined", rev=0, seq=5, detail="late: not yours"))
    ana.pulled(state(Goal, found, 6, doc=goal_of(barrier="Ice")))
    return found


def test_said_again_it_is_a_change_of_today(ana: Hands, goal_id: str) -> None:
    with ana.vault.work(ana.actor, "a test") as work:
        (found,) = work.refused()
        assert not overwrites_nobody(work, found.operation)
        say_again(work, found.operation)
        work.put_away([found], HANDLED, "offer_again")
    (said,) = ana.outbox()
    assert said.op_id != found.operation.op_id
    assert (said.set, said.was) == ({"barrier": "No car"}, {"barrier": "Ice"})
    assert said.trunk_revision == 6


def test_what_stands_already_is_not_said_again(ana: Hands, goal_id: str) -> None:
    ana.pulled(state(Goal, goal_id, 7, doc=goal_of(barrier="No car")))
    with ana.vault.work(ana.actor, "a test") as work:
        say_again(work, work.refused()[0].operation)
    assert ana.outbox() == []


def test_of_a_record_that_went_nothing_is_said(ana: Hands, goal_id: str) -> None:
    ana.pulled(state(Goal, goal_id, 7, doc=goal_of(), deleted=True))
    with pytest.raises(NotFound), ana.vault.work(ana.actor, "a test") as work:
        say_again(work, work.refused()[0].operation)


def test_a_birth_is_offered_with_all_that_it_became(ana: Hands) -> None:
    ana.add(Patient(id="c", given_name="Rosa"))
    ana.all_taken()
    note_id = ana.note(body="She sleeps well.", status="draft")
    (born,) = ana.outbox()
    ana.answered(answer(born, "quarantined", rev=0, seq=5, detail="late"))
    with ana.vault.work(ana.actor, "a test") as work:
        (found,) = work.refused()
        say_again(work, found.operation)
        work.put_away([found], HANDLED, "offer_again")
    (said,) = ana.outbox()
    assert (said.kind, said.id) == ("create", note_id)
    assert said.set["body"] == "She sleeps well."


def test_a_signature_is_not_offered_again(ana: Hands) -> None:
    ana.add(Patient(id="c", given_name="Rosa"))
    note_id = ana.note(body="She sleeps well.", status="draft")
    ana.all_taken()
    ana.sign(Note, note_id, status="signed")
    (said,) = ana.outbox()
    ana.answered(answer(said, "quarantined", rev=0, seq=5, detail="late"))
    draft = {"body": "She sleeps well.", "status": "draft", "author_id": ana.actor.user_id}
    ana.pulled(state(Note, note_id, 6, doc=draft))
    with (
        pytest.raises(NotAllowed, match="signature is not offered again"),
        ana.vault.work(ana.actor, "a test") as work,
    ):
        say_again(work, work.refused()[0].operation)
