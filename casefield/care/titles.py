"""What a record calls itself: the words by which people know it."""

from __future__ import annotations

from casefield.care.names import full_name
from casefield.records.base import Synced
from casefield.records.people import Patient

WORDS = (
    "own_words",
    "display",
    "description",
    "title",
    "payer_name",
    "name",
    "instrument",
    "facility_name",
    "type_display",
    "summary",
    "programme",
    "reason",
    "kind",
)


def title_of(record: Synced) -> str:
    """Return a record's own words, shortened; nothing where it has none."""
    if isinstance(record, Patient):
        return full_name(record)
    for name in WORDS:
        words = getattr(record, name, None)
        if words:
            line = " ".join(str(words).split())
            return line if len(line) <= 80 else f"{line[:79]}…"
    return ""
