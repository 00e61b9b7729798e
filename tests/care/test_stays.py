"""Which stay is followed up: the latest that ended within thirty days, where it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from casefield.application import Session
from casefield.care.facts import gather
from casefield.care.stays import latest_stay, setting_of
from casefield.care.views import ImportReport
from tests.care.bundles import bundle, encounter, patient

Take = Callable[..., ImportReport]


def followed(session: Session, case_id: str, as_of: date) -> str | None:
    def ask(work: object) -> str | None:
        stay = latest_stay(gather(work, [case_id])[case_id], as_of)  # type: ignore[arg-type]
        return None if stay is None else str(stay.source_reference)

    return session.read(ask)


@pytest.mark.parametrize(
    ("klass", "setting"),
    [
        ("IMP", "inpatient"),
        ("ACUTE", "inpatient"),
        ("OBSENC", "observation"),
        ("EMER", None),
        ("AMB", None),
        (None, None),
    ],
)
def test_settings(klass: str | None, setting: str | None) -> None:
    assert setting_of(klass) == setting


def test_the_latest_of_those_that_ended_in_time(session: Session, take: Take) -> None:
    case_id = take(
        bundle(
            patient(),
            encounter("first", "IMP", "2026-10-01T08:00:00Z", "2026-10-05T15:00:00Z"),
            encounter("second", "IMP", "2026-10-20T08:00:00Z", "2026-10-25T15:00:00Z"),
            encounter("er", "EMER", "2026-11-01T08:00:00Z", "2026-11-01T15:00:00Z"),
            encounter("void", "IMP", "2026-11-02T08:00:00Z", "2026-11-03T15:00:00Z")
            | {"status": "cancelled"},
            encounter("still in", "IMP", "2026-11-05T08:00:00Z", None),
        )
    ).people[0]
    assert followed(session, case_id, date(2026, 11, 10)) == "Encounter/second"
    assert followed(session, case_id, date(2026, 11, 24)) == "Encounter/second"
    assert followed(session, case_id, date(2026, 11, 25)) is None
    assert followed(session, case_id, date(2026, 10, 24)) == "Encounter/first"
    assert followed(session, case_id, date(2026, 10, 4)) is None


def test_the_day_is_counted_where_the_stay_ended(session: Session, take: Take) -> None:
    # Half past one in UTC is the evening before on the ward.
    ward = encounter("ward", "IMP", "2026-10-05T08:00:00-05:00", "2026-10-10T20:30:00-05:00")
    case_id = take(bundle(patient(), ward)).people[0]
    assert followed(session, case_id, date(2026, 10, 10)) == "Encounter/ward"
    assert followed(session, case_id, date(2026, 11, 10)) is None
