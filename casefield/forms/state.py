"""The state of one asking: answers given, what is asked now, what is still open.

Immutable: each answer gives a new state. Converts to and from the FHIR R4 QuestionnaireResponse's
``item`` list; answers to items this version doesn't know are kept as they came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from casefield.forms.questionnaire import Condition, Item, Questionnaire

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
DECLINED = "asked-declined"


@dataclass(frozen=True)
class Chosen:
    """An option was chosen."""

    code: str


@dataclass(frozen=True)
class Declined:
    """The person was asked and declined, or could not be asked: an answer of its own."""

    reason: str = DECLINED


@dataclass(frozen=True)
class Written:
    """A text, number or yes/no."""

    value: str | int | bool


Answer = Chosen | Declined | Written


@dataclass(frozen=True)
class FormState:
    """One asking of one questionnaire."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer] = field(default_factory=dict)
    unknown: tuple[dict[str, Any], ...] = ()

    def answered(self, link_id: str, answer: Answer | None) -> FormState:
        """Return the state with one answer set, or cleared by None.

        Raises:
            ValueError: the item takes no answers, or not this one.
        """
        item = self.questionnaire.item(link_id)
        if not item.is_question:
            raise ValueError(f"{link_id} takes no answer")
        if isinstance(answer, Chosen) and item.option(answer.code) is None:
            raise ValueError(f"{link_id} has no answer {answer.code}")
        rest = {link: given for link, given in self.answers.items() if link != link_id}
        # What came under this item and could not be read is replaced, not told beside it.
        unknown = tuple(raw for raw in self.unknown if raw.get("linkId") != link_id)
        answers = rest if answer is None else {**rest, link_id: answer}
        return replace(self, answers=answers, unknown=unknown)

    def enabled(self, item: Item) -> bool:
        """Whether an item is asked, given the answers so far: it and all that it stands in."""
        holders = self.questionnaire.above(item.link_id)
        return all(self._own_conditions_met(holder) for holder in (*holders, item))

    def visible(self) -> tuple[Item, ...]:
        """Return what is shown now, in order."""
        return tuple(item for item in self.questionnaire.walk() if self.enabled(item))

    def asked(self) -> tuple[Item, ...]:
        """Return the questions that are asked now."""
        return tuple(item for item in self.visible() if item.is_question)

    def given(self, link_id: str) -> Answer | None:
        """Return an item's answer, None where it has none or is not asked."""
        if not self.enabled(self.questionnaire.item(link_id)):
            return None
        return self.answers.get(link_id)

    def open_required(self) -> tuple[Item, ...]:
        """Return the required questions without an answer."""
        return tuple(i for i in self.asked() if i.required and self.given(i.link_id) is None)

    def progress(self) -> tuple[int, int]:
        """Return how many of the required questions asked now have an answer, of how many."""
        required = [item for item in self.asked() if item.required]
        return len(required) - len(self.open_required()), len(required)

    def to_items(self) -> list[dict[str, Any]]:
        """Return the QuestionnaireResponse's ``item`` list, nested as the questionnaire is."""
        return [*self._nested(self.questionnaire.items), *self.unknown]

    @classmethod
    def from_items(
        cls, questionnaire: Questionnaire, items: list[dict[str, Any]] | None
    ) -> FormState:
        """Return the state that a QuestionnaireResponse holds."""
        known = {item.link_id: item for item in questionnaire.walk()}
        answers: dict[str, Answer] = {}
        unknown: list[dict[str, Any]] = []
        waiting = list(items or ())
        while waiting:
            raw = waiting.pop(0)
            item = known.get(raw.get("linkId", ""))
            if item is not None and item.type == "group":
                waiting[:0] = raw.get("item") or ()
                continue
            answer = _from_fhir(item, raw) if item else None
            if answer is None:
                unknown.append(raw)
            else:
                answers[raw["linkId"]] = answer
                waiting[:0] = raw["answer"][0].get("item") or ()
        return cls(questionnaire, answers, tuple(unknown))

    def _nested(self, items: tuple[Item, ...]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for item in items:
            inner = self._nested(item.items)
            answer = self.given(item.link_id)
            if answer is not None:
                told = _to_fhir(item, answer) | ({"item": inner} if inner else {})
                found.append({"linkId": item.link_id, "text": item.text, "answer": [told]})
            elif inner and item.type == "group":
                found.append({"linkId": item.link_id, "text": item.text, "item": inner})
            else:
                found += inner
        return found

    def _own_conditions_met(self, item: Item) -> bool:
        if not item.enable_when:
            return True
        met = [self._met(condition) for condition in item.enable_when]
        return all(met) if item.enable_all else any(met)

    def _met(self, condition: Condition) -> bool:
        answer = self.given(condition.question)
        if condition.operator == "exists":
            return answer is not None
        if condition.operator == "absent":
            return answer is None
        same = isinstance(answer, Chosen) and answer.code == condition.code
        return same if condition.operator == "=" else answer is not None and not same


def _to_fhir(item: Item, answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Declined):
        return {"extension": [{"url": ABSENT, "valueCode": answer.reason}]}
    if isinstance(answer, Written):
        if isinstance(answer.value, bool):
            return {"valueBoolean": answer.value}
        return {"valueInteger" if isinstance(answer.value, int) else "valueString": answer.value}
    option = item.option(answer.code)
    assert option is not None  # answered() lets no other in
    return {
        "valueCoding": {"system": option.system, "code": option.code, "display": option.display}
    }


def _from_fhir(item: Item, raw: dict[str, Any]) -> Answer | None:
    answers = raw.get("answer")
    first = answers[0] if isinstance(answers, list) and answers else None
    if not isinstance(first, dict):
        return None
    for extension in first.get("extension", ()):
        if extension.get("url") == ABSENT:
            return Declined(str(extension.get("valueCode", DECLINED)))
    code = (first.get("valueCoding") or {}).get("code")
    if code is not None:
        return Chosen(code) if item.option(code) else None
    for key in ("valueBoolean", "valueInteger", "valueString"):
        if key in first:
            return Written(first[key])
    return None
