"""What a worker records about the person: consent, what a visitor must know, the programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casefield.care.days import local_day
from casefield.care.stratify import episode_of
from casefield.errors import UnusableInput
from casefield.records.people import Patient
from casefield.records.work import Work

PROFICIENCIES = ("very_well", "well", "not_well", "not_at_all")


def record_consent(work: Work, case_id: str, given: bool, on: date | None = None) -> None:
    """Record whether the person agrees that the team shares what it knows.

    Raises:
        UnusableInput: a day that has not come.
    """
    today = local_day(work.now, work.zone)
    if on is not None and on > today:
        raise UnusableInput("That day has not come yet.", way_out="Give the day of the consent.")
    work.change(work.get(Patient, case_id), consent_given=given, consent_on=on or today)


def set_safety_flags(work: Work, case_id: str, flags: Sequence[str]) -> None:
    """Set what somebody must know before ringing the bell."""
    kept = [flag.strip() for flag in flags if flag.strip()]
    work.change(work.get(Patient, case_id), safety_flags=kept or None)


def set_english_proficiency(work: Work, case_id: str, proficiency: str) -> None:
    """Record how well the person speaks English, in the census' words.

    Raises:
        UnusableInput: not one of them.
    """
    if proficiency not in PROFICIENCIES:
        raise UnusableInput(
            f"“{proficiency}” is not an answer.", way_out=f"One of: {', '.join(PROFICIENCIES)}."
        )
    work.change(work.get(Patient, case_id), english_proficiency=proficiency)


def set_programme(work: Work, case_id: str, programme: str | None) -> None:
    """Set in which programme the person is followed."""
    work.change(episode_of(work, case_id), programme=(programme or "").strip() or None)
