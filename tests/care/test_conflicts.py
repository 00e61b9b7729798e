"""Disagreements: told with both values, settled once, and nothing of either is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import conflicts, notes
from casefield.care.conflict_views import ConflictView, FieldValue, Settled
from casefield.errors import CasefieldError, NotAllowed, NotFound, UnusableInput
from casefield.records.base import Synced
from casefield.records.conflict import Conflict
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.records.work import Work

Records = Callable[..., list[SimpleNamespace]]
MOMENTS = [datetime(2026, 11, 10, hour, tzinfo=UTC) for hour in (14, 15)]
BASE, THEIRS, MINE = "Stairs", "No car", "Afraid of falling"


@pytest.fixture
def goal_id(session: Session, person: str) -> str:
    """Return a goal whose barrier is Ben's word."""
    return session.act(
        lambda w: w.add(Goal(case_id=person, own_words="Walk to church", barrier=THEIRS)).id, "test"
    )


def disputed(session: Session, kind: type[Synced], record_id: str, /, **more: Any) -> str:
    """Let headquarters have found a conflict about a record; return its id."""

    def open_one(work: Work) -> str:
        case_id = work.get(kind, record_id).case_id
        told: dict[str, Any] = {
            "case_id": case_id,
            "record_type": kind.__kind__,
            "record_id": record_id,
            "field": "barrier",
            "base": {"barrier": BASE},
            "current": {"barrier": THEIRS},
            "current_by": "Ben",
            "current_at": MOMENTS[0],
            "proposed": {"barrier": MINE},
            "proposed_by": work.actor.name,
            "proposed_at": MOMENTS[1],
        }
        return work.add(Conflict(**(told | more))).id

    return session.act(open_one, "test")


def settle(session: Session, conflict_id: str, choice: str, values: Any = None) -> Settled:
    return session.act(lambda w: conflicts.settle(w, conflict_id, choice, values), "settle")


def only(session: Session) -> ConflictView:
    (view,) = session.read(conflicts.open_conflicts)
    return view


def goal(session: Session, goal_id: str) -> dict[str, Any]:
    return session.read(
        lambda w: {n: getattr(w.get(Goal, goal_id), n) for n in ("barrier", "status", "due_on")}
    )


# -- looking ----------------------------------------------------------------------------------


def test_both_sides_are_told_with_who_and_when(session: Session, goal_id: str) -> None:
    disputed(session, Goal, goal_id)
    view = only(session)
    assert (view.person, view.record_type) == ("Rosa Alvarez", "Goal")
    assert view.title == "Walk to church"
    assert (view.unit, view.base) == ("barrier", (FieldValue("barrier", BASE),))
    theirs, mine = view.theirs(view.conflict_id), view.mine(view.conflict_id)
    assert (theirs.values, theirs.by, theirs.at) == (
        (FieldValue("barrier", THEIRS),),
        "Ben",
        MOMENTS[0],
    )
    assert (mine.values, mine.by, mine.at) == (
        (FieldValue("barrier", MINE),),
        "Ana",
        MOMENTS[1],
    )
    assert (theirs.choice, mine.choice) == ("current", "proposed")
    assert (view.state, view.changed_since) == ("open", False)


def test_what_is_undecided_is_found_by_person_and_counted_by_field(
    session: Session, goal_id: str, person: str
) -> None:
    first = disputed(session, Goal, goal_id)
    disputed(session, Goal, goal_id, proposed={"barrier": "Her knees"})
    assert session.read(conflicts.undecided) == (first,)
    assert session.read(lambda w: conflicts.undecided(w, person)) == (first,)
    assert session.read(lambda w: conflicts.undecided(w, "nobody")) == ()
    settle(session, first, "current")
    assert session.read(conflicts.undecided) == ()


def test_whose_words_came_first_does_not_say_whose_they_are(session: Session, goal_id: str) -> None:
    disputed(session, Goal, goal_id, current_by="Ana", proposed_by="Ben")
    view = only(session)
    assert view.mine(view.conflict_id).choice == "current"
    assert view.theirs(view.conflict_id).by == "Ben"


def test_what_changed_since_is_told(session: Session, goal_id: str) -> None:
    disputed(session, Goal, goal_id)
    session.act(lambda w: w.change(w.get(Goal, goal_id), barrier="Ice on the steps"), "test")
    view = only(session)
    assert view.changed_since
    assert view.standing == (FieldValue("barrier", "Ice on the steps"),)


def test_several_unseen_edits_of_one_field_are_one_view(session: Session, goal_id: str) -> None:
    first = disputed(session, Goal, goal_id)
    second = disputed(session, Goal, goal_id, proposed={"barrier": "Her knees"}, proposed_by="Cy")
    view = only(session)
    assert view.ids == (first, second)
    assert [side.by for side in view.proposals] == ["Ana", "Cy"]
    assert view.mine(second).by == "Cy"  # the reader wrote neither of these two


def test_another_field_is_another_conflict(session: Session, goal_id: str) -> None:
    disputed(session, Goal, goal_id)
    disputed(session, Goal, goal_id, field="status", current={"status": "active"})
    assert len(session.read(conflicts.open_conflicts)) == 2


def test_a_record_that_is_not_here_is_said_so(session: Session, person: str, goal_id: str) -> None:
    disputed(session, Goal, goal_id, record_id="elsewhere")
    view = only(session)
    assert (view.state, view.choices) == ("missing", ("current",))
    settle(session, view.conflict_id, "current")
    assert session.read(conflicts.open_conflicts) == ()


# -- settling ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "values", "then"),
    [
        ("current", None, THEIRS),
        ("proposed", None, MINE),
        ("both", None, f"{THEIRS}\n\n{MINE}"),
        ("third", {"barrier": "Neither"}, "Neither"),
        ("third", {"barrier": ""}, None),
    ],
)
def test_a_decision_changes_record_and_conflict_together(
    session: Session, goal_id: str, records: Records, choice: str, values: Any, then: str | None
) -> None:
    conflict_id = disputed(session, Goal, goal_id)
    settle(session, conflict_id, choice, values)
    assert goal(session, goal_id)["barrier"] == then
    (kept,) = records(Conflict)
    assert (kept.status, kept.resolved_by) == ("resolved", "Ana")
    assert kept.resolved_at == session.clock.now()
    assert kept.resolution["choice"] == choice
    # both values stay where they were
    assert (kept.current, kept.proposed) == ({"barrier": THEIRS}, {"barrier": MINE})
    assert session.read(conflicts.open_conflicts) == ()


def test_of_several_proposals_one_is_taken_and_all_are_settled(
    session: Session, goal_id: str, records: Records
) -> None:
    disputed(session, Goal, goal_id)
    second = disputed(session, Goal, goal_id, proposed={"barrier": "Her knees"}, proposed_by="Cy")
    settle(session, second, "proposed")
    assert goal(session, goal_id)["barrier"] == "Her knees"
    assert {kept.status for kept in records(Conflict)} == {"resolved"}
    assert {kept.resolution["conflict"] for kept in records(Conflict)} == {second}


def test_all_texts_are_joined_each_once(session: Session, goal_id: str) -> None:
    first = disputed(session, Goal, goal_id)
    disputed(session, Goal, goal_id, proposed={"barrier": THEIRS.lower() + "s"}, proposed_by="Cy")
    disputed(session, Goal, goal_id, proposed={"barrier": MINE}, proposed_by="Di")
    settle(session, first, "both")
    assert goal(session, goal_id)["barrier"] == f"{THEIRS}\n\n{MINE}\n\nno cars"


def test_the_first_decision_stands(session: Session, goal_id: str) -> None:
    conflict_id = disputed(session, Goal, goal_id)
    settle(session, conflict_id, "proposed")
    with pytest.raises(NotAllowed, match="Ana has settled this already") as caught:
        settle(session, conflict_id, "current")
    assert "change the field" in caught.value.way_out
    assert goal(session, goal_id)["barrier"] == MINE


@pytest.mark.parametrize(
    ("choice", "values", "error", "words"),
    [
        ("theirs", None, UnusableInput, "no choice"),
        ("third", {}, UnusableInput, "No value"),
        ("third", {"status": "x"}, UnusableInput, "not what this conflict is about"),
    ],
)
def test_what_is_no_decision_changes_nothing(
    session: Session,
    goal_id: str,
    choice: str,
    values: Any,
    error: type[CasefieldError],
    words: str,
) -> None:
    conflict_id = disputed(session, Goal, goal_id)
    with pytest.raises(error, match=words):
        settle(session, conflict_id, choice, values)
    assert goal(session, goal_id)["barrier"] == THEIRS
    assert only(session).conflict_id == conflict_id


def test_a_conflict_that_is_not_here_is_not_found(session: Session, person: str) -> None:
    with pytest.raises(NotFound):
        settle(session, "nowhere", "current")


def test_only_texts_stand_one_below_the_other(session: Session, goal_id: str) -> None:
    conflict_id = disputed(
        session,
        Goal,
        goal_id,
        field="due_on",
        current={"due_on": "2026-12-01"},
        proposed={"due_on": "2026-12-24"},
    )
    assert "both" not in only(session).choices
    with pytest.raises(NotAllowed, match="Only texts"):
        settle(session, conflict_id, "both")
    with pytest.raises(UnusableInput, match="not of its kind"):
        settle(session, conflict_id, "third", {"due_on": "soon"})
    settle(session, conflict_id, "proposed")
    assert str(goal(session, goal_id)["due_on"]) == "2026-12-24"


# -- removed and signed -----------------------------------------------------------------------


def deletion(session: Session, goal_id: str, *, now: bool) -> str:
    return disputed(
        session,
        Goal,
        goal_id,
        field="deleted",
        base={},
        current={"deleted": now},
        proposed={"deleted": not now},
    )


@pytest.mark.parametrize(
    ("now", "choice", "lives"),
    [(False, "current", 1), (False, "proposed", 0), (True, "current", 0), (True, "proposed", 1)],
)
def test_whether_a_record_lives_is_decided(
    session: Session, goal_id: str, records: Records, now: bool, choice: str, lives: int
) -> None:
    """The edit brought it back or kept it, whichever of the two came first: so it lives now."""
    settle(session, deletion(session, goal_id, now=now), choice)
    assert len(records(Goal)) == lives


@pytest.mark.parametrize("now", [True, False])
def test_what_is_signed_meanwhile_is_not_removed(
    session: Session, signed_note: str, records: Records, now: bool
) -> None:
    conflict_id = disputed(
        session,
        Note,
        signed_note,
        field="deleted",
        base={},
        current={"deleted": now},
        proposed={"deleted": not now},
    )
    keeps, removes = ("proposed", "current") if now else ("current", "proposed")
    with pytest.raises(NotAllowed, match="what is signed stays"):
        settle(session, conflict_id, removes)
    settle(session, conflict_id, keeps)
    assert len(records(Note)) == 1
    assert session.read(conflicts.open_conflicts) == ()


def test_what_was_removed_for_good_lives_on_in_a_new_record(
    session: Session, goal_id: str, records: Records
) -> None:
    conflict_id = deletion(session, goal_id, now=False)
    session.act(lambda w: w.remove(w.get(Goal, goal_id)), "test")
    assert only(session).state == "deleted"
    done = settle(session, conflict_id, "current")
    (again,) = records(Goal)
    assert again.id == done.restored_id != goal_id
    assert (again.own_words, again.barrier) == ("Walk to church", THEIRS)


def test_a_field_of_a_removed_record_is_not_written(session: Session, goal_id: str) -> None:
    conflict_id = disputed(session, Goal, goal_id)
    session.act(lambda w: w.remove(w.get(Goal, goal_id)), "test")
    with pytest.raises(NotAllowed, match="removed meanwhile"):
        settle(session, conflict_id, "proposed")
    settle(session, conflict_id, "current")


@pytest.fixture
def signed_note(session: Session, person: str) -> str:
    """Return a note that was signed."""

    def write(work: Work) -> str:
        note_id = notes.start_note(work, person, "phone")
        notes.save_note(work, note_id, body="She sleeps well.")
        notes.sign_note(work, note_id)
        return note_id

    return session.act(write, "test")


@pytest.mark.parametrize(
    ("choice", "values", "text"),
    [
        ("proposed", None, "She wakes at four."),
        ("both", None, "She sleeps well.\n\nShe wakes at four."),
        ("third", {"body": "Ask again."}, "Ask again."),
    ],
)
def test_a_signed_record_stays_and_gets_an_addendum(
    session: Session, signed_note: str, records: Records, choice: str, values: Any, text: str
) -> None:
    conflict_id = disputed(
        session,
        Note,
        signed_note,
        field="body",
        current={"body": "She sleeps well."},
        proposed={"body": "She wakes at four."},
    )
    assert only(session).state == "signed"
    done = settle(session, conflict_id, choice, values)
    view = session.read(lambda w: notes.note(w, signed_note))
    assert view.body == "She sleeps well."
    (addendum,) = view.addenda
    assert (addendum.note_id, addendum.body, addendum.status) == (done.addendum_id, text, "draft")
    (kept,) = records(Conflict)
    assert kept.resolution["addendum"] == done.addendum_id


def test_a_disputed_signature_is_its_authors_to_give_again(
    session: Session, person: str, records: Records
) -> None:
    note_id = session.act(lambda w: notes.start_note(w, person, "phone"), "test")
    conflict_id = disputed(
        session,
        Note,
        note_id,
        field="signed",
        base={},
        current={"signed": False},
        proposed={"signed": True},
    )
    with pytest.raises(NotAllowed, match="Only its author can sign") as caught:
        settle(session, conflict_id, "proposed")
    assert "sign it again" in caught.value.way_out
    settle(session, conflict_id, "current")
    (note,) = records(Note)
    assert not note.signed
