"""Taking people in from files: what is new is kept, what is known is renewed, nothing twice.

A record is known by where it came from (`source_system`, `source_reference`). A person in a second
file is the same one when system and value of an identifier agree; anything less sure makes a new
person. One file is one transaction: it is taken whole or not at all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select

from casefield.care.days import local_day
from casefield.care.transition import open_transition
from casefield.care.views import ImportedEntry, ImportReport
from casefield.exchange.fhir.mapping import FileContent, Mapped, map_entries
from casefield.exchange.fhir.reader import Cancelled, Progress, read_entries
from casefield.records.base import Synced, new_id
from casefield.records.clinical import Encounter
from casefield.records.document import content_fields, from_wire, to_document
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import EpisodeOfCare
from casefield.records.work import Work

LOOKUP_CHUNK = 400
DEFAULT_SOURCE = "file"


class BulkWork(Work, Protocol):
    """A unit of work that also takes many records at once."""

    def add_all(self, records: list[Synced]) -> None:
        """Keep many new records."""
        ...


@dataclass
class _Tally:
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    refused: list[ImportedEntry] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    opened: int = 0


def take_file(
    working: Callable[[str], AbstractContextManager[Any]],
    path: Path,
    *,
    source_system: str | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportReport:
    """Take one file of FHIR R4 into the record.

    Args:
        working: gives a unit of work for a reason.
        source_system: who sent the file; otherwise taken from the resources.
        progress: hears (bytes read, bytes in all).
        cancelled: asked between entries.

    Raises:
        UnusableInput: the file can't be read; nothing of it was kept.
        Cancelled: it was taken back; nothing of it was kept.
    """
    begun = time.monotonic()
    content = map_entries(_until(cancelled, read_entries(path, progress)))
    tally = _Tally()
    tally.refused = [ImportedEntry(_where(r.place, r.reference), r.reason) for r in content.refused]
    if content.people or content.records:
        with working(f"import {path.suffix or 'file'}") as work:
            _Intake(work, content, source_system or content.source, tally).run()
    return ImportReport(
        file=str(path),
        added=dict(tally.added),
        changed=dict(tally.changed),
        unchanged=dict(tally.unchanged),
        left=dict(content.left),
        refused=tuple(tally.refused),
        people=tuple(tally.people),
        transitions_opened=tally.opened,
        bytes_read=path.stat().st_size,
        seconds=round(time.monotonic() - begun, 3),
    )


class _Intake:
    """One file on its way into the record."""

    def __init__(
        self, work: BulkWork, content: FileContent, source: str | None, tally: _Tally
    ) -> None:
        self._work = work
        self._content = content
        self._source = source or DEFAULT_SOURCE
        self._tally = tally
        self._fresh: list[Synced] = []
        self._stays: list[str] = []

    def run(self) -> None:
        """Take people first, then what belongs to them, then what follows from it."""
        cases = self._people()
        by_kind: dict[type[Synced], list[tuple[Mapped, str]]] = {}
        for mapped in self._content.records:
            case_id = cases.get(mapped.subject or "")
            if case_id is None:
                where = _where(mapped.place, mapped.reference)
                reason = f"its person {mapped.subject} is not in this file"
                self._tally.refused.append(ImportedEntry(where, reason))
            else:
                by_kind.setdefault(type(mapped.record), []).append((mapped, case_id))
        for kind, found in by_kind.items():
            self._records(kind, found)
        self._work.add_all(self._fresh)
        self._transitions()

    def _people(self) -> dict[str, str]:
        """Return the case id for every text by which the file refers to a person."""
        cases: dict[str, str] = {}
        unique = {id(mapped): mapped for mapped in self._content.people.values()}
        ids = {key: self._person(mapped) for key, mapped in unique.items()}
        for reference, mapped in self._content.people.items():
            cases[reference] = ids[id(mapped)]
        self._tally.people = list(dict.fromkeys(ids.values()))
        return cases

    def _person(self, mapped: Mapped) -> str:
        patient = mapped.record
        assert isinstance(patient, Patient)
        known = self._known_person(mapped, patient)
        if known is not None:
            self._renew(known, patient)
            return known.id
        patient.id = new_id()
        patient.source_system, patient.source_reference = self._source, mapped.reference
        work = self._work
        today = local_day(work.now, work.zone)
        work.add(patient)
        work.add(
            EpisodeOfCare(
                case_id=patient.id,
                status="finished" if patient.deceased else "active",
                started_on=today,
                identified_by="import",
                manager_id=work.actor.user_id,
            )
        )
        work.add(
            Assignment(
                case_id=patient.id,
                user_id=work.actor.user_id,
                role=work.actor.role,
                from_on=today,
                reason="import",
            )
        )
        self._tally.added["Patient"] += 1
        return patient.id

    def _known_person(self, mapped: Mapped, patient: Patient) -> Patient | None:
        work = self._work
        same = work.find(Patient, source_system=self._source, source_reference=mapped.reference)
        if same:
            return same[0]
        wanted = {
            (entry["system"], entry["value"])
            for entry in patient.identifiers or ()
            if entry.get("system")
        }
        if not wanted:
            return None
        statement = select(Patient.id, Patient.identifiers).where(
            Patient.org_id == work.actor.org_id, Patient.deleted.is_(False)
        )
        for row in work.rows(statement):
            has = {(e.get("system"), e.get("value")) for e in row.identifiers or ()}
            if wanted & has:
                return work.get(Patient, row.id)
        return None

    def _records(self, kind: type[Synced], found: list[tuple[Mapped, str]]) -> None:
        known = self._known(kind, [mapped.reference for mapped, _ in found])
        for mapped, case_id in found:
            record: Any = mapped.record
            old = known.get(mapped.reference)
            if old is not None:
                self._renew(old, record)
            else:
                record.id, record.case_id = new_id(), case_id
                record.source_system, record.source_reference = self._source, mapped.reference
                self._fresh.append(record)
                self._tally.added[kind.__kind__] += 1
                known[mapped.reference] = record
            if isinstance(record, Encounter) and record.ended_at is not None:
                self._stays.append(old.id if old is not None else record.id)

    def _known(self, kind: Any, references: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for start in range(0, len(references), LOOKUP_CHUNK):
            part = references[start : start + LOOKUP_CHUNK]
            for record in self._work.find(kind, source_system=self._source, source_reference=part):
                found[record.source_reference] = record
        return found

    def _renew(self, old: Synced, new: Synced) -> None:
        """Bring in what the source says now; what it leaves out stays as it is here."""
        kind = type(old)
        if old in self._fresh:
            self._tally.unchanged[kind.__kind__] += 1
            return
        said = to_document(new)
        for name in ("source_system", "source_reference"):
            said.pop(name, None)
        names = [name for name in said if name in content_fields(kind)]
        fields = {name: from_wire(kind, name, said[name]) for name in names}
        if old.signed or not self._work.change(old, **fields):
            self._tally.unchanged[kind.__kind__] += 1
        else:
            self._tally.changed[kind.__kind__] += 1

    def _transitions(self) -> None:
        """A stay that ended within the period starts its clocks."""
        recent: list[Encounter] = []
        for start in range(0, len(self._stays), LOOKUP_CHUNK):
            part = self._stays[start : start + LOOKUP_CHUNK]
            recent += self._work.find(
                Encounter, id=part, class_code=["IMP", "ACUTE", "NONAC", "OBSENC"]
            )
        now: datetime = self._work.now
        for encounter in recent:
            self._tally.opened += open_transition(self._work, encounter, now)


def _until(cancelled: Callable[[], bool], entries: Any) -> Any:
    for entry in entries:
        if cancelled():
            raise Cancelled
        yield entry


def _where(place: str, reference: str) -> str:
    return f"{place} ({reference})" if reference else place
