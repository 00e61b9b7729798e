"""What pages, command line and reports are shown: small frozen values, never database rows.

Codes (kinds, tiers, verdicts) are the product's own words in lower case; the window and the
command line put them into sentences in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Due:
    """Until when something must happen: a moment (`at`, shown in `zone`) or a whole local day.

    `state` is overdue, today, soon (within 3 days) or later, against the moment asked for.
    """

    at: datetime | None
    on: date | None
    zone: str
    state: str


@dataclass(frozen=True)
class WorkItem:
    """One row of My day.

    `kind`: call, contact, visit, reconcile, reassess, review, safety, general (chip and button).
    `task_id` is the Task behind it. `reason_code` with `reason_values` says why, e.g.
    ``discharged_home`` with facility and day; `source` names the rule and its citation.
    """

    task_id: str
    task_kind: str
    kind: str
    case_id: str
    person: str
    title: str
    reason_code: str
    reason_values: dict[str, Any]
    due: Due
    attempts: int
    priority: str
    encounter_id: str | None
    rule: str
    rule_version: str
    source: str
    phone: str | None = None
    focus_id: str | None = None


@dataclass(frozen=True)
class Worklist:
    """My day: what needs the worker now, ranked, and what comes next."""

    as_of: datetime
    zone: str
    items: tuple[WorkItem, ...]
    coming: tuple[WorkItem, ...]
    news: tuple[NewsItem, ...] = ()


@dataclass(frozen=True)
class NewsItem:
    """Something that changed since the worker last looked. `kind` is a record kind."""

    case_id: str
    person: str
    kind: str
    what_code: str
    what: str
    at: datetime
    by: str


@dataclass(frozen=True)
class CaseloadRow:
    """One person of the caseload."""

    case_id: str
    name: str
    preferred_name: str | None
    birth_date: str | None
    age: int | None
    sex: str | None
    language: str | None
    interpreter_needed: bool | None
    programme: str | None
    tier: str
    prioritise: bool
    lace: int | None
    lace_band: str | None
    payer: str | None
    next_due: Due | None
    next_kind: str | None
    last_contact: datetime | None
    manager_id: str | None
    deceased: bool
    chronic_conditions: int | None = None


@dataclass(frozen=True)
class EvidenceLine:
    """Where a statement comes from: the record here, and the entry in the file it came from."""

    record_type: str
    record_id: str
    field: str
    value: str
    date: str | None
    source_reference: str | None
    display: str = ""


@dataclass(frozen=True)
class CriterionView:
    """One criterion of the decision boundary: id (CM1…CC5), verdict true, false or unknown."""

    id: str
    label: str
    verdict: str
    statement: str
    evidence: tuple[EvidenceLine, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Stratification:
    """The decision boundary for one person, computed and, where overridden, decided."""

    case_id: str
    name: str
    as_of: date
    tier: str
    computed: str
    override_reason: str | None
    prioritise: bool
    criteria: tuple[CriterionView, ...]
    missing: tuple[str, ...]
    condition_groups: tuple[str, ...]
    unclassified: tuple[str, ...]
    unclassified_count: int
    rule: str
    rule_version: str
    source: str
    facts_used: int


@dataclass(frozen=True)
class ScorePart:
    """One part of a score: its letter, its points, the most it can have, and why."""

    id: str
    label: str
    points: int | None
    maximum: int
    statement: str
    evidence: tuple[EvidenceLine, ...] = ()


@dataclass(frozen=True)
class ScoreView:
    """A readmission score for one stay; `total` None when parts are unknown (then a range)."""

    name: str
    total: int | None
    low: int
    high: int
    maximum: int
    band: str
    parts: tuple[ScorePart, ...]
    missing: tuple[str, ...]
    encounter_id: str
    rule_version: str
    source: str


@dataclass(frozen=True)
class ClockView:
    """One clock of a discharge: its Task if open, its due moment, done or not, how many tries."""

    id: str
    task_id: str | None
    due: Due
    done: bool
    done_at: datetime | None
    attempts: int
    note_code: str
    note_values: dict[str, Any]
    source: str


@dataclass(frozen=True)
class TransitionView:
    """A discharge being followed up: from where, when, to where, and its clocks."""

    encounter_id: str
    facility: str
    admitted_at: datetime | None
    discharged_at: datetime
    zone: str
    disposition: str
    day: int
    period_end: date
    watch_until: date
    clocks: tuple[ClockView, ...]
    lace: ScoreView | None
    open: bool


@dataclass(frozen=True)
class PersonHeader:
    """What never scrolls away."""

    case_id: str
    name: str
    preferred_name: str | None
    age: int | None
    birth_date: str | None
    pronouns: str | None
    sex: str | None
    language: str | None
    interpreter_needed: bool | None
    allergies: tuple[AllergyView, ...]
    allergies_known: bool
    tier: str
    criteria_met: int
    programme: str | None
    payer: str | None
    consent_given: bool | None
    safety_flags: tuple[str, ...]
    transition_day: int | None
    lace: int | None
    lace_band: str | None
    deceased: bool
    deceased_date: str | None
    phone: str | None


@dataclass(frozen=True)
class AllergyView:
    """An allergy with its reaction, criticality high shown as danger."""

    display: str
    reaction: str | None
    criticality: str | None


@dataclass(frozen=True)
class SeriesPoint:
    """One value of a plotted series."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Series:
    """A plotted measure with its range, newest last."""

    name: str
    unit: str
    points: tuple[SeriesPoint, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ChangeView:
    """One line of "since your last look": what changed, by whom, when."""

    kind: str
    what_code: str
    what: str
    at: datetime
    by: str


@dataclass(frozen=True)
class PersonSummary:
    """Summary in one look: why here, what the person wants, what is due, what changed."""

    header: PersonHeader
    stratification: Stratification
    transition: TransitionView | None
    goals: tuple[GoalView, ...]
    conditions: tuple[ConditionView, ...]
    medications: tuple[MedicationView, ...]
    due: tuple[WorkItem, ...]
    changes: tuple[ChangeView, ...]
    series: tuple[Series, ...]
    counts: dict[str, int]


@dataclass(frozen=True)
class ConditionView:
    """A condition as the person's record has it."""

    condition_id: str
    display: str
    code: str | None
    group: str | None
    clinical_status: str
    onset: str | None
    is_health_concern: bool
    source_reference: str | None


@dataclass(frozen=True)
class MedicationView:
    """A medicine line."""

    medication_id: str
    display: str
    dosage: str | None
    status: str
    authored: str | None


@dataclass(frozen=True)
class ActivityView:
    """A thing to do towards a goal."""

    activity_id: str
    goal_id: str | None
    description: str
    owner: str | None
    frequency: str | None
    due_on: date | None
    status: str
    outcome: str | None
    completed_at: datetime | None
    overdue: bool


@dataclass(frozen=True)
class GoalView:
    """A goal, the person's own words first; `progress` 0..1 where it can be measured."""

    goal_id: str
    condition_id: str | None
    own_words: str | None
    description: str | None
    target: str | None
    target_measure: str | None
    target_value: float | None
    target_unit: str | None
    baseline_value: float | None
    current_value: float | None
    progress: float | None
    due_on: date | None
    status: str
    barrier: str | None
    outcome: str | None
    overdue: bool
    activities: tuple[ActivityView, ...] = ()


@dataclass(frozen=True)
class CarePlanView:
    """The plan: problems (health concerns), goals with their activities, loose activities."""

    care_plan_id: str | None
    title: str
    status: str
    review_on: date | None
    problems: tuple[ConditionView, ...]
    goals: tuple[GoalView, ...]
    activities: tuple[ActivityView, ...]


@dataclass(frozen=True)
class NoteView:
    """A note with its addenda beneath it. `mine`: the reader may still edit this draft."""

    note_id: str
    kind: str
    title: str
    body: str
    status: str
    author: str
    written_at: datetime
    zone: str
    happened_on: date | None
    late_entry: bool
    signed_at: datetime | None
    signed_by: str | None
    signature_meaning: str | None
    visit_id: str | None
    task_id: str | None
    mine: bool
    at_headquarters: bool
    addenda: tuple[NoteView, ...] = ()


@dataclass(frozen=True)
class VisitView:
    """A planned or held visit."""

    visit_id: str
    kind: str
    status: str
    planned_at: datetime | None
    zone: str
    started_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    worker: str | None


@dataclass(frozen=True)
class InstrumentView:
    """An instrument that is shipped."""

    id: str
    title: str
    version: str
    loinc: str | None
    languages: tuple[str, ...]
    licence: str
    owner: str
    item_count: int


@dataclass(frozen=True)
class AssessmentView:
    """One asking of an instrument, signed or draft."""

    response_id: str
    instrument: str
    title: str
    status: str
    authored_at: datetime
    zone: str
    author: str
    score: float | None
    maximum: float | None
    band: str | None
    band_label: str | None
    prorated: bool
    answered: int
    questions: int
    safety: tuple[str, ...]
    signed_at: datetime | None
    signed_by: str | None
    mine: bool
    at_headquarters: bool
    unable_reason: str | None = None
    session: str | None = None


@dataclass(frozen=True)
class AssessmentsView:
    """The Assessments tab: what was asked, its trend, what can be asked."""

    instruments: tuple[InstrumentView, ...]
    assessments: tuple[AssessmentView, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class SafetyView:
    """A safety finding; until it is `settled` nothing is signed.

    `item` is the link id of the answer behind it, None where the whole asking is.
    """

    code: str
    title: str
    text: str
    follow_up_instrument: str | None
    settled: bool
    settled_by: str | None
    item: str | None = None


@dataclass(frozen=True)
class AssessmentForm:
    """An open assessment: the engine's state and what the page shows around it."""

    view: AssessmentView
    questionnaire: Any
    state: Any
    previous: dict[str, str] = field(default_factory=dict)
    previous_on: date | None = None
    safety: tuple[SafetyView, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A person found by name, number or date of birth."""

    case_id: str
    name: str
    detail: str


@dataclass(frozen=True)
class ImportedEntry:
    """An entry that was not taken: its reference in the file and why."""

    reference: str
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """What one file brought: per kind how many were new, changed, unchanged; and what was left."""

    file: str
    added: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]
    left: dict[str, int]
    refused: tuple[ImportedEntry, ...]
    people: tuple[str, ...]
    transitions_opened: int
    bytes_read: int
    seconds: float


@dataclass(frozen=True)
class AttachmentView:
    """A photo or document of a person. `size` in bytes; `file_name` is safe in any folder.

    `at_headquarters` tells of the record alone; where the content is, the session knows.
    """

    attachment_id: str
    case_id: str
    title: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    taken_at: datetime
    zone: str
    author: str
    note_id: str | None
    visit_id: str | None
    at_headquarters: bool
