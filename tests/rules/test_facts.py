"""Facts that nobody recorded are unknown, every one of them."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from casefield.rules.facts import Known, PersonFacts
from casefield.rules.findings import Verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(True, Verdict.TRUE), (False, Verdict.FALSE), (None, Verdict.UNKNOWN)],
)
def test_a_known_fact_reads_as_its_verdict(value: bool | None, verdict: Verdict) -> None:
    assert Known(value).verdict is verdict


def test_of_a_person_nothing_is_known_until_it_is_said() -> None:
    facts = PersonFacts(as_of=date(2026, 11, 13))
    for field in fields(facts):
        if field.name in {"as_of", "specialists_evidence"}:
            continue
        value = getattr(facts, field.name)
        assert value is None or value == Known(None), field.name
