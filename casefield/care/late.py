"""Words that came after a record was signed: they become the draft of an addendum."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from casefield.care import tables
from casefield.care.notes import addendum_to
from casefield.errors import NotFound
from casefield.forms.questionnaire import Item
from casefield.forms.state import Answer, Chosen, FormState, Written
from casefield.records.assessment import QuestionnaireResponse
from casefield.records.base import Synced
from casefield.records.document import to_document
from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Refused
from casefield.records.visit import Note
from casefield.records.work import Work

SIGNED = "the record is signed; write an addendum"  # as casefield.sync.merge says it
TOGETHER = f"done together with another: {SIGNED}"
KINDS: dict[str, type[Synced]] = {"Note": Note, "QuestionnaireResponse": QuestionnaireResponse}
LABELS = {
    "title": "Title",
    "happened_on": "Happened on",
    "kind": "Kind",
    "unable_reason": "Could not be asked",
    "safety_reason": "Safety",
    "respondent": "Answered by",
    "interpreter": "Interpreter",
}


def is_late(refused: Refused) -> bool:
    """Whether somebody went on writing what was signed meanwhile."""
    kinds = {OperationKind.CHANGE, OperationKind.SIGN}
    operation = refused.operation
    return refused.reason == SIGNED and operation.type in KINDS and operation.kind in kinds


def add_late(work: Work, operations: Sequence[Operation]) -> str | None:
    """Make one draft of what an author wrote into one record after it was signed.

    The draft bears an id made of the first operation's: whoever does this again after a crash,
    or hears the same refusal twice, makes no second one.

    Returns:
        The draft's id; None where nothing was said that doesn't stand in the record.

    Raises:
        NotFound: the record is not here, or is not signed here yet.
    """
    first, last = operations[0], operations[-1]
    record = work.get(KINDS[first.type], first.id)
    if not record.signed or last.actor != work.actor.user_id:
        raise NotFound("The signed record has not come to its author's laptop yet.")
    said: dict[str, Any] = {}
    for operation in operations:
        said |= operation.set
    standing = to_document(record)
    new = {n: v for n, v in said.items() if v not in (None, "") and standing.get(n) != v}
    sections = new.get("sections")
    body = "\n\n".join(_texts(record, new))
    if not body and not sections:
        return None
    note_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"late {first.op_id}"))
    if _was_made(work, note_id):
        return note_id
    written = datetime.fromisoformat(last.wall)
    return addendum_to(work, record, body, note_id=note_id, sections=sections, written_at=written)


def _texts(record: Synced, new: Mapping[str, Any]) -> list[str]:
    texts = [str(new["body"])] if "body" in new else []
    if isinstance(record, QuestionnaireResponse) and "response" in new:
        texts.append(_answers(record, new["response"]))
    return texts + [f"{label}: {new[name]}" for name, label in LABELS.items() if name in new]


def _answers(record: QuestionnaireResponse, items: list[dict[str, Any]]) -> str:
    shipped = tables.catalogue().all.get(record.instrument or "")
    if shipped is None:
        return "\n".join([record.instrument or "", *map(_raw, items)]).strip()
    state = FormState.from_items(shipped.questionnaire, items)
    lines = [f"{shipped.rules.title}, answered after it was signed:"]
    for item in state.asked():
        answer = state.given(item.link_id)
        if answer is not None:
            question = f"{item.prefix} {item.text}".strip()
            lines.append(f"{question}: {_said(item, answer)}")
    return "\n".join([*lines, *map(_raw, state.unknown)])


def _said(item: Item, answer: Answer) -> str:
    if isinstance(answer, Chosen):
        option = item.option(answer.code)
        return option.display if option is not None else answer.code
    if isinstance(answer, Written):
        yes_or_no = {"True": "yes", "False": "no"}
        return yes_or_no.get(str(answer.value), str(answer.value))
    return "declined"


def _raw(item: dict[str, Any]) -> str:
    """Return an answer that this version has no question for, as it came."""
    return f"{item.get('text') or item.get('linkId')}: {item.get('answer') or item.get('item')}"


def _was_made(work: Work, note_id: str) -> bool:
    """Whether the draft was made before, even if its author has taken it back since."""
    rows = work.rows(select(Note.id).where(Note.org_id == work.actor.org_id, Note.id == note_id))
    return bool(rows)
