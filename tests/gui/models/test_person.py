"""The head of a record: what stands beside the name, and which chips come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from casefield.care.views import AllergyView, PersonHeader
from casefield.gui import words
from casefield.gui.models.person import about, chips
from casefield.gui.theme.tokens import Tone

PENICILLIN = AllergyView("Penicillin", "anaphylaxis", "high")
ROSA = PersonHeader(
    case_id="c1",
    name="Rosa Medina",
    preferred_name="Doña Rosa",
    age=71,
    birth_date="1955-03-04",
    pronouns="she/her",
    sex="female",
    language="es",
    interpreter_needed=True,
    allergies=(PENICILLIN, AllergyView("Latex", None, "low")),
    allergies_known=True,
    tier="case_management",
    criteria_met=2,
    programme="Transitional care",
    payer="Medicare A/B",
    consent_given=True,
    safety_flags=("Dog in the yard",),
    transition_day=3,
    lace=13,
    lace_band="high",
    deceased=False,
    deceased_date=None,
    phone="555-0111",
)


@pytest.fixture(autouse=True)
def _today() -> None:
    words.see_from(lambda: date(2026, 11, 13))


def test_who_this_is() -> None:
    assert about(ROSA) == [
        "“Doña Rosa”",
        "71, she/her",
        "born 4 Mar 1955",
        "Spanish, interpreter needed",
        "555-0111",
    ]


def test_what_is_not_known_is_not_said() -> None:
    bare = replace(
        ROSA, preferred_name=None, age=None, birth_date=None, pronouns=None, language=None,
        interpreter_needed=None, phone=None,
    )  # fmt: skip
    assert about(bare) == ["female"]


@pytest.mark.parametrize(
    ("language", "interpreter", "said"),
    [
        ("en", None, []),
        ("en", False, []),
        ("en", True, ["English, interpreter needed"]),  # signs, or does not hear
        ("es", None, ["Spanish"]),
        ("es", False, ["Spanish, no interpreter needed"]),
    ],
)
def test_speech_is_told_where_it_matters(
    language: str, interpreter: bool | None, said: list[str]
) -> None:
    found = about(replace(ROSA, language=language, interpreter_needed=interpreter))
    assert [part for part in found if "ish" in part] == said


def test_what_must_be_known_first_stands_first() -> None:
    shown = chips(ROSA)
    assert shown[0] == ("Penicillin: anaphylaxis", Tone.DANGER, "circle-alert")
    assert shown[1] == ("Latex", Tone.WARNING, "")
    assert shown[2] == ("Dog in the yard", Tone.WARNING, "flag")
    assert [text for text, _, _ in shown[3:]] == [
        "Case management · 2 of 5 criteria",
        "LACE 13, high",
        "Transitional care",
        "Medicare A/B",
        "Day 4 of 30",
        "Shares with the team",
    ]


def test_none_known_and_not_asked_are_two_things() -> None:
    known = chips(replace(ROSA, allergies=()))[0]
    unknown = chips(replace(ROSA, allergies=(), allergies_known=False))[0]
    assert known == ("No known allergies", Tone.NEUTRAL, "")
    assert unknown == ("Allergies not asked", Tone.NEUTRAL, "circle-question-mark")


@pytest.mark.parametrize(
    ("given", "text", "tone"),
    [
        (True, "Shares with the team", Tone.NEUTRAL),
        (False, "No consent to share", Tone.WARNING),
        (None, "Consent not asked", Tone.NEUTRAL),
    ],
)
def test_consent_is_three_things(given: bool | None, text: str, tone: Tone) -> None:
    assert chips(replace(ROSA, consent_given=given))[-1][:2] == (text, tone)


def test_a_death_is_told_before_all() -> None:
    died = replace(ROSA, deceased=True, deceased_date="2026-11-02")
    assert chips(died)[0] == ("Died 2 Nov", Tone.NEUTRAL, "")
    assert chips(replace(died, deceased_date=None))[0][0] == "Died"
