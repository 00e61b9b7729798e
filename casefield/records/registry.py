"""Every kind of synced record, by the name it bears in code, database, wire and screen."""

from __future__ import annotations

from casefield.records.assessment import QuestionnaireResponse
from casefield.records.attachment import Attachment
from casefield.records.base import Synced
from casefield.records.clinical import AllergyIntolerance, Condition, Encounter, Observation
from casefield.records.conflict import Conflict
from casefield.records.coverage import Coverage
from casefield.records.medication import MedicationStatement
from casefield.records.organisation import Assignment, Device, Organization, User
from casefield.records.people import CareTeamMember, Patient
from casefield.records.planning import Activity, CarePlan, EpisodeOfCare, Goal
from casefield.records.visit import Note, Visit
from casefield.records.worklist import Task

KINDS: dict[str, type[Synced]] = {
    kind.__kind__: kind
    for kind in (
        Patient,
        Coverage,
        Condition,
        AllergyIntolerance,
        MedicationStatement,
        Observation,
        Encounter,
        QuestionnaireResponse,
        CarePlan,
        Goal,
        Activity,
        Visit,
        Note,
        Attachment,
        Task,
        CareTeamMember,
        EpisodeOfCare,
        Assignment,
        User,
        Device,
        Organization,
        Conflict,
    )
}
