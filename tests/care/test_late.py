"""Which refusals are late edits, and what their draft says; tests/journeys has the whole way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casefield.application import Session
from casefield.care import late, notes
from casefield.errors import NotFound
from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Refused
from casefield.records.visit import Note
from casefield.records.work import Work

WALL = "2026-11-09T15:00:00Z"


def operation(session: Session, note_id: str, said: dict[str, Any], **more: Any) -> Operation:
    given: dict[str, Any] = {
        "op_id": "op-1",
        "dseq": 1,
        "tx": "t",
        "type": "Note",
        "id": note_id,
        "kind": OperationKind.CHANGE,
        "wall": WALL,
        "set": said,
        "actor": session.actor.user_id,
    }
    return Operation(**(given | more))


@pytest.fixture
def signed(session: Session, person: str) -> str:
    """Return a note that is signed."""

    def write(work: Work) -> str:
        note_id = notes.start_note(work, person, "phone", title="Call")
        notes.save_note(work, note_id, body="She sleeps well.")
        notes.sign_note(work, note_id)
        return note_id

    return session.act(write, "test")


@pytest.mark.parametrize(
    ("reason", "kind", "record_type", "is_late"),
    [
        (late.SIGNED, "change", "Note", True),
        (late.SIGNED, "sign", "QuestionnaireResponse", True),
        (late.SIGNED, "delete", "Note", False),
        (late.SIGNED, "change", "Goal", False),
        (late.TOGETHER, "change", "Note", False),
        ("late: the person is not in your care now", "change", "Note", False),
    ],
)
def test_what_is_a_late_edit(
    session: Session, reason: str, kind: str, record_type: str, is_late: bool
) -> None:
    said = operation(session, "n", {}, kind=OperationKind(kind), type=record_type)
    assert late.is_late(Refused(said, reason, datetime.now(UTC))) is is_late


def test_the_words_are_those_that_merge_says() -> None:
    from casefield.sync.merge import Outcome, State, merge

    told = Operation(
        op_id="o", dseq=1, tx="t", type="Note", id="n", kind=OperationKind.CHANGE, wall=WALL
    )
    merged = merge(Note, State({}, signed=True), told, device=None)
    assert (merged.outcome, merged.reason) == (Outcome.REJECTED, late.SIGNED)


def test_the_last_words_are_the_drafts_and_are_dated_when_they_were_typed(
    session: Session, signed: str
) -> None:
    said = [
        operation(session, signed, {"body": "She wakes."}),
        operation(
            session,
            signed,
            {"body": "She wakes at four.", "happened_on": "2026-11-08", "sections": {"a": "b"}},
            op_id="op-2",
        ),
    ]
    made = session.act(lambda w: late.add_late(w, said), "late")
    assert made is not None
    assert session.act(lambda w: late.add_late(w, said), "late") == made
    (addendum,) = session.read(lambda w: notes.note(w, signed)).addenda
    assert addendum.body == "She wakes at four.\n\nHappened on: 2026-11-08"
    assert addendum.written_at == datetime.fromisoformat(WALL)
    assert session.read(lambda w: w.get(Note, made).sections) == {"a": "b"}


def test_what_stands_already_makes_no_draft(session: Session, signed: str) -> None:
    said = [operation(session, signed, {"body": "She sleeps well.", "title": "Call"})]
    assert session.act(lambda w: late.add_late(w, said), "late") is None


def test_a_record_that_is_not_signed_here_or_anothers_words_wait(
    session: Session, person: str, signed: str
) -> None:
    draft = session.act(lambda w: notes.start_note(w, person, "phone"), "test")
    for said in (
        operation(session, draft, {"body": "x"}),
        operation(session, signed, {"body": "x"}, actor="somebody else"),
    ):
        with pytest.raises(NotFound):
            session.act(lambda w, said=said: late.add_late(w, [said]), "late")  # type: ignore[misc]
