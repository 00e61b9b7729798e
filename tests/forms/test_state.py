"""One asking: what is asked now, what is open, and FHIR responses there and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.forms.questionnaire import Questionnaire, load_questionnaire, read_questionnaire
from casefield.forms.state import ABSENT, Answer, Chosen, Declined, FormState, Written
from casefield.resources import resource_path

YES, NO = Chosen("LA33-6"), Chosen("LA32-8")
OPTIONS = [
    {"valueCoding": {"system": "http://loinc.org", "code": "LA33-6", "display": "Yes"}},
    {"valueCoding": {"system": "http://loinc.org", "code": "LA32-8", "display": "No"}},
]
CSSRS = load_questionnaire(resource_path("questionnaires", "cssrs_screener.json"))
WISH, THOUGHT, METHOD = "93246-7", "93247-5", "93248-3"
INTENT, PLAN, EVER, RECENT = "93249-1", "93250-9", "93267-3", "93269-9"


def choice(link: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": "choice", "text": link, "answerOption": OPTIONS, **more}


def when(question: str, code: str = "LA33-6", operator: str = "=") -> dict[str, Any]:
    return {"question": question, "operator": operator, "answerCoding": {"code": code}}


def sample(*items: dict[str, Any]) -> Questionnaire:
    raw = {"resourceType": "Questionnaire", "id": "sample", "item": list(items)}
    return read_questionnaire(raw, "sample.json")


def state(questionnaire: Questionnaire, **answers: Answer) -> FormState:
    found = FormState(questionnaire)
    for link, answer in answers.items():
        found = found.answered(link.removeprefix("q"), answer)
    return found


def links(items: tuple[Any, ...]) -> list[str]:
    return [item.link_id for item in items]


NESTED = sample(
    choice("1", required=True),
    {
        "linkId": "g",
        "type": "group",
        "text": "About that",
        "enableWhen": [when("1")],
        "item": [
            {"linkId": "hint", "type": "display", "text": "Listen"},
            choice("2", required=True),
            {"linkId": "3", "type": "integer", "text": "How often?"},
        ],
    },
    choice("4", item=[{"linkId": "4a", "type": "text", "text": "Which?"}]),
    {"linkId": "5", "type": "boolean", "text": "Home?"},
)


def test_an_answer_gives_a_new_state_and_leaves_the_old_as_it_was() -> None:
    before = FormState(NESTED)
    after = before.answered("1", YES)
    assert before.given("1") is None
    assert after.given("1") == YES
    assert after.answered("1", NO).given("1") == NO
    assert after.answered("1", None).given("1") is None


def test_an_answer_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="no answer LA9-9"):
        FormState(NESTED).answered("1", Chosen("LA9-9"))
    with pytest.raises(ValueError, match="takes no answer"):
        FormState(NESTED).answered("g", YES)
    with pytest.raises(KeyError):
        FormState(NESTED).answered("nowhere", YES)


def test_columbia_asks_of_method_intent_and_plan_only_after_thoughts() -> None:
    empty = FormState(CSSRS)
    assert links(empty.asked()) == [WISH, THOUGHT, EVER]
    thinking = empty.answered(THOUGHT, YES)
    assert links(thinking.asked()) == [WISH, THOUGHT, METHOD, INTENT, PLAN, EVER]
    acted = empty.answered(EVER, YES)
    assert links(acted.asked()) == [WISH, THOUGHT, EVER, RECENT]
    assert links(empty.answered(THOUGHT, Declined()).asked()) == [WISH, THOUGHT, EVER]


def test_an_answer_to_what_is_no_longer_asked_does_not_count_and_comes_back() -> None:
    thinking = FormState(CSSRS).answered(THOUGHT, YES).answered(PLAN, YES)
    denied = thinking.answered(THOUGHT, NO)
    assert denied.given(PLAN) is None
    assert PLAN not in [item["linkId"] for item in denied.to_items()]
    assert denied.answered(THOUGHT, YES).given(PLAN) == YES


def test_what_stands_in_a_group_that_is_not_asked_is_not_asked() -> None:
    assert links(FormState(NESTED).visible()) == ["1", "4", "4a", "5"]
    opened = state(NESTED, q1=YES, q2=NO)
    assert links(opened.visible()) == ["1", "g", "hint", "2", "3", "4", "4a", "5"]
    closed = opened.answered("1", NO)
    assert closed.given("2") is None
    assert links(closed.open_required()) == []


@pytest.mark.parametrize(
    ("behaviour", "first", "second", "asked"),
    [
        ("all", YES, YES, True),
        ("all", YES, NO, False),
        ("any", YES, NO, True),
        ("any", NO, NO, False),
    ],
)
def test_several_conditions_hold_together_or_one_for_all(
    behaviour: str, first: Answer, second: Answer, asked: bool
) -> None:
    form = sample(
        choice("1"),
        choice("2"),
        choice("3", enableWhen=[when("1"), when("2")], enableBehavior=behaviour),
    )
    found = state(form, q1=first, q2=second)
    assert found.enabled(form.item("3")) is asked


@pytest.mark.parametrize(
    ("answer", "equal", "unequal", "exists", "absent"),
    [
        (YES, True, False, True, False),
        (NO, False, True, True, False),
        (None, False, False, False, True),
    ],
)
def test_each_operator(
    answer: Answer | None, equal: bool, unequal: bool, exists: bool, absent: bool
) -> None:
    form = sample(
        choice("1"),
        choice("a", enableWhen=[when("1")]),
        choice("b", enableWhen=[when("1", operator="!=")]),
        choice("c", enableWhen=[{"question": "1", "operator": "exists", "answerBoolean": True}]),
        choice("d", enableWhen=[{"question": "1", "operator": "exists", "answerBoolean": False}]),
    )
    found = FormState(form).answered("1", answer)
    told = [found.enabled(form.item(link)) for link in "abcd"]
    assert told == [equal, unequal, exists, absent]


def test_a_declined_question_is_answered_and_progress_counts_what_is_asked_now() -> None:
    empty = FormState(CSSRS)
    assert empty.progress() == (0, 3)
    some = empty.answered(WISH, Declined()).answered(THOUGHT, YES)
    assert some.progress() == (2, 6)
    assert links(some.open_required()) == [METHOD, INTENT, PLAN, EVER]


def test_a_response_is_nested_as_the_questionnaire_is() -> None:
    found = state(
        NESTED,
        q1=YES,
        q2=Declined("asked-unknown"),
        q3=Written(2),
        q4=NO,
        q4a=Written("the left one"),
        q5=Written(True),
    )
    assert found.to_items() == [
        {
            "linkId": "1",
            "text": "1",
            "answer": [
                {
                    "valueCoding": {
                        "system": "http://loinc.org",
                        "code": "LA33-6",
                        "display": "Yes",
                    }
                }
            ],
        },
        {
            "linkId": "g",
            "text": "About that",
            "item": [
                {
                    "linkId": "2",
                    "text": "2",
                    "answer": [{"extension": [{"url": ABSENT, "valueCode": "asked-unknown"}]}],
                },
                {"linkId": "3", "text": "How often?", "answer": [{"valueInteger": 2}]},
            ],
        },
        {
            "linkId": "4",
            "text": "4",
            "answer": [
                {
                    "valueCoding": {
                        "system": "http://loinc.org",
                        "code": "LA32-8",
                        "display": "No",
                    },
                    "item": [
                        {
                            "linkId": "4a",
                            "text": "Which?",
                            "answer": [{"valueString": "the left one"}],
                        }
                    ],
                }
            ],
        },
        {"linkId": "5", "text": "Home?", "answer": [{"valueBoolean": True}]},
    ]
    assert FormState.from_items(NESTED, found.to_items()) == found


def test_no_response_yet_is_an_empty_state() -> None:
    assert FormState.from_items(NESTED, None) == FormState(NESTED)
    assert FormState(NESTED).to_items() == []


def test_what_this_version_does_not_know_is_kept_as_it_came() -> None:
    newer = {"linkId": "7", "text": "Tomorrow's question", "answer": [{"valueString": "yes"}]}
    odd = {"linkId": "1", "answer": [{"valueCoding": {"code": "LA9-9"}}]}
    bare = {"linkId": "4"}
    found = FormState.from_items(NESTED, [newer, odd, bare])
    assert found.given("1") is None
    assert found.unknown == (newer, odd, bare)
    again = found.answered("1", YES)
    told = again.to_items()
    assert [item["linkId"] for item in told] == ["1", "7", "4"]
    assert newer in told


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, "x", ["x"], [{}], [{"valueCoding": None}], [{"valueCoding": {"code": None}}]],
)
def test_a_misshapen_answer_is_no_answer_and_is_kept(answer: Any) -> None:
    raw = {"linkId": "1", "answer": answer}
    found = FormState.from_items(NESTED, [raw])
    assert found.given("1") is None
    assert found.unknown == (raw,)


ANSWERS = st.dictionaries(
    st.sampled_from([WISH, THOUGHT, METHOD, INTENT, PLAN, EVER, RECENT]),
    st.sampled_from([YES, NO, Declined(), Declined("not-asked")]),
)


@given(ANSWERS)
def test_there_and_back_what_is_asked_keeps_its_answers(answers: dict[str, Answer]) -> None:
    found = FormState(CSSRS, answers)
    back = FormState.from_items(CSSRS, found.to_items())
    assert back.unknown == ()
    for item in CSSRS.questions():
        assert back.given(item.link_id) == found.given(item.link_id)
    assert links(back.asked()) == links(found.asked())
    assert back.to_items() == found.to_items()


@given(ANSWERS)
def test_progress_ends_exactly_when_nothing_required_is_open(answers: dict[str, Answer]) -> None:
    found = FormState(CSSRS, answers)
    done, of = found.progress()
    assert 0 <= done <= of
    assert (done == of) == (found.open_required() == ())
