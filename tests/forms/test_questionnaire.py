"""Reading FHIR Questionnaires: read where it can be shown truthfully, else refused by place."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.forms.questionnaire import (
    ORDINAL,
    BadQuestionnaire,
    Condition,
    Questionnaire,
    load_questionnaire,
    read_questionnaire,
)
from casefield.resources import resource_path

LOINC = "http://loinc.org"
YES_NO = [
    {"valueCoding": {"system": LOINC, "code": "LA33-6", "display": "Yes"}},
    {"valueCoding": {"system": LOINC, "code": "LA32-8", "display": "No"}},
]


def body(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "id": "sample", "item": list(items), **more}


def choice(link: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": "choice", "text": link, "answerOption": YES_NO, **more}


def read(*items: dict[str, Any], **more: Any) -> Questionnaire:
    return read_questionnaire(body(*items, **more), "sample.json")


def when(question: str, operator: str = "=", **answer: Any) -> list[dict[str, Any]]:
    answer = answer or {"answerCoding": {"code": "LA33-6"}}
    return [{"question": question, "operator": operator, **answer}]


def test_a_questionnaire_reads_as_it_is_written() -> None:
    found = read(
        {"linkId": "intro", "type": "display", "text": "Over the last 2 weeks"},
        {
            "linkId": "g",
            "type": "group",
            "item": [
                choice(
                    "1",
                    prefix="1.",
                    required=True,
                    code=[{"system": LOINC, "code": "44250-9"}],
                ),
                choice("2", enableWhen=when("1")),
            ],
        },
        version="3",
        title="Sample",
        copyright="nobody",
        url="urn:sample",
    )
    assert [item.link_id for item in found.walk()] == ["intro", "g", "1", "2"]
    assert [item.link_id for item in found.questions()] == ["1", "2"]
    assert (found.id, found.version, found.title) == ("sample", "3", "Sample")
    assert (found.copyright, found.url) == ("nobody", "urn:sample")
    first = found.item("1")
    assert (first.prefix, first.required, first.code) == ("1.", True, "44250-9")
    assert [option.display for option in first.options] == ["Yes", "No"]
    assert first.option("LA32-8") == first.options[1]
    assert first.option("LA9-9") is None
    assert found.item("2").enable_when == (Condition("1", "=", "LA33-6"),)
    assert [item.link_id for item in found.above("2")] == ["g"]
    assert found.above("g") == ()


def test_an_item_that_is_not_there_is_told() -> None:
    with pytest.raises(KeyError, match="9"):
        read(choice("1")).item("9")


@pytest.mark.parametrize("place", ["option", "coding"])
@pytest.mark.parametrize(("value", "points"), [(0, Decimal(0)), (3, Decimal(3)), (0.5, "0.5")])
def test_points_stand_at_the_option_or_at_its_coding(
    place: str, value: float, points: Decimal | str
) -> None:
    extension = [{"url": "urn:other"}, {"url": ORDINAL, "valueDecimal": value}]
    coding: dict[str, Any] = {"code": "a", "display": "A"}
    option: dict[str, Any] = {"valueCoding": coding}
    (option if place == "option" else coding)["extension"] = extension
    found = read(choice("1", answerOption=[option]))
    assert found.item("1").options[0].ordinal == Decimal(points)


def test_an_answer_without_points_has_none() -> None:
    assert read(choice("1")).item("1").options[0].ordinal is None


@pytest.mark.parametrize(("there", "operator"), [(True, "exists"), (False, "absent")])
def test_an_item_may_depend_on_another_having_an_answer_or_none(there: bool, operator: str) -> None:
    found = read(choice("1"), choice("2", enableWhen=when("1", "exists", answerBoolean=there)))
    assert found.item("2").enable_when == (Condition("1", operator, None),)


def test_all_conditions_hold_unless_any_is_said() -> None:
    found = read(choice("1"), choice("2"), choice("3", enableBehavior="any"))
    assert found.item("2").enable_all
    assert not found.item("3").enable_all


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ([], "not a FHIR Questionnaire"),
        ({"resourceType": "Patient"}, "not a FHIR Questionnaire"),
        (body(id=5), "id: text is expected"),
        (body() | {"item": {}}, "item: a list is expected"),
        (body() | {"item": ["x"]}, r"item\[0\]: an object is expected"),
        (body({"linkId": "1"}), r"item\[0\]\.type"),
        (body({"type": "string"}), r"item\[0\]\.linkId"),
        (body({"linkId": "1", "type": "attachment"}), "“attachment” can't be shown"),
        (body({"linkId": "1", "type": "choice"}), "without answers"),
        (body(choice("1", repeats=True)), "several answers"),
        (body(choice("1", answerOption=[{"valueInteger": 1}])), "only coded answers"),
        (body(choice("1", answerOption=["x"])), "a list of objects"),
        (body(choice("1", code="x")), "a list of objects"),
        (body(choice("1"), choice("1")), "linkId 1 stands there twice"),
        (body(choice("1", enableWhen=when("9"))), "1 depends on 9"),
        (body(choice("1"), choice("2", enableWhen=when("1", ">"))), "“>” is not understood"),
        (
            body(choice("1"), choice("2", enableWhen=when("1", answerInteger=3))),
            "only coded answers can decide",
        ),
        (body(choice("1"), choice("2", enableWhen=when("1", "exists"))), "answerBoolean"),
        (body(choice("1", enableWhen=when("1"))), "circle"),
        (
            body(choice("1", enableWhen=when("2")), choice("2", enableWhen=when("1"))),
            "circle",
        ),
        (
            body(
                {"linkId": "g", "type": "group", "item": [choice("1")], "enableWhen": when("1")},
            ),
            "circle",
        ),
        (
            body(
                choice(
                    "1",
                    answerOption=[
                        {
                            "valueCoding": {"code": "a", "display": "A"},
                            "extension": [{"url": ORDINAL, "valueDecimal": "many"}],
                        }
                    ],
                )
            ),
            "no number",
        ),
    ],
)
def test_what_cannot_be_shown_truthfully_is_refused_with_its_place(broken: Any, words: str) -> None:
    with pytest.raises(BadQuestionnaire, match=rf"sample\.json: .*{words}"):
        read_questionnaire(broken, "sample.json")


def test_endless_nesting_is_refused() -> None:
    item: dict[str, Any] = choice("deep")
    for n in range(30):
        item = {"linkId": f"g{n}", "type": "group", "item": [item]}
    with pytest.raises(BadQuestionnaire, match="nested too deeply"):
        read(item)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not JSON, line 1, column 2"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "can't be read"),
        (b"[" * 100_000, "can't be read"),
    ],
)
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(BadQuestionnaire, match=rf"odd\.json: {words}"):
        load_questionnaire(path)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadQuestionnaire, match=r"none\.json"):
        load_questionnaire(tmp_path / "none.json")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sample.json"
    path.write_text(json.dumps(body(choice("1"))), encoding="utf-8-sig")
    assert load_questionnaire(path).item("1").text == "1"


def test_questionnaires_met_in_the_wild_are_read_or_refused_with_a_reason(
    shared_data: Path,
) -> None:
    met = 0
    for path in sorted((shared_data / "questionnaires").glob("*.json")):
        told = f"{path.name}: read"
        try:
            load_questionnaire(path)
        except BadQuestionnaire as error:
            told = str(error)
        assert told.startswith(f"{path.name}: ")
        met += 1
    assert met


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "linkId",
                        "type",
                        "item",
                        "answerOption",
                        "valueCoding",
                        "enableWhen",
                        "extension",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_in_the_items_is_read_or_refused(items: Any) -> None:
    raw = body() | {"item": items}
    message = ""
    try:
        found = read_questionnaire(raw, "sample.json")
    except BadQuestionnaire as error:
        message = str(error)
    else:
        message = f"sample.json: {len(list(found.walk()))} items"
    assert message.startswith("sample.json: ")


@pytest.mark.parametrize("name", ["phq9", "phq2", "gad7", "cssrs_screener"])
def test_shipped_instruments_carry_their_notice(name: str) -> None:
    found = load_questionnaire(resource_path("questionnaires", f"{name}.json"))
    assert found.id == name
    assert found.copyright
    assert all(item.text for item in found.questions())
