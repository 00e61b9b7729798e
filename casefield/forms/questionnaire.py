"""A FHIR R4 Questionnaire as typed values: what is asked, in which order, under which condition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
KNOWN_TYPES = frozenset({"group", "display", "choice", "boolean", "integer", "string", "text"})
OPERATORS = frozenset({"exists", "=", "!="})


class BadQuestionnaire(ValueError):
    """A questionnaire file can't be used; the message names file, place and reason."""


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen, with its points if it has any."""

    code: str
    display: str
    system: str = ""
    ordinal: Decimal | None = None


@dataclass(frozen=True)
class Condition:
    """One enableWhen: the answer of another item decides. Operators: exists, absent, =, !=."""

    question: str
    operator: str
    code: str | None


@dataclass(frozen=True)
class Item:
    """One question, group or display."""

    link_id: str
    type: str
    text: str = ""
    prefix: str = ""
    required: bool = False
    code: str | None = None
    options: tuple[Option, ...] = ()
    enable_when: tuple[Condition, ...] = ()
    enable_all: bool = True
    items: tuple[Item, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it takes an answer."""
        return self.type not in {"group", "display"}

    def option(self, code: str) -> Option | None:
        """Return the option with a code."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True)
class Questionnaire:
    """The whole instrument."""

    id: str
    version: str
    title: str
    copyright: str
    items: tuple[Item, ...]
    url: str = ""

    def walk(self) -> Iterator[Item]:
        """Return every item in reading order."""
        stack = list(reversed(self.items))
        while stack:
            item = stack.pop()
            yield item
            stack.extend(reversed(item.items))

    def questions(self) -> tuple[Item, ...]:
        """Return the items that take an answer, in order."""
        return tuple(item for item in self.walk() if item.is_question)

    def item(self, link_id: str) -> Item:
        """Return one item.

        Raises:
            KeyError: there is none with this link id.
        """
        for item in self.walk():
            if item.link_id == link_id:
                return item
        raise KeyError(link_id)

    def above(self, link_id: str) -> tuple[Item, ...]:
        """Return the items that an item stands in, outermost first."""
        return _path(self.items, link_id) or ()


def load_questionnaire(path: Path) -> Questionnaire:
    """Read a questionnaire file.

    Raises:
        BadQuestionnaire: not readable, not JSON, not a Questionnaire, or with something that
            this version can't show truthfully.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadQuestionnaire(f"{path.name}: {_reason(error)}.") from error
    return read_questionnaire(body, path.name)


def read_questionnaire(body: Any, name: str) -> Questionnaire:
    """Read a questionnaire from parsed JSON; `name` stands in error messages."""
    if not isinstance(body, dict) or body.get("resourceType") != "Questionnaire":
        raise BadQuestionnaire(f"{name}: not a FHIR Questionnaire.")
    items = tuple(_items(body.get("item", []), f"{name}: item", 0))
    questionnaire = Questionnaire(
        id=_text(body.get("id"), f"{name}: id"),
        version=_text(body.get("version", ""), f"{name}: version"),
        title=_text(body.get("title", ""), f"{name}: title"),
        copyright=_text(body.get("copyright", ""), f"{name}: copyright"),
        items=items,
        url=_text(body.get("url", ""), f"{name}: url"),
    )
    _check_links(questionnaire, name)
    return questionnaire


def _items(given: Any, place: str, depth: int) -> Iterator[Item]:
    if not isinstance(given, list):
        raise BadQuestionnaire(f"{place}: a list is expected.")
    if depth > 20:
        raise BadQuestionnaire(f"{place}: nested too deeply.")
    for n, raw in enumerate(given):
        where = f"{place}[{n}]"
        if not isinstance(raw, dict):
            raise BadQuestionnaire(f"{where}: an object is expected.")
        kind = _text(raw.get("type"), f"{where}.type")
        if kind not in KNOWN_TYPES:
            raise BadQuestionnaire(f"{where}.type: “{kind}” can't be shown by this version.")
        if raw.get("repeats"):
            raise BadQuestionnaire(f"{where}: several answers to one item can't be shown yet.")
        if kind == "choice" and not raw.get("answerOption"):
            raise BadQuestionnaire(f"{where}: a choice without answers to choose from.")
        codes = _objects(raw.get("code", []), f"{where}.code")
        yield Item(
            link_id=_text(raw.get("linkId"), f"{where}.linkId"),
            type=kind,
            text=_text(raw.get("text", ""), f"{where}.text"),
            prefix=_text(raw.get("prefix", ""), f"{where}.prefix"),
            required=bool(raw.get("required", False)),
            code=codes[0].get("code") if codes else None,
            options=tuple(_options(raw.get("answerOption", []), f"{where}.answerOption")),
            enable_when=tuple(_conditions(raw.get("enableWhen", []), f"{where}.enableWhen")),
            enable_all=raw.get("enableBehavior", "all") == "all",
            items=tuple(_items(raw.get("item", []), f"{where}.item", depth + 1)),
        )


def _options(given: Any, place: str) -> Iterator[Option]:
    for n, raw in enumerate(_objects(given, place)):
        coding = raw.get("valueCoding")
        if not isinstance(coding, dict):
            raise BadQuestionnaire(f"{place}[{n}]: only coded answers can be shown.")
        yield Option(
            code=_text(coding.get("code"), f"{place}[{n}].code"),
            display=_text(coding.get("display"), f"{place}[{n}].display"),
            system=_text(coding.get("system", ""), f"{place}[{n}].system"),
            ordinal=_ordinal((raw, coding), f"{place}[{n}]"),
        )


def _ordinal(holders: tuple[dict[str, Any], ...], place: str) -> Decimal | None:
    """The points stand at the option or at its coding."""
    for holder in holders:
        for extension in _objects(holder.get("extension", []), f"{place}.extension"):
            if extension.get("url") == ORDINAL:
                value = extension.get("valueDecimal")
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise BadQuestionnaire(f"{place}: the ordinal value is no number.")
                return Decimal(str(value))
    return None


def _conditions(given: Any, place: str) -> Iterator[Condition]:
    for n, raw in enumerate(_objects(given, place)):
        question = _text(raw.get("question"), f"{place}[{n}].question")
        operator = raw.get("operator")
        if operator not in OPERATORS:
            raise BadQuestionnaire(f"{place}[{n}]: “{operator}” is not understood yet.")
        if operator == "exists":
            there = raw.get("answerBoolean")
            if not isinstance(there, bool):
                raise BadQuestionnaire(f"{place}[{n}]: exists needs an answerBoolean.")
            yield Condition(question, "exists" if there else "absent", None)
            continue
        coding = raw.get("answerCoding")
        if not isinstance(coding, dict) or "code" not in coding:
            raise BadQuestionnaire(f"{place}[{n}]: only coded answers can decide yet.")
        yield Condition(question, operator, _text(coding["code"], f"{place}[{n}].answerCoding"))


def _check_links(questionnaire: Questionnaire, name: str) -> None:
    links = [item.link_id for item in questionnaire.walk()]
    double = {link for link in links if links.count(link) > 1}
    if double:
        raise BadQuestionnaire(f"{name}: linkId {sorted(double)[0]} stands there twice.")
    for item in questionnaire.walk():
        for condition in item.enable_when:
            if condition.question not in links:
                raise BadQuestionnaire(
                    f"{name}: {item.link_id} depends on {condition.question}, which isn't there."
                )
    _check_circles(questionnaire, name)


def _check_circles(questionnaire: Questionnaire, name: str) -> None:
    """Whether an item is asked must not depend on whether it is asked."""
    waiting = {
        item.link_id: {
            condition.question
            for holder in (*questionnaire.above(item.link_id), item)
            for condition in holder.enable_when
        }
        for item in questionnaire.walk()
    }
    while waiting:
        settled = [link for link, needs in waiting.items() if not needs & waiting.keys()]
        if not settled:
            raise BadQuestionnaire(f"{name}: {min(waiting)} depends on itself in a circle.")
        for link in settled:
            del waiting[link]


def _path(items: tuple[Item, ...], link_id: str) -> tuple[Item, ...] | None:
    for item in items:
        if item.link_id == link_id:
            return ()
        below = _path(item.items, link_id)
        if below is not None:
            return (item, *below)
    return None


def _objects(value: Any, place: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise BadQuestionnaire(f"{place}: a list of objects is expected.")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise BadQuestionnaire(f"{place}: text is expected.")
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON, line {error.lineno}, column {error.colno}"
    return "can't be read"
