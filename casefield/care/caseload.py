"""Everybody on the caseload at a glance, and finding one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from casefield.care.days import age, day_of, local_day
from casefield.care.facts import Kept, everybody
from casefield.care.names import full_name
from casefield.care.stratify import judge
from casefield.care.views import CaseloadRow, Hit, WorkItem
from casefield.care.worklist import next_items
from casefield.errors import NotFound, UnusableInput
from casefield.records.coverage import Coverage
from casefield.records.people import Patient
from casefield.records.visit import Note
from casefield.records.work import Work


def caseload(work: Work, as_of: datetime) -> tuple[CaseloadRow, ...]:
    """Return one row per person, by family name; a few queries for each some hundred people."""
    payers = _payers(work)
    contacts = _contacts(work)
    upcoming = next_items(work, as_of)
    rows = [
        _row(kept, as_of, payers, contacts, upcoming.get(kept.patient.id))
        for kept in everybody(work)
    ]
    return tuple(sorted(rows, key=lambda row: _sort_name(row.name)))


def find_people(work: Work, text: str, limit: int = 20) -> tuple[Hit, ...]:
    """Return the people whose name, birth date or identifier holds every word typed."""
    words = [word.casefold() for word in text.split()]
    if not words:
        return ()
    statement = select(
        Patient.id,
        Patient.given_name,
        Patient.family_name,
        Patient.preferred_name,
        Patient.birth_date,
        Patient.identifiers,
    ).where(Patient.org_id == work.actor.org_id, Patient.deleted.is_(False))
    hits = []
    for row in work.rows(statement):
        numbers = " ".join(str(i.get("value", "")) for i in row.identifiers or ())
        haystack = (
            f"{full_name(row)} {row.preferred_name or ''} {row.birth_date or ''} {numbers}"
        ).casefold()
        if all(word in haystack for word in words):
            hits.append(Hit(row.id, full_name(row), row.birth_date or ""))
    return tuple(sorted(hits, key=lambda hit: _sort_name(hit.name))[:limit])


def names(work: Work, case_ids: Iterable[str]) -> dict[str, str]:
    """Return people's names by their case; who is not on this laptop has none."""
    wanted = set(case_ids)
    statement = select(Patient.id, Patient.given_name, Patient.family_name).where(
        Patient.org_id == work.actor.org_id, Patient.deleted.is_(False)
    )
    return {row.id: full_name(row) for row in work.rows(statement) if row.id in wanted}


def one_person(work: Work, text: str) -> str:
    """Return the id of the one person meant: a case id, or a name that only one bears.

    Raises:
        NotFound: nobody fits.
        UnusableInput: several do; they are named by number, not by content.
    """
    exact = work.rows(
        select(Patient.id).where(
            Patient.org_id == work.actor.org_id, Patient.deleted.is_(False), Patient.id == text
        )
    )
    if exact:
        return text
    hits = find_people(work, text)
    if not hits:
        raise NotFound(f"Nobody on this caseload fits “{text}”.", way_out="See casefield caseload.")
    if len(hits) > 1:
        raise UnusableInput(
            f"{len(hits)} people fit “{text}”.", way_out="Give the case id (caseload --json)."
        )
    return hits[0].case_id


def payer_of(work: Work, case_id: str) -> str | None:
    """Return who pays first for a person, None where it isn't known."""
    return _payers(work, case_id).get(case_id)


def _row(
    kept: Kept,
    as_of: datetime,
    payers: dict[str, str],
    contacts: dict[str, datetime],
    item: WorkItem | None,
) -> CaseloadRow:
    patient = kept.patient
    today = local_day(as_of, kept.zone)
    result, lace = judge(kept, today)
    override = kept.episode.tier_override if kept.episode is not None else None
    died = day_of(patient.deceased_date)
    return CaseloadRow(
        case_id=patient.id,
        name=full_name(patient),
        preferred_name=patient.preferred_name,
        birth_date=patient.birth_date,
        age=age(patient.birth_date, died or today),
        sex=patient.sex,
        language=patient.language,
        interpreter_needed=patient.interpreter_needed,
        programme=kept.episode.programme if kept.episode is not None else None,
        tier=override or result.tier.value,
        prioritise=result.prioritise,
        lace=lace.total if lace else None,
        lace_band=lace.band if lace else None,
        payer=payers.get(patient.id),
        next_due=item.due if item else None,
        next_kind=item.kind if item else None,
        last_contact=contacts.get(patient.id),
        manager_id=kept.episode.manager_id if kept.episode is not None else None,
        deceased=bool(patient.deceased),
        chronic_conditions=len(result.classified.counted) if kept.conditions else None,
    )


def _payers(work: Work, case_id: str | None = None) -> dict[str, str]:
    statement = select(
        Coverage.case_id, Coverage.payer_name, Coverage.plan_name, Coverage.rank
    ).where(
        Coverage.org_id == work.actor.org_id,
        Coverage.deleted.is_(False),
        Coverage.status == "active",
    )
    if case_id is not None:
        statement = statement.where(Coverage.case_id == case_id)
    found: dict[str, tuple[str, str]] = {}
    for row in work.rows(statement):
        rank = row.rank or "9"
        if row.case_id not in found or rank < found[row.case_id][0]:
            found[row.case_id] = (rank, row.payer_name or row.plan_name or "")
    return {case: name for case, (_, name) in found.items() if name}


def _contacts(work: Work) -> dict[str, datetime]:
    statement = (
        select(Note.case_id, func.max(Note.written_at).label("last"))
        .where(Note.org_id == work.actor.org_id, Note.deleted.is_(False))
        .group_by(Note.case_id)
    )
    found: dict[str, Any] = {row.case_id: row.last for row in work.rows(statement)}
    return found


def _sort_name(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"{family} {given}".casefold()
