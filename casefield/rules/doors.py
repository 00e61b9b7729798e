"""Rules on plain facts, as a stranger would write them in JSON: schema, example, answer."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from casefield.rules.boundary import Boundary
from casefield.rules.clocks import Discharge, DischargeClocks
from casefield.rules.conditions import CodedCondition
from casefield.rules.facts import Known, PersonFacts, Stay
from casefield.rules.findings import Evidence
from casefield.rules.lace import Lace, LaceFacts

YEARS = range(1900, 2200)


class BadCase(ValueError):
    """A case can't be answered as it is written; the message names key, value and what is meant."""


@dataclass(frozen=True)
class RuleDoor:
    """One rule, ready to be asked."""

    summary: str
    schema: dict[str, Any]
    example: dict[str, Any]
    run: Callable[[dict[str, Any]], dict[str, Any]]


class ClocksCase(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A discharge: local time without a zone is taken in `zone`."""

    discharged_at: str
    zone: str = "America/New_York"
    disposition: str | None = None
    setting: str = "inpatient"
    holidays: list[date] = []


class ConditionCase(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A coded condition; `system` is icd10 or snomed."""

    code: str
    system: str = "icd10"
    status: str = "active"
    onset: date | None = None
    display: str = ""


class StayCase(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An encounter; `class` is the FHIR class code."""

    admitted: date
    discharged: date | None = None
    class_code: str = msgspec.field(default="IMP", name="class")


class LaceCase(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A stay for LACE; what is left out is unknown."""

    admitted: date | None = None
    discharged: date | None = None
    acute: bool | None = None
    comorbidities: list[str] | None = None
    conditions: list[ConditionCase] | None = None
    ed_visits_6_months: int | None = None


class BoundaryCase(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A person for the decision boundary; what is left out is unknown."""

    as_of: date | None = None
    conditions: list[ConditionCase] | None = None
    encounters: list[StayCase] | None = None
    housing_barrier: bool | None = None
    food_barrier: bool | None = None
    limited_english: bool | None = None
    substance_use_active: bool | None = None
    serious_mental_illness: bool | None = None
    long_term_care_decision_open: bool | None = None
    conditions_stable: bool | None = None
    specialist_count: int | None = None
    social_support_reliable: bool | None = None
    health_literacy_adequate: bool | None = None
    needs_informational_only: bool | None = None
    lace: int | None = None


def doors(
    boundary: Boundary, clocks: Callable[[list[date]], DischargeClocks], lace: Lace
) -> dict[str, RuleDoor]:
    """Return every rule by name."""
    return {
        "boundary": RuleDoor(
            "Case management or care coordination, each criterion with its evidence",
            _schema(BoundaryCase),
            {
                "as_of": "2026-11-13",
                "conditions": [
                    {"code": "E11.9"}, {"code": "I10"}, {"code": "44054006", "system": "snomed"}
                ],
                "encounters": [{"admitted": "2026-11-05", "discharged": "2026-11-10"}],
                "limited_english": False,
                "housing_barrier": False,
                "food_barrier": False,
                "specialist_count": 2,
            },
            lambda case: _boundary(boundary, case),
        ),
        "clocks": RuleDoor(
            "A discharge and every due date it starts",
            _schema(ClocksCase),
            {
                "discharged_at": "2026-11-10T10:40",
                "zone": "America/New_York",
                "disposition": "home",
                "setting": "inpatient",
            },
            lambda case: _clocks(clocks, case),
        ),
        "lace": RuleDoor(
            "LACE readmission index of one stay, 0 to 19",
            _schema(LaceCase),
            {
                "admitted": "2026-11-05",
                "discharged": "2026-11-10",
                "acute": True,
                "comorbidities": ["heart_failure", "diabetes", "previous_myocardial_infarction"],
                "ed_visits_6_months": 1,
            },
            lambda case: _lace(lace, case),
        ),
    }  # fmt: skip


def _boundary(rule: Boundary, raw: dict[str, Any]) -> dict[str, Any]:
    case = _case(raw, BoundaryCase)
    if case.specialist_count is not None and case.specialist_count < 0:
        raise BadCase("specialist_count is negative; give 0 or more.")
    as_of = case.as_of or datetime.now(UTC).date()
    _check_year("as_of", as_of)
    stays = case.encounters
    result = rule.judge(
        PersonFacts(
            as_of=as_of,
            conditions=_conditions(case.conditions),
            stays=None
            if stays is None
            else tuple(
                Stay(f"encounters[{i}]", s.class_code.upper(), s.admitted, s.discharged)
                for i, s in enumerate(stays)
            ),
            housing=_known(case.housing_barrier, "housing_barrier"),
            food=_known(case.food_barrier, "food_barrier"),
            limited_english=_known(case.limited_english, "limited_english"),
            substance_use=_known(case.substance_use_active, "substance_use_active"),
            serious_mental_illness=_known(case.serious_mental_illness, "serious_mental_illness"),
            long_term_care_decision=_known(
                case.long_term_care_decision_open, "long_term_care_decision_open"
            ),
            stable=_known(case.conditions_stable, "conditions_stable"),
            specialists=case.specialist_count,
            social_support=_known(case.social_support_reliable, "social_support_reliable"),
            health_literacy=_known(case.health_literacy_adequate, "health_literacy_adequate"),
            informational_only=_known(case.needs_informational_only, "needs_informational_only"),
            lace=case.lace,
        )
    )
    return {
        "verdict": result.tier.value,
        "prioritise": result.prioritise,
        "as_of": as_of.isoformat(),
        "criteria": [
            {
                "id": f.id,
                "label": rule.label(f.id),
                "verdict": f.verdict.value,
                "evidence": [_evidence(e) for e in f.evidence],
                "missing": list(f.missing),
            }
            for f in result.findings
        ],
        "condition_groups": list(result.classified.counted),
        "unclassified": [c.evidence().value for c in result.classified.unclassified],
        "missing": list(result.missing),
        "rule": result.rule,
        "version": result.version,
        "source": result.source,
    }


def _clocks(make: Callable[[list[date]], DischargeClocks], raw: dict[str, Any]) -> dict[str, Any]:
    case = _case(raw, ClocksCase)
    rule = make(case.holidays)
    zone = _zone(case.zone)
    if case.setting not in rule.table.tcm_from:
        raise BadCase(
            f"setting is “{case.setting}”; it is one of: {', '.join(rule.table.tcm_from)}."
        )
    result = rule.start(
        Discharge(_moment(case.discharged_at, zone), case.zone, case.disposition, case.setting)
    )
    return {
        "verdict": result.tcm.value,
        "destination": result.destination.value,
        "clocks": {
            clock.id: {
                key: value
                for key, value in {
                    "at": clock.at.astimezone(zone).isoformat() if clock.at else None,
                    "on": clock.on.isoformat() if clock.on else None,
                    "earliest_safe": clock.earliest_safe.isoformat()
                    if clock.earliest_safe
                    else None,
                    "skipped": {day.isoformat(): name for day, name in clock.skipped} or None,
                }.items()
                if value is not None
            }
            for clock in result.clocks
        },
        "evidence": [
            {"field": "discharged_at", "value": case.discharged_at, "zone": case.zone},
            {"field": "disposition", "value": case.disposition},
        ],
        "missing": list(result.missing),
        "rule": result.rule,
        "version": result.version,
        "source": result.source,
    }


def _lace(rule: Lace, raw: dict[str, Any]) -> dict[str, Any]:
    case = _case(raw, LaceCase)
    if case.admitted and case.discharged and case.discharged < case.admitted:
        raise BadCase(f"discharged {case.discharged} is before admitted {case.admitted}.")
    if case.ed_visits_6_months is not None and case.ed_visits_6_months < 0:
        raise BadCase("ed_visits_6_months is negative; give 0 or more.")
    known = {entry.id for entry in rule.table.comorbidities}
    for name in case.comorbidities or ():
        if name not in known:
            raise BadCase(f"comorbidities has “{name}”{_nearest(name, known)}.")
    result = rule.score(
        LaceFacts(
            admitted=case.admitted,
            discharged=case.discharged,
            acute=case.acute,
            conditions=_conditions(case.conditions),
            comorbidities=None if case.comorbidities is None else tuple(case.comorbidities),
            emergency_visits=case.ed_visits_6_months,
        )
    )
    return {
        "verdict": result.band,
        "total": result.total,
        "low": result.low,
        "high": result.high,
        "parts": [
            {
                "id": p.id,
                "label": p.label,
                "points": p.points,
                "maximum": p.maximum,
                "statement": p.statement,
                "evidence": [_evidence(e) for e in p.evidence],
            }
            for p in result.parts
        ],
        "evidence": [_evidence(e) for p in result.parts for e in p.evidence],
        "missing": list(result.missing),
        "rule": result.rule,
        "version": result.version,
        "source": result.source,
    }


def _conditions(given: list[ConditionCase] | None) -> tuple[CodedCondition, ...] | None:
    if given is None:
        return None
    for i, entry in enumerate(given):
        if entry.system not in {"icd10", "snomed"}:
            raise BadCase(f"conditions[{i}].system is “{entry.system}”; it is icd10 or snomed.")
    return tuple(
        CodedCondition(
            record=f"conditions[{i}]",
            codes=((entry.system, entry.code),),
            display=entry.display,
            clinical_status=entry.status,
            onset=entry.onset,
            onset_said=entry.onset.isoformat() if entry.onset else None,
        )
        for i, entry in enumerate(given)
    )


def _known(value: bool | None, name: str) -> Known:
    if value is None:
        return Known()
    return Known(value, (Evidence("case", name, "yes" if value else "no"),))


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "record": item.record,
        "field": item.field,
        "value": item.value,
        "date": item.date,
        "display": item.display,
    }


def _case(raw: dict[str, Any], shape: type[Any]) -> Any:
    fields = [f.encode_name for f in msgspec.structs.fields(shape)]
    for key in raw:
        if key not in fields:
            raise BadCase(f"“{key}” is not asked here{_nearest(key, fields)}.")
    try:
        return msgspec.convert(raw, shape, strict=True)
    except msgspec.ValidationError as error:
        raise BadCase(_said(str(error), raw)) from error


def _said(words: str, raw: dict[str, Any]) -> str:
    """Turn the library's words into ours: key, value, what is expected."""
    place = re.search(r"at `\$\.?(.*)`", words)
    expected = re.sub(r" - at `.*`", "", words).replace("`", "")
    if not place:
        return f"{expected}."
    key = place.group(1)
    value = raw.get(key.split("[")[0].split(".")[0])
    return f"{key}: {expected} (given: {value!r})."


def _nearest(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    meant = f"; did you mean “{close[0]}”?" if close else ""
    return f"{meant or '; known are: ' + ', '.join(sorted(known))}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadCase(f"zone is “{name}”; give an IANA name like America/New_York.") from error


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCase(f"discharged_at is “{text}”; give a moment like 2026-11-10T10:40.") from error
    _check_year("discharged_at", moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _check_year(key: str, day: date) -> None:
    """Years at the ends of the calendar can't be counted from."""
    if day.year not in YEARS:
        raise BadCase(f"{key} is “{day}”; give a year from {YEARS[0]} to {YEARS[-1]}.")


def _schema(shape: type[Any]) -> dict[str, Any]:
    return msgspec.json.schema(shape)
