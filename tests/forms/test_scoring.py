"""What answers add up to: PHQ-9, PHQ-2, GAD-7, the Columbia triage, safety, proration."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.forms.catalogue import Catalogue, Instrument
from casefield.forms.questionnaire import ORDINAL, BadQuestionnaire, read_questionnaire
from casefield.forms.scoring import Outcome, ScoreResult, evaluate, load_rules, points
from casefield.forms.state import Answer, Chosen, Declined, FormState
from casefield.resources import resource_path

CATALOGUE = Catalogue(resource_path("questionnaires"))
PHQ9, PHQ2, GAD7, CSSRS = (CATALOGUE.get(n) for n in ("phq9", "phq2", "gad7", "cssrs_screener"))
LIST_A = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
PHQ9_ITEMS = [
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
]
GAD7_ITEMS = ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"]
WISH, THOUGHT, METHOD = "93246-7", "93247-5", "93248-3"
INTENT, PLAN, EVER, RECENT = "93249-1", "93250-9", "93267-3", "93269-9"
YES, NO = Chosen("LA33-6"), Chosen("LA32-8")
POINTS = st.none() | st.integers(0, 3)


def outcome(instrument: Instrument, items: list[str], given_points: list[int | None]) -> Outcome:
    answers: dict[str, Answer] = {
        link: Chosen(LIST_A[p])
        for link, p in zip(items, given_points, strict=True)
        if p is not None
    }
    return evaluate(instrument.rules, FormState(instrument.questionnaire, answers))


def phq9(*given_points: int | None) -> Outcome:
    return outcome(PHQ9, PHQ9_ITEMS, list(given_points))


def total(found: Outcome) -> ScoreResult:
    assert found.total is not None
    return found.total


def safety(found: Outcome) -> list[str]:
    return [s.id for s in found.safety]


def columbia(**answers: Answer) -> Outcome:
    names = {
        "wish": WISH,
        "thought": THOUGHT,
        "method": METHOD,
        "intent": INTENT,
        "plan": PLAN,
        "ever": EVER,
        "recent": RECENT,
    }
    state = FormState(CSSRS.questionnaire)
    for name, answer in answers.items():
        state = state.answered(names[name], answer)
    return evaluate(CSSRS.rules, state)


@pytest.mark.parametrize(
    ("instrument", "items", "loinc", "maximum"),
    [
        (PHQ9, PHQ9_ITEMS, "44261-6", 27),
        (PHQ2, PHQ9_ITEMS[:2], "55758-7", 6),
        (GAD7, GAD7_ITEMS, "70274-6", 21),
    ],
)
def test_the_items_their_answers_and_the_range_of_each_total(
    instrument: Instrument, items: list[str], loinc: str, maximum: int
) -> None:
    form = instrument.questionnaire
    assert [i.link_id for i in form.questions() if i.required] == items
    for link in items:
        offered = [(o.code, o.ordinal) for o in form.item(link).options]
        assert offered == [(code, Decimal(n)) for n, code in enumerate(LIST_A)]
    highest = total(outcome(instrument, items, [3] * len(items)))
    assert (highest.value, highest.maximum, highest.loinc) == (maximum, maximum, loinc)
    assert total(outcome(instrument, items, [0] * len(items))).value == 0


@pytest.mark.parametrize(
    ("instrument", "items", "bands"),
    [
        (
            PHQ9,
            PHQ9_ITEMS,
            {
                0: "minimal",
                4: "minimal",
                5: "mild",
                9: "mild",
                10: "moderate",
                14: "moderate",
                15: "moderately_severe",
                19: "moderately_severe",
                20: "severe",
                27: "severe",
            },
        ),
        (
            GAD7,
            GAD7_ITEMS,
            {
                0: "minimal",
                4: "minimal",
                5: "mild",
                9: "mild",
                10: "moderate",
                14: "moderate",
                15: "severe",
                21: "severe",
            },
        ),
        (PHQ2, PHQ9_ITEMS[:2], {0: "negative", 2: "negative", 3: "positive", 6: "positive"}),
    ],
)
def test_bands_begin_where_the_instrument_says(
    instrument: Instrument, items: list[str], bands: dict[int, str]
) -> None:
    for value, band in bands.items():
        spread = [min(3, max(0, value - 3 * n)) for n in range(len(items))]
        found = total(outcome(instrument, items, spread))
        assert (found.value, found.band) == (value, band)
        assert found.band_label


def test_the_difficulty_question_has_no_points() -> None:
    state = FormState(PHQ9.questionnaire)
    difficulty = PHQ9.questionnaire.item("69722-7")
    assert not difficulty.required
    answered = state.answered("69722-7", Chosen(difficulty.options[-1].code))
    assert evaluate(PHQ9.rules, answered).total == evaluate(PHQ9.rules, state).total


def test_eighteen_with_item_nine_above_zero_asks_the_safety_questions() -> None:
    found = phq9(3, 3, 3, 2, 2, 2, 1, 1, 1)
    assert (total(found).value, total(found).band) == (18, "moderately_severe")
    assert safety(found) == ["SAFETY_SI"]
    (finding,) = found.safety
    assert finding.follow_up == "cssrs_screener"
    assert finding.blocks_signing
    assert "988" in finding.text


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_item_nine_is_heard_as_soon_as_it_is_answered(answer: int) -> None:
    found = phq9(*[None] * 8, answer)
    assert total(found).value is None
    assert safety(found) == ["SAFETY_SI"]


def test_item_nine_at_zero_or_declined_raises_nothing() -> None:
    assert safety(phq9(*[1] * 8, 0)) == []
    declined = FormState(PHQ9.questionnaire, {PHQ9_ITEMS[8]: Declined()})
    assert safety(evaluate(PHQ9.rules, declined)) == []


@pytest.mark.parametrize(("last", "told"), [(1, []), (2, ["SAME_DAY_NOTICE"])])
def test_a_total_of_twenty_tells_the_clinician_the_same_day(last: int, told: list[str]) -> None:
    assert safety(phq9(3, 3, 3, 3, 3, 3, 0, last, 0)) == told


@pytest.mark.parametrize(
    ("given_points", "value", "prorated"),
    [
        ((1, 1, 1, 1, 1, 1, 1, 1, None), 9, True),
        # 4 of 8 items: 4.5, half up.
        ((1, 1, 1, 1, 0, 0, 0, 0, None), 5, True),
        # 12 of 8 items: 13.5.
        ((2, 2, 2, 2, 1, 1, 1, 1, None), 14, True),
        # 10 of 8 items: 11.25.
        ((2, 2, 1, 1, 1, 1, 1, 1, None), 11, True),
        # 11 of 7 items: 14.14.
        ((2, 2, 2, 2, 1, 1, 1, None, None), 14, True),
        ((2, 2, 2, 2, 1, 1, None, None, None), None, False),
        ((None,) * 9, None, False),
        ((2, 2, 2, 2, 1, 1, 1, 1, 0), 12, False),
    ],
)
def test_up_to_two_missing_answers_are_prorated_and_said_so(
    given_points: tuple[int | None, ...], value: int | None, prorated: bool
) -> None:
    found = total(phq9(*given_points))
    assert (found.value, found.prorated) == (value, prorated)
    assert (found.band is None) == (value is None)
    gone = [link for link, p in zip(PHQ9_ITEMS, given_points, strict=True) if p is None]
    assert list(found.missing) == gone


@pytest.mark.parametrize(("instrument", "items"), [(GAD7, GAD7_ITEMS), (PHQ2, PHQ9_ITEMS[:2])])
def test_gad7_and_phq2_have_no_total_with_an_answer_missing(
    instrument: Instrument, items: list[str]
) -> None:
    found = total(outcome(instrument, items, [None] + [3] * (len(items) - 1)))
    assert found.value is None


def test_a_declined_answer_is_missing_not_zero() -> None:
    answers: dict[str, Answer] = dict.fromkeys(PHQ9_ITEMS[:8], Chosen(LIST_A[2]))
    state = FormState(PHQ9.questionnaire, answers | {PHQ9_ITEMS[8]: Declined()})
    found = total(evaluate(PHQ9.rules, state))
    assert (found.value, found.prorated, found.missing) == (18, True, ("44260-8",))
    assert points(state, PHQ9_ITEMS[8]) is None
    assert points(state, PHQ9_ITEMS[0]) == 2


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_a_whole_phq9_is_the_sum_of_its_items(given_points: list[int]) -> None:
    found = total(phq9(*given_points))
    assert found.value == sum(given_points)
    assert not found.prorated
    assert found.evidence == tuple(zip(PHQ9_ITEMS, given_points, strict=True))


@given(st.lists(st.integers(0, 3), min_size=7, max_size=7))
def test_a_whole_gad7_is_the_sum_of_its_items(given_points: list[int]) -> None:
    assert total(outcome(GAD7, GAD7_ITEMS, given_points)).value == sum(given_points)


@given(st.lists(POINTS, min_size=9, max_size=9))
def test_a_phq9_has_a_total_unless_three_are_missing_and_it_stays_in_range(
    given_points: list[int | None],
) -> None:
    found = total(phq9(*given_points))
    known = [p for p in given_points if p is not None]
    missing = 9 - len(known)
    assert (found.value is None) == (missing >= 3)
    assert found.prorated == (missing in {1, 2})
    if found.value is not None:
        assert 0 <= sum(known) <= found.value <= 27
        assert abs(Decimal(found.value) - Decimal(sum(known) * 9) / len(known)) <= Decimal("0.5")
    assert ("SAFETY_SI" in safety(phq9(*given_points))) == bool(given_points[8])


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({"wish": NO, "thought": NO, "ever": NO}, "none"),
        ({"wish": YES, "thought": NO, "ever": NO}, "low"),
        (
            {"wish": NO, "thought": YES, "method": NO, "intent": NO, "plan": NO, "ever": NO},
            "low",
        ),
        (
            {"wish": YES, "thought": YES, "method": YES, "intent": NO, "plan": NO, "ever": NO},
            "moderate",
        ),
        (
            {"wish": YES, "thought": YES, "method": NO, "intent": YES, "plan": NO, "ever": NO},
            "high",
        ),
        (
            {"wish": YES, "thought": YES, "method": NO, "intent": NO, "plan": YES, "ever": NO},
            "high",
        ),
        ({"wish": NO, "thought": NO, "ever": YES, "recent": NO}, "moderate"),
        ({"wish": NO, "thought": NO, "ever": YES, "recent": YES}, "high"),
    ],
)
def test_columbia_triage(answers: dict[str, Answer], level: str) -> None:
    found = columbia(**answers)
    assert found.triage == level
    assert found.triage_label
    assert found.total is None
    expected = {"high": ["SAFETY_HIGH"], "moderate": ["SAFETY_MODERATE"]}
    assert safety(found) == expected.get(level, [])


def test_columbia_says_no_risk_only_when_every_question_was_answered_with_no() -> None:
    assert columbia().triage is None
    assert columbia(wish=NO).triage is None
    assert columbia(wish=NO, thought=NO).triage is None
    assert columbia(wish=Declined(), thought=NO, ever=NO).triage is None
    assert columbia(wish=Declined(), thought=Declined(), ever=Declined()).triage is None


def test_columbia_says_high_without_waiting_for_the_rest() -> None:
    found = columbia(thought=YES, plan=YES)
    assert found.triage == "high"
    assert "988" in found.safety[0].title


def test_answers_to_what_is_not_asked_any_more_raise_no_alarm() -> None:
    found = columbia(wish=NO, thought=YES, plan=YES, ever=NO)
    assert found.triage == "high"
    answers: dict[str, Answer] = {WISH: NO, THOUGHT: NO, PLAN: YES, EVER: NO}
    assert evaluate(CSSRS.rules, FormState(CSSRS.questionnaire, answers)).triage == "none"


def test_every_way_to_answer_columbia_has_its_one_level() -> None:
    links = (WISH, THOUGHT, METHOD, INTENT, PLAN, EVER, RECENT)
    for given_answers in product((YES, NO), repeat=7):
        answers = dict(zip(links, given_answers, strict=True))
        state = FormState(CSSRS.questionnaire, answers)
        said = {link for link, a in answers.items() if a == YES and state.given(link) == YES}
        if said & {INTENT, PLAN, RECENT}:
            expected = "high"
        elif said & {METHOD, EVER}:
            expected = "moderate"
        elif said:
            expected = "low"
        else:
            expected = "none"
        assert evaluate(CSSRS.rules, state).triage == expected


def test_an_answer_to_what_is_not_asked_scores_nothing() -> None:
    scored = {
        "valueCoding": {"code": "a", "display": "A"},
        "extension": [{"url": ORDINAL, "valueDecimal": 2}],
    }
    only = {"question": "1", "operator": "exists", "answerBoolean": True}
    raw = {
        "resourceType": "Questionnaire",
        "id": "sample",
        "item": [
            {"linkId": "1", "type": "choice", "answerOption": [scored]},
            {"linkId": "2", "type": "choice", "answerOption": [scored], "enableWhen": [only]},
        ],
    }
    state = FormState(read_questionnaire(raw, "sample.json"), {"2": Chosen("a")})
    assert points(state, "2") is None
    assert points(state.answered("1", Chosen("a")), "2") == 2


def test_a_result_names_its_rule_and_version() -> None:
    assert phq9(*[0] * 9).rule == f"phq9 {PHQ9.rules.version}"


def test_rules_that_do_not_fit_are_refused_with_file_and_field(tmp_path: Path) -> None:
    shipped = resource_path("questionnaires", "phq9.rules.json")
    body = json.loads(shipped.read_text(encoding="utf-8"))
    del body["licence"]
    path = tmp_path / "phq9.rules.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(BadQuestionnaire, match=r"phq9\.rules\.json.*licence"):
        load_rules(path)
    path.write_bytes(b"{\xff")
    with pytest.raises(BadQuestionnaire, match=r"phq9\.rules\.json"):
        load_rules(path)
    with pytest.raises(BadQuestionnaire, match=r"none\.rules\.json"):
        load_rules(tmp_path / "none.rules.json")
