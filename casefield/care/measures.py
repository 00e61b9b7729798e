"""The few measures that are worth a picture on a person's first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from casefield.care.days import day_of
from casefield.care.views import Series, SeriesPoint
from casefield.records.clinical import Observation
from casefield.records.work import Work

MOST_POINTS = 24
# LOINC panel of today, and the one that files from before 2019 carry.
BLOOD_PRESSURE = ("85354-9", "55284-4")


@dataclass(frozen=True)
class Measure:
    """What is plotted: LOINCs of the observation, of its part if it has parts, and its range."""

    name: str
    codes: tuple[str, ...]
    part: str | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None


# Ranges drawn as a band: adult blood pressure below 130/80 (ACC/AHA 2017), HbA1c below 7 %
# (ADA Standards of Care 2026, most adults), PHQ-9 below 5 = remission (Kroenke 2001). A goal of
# the person's own stands in the care plan; the band is only the common reference.
MEASURES = (
    Measure("Systolic", BLOOD_PRESSURE, "8480-6", "mmHg", 90, 130),
    Measure("Diastolic", BLOOD_PRESSURE, "8462-4", "mmHg", 60, 80),
    Measure("Weight", ("29463-7",), None, "kg"),
    Measure("HbA1c", ("4548-4",), None, "%", None, 7),
    Measure("PHQ-9", ("44261-6",), None, "", 0, 5),
)


def series(work: Work, case_id: str) -> tuple[Series, ...]:
    """Return the measures that have at least one value, oldest point first."""
    rows = work.rows(
        select(
            Observation.code,
            Observation.effective_at,
            Observation.effective,
            Observation.value_number,
            Observation.value_unit,
            Observation.components,
        ).where(
            Observation.org_id == work.actor.org_id,
            Observation.deleted.is_(False),
            Observation.case_id == case_id,
            Observation.status != "entered-in-error",
            Observation.code.in_({code for measure in MEASURES for code in measure.codes}),
        )
    )
    return tuple(found for m in MEASURES if (found := _series(m, rows)) is not None)


def _series(measure: Measure, rows: Any) -> Series | None:
    points, unit = [], measure.unit
    for row in rows:
        if row.code not in measure.codes:
            continue
        at = _moment(row)
        value, said = _value(measure, row)
        if at is None or value is None:
            continue
        points.append(SeriesPoint(at, value))
        unit = said or unit
    if not points:
        return None
    points.sort(key=lambda point: point.at)
    shown = "" if unit.startswith("{") else unit.replace("mm[Hg]", "mmHg")
    return Series(measure.name, shown, tuple(points[-MOST_POINTS:]), measure.low, measure.high)


def _value(measure: Measure, row: Any) -> tuple[float | None, str | None]:
    if measure.part is None:
        return row.value_number, row.value_unit
    for part in row.components or ():
        if part.get("code") == measure.part and part.get("value_number") is not None:
            return float(part["value_number"]), part.get("value_unit")
    return None, None


def _moment(row: Any) -> datetime | None:
    at: datetime | None = row.effective_at
    if at is not None:
        return at
    day = day_of(row.effective)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
