"""What waits for headquarters in words: when, about whom, what; and what was not taken, in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from casefield.gui import words

if TYPE_CHECKING:
    from casefield.records.outbox import Waiting

PROSE = (
    *("title", "body", "display", "summary", "own_words", "description", "barrier", "outcome"),
    *("unable_reason", "safety_reason", "override_reason", "closing_reason", "reason", "note"),
)


@dataclass(frozen=True)
class ToldLine:
    """A change that waits.

    Attributes:
        when, who, what: as one says it.
        complaint: why headquarters did not take it; empty for what only waits.
        said: the words that were not taken, which stand nowhere else any more.
    """

    when: str
    who: str
    what: str
    complaint: str = ""
    said: str = ""


def told(
    waiting: tuple[Waiting, ...], names: dict[str, str], now: datetime, zone: str
) -> list[ToldLine]:
    """Return the lines, newest first; like ones that follow each other stand in one."""
    lines = []
    for (at, case_id, kind, record, reason, said), alike in groupby(
        reversed(waiting),
        lambda w: (w.said_at, w.case_id, w.kind, w.record_type, w.reason, _prose(w)),
    ):
        number = len(list(alike))
        what = _begin_large(words.record_kind(record))
        what = f"{what}: {deed(kind)}"
        lines.append(
            ToldLine(
                _begin_large(words.ago(at, now, zone)),
                names.get(case_id or "", ""),
                f"{what} × {number}" if number > 1 else what,
                reason or "",
                said,
            )
        )
    return lines


def deed(kind: str) -> str:
    """Return what was done, in a word."""
    return {
        "create": QCoreApplication.translate("waiting", "new"),
        "change": QCoreApplication.translate("waiting", "changed"),
        "sign": QCoreApplication.translate("waiting", "signed"),
        "delete": QCoreApplication.translate("waiting", "taken back"),
    }.get(kind, kind)


def _prose(waiting: Waiting) -> str:
    said = (waiting.said.get(name) for name in PROSE)
    return "\n".join(text for text in said if isinstance(text, str) and text.strip())


def _begin_large(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
