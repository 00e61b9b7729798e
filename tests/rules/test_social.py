"""Social barriers: the newest answer within the year decides, silence decides nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.resources import resource_path
from casefield.rules.facts import Known
from casefield.rules.social import ScreenAnswer, SocialScreens

AS_OF = date(2026, 11, 13)
SCREENS = SocialScreens(resource_path("clinical", "social_screens.json"))
LIVING, FOOD_WORRY, FOOD_LASTED, FOOD_RISK = "71802-3", "88122-7", "88123-5", "88124-3"


def answer(question: str, code: str, days_ago: int = 10) -> ScreenAnswer:
    on = AS_OF - timedelta(days=days_ago)
    return ScreenAnswer(question, code, on, f"QuestionnaireResponse/{days_ago}")


def barrier(name: str, *answers: ScreenAnswer) -> Known:
    return SCREENS.barrier(name, answers, AS_OF)


@pytest.mark.parametrize(
    ("name", "question", "code", "value"),
    [
        ("housing", LIVING, "LA31993-1", False),
        ("housing", LIVING, "LA31994-9", True),
        ("housing", LIVING, "LA31995-6", True),
        ("housing", LIVING, "LA30189-7", False),
        ("housing", LIVING, "LA30190-5", True),
        ("food", FOOD_WORRY, "LA28397-0", True),
        ("food", FOOD_WORRY, "LA6729-3", True),
        ("food", FOOD_WORRY, "LA28398-8", False),
        ("food", FOOD_LASTED, "LA6729-3", True),
        ("food", FOOD_RISK, "LA19952-3", True),
        ("food", FOOD_RISK, "LA19983-8", False),
    ],
)
def test_what_each_answer_means(name: str, question: str, code: str, value: bool) -> None:
    known = barrier(name, answer(question, code))
    assert known.value is value
    (evidence,) = known.evidence
    assert (evidence.field, evidence.value, evidence.date) == (question, code, "2026-11-03")


@pytest.mark.parametrize("code", ["LA30122-8", "LA15775-2", "LA9999-9"])
def test_declined_unsure_and_unheard_of_answers_settle_nothing(code: str) -> None:
    assert barrier("food", answer(FOOD_WORRY, code)).value is None
    assert barrier("housing", answer(LIVING, code)).value is None


def test_one_positive_question_opens_the_barrier_and_is_the_evidence() -> None:
    known = barrier("food", answer(FOOD_WORRY, "LA28398-8"), answer(FOOD_LASTED, "LA28397-0"))
    assert known.value is True
    assert [item.field for item in known.evidence] == [FOOD_LASTED]


def test_the_newest_answer_counts_whatever_the_order_given() -> None:
    old, new = answer(LIVING, "LA31995-6", 200), answer(LIVING, "LA31993-1", 20)
    assert barrier("housing", old, new).value is False
    assert barrier("housing", new, old).value is False


@pytest.mark.parametrize(("days_ago", "value"), [(0, True), (365, True), (366, None), (-1, None)])
def test_an_answer_is_good_for_a_year_and_not_before_it_was_given(
    days_ago: int, value: bool | None
) -> None:
    assert barrier("housing", answer(LIVING, "LA31995-6", days_ago)).value is value


def test_an_answer_about_food_says_nothing_about_housing() -> None:
    assert barrier("housing", answer(FOOD_WORRY, "LA28397-0")) == Known()


ANSWERS = st.lists(
    st.builds(
        answer,
        st.sampled_from([LIVING, FOOD_WORRY, FOOD_LASTED, FOOD_RISK]),
        st.sampled_from(
            ["LA31993-1", "LA31995-6", "LA28397-0", "LA28398-8", "LA19952-3", "LA30122-8"]
        ),
        st.integers(-30, 500),
    ),
    max_size=8,
)


@given(ANSWERS, st.sampled_from(["housing", "food"]))
def test_a_barrier_always_has_the_evidence_it_rests_on(
    answers: list[ScreenAnswer], name: str
) -> None:
    known = barrier(name, *answers)
    assert bool(known.evidence) is (known.value is not None)
    for item in known.evidence:
        assert item.date is not None
        age = AS_OF - date.fromisoformat(item.date)
        assert timedelta(0) <= age <= timedelta(days=365)


@given(ANSWERS)
def test_no_unrecorded_answer_is_ever_a_no(answers: list[ScreenAnswer]) -> None:
    silent = [a for a in answers if a.question != LIVING]
    assert barrier("housing", *silent).value is None
