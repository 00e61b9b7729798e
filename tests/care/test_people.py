"""What a worker records about the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest

from casefield.application import Session
from casefield.care import people
from casefield.errors import UnusableInput
from casefield.records.people import Patient

Records = Callable[..., list[SimpleNamespace]]


def test_consent_is_dated(session: Session, person: str, records: Records) -> None:
    session.act(lambda w: people.record_consent(w, person, True), "consent")
    assert (records(Patient)[0].consent_given, records(Patient)[0].consent_on) == (
        True,
        date(2026, 11, 10),
    )
    session.act(lambda w: people.record_consent(w, person, False, date(2026, 11, 2)), "consent")
    assert (records(Patient)[0].consent_given, records(Patient)[0].consent_on) == (
        False,
        date(2026, 11, 2),
    )
    with pytest.raises(UnusableInput, match="not come yet"):
        session.act(lambda w: people.record_consent(w, person, True, date(2026, 11, 11)), "x")


def test_flags_are_said_in_few_words_and_can_be_taken_back(
    session: Session, person: str, records: Records
) -> None:
    session.act(lambda w: people.set_safety_flags(w, person, [" Dog ", ""]), "flags")
    assert records(Patient)[0].safety_flags == ["Dog"]
    session.act(lambda w: people.set_safety_flags(w, person, []), "flags")
    assert not records(Patient)[0].safety_flags


def test_proficiency_is_one_of_the_census_answers(session: Session, person: str) -> None:
    with pytest.raises(UnusableInput, match="so-so"):
        session.act(lambda w: people.set_english_proficiency(w, person, "so-so"), "asked")
