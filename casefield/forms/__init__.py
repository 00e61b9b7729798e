"""Questionnaires: definition, state, scoring over FHIR R4. Knows nobody of ours, and no window."""
