"""Fields of records and their values in the reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from casefield.gui import words

CODED_TITLES = ("EpisodeOfCare", "Note", "QuestionnaireResponse", "Task", "Visit")
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def field_name(code: str) -> str:
    """Return a field, or a group of them, in words; an unknown one by its own name."""
    known = {
        "barrier": QCoreApplication.translate("values", "What stands in the way"),
        "body": QCoreApplication.translate("values", "Text"),
        "clinical_status": QCoreApplication.translate("values", "Status"),
        "code": QCoreApplication.translate("values", "Diagnosis or medicine"),
        "completion": QCoreApplication.translate("values", "When it was done"),
        "deleted": QCoreApplication.translate("values", "Whether it was removed"),
        "description": QCoreApplication.translate("values", "Description"),
        "dosage": QCoreApplication.translate("values", "Dose"),
        "due": QCoreApplication.translate("values", "Due"),
        "due_at": QCoreApplication.translate("values", "Due"),
        "due_on": QCoreApplication.translate("values", "Due"),
        "happened_on": QCoreApplication.translate("values", "Day it happened"),
        "kind": QCoreApplication.translate("values", "Kind"),
        "outcome": QCoreApplication.translate("values", "Outcome"),
        "own_words": QCoreApplication.translate("values", "In the person's own words"),
        "owner": QCoreApplication.translate("values", "Who does it"),
        "phone": QCoreApplication.translate("values", "Phone"),
        "reason": QCoreApplication.translate("values", "Reason"),
        "response": QCoreApplication.translate("values", "Answers"),
        "signature": QCoreApplication.translate("values", "Signature"),
        "signed": QCoreApplication.translate("values", "Whether it is signed"),
        "status": QCoreApplication.translate("values", "Status"),
        "target": QCoreApplication.translate("values", "Target"),
        "title": QCoreApplication.translate("values", "Title"),
    }
    return known.get(code) or code.replace("_", " ").capitalize()


def said(value: Any, zone: str) -> str:
    """Return a value as JSON says it in words: moments as they are here, codes without dashes."""
    if value is None or value == "" or value == [] or value == {}:
        return QCoreApplication.translate("values", "nothing")
    if isinstance(value, bool):
        yes, no = (
            QCoreApplication.translate("values", "yes"),
            QCoreApplication.translate("values", "no"),
        )
        return yes if value else no
    if isinstance(value, int | float):
        return str(QLocale().toString(value))
    if isinstance(value, list):
        return ", ".join(said(one, zone) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{field_name(str(k))}: {said(v, zone)}" for k, v in value.items())
    return _text(str(value), zone)


def is_prose(value: Any) -> bool:
    """Whether a person could have typed it as it is: no code, no list, no yes or no."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return True
    return isinstance(value, str) and not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", value)


def title(kind: str, text: str) -> str:
    """Return what a record calls itself, in words; nothing where it only has a code."""
    if kind in ("Note", "Visit"):
        text = words.note_kind(text)
    elif kind == "Task":
        text = words.task_title(text) or text
    is_code = CODE.fullmatch(text) or (kind in CODED_TITLES and not is_prose(text))
    return "" if is_code else text


def about(kind: str, text: str) -> str:
    """Return a record by its kind and its own words."""
    if kind == "Conflict":
        return QCoreApplication.translate("values", "Decision between two versions")
    name = words.record_kind(kind)
    name = f"{name[:1].upper()}{name[1:]}"
    known = title(kind, text)
    return f"{name} “{known}”" if known else name


def _text(text: str, zone: str) -> str:
    try:
        if MOMENT.match(text):
            moment = datetime.fromisoformat(text)
            return words.moment(moment, zone) if moment.tzinfo else text
        if DAY.fullmatch(text):
            return words.day(date.fromisoformat(text))
    except ValueError:
        return text
    return text.replace("_", " ") if CODE.fullmatch(text) else text
