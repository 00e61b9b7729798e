"""The command line's words for the product's codes."""

TIERS = {
    "case_management": "Case management",
    "care_coordination": "Care coordination",
    "review": "Review",
    "insufficient_data": "Insufficient data",
}

VERDICTS = {"true": "yes", "false": "no", "unknown": "unknown"}

CONTENT_STATES = {
    "here": "on this laptop",
    "waiting": "waits to be sent",
    "refused": "here only: headquarters refuses it",
    "damaged": "damaged here",
    "coming": "not all here yet",
    "away": "at headquarters",
}

WORK_KINDS = {
    "call": "Call",
    "contact": "Contact",
    "visit": "Visit",
    "reconcile": "Reconcile",
    "reassess": "Reassess",
    "review": "Review",
    "safety": "Safety",
    "general": "Task",
}

RECORD_KINDS = {
    "Activity": "Activity",
    "AllergyIntolerance": "Allergy",
    "Assignment": "Assignment",
    "Attachment": "Attachment",
    "CarePlan": "Care plan",
    "CareTeamMember": "Care team member",
    "Condition": "Condition",
    "Conflict": "Conflict",
    "Coverage": "Coverage",
    "Encounter": "Stay or contact",
    "EpisodeOfCare": "Case",
    "Goal": "Goal",
    "MedicationStatement": "Medication",
    "Note": "Note",
    "Observation": "Observation",
    "Patient": "Person",
    "QuestionnaireResponse": "Assessment",
    "Task": "Task",
    "Visit": "Visit",
}

# A field's name read aloud, where that isn't enough to know it by
FIELDS = {
    "addresses": "Problems it addresses",
    "amends": "What it amends",
    "baseline_value": "Value at the start",
    "body": "Text",
    "clinical_status": "Status",
    "closing": "How it was closed",
    "code": "Diagnosis or medicine",
    "codings": "Codes",
    "completion": "When it was done",
    "current_value": "Value now",
    "deleted": "Whether it was removed",
    "dosage": "Dose, unit and route",
    "due": "Due",
    "due_at": "Due",
    "due_on": "Due",
    "due_zone": "Due (time zone)",
    "focus": "What it is about",
    "happened_on": "Day it happened",
    "kind": "Kind",
    "manager_id": "Case manager",
    "override": "Tier chosen by a clinician",
    "own_words": "In the person's own words",
    "owner": "Who does it",
    "response": "Answers",
    "sections": "Sections",
    "signature": "Signature",
    "signed": "Whether it is signed",
    "target": "Target",
    "tier_computed": "Tier by the rule",
    "tier_override": "Tier chosen by a clinician",
}


def record_kind(code: str) -> str:
    """Return a kind of record in words."""
    return RECORD_KINDS.get(code, code)


def field(name: str) -> str:
    """Return a field, or a group of them, in words."""
    return FIELDS.get(name) or name.replace("_", " ").capitalize()
