"""The measures on a person's first page: which, in what order, with what unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from casefield.application import Session
from casefield.care import measures
from casefield.care.views import ImportReport, Series
from tests.care.bundles import about, bundle, observation, patient

Take = Callable[..., ImportReport]


def pressure(oid: str, code: str, on: str, high: float, low: float) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": oid,
        "status": "final",
        "subject": about(),
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": on,
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": part}]},
                "valueQuantity": {"value": value, "unit": "mm[Hg]"},
            }
            for part, value in (("8480-6", high), ("8462-4", low))
        ],
    }


def shown(session: Session, take: Take, *found: dict[str, Any]) -> dict[str, Series]:
    case_id = take(bundle(patient(), *found)).people[0]
    return {s.name: s for s in session.read(lambda w: measures.series(w, case_id))}


def test_nothing_measured_shows_nothing(session: Session, take: Take) -> None:
    assert shown(session, take) == {}


def test_pressure_of_old_and_new_files_is_one_series(session: Session, take: Take) -> None:
    found = shown(
        session,
        take,
        pressure("new", "85354-9", "2026-02-01T10:00:00Z", 142, 88),
        pressure("old", "55284-4", "2018-02-01T10:00:00Z", 151, 93),
    )
    assert [p.value for p in found["Systolic"].points] == [151, 142]
    assert [p.value for p in found["Diastolic"].points] == [93, 88]
    assert (found["Systolic"].unit, found["Systolic"].high) == ("mmHg", 130)


def test_oldest_first_and_only_the_last_twenty_four(session: Session, take: Take) -> None:
    many = [
        observation(
            f"w{n}", "29463-7", 60 + n, "kg", f"20{10 + n // 12:02}-{n % 12 + 1:02}-05T08:00:00Z"
        )
        for n in reversed(range(30))
    ]
    points = shown(session, take, *many)["Weight"].points
    assert [p.value for p in points] == [float(60 + n) for n in range(6, 30)]


def test_a_day_without_an_hour_is_noon_and_a_year_alone_no_point(
    session: Session, take: Take
) -> None:
    found = shown(
        session,
        take,
        observation("a", "4548-4", 7.4, "%", "2026-02-01"),
        observation("b", "4548-4", 9.9, "%", "2025"),
    )
    (point,) = found["HbA1c"].points
    assert (point.value, point.at) == (7.4, datetime(2026, 2, 1, 12, tzinfo=UTC))


def test_a_value_taken_back_is_not_drawn(session: Session, take: Take) -> None:
    wrong = observation("a", "29463-7", 800, "kg", "2026-02-01")
    assert shown(session, take, wrong | {"status": "entered-in-error"}) == {}


def test_a_score_has_no_unit(session: Session, take: Take) -> None:
    found = shown(session, take, observation("a", "44261-6", 12, "{score}", "2026-02-01"))
    assert found["PHQ-9"].unit == ""
