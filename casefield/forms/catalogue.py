"""The instruments in a folder: questionnaire and rules side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casefield.forms.questionnaire import BadQuestionnaire, Questionnaire, load_questionnaire
from casefield.forms.scoring import InstrumentRules, load_rules

RULES = ".rules.json"


@dataclass(frozen=True)
class Instrument:
    """One instrument, ready to be asked."""

    questionnaire: Questionnaire
    rules: InstrumentRules


class Catalogue:
    """Reads a folder once.

    Args:
        folder: holds ``NAME.json`` and ``NAME.rules.json`` per instrument.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def all(self) -> dict[str, Instrument]:
        """Every instrument by id, in order of title."""
        found = [self._load(path) for path in sorted(self._folder.glob(f"*{RULES}"))]
        return {i.rules.id: i for i in sorted(found, key=lambda i: i.rules.title)}

    def get(self, instrument_id: str) -> Instrument:
        """Return one instrument.

        Raises:
            KeyError: none of that id is shipped.
        """
        return self.all[instrument_id]

    def _load(self, rules_file: Path) -> Instrument:
        name = rules_file.name.removesuffix(RULES)
        rules = load_rules(rules_file)
        questionnaire = load_questionnaire(rules_file.with_name(f"{name}.json"))
        if rules.id != questionnaire.id:
            raise BadQuestionnaire(f"{rules_file.name}: id {rules.id} is not {questionnaire.id}.")
        links = {item.link_id for item in questionnaire.walk()}
        for score in rules.scores:
            for link in score.items:
                if link not in links:
                    raise BadQuestionnaire(f"{rules_file.name}: no item {link} to score.")
        return Instrument(questionnaire, rules)
