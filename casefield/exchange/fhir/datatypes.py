"""FHIR data types as records keep them. Each function takes what may be missing or misshapen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

# As FHIR writes dates and dateTimes; seconds and offset may be missing, since senders leave them.
SHAPE = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


class Misshapen(ValueError):
    """A resource is not shaped as FHIR says; the message names the element."""


def text(value: Any, limit: int = 400) -> str | None:
    """Return a text, shortened to what a column holds; None for anything else."""
    return value.strip()[:limit] or None if isinstance(value, str) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; a lone object is taken for a list of one."""
    if isinstance(value, dict):
        return [value]
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def first(value: Any) -> dict[str, Any]:
    """Return the first object of a list, an empty one if there is none."""
    found = objects(value)
    return found[0] if found else {}


def codings(concept: Any) -> list[dict[str, str]]:
    """Return a CodeableConcept's codings with system, code and display."""
    found = []
    for coding in objects(concept.get("coding") if isinstance(concept, dict) else None):
        code = text(coding.get("code"), 64)
        if code:
            entry = {"system": text(coding.get("system"), 200) or "", "code": code}
            display = text(coding.get("display"))
            found.append(entry | ({"display": display} if display else {}))
    return found


def code_of(concept: Any, limit: int = 64) -> str | None:
    """Return the first code of a CodeableConcept, its text where it has none."""
    found = codings(concept)
    if found:
        return found[0]["code"][:limit]
    return text(concept.get("text"), limit) if isinstance(concept, dict) else None


def display_of(concept: Any, limit: int = 400) -> str | None:
    """Return how a CodeableConcept is read: its text, else its first display, else its code."""
    if not isinstance(concept, dict):
        return None
    said = text(concept.get("text"), limit)
    found = codings(concept)
    displays = (text(c.get("display"), limit) for c in objects(concept.get("coding")))
    shown = next((display for display in displays if display), None)
    return said or shown or (found[0]["code"] if found else None)


def coded_fields(concept: Any, what: str) -> dict[str, Any]:
    """Return the fields every coded record has.

    Raises:
        Misshapen: neither code nor text.
    """
    found = codings(concept)
    display = display_of(concept)
    if not found and display is None:
        raise Misshapen(f"{what} has neither code nor text")
    return {
        "code_system": found[0]["system"] or None if found else None,
        "code": found[0]["code"] if found else None,
        "display": display,
        "codings": found or None,
    }


def said(value: Any, what: str) -> str | None:
    """Return a FHIR date or dateTime as it was said.

    Raises:
        Misshapen: it is not one.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not _is_date(value):
        raise Misshapen(f"{what} is not a FHIR date: {str(value)[:40]}")
    return value[:40]


def moment(value: Any, what: str) -> tuple[datetime | None, str | None]:
    """Return a dateTime as (UTC, offset as said); a mere date has no moment.

    Raises:
        Misshapen: it is not a FHIR dateTime.
    """
    words = said(value, what)
    if words is None or "T" not in words:
        return None, None
    try:
        found = datetime.fromisoformat(words)
    except ValueError as error:
        raise Misshapen(f"{what} is not a moment: {words}") from error
    if found.tzinfo is None:
        return None, None
    return found.astimezone(UTC), found.isoformat()[-6:]


def reference_of(value: Any) -> str | None:
    """Return the reference text of a Reference."""
    return text(value.get("reference"), 200) if isinstance(value, dict) else None


def extension(resource: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the first extension with a URL, an empty object if there is none."""
    return next((e for e in objects(resource.get("extension")) if e.get("url") == url), {})


def join(parts: Iterable[str | None], between: str = " ") -> str | None:
    """Return the present parts joined, None if there is none."""
    return between.join(part for part in parts if part) or None


def _is_date(value: str) -> bool:
    if not SHAPE.fullmatch(value):
        return False
    try:
        if len(value) == 4:
            return int(value) > 0
        datetime.fromisoformat(f"{value}-01" if len(value) == 7 else value)
    except ValueError:
        return False
    return True
