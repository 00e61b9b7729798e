"""Patient, Coverage and CareTeam: what a sender says of a person, under its own columns."""

from __future__ import annotations

from typing import Any

import pytest

from casefield.exchange.fhir.datatypes import Misshapen
from casefield.exchange.fhir.directory import Directory
from casefield.exchange.fhir.people import (
    INTERPRETER,
    TIMEZONE,
    US_CORE,
    care_team,
    coverage,
    patient,
)


def person(**fields: Any) -> Any:
    return patient({"resourceType": "Patient", "id": "p1", **fields})


def directory(*resources: dict[str, Any]) -> Directory:
    found = Directory()
    for resource in resources:
        found.note(resource, f"urn:uuid:{resource['id']}")
    return found


def test_a_person_with_everything_said() -> None:
    found = person(
        active=True,
        name=[
            {"use": "maiden", "family": "Ruiz"},
            {"use": "official", "family": "Núñez", "given": ["María", "José"]},
            {"use": "nickname", "given": ["Pepa"]},
        ],
        gender="female",
        birthDate="1955-03",
        identifier=[
            {
                "system": "urn:mrn",
                "value": "123",
                "type": {"coding": [{"system": "urn:v2-0203", "code": "MR"}]},
            },
            {"value": "no-system"},
            {"system": "urn:empty"},
        ],
        communication=[
            {"language": {"coding": [{"code": "en"}]}},
            {"language": {"coding": [{"code": "es"}]}, "preferred": True},
        ],
        maritalStatus={"text": "Widowed"},
        telecom=[
            {"system": "phone", "use": "old", "value": "555-0000"},
            {"system": "email", "value": "pepa@example.org"},
            {"system": "phone", "value": "555-0101"},
        ],
        address=[
            {
                "line": ["12 Elm St", "Apt 3"],
                "city": "Springfield",
                "state": "MA",
                "postalCode": "01101",
                "country": "US",
                "extension": [{"url": TIMEZONE, "valueCode": "America/New_York"}],
            }
        ],
        extension=[
            {"url": INTERPRETER, "valueBoolean": True},
            {
                "url": US_CORE + "us-core-race",
                "extension": [
                    {"url": "ombCategory", "valueCoding": {"code": "2106-3", "display": "White"}},
                    {"url": "text", "valueString": "White, as she says"},
                ],
            },
            {
                "url": US_CORE + "us-core-ethnicity",
                "extension": [
                    {
                        "url": "ombCategory",
                        "valueCoding": {"code": "2135-2", "display": "Hispanic or Latino"},
                    }
                ],
            },
        ],
    )
    assert (found.family_name, found.given_name, found.preferred_name) == (
        "Núñez",
        "María José",
        "Pepa",
    )
    assert (found.sex, found.birth_date, found.active) == ("female", "1955-03", True)
    assert found.identifiers == [
        {"system": "urn:mrn", "value": "123", "type": "MR"},
        {"system": "", "value": "no-system"},
    ]
    assert (found.language, found.interpreter_needed) == ("es", True)
    assert (found.marital_status, found.race, found.ethnicity) == (
        "Widowed",
        "White, as she says",
        "Hispanic or Latino",
    )
    assert (found.phone, found.email) == ("555-0101", "pepa@example.org")
    assert (found.address_line, found.city, found.state, found.postal_code, found.country) == (
        "12 Elm St, Apt 3",
        "Springfield",
        "MA",
        "01101",
        "US",
    )
    assert found.zone == "America/New_York"


def test_of_a_person_nothing_is_made_up() -> None:
    found = person()
    for name in (
        "family_name", "given_name", "preferred_name", "sex", "birth_date", "deceased",
        "deceased_date", "identifiers", "language", "interpreter_needed", "race", "phone",
        "email", "city", "zone", "active",
    ):  # fmt: skip
        assert getattr(found, name) is None, name


@pytest.mark.parametrize(
    ("fields", "deceased", "on"),
    [
        ({"deceasedDateTime": "2020-05-01"}, True, "2020-05-01"),
        ({"deceasedBoolean": True}, True, None),
        ({"deceasedBoolean": False}, False, None),
        ({"deceasedBoolean": "yes"}, None, None),
    ],
)
def test_whether_and_when_a_person_died(
    fields: dict[str, Any], deceased: bool | None, on: str | None
) -> None:
    found = person(**fields)
    assert (found.deceased, found.deceased_date) == (deceased, on)


@pytest.mark.parametrize(
    ("uses", "family"),
    [
        (["old", "official", "usual"], "official"),
        (["old", "usual"], "usual"),
        (["old", None], "None"),
        (["old"], "old"),
    ],
)
def test_the_name_in_use_is_taken(uses: list[str | None], family: str) -> None:
    names = [{"use": use, "family": str(use)} if use else {"family": "None"} for use in uses]
    assert person(name=names).family_name == family


def test_a_first_language_counts_where_none_is_preferred() -> None:
    spoken = [{"language": {"coding": [{"code": "pt"}]}}, {"language": {"text": "en"}}]
    assert person(communication=spoken).language == "pt"


def test_a_birth_date_that_is_none_is_misshapen() -> None:
    with pytest.raises(Misshapen, match="birthDate"):
        person(birthDate="03/07/1955")


def test_a_cover_names_its_payer_by_display_by_organisation_or_by_type() -> None:
    known = directory({"resourceType": "Organization", "id": "o1", "name": "Aetna"})
    cover = {
        "status": "active",
        "payor": [{"reference": "Organization/o1"}],
        "type": {"coding": [{"code": "HMO", "display": "Managed care"}]},
        "class": [
            {"type": {"coding": [{"code": "group"}]}, "name": "Staff"},
            {"type": {"coding": [{"code": "plan"}]}, "name": "Gold"},
        ],
        "subscriberId": "W1",
        "order": 2,
        "period": {"start": "2026-01-01", "end": "2026-12"},
    }
    found = coverage(cover, known)
    assert (found.payer_name, found.plan_name, found.plan_type) == ("Aetna", "Gold", "HMO")
    assert (found.member_id, found.rank, found.status) == ("W1", "2", "active")
    assert (found.period_start, found.period_end) == ("2026-01-01", "2026-12")
    assert coverage(cover | {"payor": [{"display": "Medicare"}]}, known).payer_name == "Medicare"
    assert coverage(cover | {"payor": []}, known).payer_name == "Managed care"


def test_a_team_is_its_members_without_the_person_herself_and_the_nameless() -> None:
    known = directory(
        {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Núñez"}]},
        {"resourceType": "Patient", "id": "p1", "name": [{"family": "Own"}]},
    )
    nurse = {"coding": [{"display": "Nurse"}]}
    found = care_team(
        {
            "status": "active",
            "participant": [
                {"member": {"reference": "urn:uuid:d1"}, "role": [nurse]},
                {"member": {"reference": "Patient/p1", "display": "Own"}},
                {"member": {"reference": "urn:uuid:p1", "display": "Own"}},
                {"member": {"reference": "Practitioner/unknown"}},
                {"member": {"display": "Sister Ann"}},
            ],
        },
        known,
    )
    assert [(m.name, m.role, m.status) for m in found] == [
        ("Núñez", "Nurse", "active"),
        ("Sister Ann", None, "active"),
    ]


def test_members_of_a_team_that_ended_are_not_active() -> None:
    ended = {"status": "inactive", "participant": [{"member": {"display": "Sister Ann"}}]}
    assert [m.status for m in care_team(ended, Directory())] == ["inactive"]
