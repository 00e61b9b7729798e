"""A conflict is settled on one laptop, on two at once, and everybody ends alike."""

from __future__ import annotations

import pytest

from casefield.application import Session
from casefield.care import conflicts
from casefield.errors import NotAllowed
from casefield.records.conflict import Conflict
from casefield.records.document import to_document
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.work import Work
from tests.fieldwork import Fieldwork, standing_on


def take_in(work: Work) -> str:
    person = work.add(Patient(given_name="Rosa", family_name="Alvarez"))
    work.add(Assignment(case_id=person.id, user_id=work.actor.user_id, role="case_manager"))
    return person.id


def say(session: Session, goal_id: str, words: str) -> None:
    session.act(lambda w: w.change(w.get(Goal, goal_id), barrier=words), "test")


@pytest.fixture
def goal_id(field: Fieldwork, ana: Session, ben: Session) -> str:
    """Return a goal whose barrier Ana and Ben named differently; hers came first."""
    case_id = ana.act(take_in, "test")
    goal = ana.act(lambda w: w.add(Goal(case_id=case_id, own_words="Walk")).id, "test")
    ana.sync_now()
    field.assign("ben", case_id)
    ben.sync_now()
    say(ana, goal, "No car")
    say(ben, goal, "Her knees")
    together(ana, ben)
    return goal


def together(*laptops: Session) -> None:
    for laptop in (*laptops, *laptops):
        laptop.sync_now()


def settle(session: Session, mine: bool) -> None:
    (view,) = session.read(conflicts.open_conflicts)
    side = view.mine(view.conflict_id) if mine else view.theirs(view.conflict_id)
    session.act(lambda w: conflicts.settle(w, side.conflict_id, side.choice), "settle")


def barrier(session: Session, goal_id: str) -> str | None:
    return session.read(lambda w: w.get(Goal, goal_id).barrier)


def kept(session: Session) -> list[dict[str, object]]:
    return session.read(lambda w: [to_document(c) for c in w.find(Conflict)])


@pytest.mark.parametrize(("mine", "then"), [(True, "Her knees"), (False, "No car")])
def test_ben_settles_and_ana_has_it(
    field: Fieldwork, ana: Session, ben: Session, goal_id: str, mine: bool, then: str
) -> None:
    settle(ben, mine)
    together(ben, ana)
    for laptop in (ana, ben):
        assert barrier(laptop, goal_id) == then
        assert laptop.read(conflicts.open_conflicts) == ()
        assert standing_on(laptop) == field.standing()
    (found,) = kept(ana)
    assert (found["current"], found["proposed"]) == (
        {"barrier": "No car"},
        {"barrier": "Her knees"},
    )
    assert found["resolved_by"] == "Ben"
    (view_id,) = ana.read(lambda w: [c.id for c in w.find(Conflict)])
    with pytest.raises(NotAllowed, match="Ben has settled this already"):
        ana.act(lambda w: conflicts.settle(w, view_id, "current"), "settle")


def test_two_settle_at_once_alike(
    field: Fieldwork, ana: Session, ben: Session, goal_id: str
) -> None:
    settle(ana, mine=True)
    settle(ben, mine=False)
    together(ana, ben)
    assert [c["resolved_by"] for c in kept(ben)] == ["Ana"]  # hers came first
    assert barrier(ben, goal_id) == "No car"
    assert ben.read(conflicts.open_conflicts) == ()
    assert standing_on(ana) == standing_on(ben) == field.standing()


def test_two_settle_at_once_differently_and_the_first_stands(
    field: Fieldwork, ana: Session, ben: Session, goal_id: str
) -> None:
    """The second's words are no loss: they are a value that nobody has decided about yet."""
    settle(ana, mine=False)  # Ben's words
    (view,) = ben.read(conflicts.open_conflicts)
    third = {"barrier": "Both"}
    ben.act(lambda w: conflicts.settle(w, view.conflict_id, "third", third), "settle")
    together(ana, ben)
    first = next(c for c in kept(ben) if c["status"] == "resolved")
    assert first["resolved_by"] == "Ana"
    assert barrier(ana, goal_id) == barrier(ben, goal_id) == "Her knees"
    (again,) = ana.read(conflicts.open_conflicts)
    assert [value.value for value in again.proposals[0].values] == ["Both"]
    assert standing_on(ana) == standing_on(ben) == field.standing()


def test_several_unseen_edits_are_settled_in_one(
    field: Fieldwork, ana: Session, ben: Session, goal_id: str
) -> None:
    say(ana, goal_id, "Ice")
    say(ben, goal_id, "Dogs")
    together(ana, ben)
    (view,) = ben.read(conflicts.open_conflicts)
    assert len(view.ids) == 2
    assert view.changed_since
    ben.act(lambda w: conflicts.settle(w, view.ids[1], "both"), "settle")
    together(ben, ana)
    assert barrier(ana, goal_id) == "Ice\n\nHer knees\n\nDogs"
    assert ana.read(conflicts.open_conflicts) == ()
    assert {c["status"] for c in kept(ana)} == {"resolved"}
