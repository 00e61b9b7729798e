"""Notes and visits: a draft is its author's, a signed note stays, later words stand beneath."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import notes, worklist
from casefield.care.views import NoteView
from casefield.errors import NotAllowed, UnusableInput
from casefield.records.visit import Visit
from casefield.records.work import Work
from casefield.records.worklist import Task
from tests.care.conftest import MovedClock

Records = Callable[..., list[SimpleNamespace]]
Colleague = Callable[[], AbstractContextManager[Work]]
WORDS = "She sleeps better and takes her water tablet in the morning now."


def begin(session: Session, case_id: str, kind: str = "phone", **more: Any) -> str:
    return session.act(lambda w: notes.start_note(w, case_id, kind, **more), "note")


def save(session: Session, note_id: str, **fields: Any) -> bool:
    return session.act(lambda w: notes.save_note(w, note_id, **fields), "note")


def sign(session: Session, note_id: str) -> NoteView:
    return session.act(lambda w: notes.sign_note(w, note_id), "sign")


def shown(session: Session, case_id: str) -> tuple[NoteView, ...]:
    return session.read(lambda w: notes.notes(w, case_id))


@pytest.fixture
def signed(session: Session, person: str) -> str:
    """Return a signed note."""
    note_id = begin(session, person)
    save(session, note_id, title="Call", body=WORDS)
    sign(session, note_id)
    return note_id


def test_a_draft_is_kept_as_typed(session: Session, person: str) -> None:
    note_id = begin(session, person, "home_visit", title=" First visit ")
    assert save(session, note_id, body=WORDS)
    assert not save(session, note_id, body=WORDS)  # nothing new, nothing written
    (view,) = shown(session, person)
    assert (view.title, view.body, view.status, view.author) == (
        "First visit",
        WORDS,
        "draft",
        "Ana",
    )
    assert view.mine
    assert (view.happened_on, view.late_entry) == (date(2026, 11, 10), False)


def test_signing_says_who_when_and_what_it_means(session: Session, person: str) -> None:
    note_id = begin(session, person)
    save(session, note_id, body=WORDS)
    view = sign(session, note_id)
    assert (view.status, view.signed_by, view.signed_at) == ("signed", "Ana", session.clock.now())
    assert view.signature_meaning
    assert not view.mine


@pytest.mark.parametrize("body", [None, "", "  \n\t "])
def test_an_empty_note_is_not_signed(session: Session, person: str, body: str | None) -> None:
    note_id = begin(session, person)
    save(session, note_id, body=body)
    with pytest.raises(UnusableInput, match="empty"):
        sign(session, note_id)
    assert shown(session, person)[0].status == "draft"


def test_a_signed_note_stays(session: Session, person: str, signed: str) -> None:
    for change in (
        lambda w: notes.save_note(w, signed, body="Other words"),
        lambda w: notes.sign_note(w, signed),
        lambda w: notes.discard_draft(w, signed),
    ):
        with pytest.raises(NotAllowed, match="addendum"):
            session.act(change, "change")
    (view,) = shown(session, person)
    assert (view.body, view.status) == (WORDS, "signed")


def test_an_addendum_stands_beneath(session: Session, person: str, signed: str) -> None:
    addendum = session.act(lambda w: notes.add_addendum(w, signed, "Daughter rang back."), "note")
    sign(session, addendum)
    (view,) = shown(session, person)
    assert view.note_id == signed
    assert view.body == WORDS
    (beneath,) = view.addenda
    assert (beneath.body, beneath.status) == ("Daughter rang back.", "signed")


def test_an_addendum_to_an_addendum_stands_beneath_the_note(
    session: Session, person: str, signed: str, clock: MovedClock
) -> None:
    first = session.act(lambda w: notes.add_addendum(w, signed, "one"), "note")
    sign(session, first)
    clock.forward(minutes=5)
    sign(session, session.act(lambda w: notes.add_addendum(w, first, "two"), "note"))
    (view,) = shown(session, person)
    assert [a.body for a in view.addenda] == ["one", "two"]


def test_a_draft_needs_no_addendum(session: Session, person: str) -> None:
    note_id = begin(session, person)
    with pytest.raises(UnusableInput, match="draft"):
        session.act(lambda w: notes.add_addendum(w, note_id), "note")


def test_a_colleagues_draft_is_not_shown_until_signed(
    session: Session, person: str, signed: str, as_colleague: Colleague
) -> None:
    with as_colleague() as work:
        note_id = notes.start_note(work, person, "phone", title="Ben's")
        notes.save_note(work, note_id, body="Not finished")
        notes.add_addendum(work, signed, "Ben thinks aloud")
    (view,) = shown(session, person)
    assert (view.note_id, view.addenda) == (signed, ())
    assert session.read(lambda w: notes.note(w, signed)).addenda == ()
    with pytest.raises(NotAllowed, match="draft of Ben"):
        save(session, note_id, body="Ana's words")
    with as_colleague() as work:
        notes.sign_note(work, note_id)
    assert {v.note_id for v in shown(session, person)} == {signed, note_id}


def test_newest_first_and_drafts_above(session: Session, person: str, clock: MovedClock) -> None:
    bodies = ["oldest draft", "older", "newer"]
    ids = []
    for body in bodies:
        note_id = begin(session, person)
        save(session, note_id, body=body)
        ids.append(note_id)
        clock.forward(hours=1)
    sign(session, ids[1])
    sign(session, ids[2])
    assert [view.body for view in shown(session, person)] == ["oldest draft", "newer", "older"]


def test_a_day_before_makes_a_late_entry(session: Session, person: str) -> None:
    note_id = begin(session, person, happened_on=date(2026, 11, 8))
    assert shown(session, person)[0].late_entry
    save(session, note_id, happened_on=date(2026, 11, 10))
    assert not shown(session, person)[0].late_entry


def test_a_day_to_come_is_refused(session: Session, person: str) -> None:
    with pytest.raises(UnusableInput, match="not come yet"):
        begin(session, person, happened_on=date(2026, 11, 11))
    note_id = begin(session, person)
    with pytest.raises(UnusableInput, match="not come yet"):
        save(session, note_id, happened_on=date(2026, 11, 11))


def test_not_a_kind_of_note(session: Session, person: str) -> None:
    with pytest.raises(UnusableInput, match="telepathy"):
        begin(session, person, "telepathy")
    note_id = begin(session, person)
    with pytest.raises(UnusableInput, match="telepathy"):
        save(session, note_id, kind="telepathy")
    with pytest.raises(UnusableInput, match="telepathy"):
        session.act(lambda w: notes.start_visit(w, person, "telepathy"), "visit")


def test_a_draft_taken_back_is_gone(session: Session, person: str) -> None:
    note_id = begin(session, person)
    session.act(lambda w: notes.discard_draft(w, note_id), "discard")
    assert shown(session, person) == ()


def test_a_visit_runs_from_start_to_signature(
    session: Session, person: str, records: Records, clock: MovedClock
) -> None:
    begun = clock.now()
    note_id = session.act(
        lambda w: notes.start_visit(w, person, "home_visit", reason="Weight up"), "visit"
    )
    (visit,) = session.read(lambda w: notes.visits(w, person))
    assert (visit.status, visit.reason, visit.worker) == ("in-progress", "Weight up", "Ana")
    ended = clock.forward(minutes=50)
    save(session, note_id, body=WORDS)
    sign(session, note_id)
    (kept,) = records(Visit)
    assert (kept.status, kept.started_at, kept.ended_at) == ("completed", begun, ended)


def test_a_finished_visit_keeps_its_end(
    session: Session, person: str, records: Records, clock: MovedClock
) -> None:
    note_id = session.act(lambda w: notes.start_visit(w, person, "clinic"), "visit")
    (visit,) = records(Visit)
    session.act(lambda w: notes.finish_visit(w, visit.id, "Went well"), "visit")
    ended = clock.now()
    clock.forward(hours=3)
    save(session, note_id, body=WORDS)
    sign(session, note_id)
    (kept,) = records(Visit)
    assert (kept.ended_at, kept.outcome) == (ended, "Went well")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("general", "completed"), ("safety", "requested"), ("call_72h", "requested")],
)
def test_signing_closes_the_task_it_answers_where_a_note_is_enough(
    session: Session, person: str, records: Records, kind: str, status: str
) -> None:
    task_id = session.act(
        lambda w: worklist.add_task(w, person, "Ask about stairs", None, kind), "task"
    )
    note_id = begin(session, person, task_id=task_id)
    save(session, note_id, body=WORDS)
    sign(session, note_id)
    assert records(Task)[0].status == status
