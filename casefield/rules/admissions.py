"""Stays counted as admissions: by encounter class, transfers merged, observation left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from casefield.rules.facts import Stay


@dataclass(frozen=True)
class Admission:
    """One admission, perhaps of several stays joined by transfers."""

    stays: tuple[Stay, ...]

    @property
    def admitted(self) -> date:
        """The first day."""
        return min(stay.admitted for stay in self.stays if stay.admitted)


def admissions(
    stays: Iterable[Stay],
    as_of: date,
    *,
    days: int,
    inpatient: Iterable[str],
    gap_days: int,
) -> tuple[Admission, ...]:
    """Return the admissions that began in the `days` up to `as_of`, oldest first.

    A stay that begins less than `gap_days` days after the one before ended, or overlaps it,
    continues it.
    """
    classes = set(inpatient)
    counted = sorted(
        (
            stay
            for stay in stays
            if stay.class_code in classes and stay.admitted and not stay.cancelled
        ),
        key=lambda stay: (stay.admitted, stay.discharged or date.max),
    )
    merged: list[list[Stay]] = []
    for stay in counted:
        if merged and _continues(merged[-1], stay, gap_days):
            merged[-1].append(stay)
        else:
            merged.append([stay])
    begin = as_of - timedelta(days=days)
    found = (Admission(tuple(group)) for group in merged)
    return tuple(a for a in found if begin < a.admitted <= as_of)


def _continues(group: list[Stay], stay: Stay, gap_days: int) -> bool:
    ends = [known.discharged for known in group if known.discharged]
    if not ends or stay.admitted is None:
        return False
    last = max(ends)
    if stay.admitted < last:
        return True
    return stay.admitted - last < timedelta(days=gap_days)
