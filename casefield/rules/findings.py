"""A finding: a three-valued verdict with the evidence for it and what is missing.

Absence is never false: what was not recorded is unknown, and says what would settle it.
Findings and what they stand on are Structs: a caseload makes thousands of them at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """True, false, or not known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Verdict:
        """Return the verdict for a fact that may not be known."""
        if value is None:
            return cls.UNKNOWN
        return cls.TRUE if value else cls.FALSE


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return Kleene's OR: true beats unknown beats false."""
    found = set(verdicts)
    if Verdict.TRUE in found:
        return Verdict.TRUE
    return Verdict.UNKNOWN if Verdict.UNKNOWN in found else Verdict.FALSE


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return Kleene's AND: false beats unknown beats true."""
    found = set(verdicts)
    if Verdict.FALSE in found:
        return Verdict.FALSE
    return Verdict.UNKNOWN if Verdict.UNKNOWN in found else Verdict.TRUE


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """Where a statement comes from: a record, its field, the value there, its date as said."""

    record: str
    field: str
    value: str
    date: str | None = None
    display: str = ""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What a rule found, by which version of it, on what evidence."""

    id: str
    verdict: Verdict
    rule: str
    version: str
    source: str
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    statement: str = ""
