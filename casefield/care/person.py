"""One person in one look: who it is, why here, what is wanted, what is due, what changed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from casefield.care import tables
from casefield.care.caseload import payer_of
from casefield.care.days import age, day_of, local_day
from casefield.care.facts import EMERGENCY_CLASS, HEALTH_CONCERN, Kept, coded, gather
from casefield.care.measures import series
from casefield.care.names import full_name
from casefield.care.plan import care_plan, condition_view
from casefield.care.stays import latest_stay
from casefield.care.stratify import judge
from casefield.care.stratify import shown as stratification
from casefield.care.transition import followed_up
from casefield.care.views import (
    AllergyView,
    ChangeView,
    ConditionView,
    MedicationView,
    PersonHeader,
    PersonSummary,
)
from casefield.care.worklist import open_items
from casefield.errors import NotFound
from casefield.records.assessment import QuestionnaireResponse
from casefield.records.base import Synced
from casefield.records.clinical import AllergyIntolerance, Condition, Encounter, Observation
from casefield.records.medication import MedicationStatement
from casefield.records.people import Patient
from casefield.records.visit import Note, Visit
from casefield.records.work import Work
from casefield.rules.boundary import BoundaryResult
from casefield.rules.lace import LaceResult

ACTIVE = frozenset({"active", "recurrence", "relapse", ""})
RUNNING = frozenset({"active", "on-hold", "unknown"})
SHOWN_CHANGES = 8
RECENT = timedelta(days=180)
COUNTED: tuple[type[Synced], ...] = (
    Condition,
    MedicationStatement,
    Observation,
    Encounter,
    QuestionnaireResponse,
    Note,
    Visit,
)


def header(work: Work, case_id: str, as_of: datetime) -> PersonHeader:
    """Return what never scrolls away.

    Raises:
        NotFound: nobody of this id is on the caseload.
    """
    kept = _kept(work, case_id)
    return _header(work, kept, as_of, judge(kept, local_day(as_of, kept.zone)))


def summary(work: Work, case_id: str, as_of: datetime) -> PersonSummary:
    """Return the Summary tab; notes for the audit that the person's record was opened.

    Raises:
        NotFound: nobody of this id is on the caseload.
    """
    kept = _kept(work, case_id)
    work.opened(case_id, "summary")
    today = local_day(as_of, kept.zone)
    plan = care_plan(work, case_id, as_of)
    judged = judge(kept, today)
    return PersonSummary(
        header=_header(work, kept, as_of, judged),
        stratification=stratification(kept, today, judged[0]),
        transition=followed_up(work, kept, as_of),
        goals=plan.goals,
        conditions=_conditions(kept),
        medications=_medications(work, case_id),
        due=open_items(work, case_id, as_of),
        changes=_changes(work, kept, as_of),
        series=series(work, case_id),
        counts=_counts(work, case_id),
    )


def _kept(work: Work, case_id: str) -> Kept:
    kept = gather(work, [case_id]).get(case_id)
    if kept is None:
        raise NotFound(
            "This person is not on this laptop.",
            way_out="The case may have moved to a colleague; sync and look again.",
        )
    return kept


def _header(
    work: Work, kept: Kept, as_of: datetime, judged: tuple[BoundaryResult, LaceResult | None]
) -> PersonHeader:
    patient = work.get(Patient, kept.patient.id)
    today = local_day(as_of, kept.zone)
    died = day_of(patient.deceased_date)
    result, lace = judged
    override = kept.episode.tier_override if kept.episode is not None else None
    stay = transition_day(kept, today)
    allergies = _allergies(work, patient.id)
    return PersonHeader(
        case_id=patient.id,
        name=full_name(patient),
        preferred_name=patient.preferred_name,
        age=age(patient.birth_date, died or today),
        birth_date=patient.birth_date,
        pronouns=patient.pronouns,
        sex=patient.sex,
        language=patient.language,
        interpreter_needed=patient.interpreter_needed,
        allergies=tuple(a for a in allergies if a is not None),
        allergies_known=bool(allergies),
        tier=override or result.tier.value,
        criteria_met=sum(
            finding.id.startswith("CM") and finding.verdict.value == "true"
            for finding in result.findings
        ),
        programme=kept.episode.programme if kept.episode is not None else None,
        payer=payer_of(work, patient.id),
        consent_given=patient.consent_given,
        safety_flags=tuple(patient.safety_flags or ()),
        transition_day=stay,
        lace=lace.total if lace else None,
        lace_band=lace.band if lace else None,
        deceased=bool(patient.deceased),
        deceased_date=patient.deceased_date[:10] if patient.deceased_date else None,
        phone=patient.phone,
    )


def transition_day(kept: Kept, today: date) -> int | None:
    """Return how many days ago the stay ended that is being followed up, None where none is."""
    stay = latest_stay(kept, today)
    if stay is None:
        return None
    return (today - local_day(stay.ended_at, stay.ended_zone, kept.zone)).days


def _allergies(work: Work, case_id: str) -> list[AllergyView | None]:
    """Known allergies, criticality first; None stands for "no known allergies" on record."""
    found: list[AllergyView | None] = []
    for row in work.find(AllergyIntolerance, case_id=case_id):
        if row.clinical_status not in ACTIVE or row.verification_status == "entered-in-error":
            continue
        none_known = row.code == "716186003"  # SNOMED: no known allergy
        found.append(
            None
            if none_known
            else AllergyView(row.display or row.code or "", row.reaction, row.criticality)
        )
    return sorted(found, key=lambda a: (a is None, a is not None and a.criticality != "high"))


def _conditions(kept: Kept) -> tuple[ConditionView, ...]:
    """Return active conditions, those that count as chronic first."""
    labels: dict[str, str] = {}
    active = [c for c in kept.conditions if (c.clinical_status or "") in ACTIVE]
    for row in active:
        groups = tables.classifier().groups_of(coded(row))
        if groups:
            labels[row.id] = groups[0].label
    views = [
        condition_view(row, labels.get(row.id)) for row in active if row.category != HEALTH_CONCERN
    ]
    return tuple(sorted(views, key=lambda v: (v.group is None, v.display.casefold())))


def _medications(work: Work, case_id: str) -> tuple[MedicationView, ...]:
    """Return what the person takes now; the same medicine ordered again stands once, newest."""
    rows = work.rows(
        select(
            MedicationStatement.id,
            MedicationStatement.display,
            MedicationStatement.code,
            MedicationStatement.dosage_text,
            MedicationStatement.status,
            MedicationStatement.authored,
        ).where(
            MedicationStatement.org_id == work.actor.org_id,
            MedicationStatement.deleted.is_(False),
            MedicationStatement.case_id == case_id,
            MedicationStatement.status.in_(RUNNING),
        )
    )
    newest: dict[str, Any] = {}
    for row in sorted(rows, key=lambda r: r.authored or ""):
        newest[row.code or row.display or row.id] = row
    views = [
        MedicationView(
            row.id,
            row.display or row.code or "",
            row.dosage_text,
            row.status,
            row.authored[:10] if row.authored else None,
        )
        for row in newest.values()
    ]
    return tuple(sorted(views, key=lambda v: v.display.casefold()))


def _changes(work: Work, kept: Kept, as_of: datetime) -> tuple[ChangeView, ...]:
    """Return the last things that happened, newest first."""
    case_id, begin = kept.patient.id, as_of - RECENT
    found: list[ChangeView] = []
    for row in kept.encounters:
        for at, code in _moments_of_stay(row):
            if at is not None and begin <= at <= as_of:
                words = row.facility_name or row.type_display or ""
                found.append(ChangeView("Encounter", code, words, at, ""))
    for note in work.rows(
        select(Note.kind, Note.title, Note.signed_at, Note.signed_by).where(
            Note.org_id == work.actor.org_id,
            Note.deleted.is_(False),
            Note.case_id == case_id,
            Note.signed_at >= begin,
        )
    ):
        words = note.title or note.kind or ""
        found.append(ChangeView("Note", "note_signed", words, note.signed_at, note.signed_by or ""))
    for asked in work.rows(
        select(
            QuestionnaireResponse.instrument,
            QuestionnaireResponse.score,
            QuestionnaireResponse.signed_at,
            QuestionnaireResponse.signed_by,
        ).where(
            QuestionnaireResponse.org_id == work.actor.org_id,
            QuestionnaireResponse.deleted.is_(False),
            QuestionnaireResponse.case_id == case_id,
            QuestionnaireResponse.signed_at >= begin,
        )
    ):
        known = tables.catalogue().all.get(asked.instrument or "")
        title = known.rules.title if known else asked.instrument or ""
        words = title if asked.score is None else f"{title} {asked.score:g}"
        found.append(
            ChangeView(
                "QuestionnaireResponse",
                "assessment_signed",
                words,
                asked.signed_at,
                asked.signed_by or "",
            )
        )
    found.sort(key=lambda change: change.at, reverse=True)
    return tuple(found[:SHOWN_CHANGES])


def _moments_of_stay(row: Any) -> tuple[tuple[datetime | None, str], ...]:
    if row.class_code == EMERGENCY_CLASS:
        return ((row.started_at, "emergency_visit"),)
    if row.class_code in {"IMP", "ACUTE", "OBSENC"}:
        return ((row.started_at, "stay_began"), (row.ended_at, "stay_ended"))
    return ()


def _counts(work: Work, case_id: str) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for kind in COUNTED:
        rows = work.rows(
            select(func.count().label("number"))
            .select_from(kind)
            .where(
                kind.org_id == work.actor.org_id,
                kind.deleted.is_(False),
                kind.case_id == case_id,
            )
        )
        counts[kind.__kind__] = rows[0].number
    return dict(counts)
