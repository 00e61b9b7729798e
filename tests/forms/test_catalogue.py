"""The instruments shipped, and what is refused when the two files of one don't agree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from casefield.forms.catalogue import Catalogue
from casefield.forms.questionnaire import BadQuestionnaire
from casefield.resources import resource_path

SHIPPED = resource_path("questionnaires")


def copied(folder: Path, name: str = "phq2") -> Path:
    for suffix in (".json", ".rules.json"):
        shutil.copy(SHIPPED / f"{name}{suffix}", folder / f"{name}{suffix}")
        (folder / f"{name}{suffix}").chmod(0o644)
    return folder


def rewritten(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_first_four_instruments_are_shipped_with_owner_licence_and_source() -> None:
    found = Catalogue(SHIPPED).all
    assert {"phq9", "phq2", "gad7", "cssrs_screener"} <= set(found)
    for name, instrument in found.items():
        assert instrument.questionnaire.id == instrument.rules.id == name
        assert instrument.rules.owner
        assert instrument.rules.licence
        assert instrument.rules.source
        assert "en" in instrument.rules.languages


def test_instruments_stand_in_order_of_their_title_not_of_their_file(tmp_path: Path) -> None:
    folder = copied(copied(tmp_path), "gad7")
    rewritten(folder / "gad7.rules.json", '"title": "GAD-7"', '"title": "Worry in seven"')
    assert list(Catalogue(folder).all) == ["phq2", "gad7"]


def test_what_safety_and_triage_point_at_is_there() -> None:
    catalogue = Catalogue(SHIPPED)
    for instrument in catalogue.all.values():
        rules, form = instrument.rules, instrument.questionnaire
        for finding in rules.safety:
            assert finding.follow_up is None or catalogue.get(finding.follow_up)
            assert finding.item is None or form.item(finding.item)
            assert finding.score in {None, *(s.id for s in rules.scores)}
            assert finding.triage in {None, *(t.id for t in rules.triage)}
        for level in rules.triage:
            for part in (part for combination in level.when_any for part in combination):
                assert form.item(part.item).option(part.code)
        for score in rules.scores:
            most = sum(
                max(o.ordinal for o in form.item(link).options if o.ordinal is not None)
                for link in score.items
            )
            assert most == score.maximum
            assert score.bands[0].least == score.minimum
            assert [b.least for b in score.bands] == sorted(b.least for b in score.bands)


def test_an_instrument_that_is_not_shipped_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="moca"):
        Catalogue(SHIPPED).get("moca")
    assert Catalogue(tmp_path).all == {}


def test_two_files_of_different_instruments_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    rewritten(folder / "phq2.rules.json", '"id": "phq2"', '"id": "phq3"')
    with pytest.raises(BadQuestionnaire, match="phq3 is not phq2"):
        _ = Catalogue(folder).all


def test_a_score_over_an_item_that_is_not_asked_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    rules = folder / "phq2.rules.json"
    body = json.loads(rules.read_text(encoding="utf-8"))
    body["scores"][0]["items"].append("1-8")
    rules.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(BadQuestionnaire, match="no item 1-8"):
        _ = Catalogue(folder).all


def test_rules_without_their_questionnaire_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "phq2.json").unlink()
    with pytest.raises(BadQuestionnaire, match=r"phq2\.json"):
        _ = Catalogue(folder).all
