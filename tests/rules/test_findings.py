"""Three-valued logic: what is not known never becomes a no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.rules.findings import Verdict, all_of, any_of

VERDICTS = st.lists(st.sampled_from(Verdict), max_size=6)
OPPOSITE = {
    Verdict.TRUE: Verdict.FALSE,
    Verdict.FALSE: Verdict.TRUE,
    Verdict.UNKNOWN: Verdict.UNKNOWN,
}


@pytest.mark.parametrize(
    ("fact", "verdict"),
    [(True, Verdict.TRUE), (False, Verdict.FALSE), (None, Verdict.UNKNOWN)],
)
def test_a_fact_that_is_not_known_is_unknown(fact: bool | None, verdict: Verdict) -> None:
    assert Verdict.of(fact) is verdict


@pytest.mark.parametrize(
    ("verdicts", "either", "both"),
    [
        ("tf", "t", "f"),
        ("tu", "t", "u"),
        ("fu", "u", "f"),
        ("uu", "u", "u"),
        ("tt", "t", "t"),
        ("ff", "f", "f"),
        ("tfu", "t", "f"),
    ],
)
def test_or_and_and_follow_kleenes_tables(verdicts: str, either: str, both: str) -> None:
    spelt = {"t": Verdict.TRUE, "f": Verdict.FALSE, "u": Verdict.UNKNOWN}
    given_verdicts = [spelt[letter] for letter in verdicts]
    assert any_of(given_verdicts) is spelt[either]
    assert all_of(given_verdicts) is spelt[both]


def test_nothing_at_all_is_no_for_any_and_yes_for_all() -> None:
    assert any_of([]) is Verdict.FALSE
    assert all_of([]) is Verdict.TRUE


@given(VERDICTS, st.randoms())
def test_the_order_of_verdicts_changes_nothing(verdicts: list[Verdict], random) -> None:
    shuffled = random.sample(verdicts, len(verdicts))
    assert any_of(shuffled) is any_of(verdicts)
    assert all_of(shuffled) is all_of(verdicts)


@given(VERDICTS)
def test_not_any_is_all_not(verdicts: list[Verdict]) -> None:
    assert OPPOSITE[any_of(verdicts)] is all_of(OPPOSITE[v] for v in verdicts)


@given(VERDICTS, st.lists(st.booleans(), min_size=6, max_size=6))
def test_learning_what_was_unknown_never_turns_a_settled_answer(
    verdicts: list[Verdict], learnt: list[bool]
) -> None:
    settled = [
        Verdict.of(now) if verdict is Verdict.UNKNOWN else verdict
        for verdict, now in zip(verdicts, learnt, strict=False)
    ]
    for combine in (any_of, all_of):
        before, after = combine(verdicts), combine(settled)
        assert before in {Verdict.UNKNOWN, after}
        assert after is not Verdict.UNKNOWN
