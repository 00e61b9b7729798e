"""What the answers add up to: scores with bands, triage, safety rules. All of it from data files.

Missing answers are never zero: up to the instrument's limit the total is prorated (mean times the
number of items, half up) and says so; beyond it there is no total.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import msgspec

from casefield.forms.questionnaire import BadQuestionnaire
from casefield.forms.state import Chosen, FormState


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range of a score, by its lowest value."""

    id: str
    label: str
    least: int = msgspec.field(name="from")


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sum over items."""

    id: str
    label: str
    loinc: str | None
    items: list[str]
    minimum: int
    maximum: int
    prorate_missing: int
    bands: list[Band]


class ItemIs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item answered with a code."""

    item: str
    code: str


class Triage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level, and the combinations of answers that mean it; the first level that fits counts."""

    id: str
    label: str
    loinc: str | None
    when_any: list[list[ItemIs]]


class Safety(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must not be overlooked: an item or score of at least so much, or a triage level."""

    id: str
    title: str
    text: str
    follow_up: str | None
    blocks_signing: bool
    item: str | None = None
    score: str | None = None
    at_least: int | None = None
    triage: str | None = None


class InstrumentRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An instrument's file of rules and provenance."""

    id: str
    title: str
    subtitle: str
    loinc: str | None
    owner: str
    licence: str
    source: str
    verified: str
    verified_on: date
    version: str
    effective_from: date
    effective_to: date | None
    languages: list[str]
    scores: list[Score]
    safety: list[Safety]
    triage: list[Triage]


@dataclass(frozen=True)
class ScoreResult:
    """A score: `value` None where too much is missing."""

    id: str
    label: str
    loinc: str | None
    value: int | None
    maximum: int
    band: str | None
    band_label: str | None
    prorated: bool
    missing: tuple[str, ...]
    evidence: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Outcome:
    """Everything an asking means so far."""

    scores: tuple[ScoreResult, ...]
    triage: str | None
    triage_label: str | None
    safety: tuple[Safety, ...]
    rule: str

    @property
    def total(self) -> ScoreResult | None:
        """The first score, None for instruments without one."""
        return self.scores[0] if self.scores else None


def load_rules(path: Path) -> InstrumentRules:
    """Read an instrument's rules.

    Raises:
        BadQuestionnaire: the file is not of the shape.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=InstrumentRules)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadQuestionnaire(f"{path.name}: {error}.") from error


def evaluate(rules: InstrumentRules, state: FormState) -> Outcome:
    """Return what the answers mean."""
    scores = tuple(_score(score, state) for score in rules.scores)
    level = _triage(rules, state)
    return Outcome(
        scores=scores,
        triage=level.id if level else None,
        triage_label=level.label if level else None,
        safety=tuple(s for s in rules.safety if _fires(s, state, scores, level)),
        rule=f"{rules.id} {rules.version}",
    )


def points(state: FormState, link_id: str) -> Decimal | None:
    """Return an answer's points, None where there is no scored answer."""
    answer = state.given(link_id)
    if not isinstance(answer, Chosen):
        return None
    option = state.questionnaire.item(link_id).option(answer.code)
    return option.ordinal if option else None


def _score(score: Score, state: FormState) -> ScoreResult:
    given = {link: p for link in score.items if (p := points(state, link)) is not None}
    missing = tuple(link for link in score.items if link not in given)
    value: int | None = None
    if given and len(missing) <= score.prorate_missing:
        exact = sum(given.values(), Decimal(0)) * len(score.items) / len(given)
        value = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    band = None
    if value is not None:
        band = next((b for b in reversed(score.bands) if value >= b.least), None)
    return ScoreResult(
        id=score.id,
        label=score.label,
        loinc=score.loinc,
        value=value,
        maximum=score.maximum,
        band=band.id if band else None,
        band_label=band.label if band else None,
        prorated=value is not None and bool(missing),
        missing=missing,
        evidence=tuple((link, int(p)) for link, p in given.items()),
    )


def _triage(rules: InstrumentRules, state: FormState) -> Triage | None:
    """The most severe level that fits; the mildest only when every required answer is there.

    A declined answer is none: silence about danger is no absence of danger.
    """
    for level in rules.triage:
        if any(_all_hold(combination, state) for combination in level.when_any):
            only_by_absence = level.when_any == [[]]
            if only_by_absence and not _all_chosen(state):
                return None
            return level
    return None


def _all_chosen(state: FormState) -> bool:
    return all(isinstance(state.given(i.link_id), Chosen) for i in state.asked() if i.required)


def _all_hold(combination: list[ItemIs], state: FormState) -> bool:
    return all(state.given(part.item) == Chosen(part.code) for part in combination)


def _fires(
    safety: Safety, state: FormState, scores: tuple[ScoreResult, ...], level: Triage | None
) -> bool:
    if safety.triage is not None:
        return level is not None and level.id == safety.triage
    if safety.item is not None:
        found = points(state, safety.item)
        return found is not None and found >= (safety.at_least or 1)
    for score in scores:
        if score.id == safety.score and score.value is not None:
            return score.value >= (safety.at_least or 0)
    return False
