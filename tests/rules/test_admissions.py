"""What counts as one admission: class, transfers, observation, the year up to the day asked."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.rules.admissions import Admission, admissions
from casefield.rules.facts import Stay

AS_OF = date(2026, 11, 13)
INPATIENT = ("IMP", "ACUTE", "NONAC")


def stay(
    admitted: str | None, discharged: str | None = None, class_code: str = "IMP", **more: bool
) -> Stay:
    return Stay(
        record=f"Encounter/{admitted}-{class_code}",
        class_code=class_code,
        admitted=date.fromisoformat(admitted) if admitted else None,
        discharged=date.fromisoformat(discharged) if discharged else None,
        **more,
    )


def count(*stays: Stay, as_of: date = AS_OF) -> tuple[Admission, ...]:
    return admissions(stays, as_of, days=365, inpatient=INPATIENT, gap_days=1)


def test_two_stays_weeks_apart_are_two_admissions_oldest_first() -> None:
    found = count(stay("2026-09-20", "2026-09-23"), stay("2026-03-01", "2026-03-04"))
    assert [a.admitted for a in found] == [date(2026, 3, 1), date(2026, 9, 20)]


@pytest.mark.parametrize("class_code", ["OBSENC", "EMER", "AMB", "HH", "SS", ""])
def test_only_inpatient_classes_count(class_code: str) -> None:
    assert count(stay("2026-09-20", "2026-09-23", class_code)) == ()


def test_a_transfer_on_the_day_of_discharge_continues_the_admission() -> None:
    first, second = stay("2026-09-20", "2026-09-23"), stay("2026-09-23", "2026-09-28", "ACUTE")
    (admission,) = count(second, first)
    assert admission.stays == (first, second)
    assert admission.admitted == date(2026, 9, 20)


def test_a_stay_the_day_after_a_discharge_is_a_new_admission() -> None:
    found = count(stay("2026-09-20", "2026-09-23"), stay("2026-09-24", "2026-09-28"))
    assert len(found) == 2


def test_a_stay_inside_another_is_the_same_admission() -> None:
    found = count(
        stay("2026-09-01", "2026-09-30"),
        stay("2026-09-05", "2026-09-06"),
        stay("2026-09-20", "2026-09-22"),
    )
    assert len(found) == 1


def test_cancelled_and_undated_stays_are_not_counted() -> None:
    assert count(stay("2026-09-20", "2026-09-23", cancelled=True), stay(None)) == ()


@pytest.mark.parametrize(
    ("admitted", "counted"),
    [
        (AS_OF, True),
        (AS_OF + timedelta(days=1), False),
        (AS_OF - timedelta(days=364), True),
        (AS_OF - timedelta(days=365), False),
    ],
)
def test_the_year_ends_with_the_day_of_the_question(admitted: date, counted: bool) -> None:
    assert bool(count(stay(admitted.isoformat()))) is counted


def test_an_admission_that_began_before_the_year_is_not_counted_for_its_later_part() -> None:
    begun = (AS_OF - timedelta(days=366)).isoformat()
    moved = (AS_OF - timedelta(days=360)).isoformat()
    assert count(stay(begun, moved), stay(moved, "2025-12-01")) == ()


STAYS = st.lists(
    st.builds(
        lambda begin, length, kind: Stay(
            f"Encounter/{begin}",
            kind,
            AS_OF - timedelta(days=begin),
            None if length is None else AS_OF - timedelta(days=begin - length),
        ),
        st.integers(0, 500),
        st.none() | st.integers(0, 40),
        st.sampled_from(["IMP", "ACUTE", "OBSENC", "EMER"]),
    ),
    max_size=8,
)


@given(STAYS, st.randoms())
def test_the_count_does_not_depend_on_the_order_of_the_records(stays: list[Stay], random) -> None:
    shuffled = random.sample(stays, len(stays))
    assert [a.admitted for a in count(*stays)] == [a.admitted for a in count(*shuffled)]


@given(STAYS)
def test_no_stay_is_counted_twice_and_admissions_do_not_overlap(stays: list[Stay]) -> None:
    found = count(*stays)
    counted = [id(s) for a in found for s in a.stays]
    assert len(counted) == len(set(counted))
    for before, after in pairwise(found):
        ends = [s.discharged for s in before.stays if s.discharged]
        assert all(end < after.admitted for end in ends)


@given(STAYS)
def test_observation_never_changes_the_count(stays: list[Stay]) -> None:
    without = [s for s in stays if s.class_code != "OBSENC"]
    assert len(count(*stays)) == len(count(*without))
