"""FHIR data types: kept as said, shortened to fit, refused by element where they are misshapen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.exchange.fhir.datatypes import (
    Misshapen,
    code_of,
    coded_fields,
    codings,
    display_of,
    extension,
    first,
    join,
    moment,
    objects,
    reference_of,
    said,
    text,
)

SNOMED = "http://snomed.info/sct"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coding", "code", "text", "display", "system", "url", "reference"]),
            inner,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "kept"),
    [("  Ana ", "Ana"), ("", None), ("   ", None), (None, None), (5, None), ("abcdef", "abc")],
)
def test_a_text_is_trimmed_shortened_or_nothing(value: Any, kept: str | None) -> None:
    assert text(value, 3) == kept


def test_a_lone_object_is_a_list_of_one_and_odd_members_are_left_out() -> None:
    assert objects({"a": 1}) == [{"a": 1}]
    assert objects([{"a": 1}, "x", None, {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert objects("x") == objects(None) == []
    assert first([{"a": 1}, {"b": 2}]) == {"a": 1}
    assert first(None) == {}


def test_a_concept_keeps_all_codes_and_is_read_by_its_text() -> None:
    concept = {
        "coding": [
            {"system": SNOMED, "code": "44054006", "display": "Diabetes type 2"},
            {"code": "E11.9"},
            {"system": SNOMED, "display": "no code"},
        ],
        "text": "Sugar",
    }
    assert codings(concept) == [
        {"system": SNOMED, "code": "44054006", "display": "Diabetes type 2"},
        {"system": "", "code": "E11.9"},
    ]
    assert code_of(concept) == "44054006"
    assert display_of(concept) == "Sugar"
    assert display_of({"coding": concept["coding"]}) == "Diabetes type 2"
    assert display_of({"coding": [{"code": "E11.9"}]}) == "E11.9"
    assert coded_fields(concept, "code") == {
        "code_system": SNOMED,
        "code": "44054006",
        "display": "Sugar",
        "codings": codings(concept),
    }


def test_a_coding_may_have_a_display_alone() -> None:
    found = coded_fields({"coding": [{"display": "Low salt diet"}]}, "code")
    assert (found["code"], found["display"]) == (None, "Low salt diet")


def test_a_concept_of_words_alone_is_kept_without_a_code() -> None:
    assert coded_fields({"text": "Bad knee"}, "code") == {
        "code_system": None,
        "code": None,
        "display": "Bad knee",
        "codings": None,
    }
    assert code_of({"text": "Bad knee"}) == "Bad knee"


@pytest.mark.parametrize("concept", [None, {}, "x", {"coding": []}, {"text": " "}])
def test_a_concept_that_says_nothing_is_misshapen(concept: Any) -> None:
    with pytest.raises(Misshapen, match="medication has neither code nor text"):
        coded_fields(concept, "medication")


@pytest.mark.parametrize(
    "value",
    [
        "2015",
        "2015-03",
        "2015-03-07",
        "2015-02-07T13:28:17.239+02:00",
        "2015-02-07T13:28:17Z",
        "2015-02-07T13:28:17-05:00",
        "2015-02-07T13:28:17.1234567-05:00",
        "2024-02-29",
    ],
)
def test_a_date_is_kept_as_it_was_said(value: str) -> None:
    assert said(value, "onset") == value


def test_no_date_is_no_date() -> None:
    assert said(None, "onset") is None
    assert moment(None, "onset") == (None, None)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "15",
        "0000",
        "2015-13",
        "2015-02-30",
        "2023-02-29",
        "20150307",
        "2015-W10-6",
        "07/03/2015",
        "2015-03-07 13:28",
        "2015-02-07T25:00:00Z",
        "٢٠١٥",
        "yesterday",
        2015,
        True,
        ["2015"],
    ],
)
def test_what_is_no_fhir_date_is_misshapen_and_names_its_element(value: Any) -> None:
    with pytest.raises(Misshapen, match=r"period\.start is not a FHIR date"):
        said(value, "period.start")


@pytest.mark.parametrize(
    ("value", "at", "offset"),
    [
        ("2026-11-10T10:40:00-05:00", datetime(2026, 11, 10, 15, 40, tzinfo=UTC), "-05:00"),
        ("2026-11-10T15:40:00Z", datetime(2026, 11, 10, 15, 40, tzinfo=UTC), "+00:00"),
        ("2026-11-10T21:10:00.5+05:30", None, "+05:30"),
    ],
)
def test_a_moment_is_kept_in_utc_with_the_offset_it_was_said_in(
    value: str, at: datetime | None, offset: str
) -> None:
    found, zone = moment(value, "period.start")
    assert zone == offset
    assert found is not None
    assert found == (at or datetime(2026, 11, 10, 15, 40, 0, 500_000, tzinfo=UTC))
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", ["2026", "2026-11", "2026-11-10", "2026-11-10T10:40:00"])
def test_a_mere_date_or_a_time_without_offset_has_no_moment(value: str) -> None:
    assert moment(value, "effective") == (None, None)


def test_references_extensions_and_joined_parts() -> None:
    assert reference_of({"reference": "Patient/1"}) == "Patient/1"
    assert reference_of({"display": "Ana"}) is None
    assert reference_of("Patient/1") is None
    holder = {"extension": [{"url": "a", "n": 1}, {"url": "b", "n": 2}, {"url": "b", "n": 3}]}
    assert extension(holder, "b")["n"] == 2
    assert extension(holder, "c") == {}
    assert join(["Ana", None, "", "Núñez"]) == "Ana Núñez"
    assert join([None, ""]) is None


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_moment_comes_back_at_its_instant(local: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    words = f"{local.isoformat(timespec='seconds')}{sign}{hours:02}:{rest:02}"
    found, offset = moment(words, "effective")
    assert found == datetime.fromisoformat(words)
    assert offset == f"{sign}{hours:02}:{rest:02}"


@given(ANYTHING)
def test_nothing_that_may_stand_there_makes_reading_fail_otherwise(value: Any) -> None:
    objects(value)
    first(value)
    assert all(entry["code"] for entry in codings(value))
    assert code_of(value) != ""
    assert display_of(value) != ""
    reference_of(value)
    for read in (lambda: said(value, "x"), lambda: coded_fields(value, "x")):
        try:
            read()
        except Misshapen as error:
            told = str(error)
            assert told.startswith("x ")
