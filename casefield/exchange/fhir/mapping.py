"""One file's entries as records, references resolved whatever the order in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from casefield.exchange.fhir import clinical, people, planning
from casefield.exchange.fhir.datatypes import Misshapen, first, reference_of
from casefield.exchange.fhir.directory import Directory, reference_keys
from casefield.exchange.fhir.reader import Entry
from casefield.records.base import Synced

SEVERAL = frozenset({"CareTeam"})
SUBJECTS = ("subject", "patient", "beneficiary")


@dataclass(frozen=True)
class Mapped:
    """A record that an entry became; `subject` is the reference of the person it is about."""

    record: Synced
    place: str
    reference: str
    subject: str | None


@dataclass(frozen=True)
class Refusal:
    """An entry that could not be taken."""

    place: str
    reference: str
    reason: str


@dataclass
class FileContent:
    """What a file holds, as records."""

    people: dict[str, Mapped] = field(default_factory=dict)
    records: list[Mapped] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    source: str | None = None
    entries: int = 0


def map_entries(entries: Iterable[Entry]) -> FileContent:
    """Map every entry. Names in the directory are needed first, so resources wait until the end.

    Only resources that become records are kept waiting; the rest is counted and dropped at once.
    """
    content, directory = FileContent(), Directory()
    waiting: list[Entry] = []
    for entry in entries:
        content.entries += 1
        kind = entry.resource.get("resourceType")
        if not isinstance(kind, str):
            content.refused.append(Refusal(entry.place, entry.full_url, "it holds no resource"))
            continue
        directory.note(entry.resource, entry.full_url)
        if kind in MAPPERS:
            waiting.append(entry)
        else:
            content.left[kind] += 1
    for entry in waiting:
        _map(entry, directory, content)
    return content


def _map(entry: Entry, directory: Directory, content: FileContent) -> None:
    resource, kind = entry.resource, entry.resource["resourceType"]
    reference = _reference(entry)
    try:
        if not reference:
            raise Misshapen("it has neither id nor fullUrl, so it could not be told apart")
        subject = _subject(resource) if kind != "Patient" else None
        if kind != "Patient" and subject is None:
            raise Misshapen("it names no person (subject)")
        records = MAPPERS[kind](resource, directory)
    except Misshapen as error:
        content.refused.append(Refusal(entry.place, reference, str(error)))
        return
    except (AttributeError, TypeError, ValueError, KeyError, OverflowError):
        content.refused.append(Refusal(entry.place, reference, "it is not shaped as FHIR R4 says"))
        return
    for n, record in enumerate(records):
        # A team of one may be a team of two in the next file: its members are always numbered.
        name = f"{reference}#{n}" if kind in SEVERAL else reference
        mapped = Mapped(record, entry.place, name, subject)
        if kind == "Patient":
            content.source = content.source or _source(resource)
            for key in reference_keys(resource, entry.full_url):
                content.people[key] = mapped
        else:
            content.records.append(mapped)


def _reference(entry: Entry) -> str:
    identity = entry.resource.get("id")
    if isinstance(identity, str) and identity:
        return f"{entry.resource['resourceType']}/{identity}"[:200]
    return entry.full_url[:200]


def _subject(resource: dict[str, Any]) -> str | None:
    for name in SUBJECTS:
        found = reference_of(resource.get(name))
        if found:
            return found
    return None


def _source(resource: dict[str, Any]) -> str | None:
    meta = resource.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("source"), str):
        return str(meta["source"]).partition("#")[0][:200]
    system = first(resource.get("identifier")).get("system")
    return system[:200] if isinstance(system, str) else None


Mapper = Callable[[dict[str, Any], Directory], list[Synced]]
MAPPERS: dict[str, Mapper] = {
    "Patient": lambda r, d: [people.patient(r)],
    "Coverage": lambda r, d: [people.coverage(r, d)],
    "CareTeam": lambda r, d: list(people.care_team(r, d)),
    "Condition": lambda r, d: [clinical.condition(r)],
    "AllergyIntolerance": lambda r, d: [clinical.allergy(r)],
    "Observation": lambda r, d: [clinical.observation(r)],
    "Encounter": lambda r, d: [clinical.encounter(r, d)],
    "MedicationRequest": lambda r, d: [clinical.medication(r, d)],
    "MedicationStatement": lambda r, d: [clinical.medication(r, d)],
    "CarePlan": lambda r, d: [planning.care_plan(r)],
    "Goal": lambda r, d: [planning.goal(r)],
}
