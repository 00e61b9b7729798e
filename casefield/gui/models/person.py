"""The head of a record in words: what stands beside the name, which chips; needs no window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from casefield.care.views import PersonHeader
from casefield.gui import words
from casefield.gui.theme.tokens import Tone

_translate = QCoreApplication.translate
BAND_TONES = {"high": Tone.WARNING, "moderate": Tone.NEUTRAL, "low": Tone.GOOD}
ChipWords = tuple[str, Tone, str]
"""Text, tone and icon (empty for none) of a chip."""


def about(person: PersonHeader) -> list[str]:
    """Return what stands beside the name."""
    parts = []
    if person.preferred_name:
        parts.append(f"“{person.preferred_name}”")
    who = ", ".join(
        part
        for part in (
            str(person.age) if person.age is not None else "",
            person.pronouns or person.sex or "",
        )
        if part
    )
    if who:
        parts.append(who)
    if person.birth_date:
        parts.append(_translate("Header", "born {day}").format(day=words.born(person.birth_date)))
    speech = words.language(person.language)
    if speech and (person.interpreter_needed or not (person.language or "").startswith("en")):
        shape = {
            True: _translate("Header", "{language}, interpreter needed"),
            False: _translate("Header", "{language}, no interpreter needed"),
            None: "{language}",
        }[person.interpreter_needed]
        parts.append(shape.format(language=speech))
    if person.phone:
        parts.append(person.phone)
    return parts


def chips(person: PersonHeader) -> list[ChipWords]:
    """Return the chips: what must be known first stands first."""
    found: list[ChipWords] = []
    if person.deceased:
        day = words.said_day(person.deceased_date)
        found.append(
            (
                _translate("Header", "Died {day}").format(day=day).strip(),
                Tone.NEUTRAL,
                "",
            )
        )
    for allergy in person.allergies:
        text = f"{allergy.display}: {allergy.reaction}" if allergy.reaction else allergy.display
        danger = allergy.criticality == "high"
        found.append(
            (text, Tone.DANGER if danger else Tone.WARNING, "circle-alert" if danger else "")
        )
    if not person.allergies:
        known = person.allergies_known
        text = (
            _translate("Header", "No known allergies")
            if known
            else _translate("Header", "Allergies not asked")
        )
        found.append((text, Tone.NEUTRAL, "" if known else "circle-question-mark"))
    found += [(flag, Tone.WARNING, "flag") for flag in person.safety_flags]
    tier = words.tier(person.tier)
    if person.criteria_met:
        tier = _translate("Header", "{tier} · {n} of 5 criteria").format(
            tier=tier, n=person.criteria_met
        )
    found.append((tier, words.TIER_TONES.get(person.tier, Tone.NEUTRAL), ""))
    if person.lace is not None:
        band = {
            "high": _translate("Header", "high"),
            "moderate": _translate("Header", "moderate"),
            "low": _translate("Header", "low"),
        }.get(person.lace_band or "", "")
        text = _translate("Header", "LACE {n}, {band}").format(n=person.lace, band=band)
        found.append((text, BAND_TONES.get(person.lace_band or "", Tone.NEUTRAL), ""))
    if person.programme:
        found.append((person.programme, Tone.NEUTRAL, ""))
    if person.payer:
        found.append((person.payer, Tone.NEUTRAL, ""))
    if person.transition_day is not None:
        day_text = _translate("Header", "Day {n} of 30").format(n=person.transition_day + 1)
        found.append((day_text, Tone.INFO, ""))
    consent = {
        True: (
            _translate("Header", "Shares with the team"),
            Tone.NEUTRAL,
            "file-check",
        ),
        False: (
            _translate("Header", "No consent to share"),
            Tone.WARNING,
            "circle-alert",
        ),
        None: (
            _translate("Header", "Consent not asked"),
            Tone.NEUTRAL,
            "circle-question-mark",
        ),
    }
    found.append(consent[person.consent_given])
    return found
