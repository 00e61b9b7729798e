"""A file's entries as records: references whatever the order, refusals by place, nothing lost."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.exchange.fhir.mapping import MAPPERS, FileContent, map_entries
from casefield.exchange.fhir.reader import Entry, read_entries
from casefield.records.document import to_document

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Núñez"}],
    "identifier": [{"system": "urn:mrn", "value": "123"}],
}
SUBJECT = {"reference": "Patient/p1"}


def condition(identity: str = "c1", **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": identity,
        "subject": SUBJECT,
        "code": {"text": "Something"},
        **fields,
    }


def mapped(*resources: Any) -> FileContent:
    return map_entries(
        Entry(f"in.json, entry {n}", f"urn:uuid:{n}", resource)
        for n, resource in enumerate(resources, start=1)
    )


def accounted(content: FileContent) -> int:
    people = {id(person) for person in content.people.values()}
    records = {record.place for record in content.records}
    return len(people) + len(records) + len(content.refused) + content.left.total()


def test_a_person_is_found_under_each_of_her_references() -> None:
    content = mapped(PATIENT, condition())
    assert {"Patient/p1", "urn:uuid:1", "urn:uuid:p1"} == set(content.people)
    assert content.people["Patient/p1"].record.family_name == "Núñez"
    (record,) = content.records
    assert (record.reference, record.subject) == ("Condition/c1", "Patient/p1")
    assert record.place == "in.json, entry 2"
    assert (content.entries, content.refused) == (2, [])


def test_names_are_found_though_their_owner_comes_last() -> None:
    stay = {
        "resourceType": "Encounter",
        "id": "e1",
        "subject": SUBJECT,
        "serviceProvider": {"reference": "Organization/o1"},
    }
    hospital = {"resourceType": "Organization", "id": "o1", "name": "County Hospital"}
    (record,) = mapped(stay, hospital, PATIENT).records
    assert record.record.facility_name == "County Hospital"


def test_a_resource_without_an_id_is_known_by_its_full_url() -> None:
    nameless = condition()
    del nameless["id"]
    (record,) = mapped(nameless).records
    assert record.reference == "urn:uuid:1"
    (refusal,) = map_entries([Entry("in.json", "", nameless)]).refused
    assert "neither id nor fullUrl" in refusal.reason


@pytest.mark.parametrize("name", ["subject", "patient", "beneficiary"])
def test_the_person_stands_under_several_names(name: str) -> None:
    resource = condition()
    del resource["subject"]
    (record,) = mapped(resource | {name: SUBJECT}).records
    assert record.subject == "Patient/p1"


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (condition(subject=None), "it names no person"),
        (condition(subject={"display": "Ana"}), "it names no person"),
        (condition(code=None), "code has neither code nor text"),
        (condition(onsetDateTime="soon"), "onset is not a FHIR date"),
        (condition(onsetPeriod="2019"), "not shaped as FHIR R4 says"),
        ({}, "it holds no resource"),
        ({"resourceType": 7}, "it holds no resource"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_refused_with_place_and_reason(
    resource: dict[str, Any], reason: str
) -> None:
    content = mapped(PATIENT, resource, condition("good"))
    (refusal,) = content.refused
    assert refusal.place == "in.json, entry 2"
    assert reason in refusal.reason
    assert [record.reference for record in content.records] == ["Condition/good"]


def test_what_casefield_keeps_no_record_of_is_counted_by_type() -> None:
    claim = {"resourceType": "Claim", "id": "1"}
    content = mapped(claim, claim, {"resourceType": "Starship"}, PATIENT)
    assert content.left == Counter(Claim=2, Starship=1)
    assert content.refused == []


def test_members_of_a_team_keep_their_number_when_the_team_grows() -> None:
    def team(*names: str) -> list[str]:
        members = [{"member": {"display": name}} for name in names]
        resource = {"resourceType": "CareTeam", "id": "t1", "subject": SUBJECT}
        content = mapped(PATIENT, resource | {"status": "active", "participant": members})
        return [record.reference for record in content.records]

    assert team("Ann") == ["CareTeam/t1#0"]
    assert team("Ann", "Ben") == ["CareTeam/t1#0", "CareTeam/t1#1"]
    assert team() == []


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"meta": {"source": "urn:hospital#message-7"}}, "urn:hospital"),
        ({}, "urn:mrn"),
        ({"identifier": []}, None),
    ],
)
def test_the_sender_is_the_source_named_or_the_owner_of_the_first_identifier(
    fields: dict[str, Any], source: str | None
) -> None:
    assert mapped(PATIENT | fields).source == source


def test_mapping_again_gives_the_same_records() -> None:
    def told() -> list[tuple[str, str]]:
        content = mapped(PATIENT, condition(), condition("c2", onsetDateTime="2019"))
        return [(r.reference, json.dumps(to_document(r.record))) for r in content.records]

    assert told() == told()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["coding", "code", "text", "value", "start", "end", "reference", "given", "family"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
ELEMENTS = st.sampled_from(
    [
        *("id", "name", "birthDate", "identifier", "telecom", "address", "extension", "meta"),
        *("communication", "code", "clinicalStatus", "onsetDateTime", "onsetPeriod", "category"),
        *("valueQuantity", "component", "effectivePeriod", "period", "class", "type", "contained"),
        *("hospitalization", "diagnosis", "participant", "medicationReference", "reaction"),
        *("dosageInstruction", "target", "description", "activity", "payor", "order"),
    ]
)


@given(st.sampled_from(sorted(MAPPERS)), st.dictionaries(ELEMENTS, JSON, max_size=5))
def test_however_misshapen_an_entry_is_taken_or_refused_and_never_lost(
    kind: str, fields: dict[str, Any]
) -> None:
    subject = {} if kind == "Patient" else {"subject": SUBJECT}
    content = mapped({"id": "x", **fields, "resourceType": kind, **subject})
    assert content.entries == 1
    # A team without members is taken and leaves no record.
    assert accounted(content) == 1 or kind == "CareTeam"


def test_every_entry_of_the_synthetic_bundles_is_accounted_for(shared_data: Path) -> None:
    files = sorted((shared_data / "fhir-synthea").glob("*.json.gz"))
    assert files
    for path in files:
        kinds: Counter[str] = Counter()

        def counted(path: Path = path, kinds: Counter[str] = kinds) -> Any:
            for entry in read_entries(path):
                kinds[entry.resource["resourceType"]] += 1
                yield entry

        content = map_entries(counted())
        assert content.refused == []
        assert content.entries == kinds.total()
        (person,) = {id(p): p for p in content.people.values()}.values()
        assert person.record.family_name
        assert person.record.birth_date
        taken = Counter(type(r.record).__kind__ for r in content.records)
        for kind in ("Condition", "Observation", "Encounter", "AllergyIntolerance", "CarePlan"):
            assert taken[kind] == kinds[kind], kind
        assert taken["MedicationStatement"] == kinds["MedicationRequest"]
        assert content.left["Claim"] == kinds["Claim"]
        assert {r.subject for r in content.records} <= set(content.people)
        references = [r.reference for r in content.records]
        assert len(references) == len(set(references))
        stays = [r.record for r in content.records if type(r.record).__kind__ == "Encounter"]
        assert all(s.class_code and s.started_at and s.ended_at for s in stays)


def test_a_discharge_notification_brings_person_and_stay(shared_data: Path) -> None:
    path = shared_data / "fhir-notifications" / "discharge-notification-message-bundle-01.json"
    content = map_entries(read_entries(path))
    assert content.people
    stays = [r.record for r in content.records if type(r.record).__kind__ == "Encounter"]
    assert stays
    assert all(s.class_code for s in stays)
