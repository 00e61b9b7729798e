"""The command line's words for the product's codes."""

TIERS = {
    "case_management": "Case management",
    "care_coordination": "Care coordination",
    "review": "Review",
    "insufficient_data": "Insufficient data",
}

VERDICTS = {"true": "yes", "false": "no", "unknown": "unknown"}

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
