"""What a record calls itself: the words by which people know it."""

from __future__ import annotations

from collections.abc import Iterable

from casefield.care.names import full_name
from casefield.records.base import Synced
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.records.work import Work

CHUNK = 500

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


def titles_of(work: Work, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return titles by (kind, id); a record that is removed or not here has none."""
    wanted: dict[str, list[str]] = {}
    for name, record_id in dict.fromkeys(records):
        wanted.setdefault(name, []).append(record_id)
    found: dict[tuple[str, str], str] = {}
    for name, ids in wanted.items():
        kind = KINDS.get(name)
        if kind is None:
            continue
        for start in range(0, len(ids), CHUNK):
            rows = work.find(kind, id=ids[start : start + CHUNK])
            found |= {(name, row.id): title_of(row) for row in rows}
    return found
