"""Who is who in one file: found under every text by which a resource may be referred to."""

from __future__ import annotations

from typing import Any

import pytest

from casefield.exchange.fhir.directory import Directory, reference_keys

DOCTOR = {
    "resourceType": "Practitioner",
    "id": "d1",
    "name": [{"prefix": ["Dr."], "given": ["Ana", "M"], "family": "Núñez"}],
}


def noted(*resources: dict[str, Any], full_url: str = "urn:uuid:9") -> Directory:
    directory = Directory()
    for resource in resources:
        directory.note(resource, full_url)
    return directory


@pytest.mark.parametrize("reference", ["urn:uuid:9", "Practitioner/d1", "urn:uuid:d1"])
def test_a_person_is_found_under_each_of_her_references(reference: str) -> None:
    directory = noted(DOCTOR)
    assert directory.name_of({"reference": reference}) == "Dr. Ana M Núñez"
    assert directory.kind_of({"reference": reference}) == "Practitioner"


def test_the_display_beside_a_reference_is_what_the_sender_wants_read() -> None:
    shown = {"reference": "Practitioner/d1", "display": "Dr. Núñez"}
    assert noted(DOCTOR).name_of(shown) == "Dr. Núñez"
    assert Directory().name_of({"display": "Dr. Núñez"}) == "Dr. Núñez"


@pytest.mark.parametrize("reference", [None, "Practitioner/d1", {}, {"reference": 3}, []])
def test_what_is_no_reference_leads_nowhere(reference: Any) -> None:
    directory = noted(DOCTOR)
    assert directory.name_of(reference) is None
    assert directory.kind_of(reference) is None
    assert directory.concept_of(reference) is None


def test_somebody_not_in_the_file_has_no_name() -> None:
    assert noted(DOCTOR).name_of({"reference": "Practitioner/d2"}) is None


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ({"resourceType": "Organization", "name": " County Hospital "}, "County Hospital"),
        ({"resourceType": "Location", "name": "Ward 3"}, "Ward 3"),
        ({"resourceType": "Practitioner", "name": [{"text": "Sister Ann"}]}, "Sister Ann"),
        ({"resourceType": "Practitioner"}, None),
        ({"resourceType": "Medication", "code": {"text": "Metoprolol"}}, "Metoprolol"),
        ({"resourceType": "Patient", "name": [{"family": "Núñez"}]}, None),
    ],
)
def test_what_each_resource_is_called(resource: dict[str, Any], name: str | None) -> None:
    assert noted(resource).name_of({"reference": "urn:uuid:9"}) == name


def test_a_medicine_is_found_with_its_code() -> None:
    concept = {"coding": [{"code": "866412"}]}
    directory = noted({"resourceType": "Medication", "id": "m1", "code": concept})
    assert directory.concept_of({"reference": "Medication/m1"}) == concept


def test_a_servers_address_is_known_with_and_without_its_version() -> None:
    keys = reference_keys(DOCTOR, "https://fhir.example.org/Practitioner/d1/_history/4")
    assert "https://fhir.example.org/Practitioner/d1" in keys
    assert "Practitioner/d1" in keys
    assert len(keys) == len(set(keys))


def test_a_resource_without_id_and_address_cannot_be_referred_to() -> None:
    assert reference_keys({"resourceType": "Practitioner"}, "") == ()
    assert reference_keys({"resourceType": "Practitioner", "id": 5}, "") == ()
