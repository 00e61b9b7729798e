"""What headquarters refuses is never a loss: late words become addenda, the rest is a person's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import assess, notes
from casefield.errors import NotAllowed, NotFound
from casefield.forms.state import Chosen
from casefield.records.assessment import QuestionnaireResponse
from casefield.records.laptop import AuditEntry, OutboxOperation
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.records.work import Work
from casefield.records.worklist import Task
from tests.fieldwork import Fieldwork, standing_on


def take_in(work: Work) -> str:
    person = work.add(Patient(given_name="Rosa", family_name="Alvarez"))
    work.add(Assignment(case_id=person.id, user_id=work.actor.user_id, role="case_manager"))
    return person.id


@pytest.fixture
def case_id(ana: Session) -> str:
    """Return a person whom headquarters knows."""
    found = ana.act(take_in, "test")
    ana.sync_now()
    return found


@pytest.fixture
def second(field: Fieldwork, ana: Session, case_id: str) -> Session:
    """Return Ana's other laptop."""
    session = field.alone()
    session.enrol(field.url, field.server.administration.code(field.org, "ana"), "ana")
    session.sync_now()
    return session


def write(session: Session, note_id: str, body: str, **more: Any) -> None:
    session.act(lambda w: notes.save_note(w, note_id, body=body, **more), "test")


def shown(session: Session, case_id: str) -> list[tuple[str, str, str]]:
    """Return the texts of a person's notes: (what, status, body), addenda beneath."""
    found = []
    for view in session.read(lambda w: notes.notes(w, case_id)):
        found.append(("note", view.status, view.body))
        found += [("addendum", a.status, a.body) for a in view.addenda]
    return found


def states(session: Session) -> list[str]:
    with session._vault.snapshot() as db:
        return [row.state for row in db.query(OutboxOperation).order_by(OutboxOperation.dseq)]


def audited(session: Session) -> list[str]:
    with session._vault.snapshot() as db:
        return [row.act for row in db.query(AuditEntry).order_by(AuditEntry.n)]


@pytest.fixture
def signed_meanwhile(ana: Session, second: Session, case_id: str) -> str:
    """Return a note that Ana signed on one laptop while she wrote on the other."""
    note_id = ana.act(lambda w: notes.start_note(w, case_id, "phone"), "test")
    write(ana, note_id, "She sleeps well.")
    ana.sync_now()
    second.sync_now()
    write(second, note_id, "She sleeps well. She wakes at four.", title="Sleep")
    ana.act(lambda w: notes.sign_note(w, note_id), "test")
    ana.sync_now()
    return note_id


# -- late edits -------------------------------------------------------------------------------


def test_late_words_become_an_addendum_draft(
    field: Fieldwork, ana: Session, second: Session, case_id: str, signed_meanwhile: str
) -> None:
    assert second.sync_now().refused == 1
    assert shown(second, case_id) == [
        ("note", "signed", "She sleeps well."),
        ("addendum", "draft", "She sleeps well. She wakes at four.\n\nTitle: Sleep"),
    ]
    assert (second.refused(), second.late_drafts) == ((), 1)
    assert states(second) == ["handled", "waiting"]
    assert "late_edit" in audited(second)
    second.sync_now()
    (addendum,) = [a for v in second.read(lambda w: notes.notes(w, case_id)) for a in v.addenda]
    second.act(lambda w: notes.sign_note(w, addendum.note_id), "test")
    second.sync_now()
    ana.sync_now()
    assert shown(ana, case_id)[1][:2] == ("addendum", "signed")
    assert standing_on(second) == field.standing()
    assert all(finding.good for finding in second.check())


def test_a_draft_is_made_once(second: Session, case_id: str, signed_meanwhile: str) -> None:
    second.sync_now()
    assert second.settle_late() == 0
    with second._vault.transaction() as db:  # as if the refusal had been heard twice
        db.query(OutboxOperation).filter_by(state="handled").update({"state": "refused"})
    second.settle_late()
    assert second.refused() == ()
    assert len(shown(second, case_id)) == 2


def test_a_crash_before_the_commit_leaves_it_for_the_next_time(
    second: Session, case_id: str, signed_meanwhile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("casefield.vault.unit_of_work.VaultWork.put_away", crash)
        with pytest.raises(KeyboardInterrupt):
            second.sync_now()
    assert shown(second, case_id) == [("note", "signed", "She sleeps well.")]
    assert len(second.refused()) == 1
    assert second.settle_late() == 1
    assert len(shown(second, case_id)) == 2


def test_a_draft_that_its_author_took_back_stays_so(
    second: Session, case_id: str, signed_meanwhile: str
) -> None:
    second.sync_now()
    (addendum,) = [a for v in second.read(lambda w: notes.notes(w, case_id)) for a in v.addenda]
    second.act(lambda w: notes.discard_draft(w, addendum.note_id), "test")
    with second._vault.transaction() as db:
        db.query(OutboxOperation).filter_by(state="handled").update({"state": "refused"})
    second.settle_late()
    assert shown(second, case_id) == [("note", "signed", "She sleeps well.")]


def test_late_words_that_stand_already_need_no_addendum(
    ana: Session, second: Session, case_id: str
) -> None:
    note_id = ana.act(lambda w: notes.start_note(w, case_id, "phone"), "test")
    ana.sync_now()
    second.sync_now()
    for laptop in (ana, second):
        write(laptop, note_id, "She sleeps well.")
    for laptop in (ana, second):
        laptop.act(lambda w: notes.sign_note(w, note_id), "test")
        laptop.sync_now()
    assert shown(second, case_id) == [("note", "signed", "She sleeps well.")]
    assert second.refused() == ()


def test_late_answers_are_listed_in_a_note_beneath_the_asking(
    ana: Session, second: Session, case_id: str, choose: Callable[..., None]
) -> None:
    asked = ana.act(lambda w: assess.start_assessment(w, case_id, "phq2"), "test")
    choose(ana, asked)
    ana.sync_now()
    second.sync_now()
    choose(second, asked, 3)
    ana.act(lambda w: assess.sign_assessment(w, asked), "test")
    ana.sync_now()
    second.sync_now()
    (view,) = second.read(lambda w: notes.notes(w, case_id))
    amends = second.read(lambda w: w.get(Note, view.note_id).amends)
    assert (view.status, amends) == ("draft", asked)
    assert view.body.startswith("PHQ-2, answered after it was signed:")
    assert view.body.count("Nearly every day") == 2
    kept = second.read(lambda w: w.get(QuestionnaireResponse, asked).score)
    assert kept == 0
    assert [one for one in second.refused() if one.record_type == "QuestionnaireResponse"] == []


@pytest.fixture
def choose() -> Callable[..., None]:
    """Return what answers every question of an asking with its first option, or another."""

    def answer(session: Session, asked: str, place: int = 0) -> None:
        form = session.read(lambda w: assess.open_assessment(w, asked))
        for item in form.questionnaire.questions():
            if not item.options:
                continue
            code = item.options[min(place, len(item.options) - 1)].code
            link = item.link_id
            session.act(
                lambda w, link=link, code=code: assess.save_answer(w, asked, link, Chosen(code)),
                "test",
            )

    return answer


def test_what_was_done_together_with_late_words_goes_out_all_the_same(
    field: Fieldwork, ana: Session, second: Session, case_id: str
) -> None:
    """A safety task must not fall with the words beside which it was made."""
    note_id = ana.act(lambda w: notes.start_note(w, case_id, "phone"), "test")
    write(ana, note_id, "She sleeps well.")
    ana.sync_now()
    second.sync_now()

    def together(work: Work) -> None:
        notes.save_note(work, note_id, body="She is in danger.")
        work.add(Task(case_id=case_id, kind="safety", description="Call her now"))

    second.act(together, "test")
    ana.act(lambda w: notes.sign_note(w, note_id), "test")
    ana.sync_now()
    assert second.sync_now().refused == 2
    assert second.refused() == ()
    second.sync_now()
    tasks = [row for key, row in field.standing().items() if key[0] == "Task"]
    assert [row[3]["description"] for row in tasks] == ["Call her now"]
    assert ("addendum", "draft", "She is in danger.") in shown(second, case_id)
    assert standing_on(second) == field.standing()


# -- the queue --------------------------------------------------------------------------------


@pytest.fixture
def refused(field: Fieldwork, ana: Session, case_id: str) -> str:
    """Return an operation that was refused: Rosa is not in Ana's care, and left her laptop."""
    field.unassign("ana", case_id)
    ana.act(lambda w: w.add(Goal(case_id=case_id, own_words="To sleep")), "test")
    ana.sync_now()
    (view,) = ana.refused()
    return view.op_id


def test_what_was_refused_is_told_with_what_was_typed(
    ana: Session, case_id: str, refused: str
) -> None:
    (view,) = ana.refused()
    assert (view.record_type, view.title, view.kind) == ("Goal", "To sleep", "create")
    assert ("own_words", "To sleep") in [(f.name, f.value) for f in view.fields]
    assert "not in your care" in view.reason
    assert (view.case_id, view.here, view.person) == (case_id, False, "")


def test_what_is_set_aside_leaves_the_queue_and_is_audited(ana: Session, refused: str) -> None:
    assert ana.set_aside(refused) == 1
    assert ana.refused() == ()
    assert ana.waiting() == ()
    assert audited(ana)[-1] == "set_aside"
    with pytest.raises(NotFound, match="No refused work"):
        ana.set_aside(refused)


def test_nothing_is_offered_about_a_person_who_left(ana: Session, refused: str) -> None:
    with pytest.raises(NotAllowed, match="not on this laptop"):
        ana.offer_again(refused)
    assert [view.op_id for view in ana.refused()] == [refused]


def test_when_the_person_is_back_it_goes_through(
    field: Fieldwork, ana: Session, case_id: str, refused: str
) -> None:
    field.assign("ana", case_id)
    ana.sync_now()
    (view,) = ana.refused()
    assert (view.here, view.person) == (True, "Rosa Alvarez")
    assert ana.offer_again(refused) == 1
    assert audited(ana)[-1] == "offer_again"
    tally = ana.sync_now()
    assert (tally.pushed, tally.refused) == (1, 0)
    assert "To sleep" in repr(field.standing())
    assert standing_on(ana) == field.standing()
    assert all(finding.good for finding in ana.check())


def test_a_change_is_offered_again_against_what_stands_today(
    field: Fieldwork, ana: Session, ben: Session, case_id: str
) -> None:
    field.assign("ben", case_id)
    goal_id = ana.act(lambda w: w.add(Goal(case_id=case_id, own_words="To sleep")).id, "test")
    ana.sync_now()
    ben.sync_now()
    field.unassign("ana", case_id)
    ana.act(lambda w: w.change(w.get(Goal, goal_id), barrier="Noise"), "test")
    ana.sync_now()
    ben.act(lambda w: w.change(w.get(Goal, goal_id), barrier="Pain"), "test")
    ben.sync_now()
    field.assign("ana", case_id)
    ana.sync_now()
    (view,) = ana.refused()
    ana.offer_again(view.op_id)
    (waiting,) = ana._journal().pending(most=10, max_bytes=10**6)
    assert waiting.was["barrier"] == "Pain"
    tally = ana.sync_now()
    assert (tally.refused, tally.conflicts) == (0, 0)
    assert field.standing()["Goal", goal_id][3]["barrier"] == "Noise"


def test_what_was_dealt_with_goes_with_the_person(
    field: Fieldwork, ana: Session, case_id: str, refused: str
) -> None:
    field.assign("ana", case_id)
    ana.sync_now()
    ana.set_aside(refused)
    field.unassign("ana", case_id)
    ana.sync_now()
    assert states(ana) == []
