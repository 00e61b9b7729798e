"""What may be known of a person before a rule is asked. Every fact may be unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from casefield.rules.conditions import CodedCondition
from casefield.rules.findings import Evidence, Verdict


class Known(msgspec.Struct, frozen=True, gc=False):
    """A yes, a no, or unknown, with where it was heard."""

    value: bool | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The value as a verdict."""
        return Verdict.of(self.value)


UNKNOWN = Known()


class Stay(msgspec.Struct, frozen=True, gc=False):
    """An encounter that may be an admission; dates are local calendar dates."""

    record: str
    class_code: str
    admitted: date | None
    discharged: date | None
    display: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class PersonFacts:
    """The facts of the decision boundary.

    `conditions` None: no problem list at all. `stays` None: no history of encounters at all.
    `as_of` is the day of the question, or the day of death for someone who died.
    """

    as_of: date
    conditions: tuple[CodedCondition, ...] | None = None
    stays: tuple[Stay, ...] | None = None
    housing: Known = UNKNOWN
    food: Known = UNKNOWN
    limited_english: Known = UNKNOWN
    substance_use: Known = UNKNOWN
    serious_mental_illness: Known = UNKNOWN
    long_term_care_decision: Known = UNKNOWN
    stable: Known = UNKNOWN
    specialists: int | None = None
    specialists_evidence: tuple[Evidence, ...] = ()
    social_support: Known = UNKNOWN
    health_literacy: Known = UNKNOWN
    informational_only: Known = UNKNOWN
    lace: int | None = None
