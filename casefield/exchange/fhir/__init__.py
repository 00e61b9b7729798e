"""FHIR R4: files read entry by entry, resources mapped one theme a file."""
