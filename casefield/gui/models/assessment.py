"""One asking in words: rows, answers, what was answered last time; needs no window."""

from __future__ import annotations

from dataclasses import dataclass

from casefield.care.views import AssessmentForm
from casefield.forms.questionnaire import Item
from casefield.forms.state import Chosen, Declined, FormState


@dataclass(frozen=True)
class Choice:
    """One answer: its code, its words, its points where it has any."""

    code: str
    text: str
    points: int | None = None


@dataclass(frozen=True)
class FormRow:
    """A question as a row, or a text between questions (`choices` empty)."""

    link_id: str
    number: str
    text: str
    choices: tuple[Choice, ...]
    code: str | None
    declined: bool
    previous: str
    alarming: bool
    required: bool


def form_rows(form: AssessmentForm) -> tuple[FormRow, ...]:
    """Return what is shown now, in order."""
    state: FormState = form.state
    return tuple(_row(item, form, state) for item in state.visible() if item.text)


def first_open(form: AssessmentForm) -> str | None:
    """Return the link id of the first question without an answer, required ones before others."""
    state: FormState = form.state
    without = [item for item in state.asked() if state.given(item.link_id) is None]
    without.sort(key=lambda item: not item.required)
    return without[0].link_id if without else None


def _row(item: Item, form: AssessmentForm, state: FormState) -> FormRow:
    answer = state.given(item.link_id) if item.is_question else None
    before = form.previous.get(item.link_id)
    return FormRow(
        link_id=item.link_id,
        number=item.prefix.rstrip("."),
        text=item.text,
        choices=choices(item) if item.is_question else (),
        code=answer.code if isinstance(answer, Chosen) else None,
        declined=isinstance(answer, Declined),
        previous=_short(item, before),
        alarming=_alarming(item, form, answer),
        required=item.required,
    )


def choices(item: Item) -> tuple[Choice, ...]:
    """Return an item's answers, word for word."""
    return tuple(
        Choice(o.code, o.display, None if o.ordinal is None else int(o.ordinal))
        for o in item.options
    )


def _short(item: Item, code: str | None) -> str:
    option = item.option(code) if code else None
    if option is None:
        return ""
    return option.display if option.ordinal is None else str(int(option.ordinal))


def _alarming(item: Item, form: AssessmentForm, answer: object) -> bool:
    """The answer behind a safety finding stands out while the finding stands."""
    return isinstance(answer, Chosen) and any(s.item == item.link_id for s in form.safety)
