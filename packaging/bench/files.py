"""Taking FHIR files in: a hospital's bundle, and a large one with the memory it needs."""

from __future__ import annotations

import gzip
import json
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import people
import processes
from figures import Figure, compared, in_turn

SHARED = processes.ROOT.parent / "shared" / "data" / "fhir-synthea"
MEGABYTE = 1_000_000
LOINC = "http://loinc.org"


def bundle(folder: Path, rounds: int) -> Iterator[Figure]:
    """A bundle taken in, against parsing its JSON alone."""
    file = _synthetic(folder) or _generated(folder / "bundle.json", MEGABYTE)
    size = file.stat().st_size / MEGABYTE
    begun = iter(range(1_000))

    def take() -> float:
        profile = folder / f"taking-{next(begun)}"
        people.profile(profile, 0)
        return size / float(processes.run("take", profile, people.PASSPHRASE, file)["seconds"])

    def parse() -> float:
        seconds = float(processes.run("parse", file)["seconds"])
        return size / seconds

    yield compared(
        f"import of a FHIR bundle of {size:.1f} MB",
        "MB/s",
        in_turn(rounds, {"take": take, "parse": parse}),
        "take",
        "parse",
        against="parsing its JSON alone",
    )


def large(folder: Path, rounds: int, size: int) -> Iterator[Figure]:
    """A large file: how long, and how much memory beyond what was there before."""
    file = _generated(folder / "large.json", size)
    words = f"import of {size / MEGABYTE:.0f} MB in one bundle"
    seconds: list[float] = []
    grown: list[float] = []
    for number in range(rounds):
        profile = folder / f"large-{number}"
        people.profile(profile, 0)
        found = processes.run("take", profile, people.PASSPHRASE, file)
        seconds.append(found["seconds"])
        grown.append(found["peak"] - found["before"])
    yield Figure(words, statistics.median(seconds), "s")
    yield Figure(f"{words}: memory beyond the unlocked profile", max(grown), "MiB")


def _synthetic(folder: Path) -> Path | None:
    """Return the largest bundle of the shared synthetic people, unpacked; None where absent."""
    packed = sorted(SHARED.glob("*.json.gz"), key=lambda file: file.stat().st_size)
    if not packed:
        return None
    file = folder / "synthea.json"
    file.write_bytes(gzip.decompress(packed[-1].read_bytes()))
    return file


def _generated(file: Path, size: int) -> Path:
    """Write a bundle of about so many bytes: some people with years of measurements."""
    entries: list[dict[str, Any]] = []
    written = person = 0
    while written < size:
        for resource in _resources(person):
            entries.append({"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource})
            written += len(json.dumps(entries[-1]))
        person += 1
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def _resources(person: int) -> Iterator[dict[str, Any]]:
    subject = {"reference": f"urn:uuid:p{person}"}
    begin = datetime(2016, 1, 4, 9, tzinfo=UTC)
    yield {
        "resourceType": "Patient",
        "id": f"p{person}",
        "identifier": [{"system": "urn:bench", "value": f"p{person}"}],
        "name": [{"use": "official", "family": f"Medina-{person}", "given": ["Rosa"]}],
        "gender": "female",
        "birthDate": "1948-03-02",
    }
    for number, (code, display) in enumerate(people.CONDITIONS):
        coding = {"system": people.ICD10, "code": code, "display": display}
        yield {
            "resourceType": "Condition",
            "id": f"p{person}-c{number}",
            "subject": subject,
            "code": {"coding": [coding], "text": display},
            "onsetDateTime": (begin + timedelta(days=90 * number)).date().isoformat(),
        }
    for number in range(300):
        coding = {"system": LOINC, "code": "29463-7", "display": "Body weight"}
        yield {
            "resourceType": "Observation",
            "id": f"p{person}-o{number}",
            "status": "final",
            "subject": subject,
            "code": {"coding": [coding], "text": "Body weight"},
            "effectiveDateTime": (begin + timedelta(days=7 * number)).isoformat(),
            "valueQuantity": {
                "value": 70 + number % 20,
                "unit": "kg",
                "system": "http://unitsofmeasure.org",
                "code": "kg",
            },
        }
