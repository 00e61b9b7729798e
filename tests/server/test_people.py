"""What an administrator may do, and that each deed is audited and done whole."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casefield.errors import NotFound, UnusableInput
from casefield.records.headquarters import ServerAudit
from casefield.records.organisation import Assignment, Device, Organization, User
from casefield.records.registry import KINDS
from tests.server.office import Line, Office


def person(line: Line) -> str:
    said = line.write.person(line.member.user_id)
    line.push(*said)
    return said[0].id


def acts(office: Office) -> list[str]:
    rows = sorted(office.rows(ServerAudit, org_id=office.org), key=lambda row: row.n)
    return [f"{row.act} {row.record_type}" for row in rows]


# -- organisations ---------------------------------------------------------------------------


def test_an_organisation_is_found_by_name_or_id_or_because_it_is_the_only_one(
    office: Office,
) -> None:
    ask = office.administration.organization
    assert ask() == ask("Bayside Home Care") == ask(office.org) == office.org
    other = office.administration.add_organization("Hillside", "America/Chicago")
    assert ask("Hillside") == other
    with pytest.raises(UnusableInput, match=r"are 2 organisations here\. Name one with --org"):
        ask()
    with pytest.raises(NotFound, match=r"no organisation “Seaside” here\. See casefield-"):
        ask("Seaside")


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "x" * 201])
def test_an_organisation_needs_a_name(office: Office, name: str) -> None:
    with pytest.raises(UnusableInput, match="needs a name of one line"):
        office.administration.add_organization(name, "America/New_York")


def test_two_organisations_have_two_names(office: Office) -> None:
    with pytest.raises(UnusableInput, match="already an organisation “bayside home care”"):
        office.administration.add_organization(" bayside home care ", "America/New_York")
    assert office.count(Organization) == 1


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
def test_a_zone_is_one_that_exists(office: Office, zone: str) -> None:
    with pytest.raises(UnusableInput, match=r"is no time zone\. Write it like America/New_York"):
        office.administration.add_organization("Hillside", zone)


# -- users ------------------------------------------------------------------------------------


def test_users_are_listed_by_login_whatever_they_are(office: Office) -> None:
    office.hire("zoe", "auditor")
    office.hire("ana", team="north")
    found = office.administration.users(office.org)
    assert [(u.login, u.role, u.team, u.active) for u in found] == [
        ("ana", "case_manager", "north", True),
        ("zoe", "auditor", None, True),
    ]
    assert office.administration.user(office.org, "ZOE").login == "zoe"


def test_who_is_not_here_is_said(office: Office) -> None:
    for deed in (
        lambda: office.administration.user(office.org, "nobody"),
        lambda: office.administration.code(office.org, "nobody"),
        lambda: office.administration.deactivate(office.org, "nobody"),
        lambda: office.administration.set_password(office.org, "nobody", "x" * 12),
    ):
        with pytest.raises(NotFound, match=r"no user “nobody”\. See casefield-server user list"):
            deed()


@pytest.mark.parametrize("login", ["", "two words", "x" * 101, "a\nb"])
def test_a_login_is_one_word(office: Office, login: str) -> None:
    with pytest.raises(UnusableInput, match="one word of up to 100"):
        office.administration.add_user(office.org, login, "Ana", "case_manager")


def test_a_login_is_one_persons(office: Office) -> None:
    office.hire("ana")
    with pytest.raises(UnusableInput, match="already a user “ANA”"):
        office.hire("ANA")


def test_a_role_is_one_of_six(office: Office) -> None:
    with pytest.raises(UnusableInput, match=r"“boss” is no role\. One of: case_manager, care_mana"):
        office.hire("ana", "boss")


def test_a_user_with_a_short_password_is_not_made_at_all(office: Office) -> None:
    add = office.administration.add_user
    with pytest.raises(UnusableInput, match="at least 12"):
        add(office.org, "ana", "Ana", "case_manager", password="short")
    assert office.count(User) == 0
    add(office.org, "ana", "Ana", "case_manager", password="long enough a word")
    assert acts(office) == ["create Organization", "set_password User", "create User"]


def test_who_leaves_takes_every_laptop_along(office: Office) -> None:
    ana, ben = office.laptop("ana"), office.laptop("ben")
    office.laptop("ana")
    assert office.administration.deactivate(office.org, "ana") == 2
    states = {d.id: d.state for d in office.administration.devices(office.org)}
    assert list(states.values()).count("stopped") == 2
    assert states[ben.device_id] == "active"
    assert office.row(Device, ana.device_id).status == "stopped"
    assert office.administration.user(office.org, "ana").active is False
    for deed in (
        lambda: office.administration.code(office.org, "ana"),
        lambda: office.administration.assign(office.org, "ana", []),
    ):
        with pytest.raises(UnusableInput, match="“ana” was stopped"):
            deed()


# -- laptops ----------------------------------------------------------------------------------


def test_laptops_are_listed_with_what_both_sides_can_compare(office: Office) -> None:
    ana = office.laptop("ana")
    enrolled = office.clock.now()
    office.clock.forward(hours=5)
    ana.renew()
    [found] = office.administration.devices(office.org)
    assert (found.id, found.login, found.name) == (ana.device_id, "ana", "ana's laptop")
    assert (found.fingerprint, found.state) == (ana.identity.fingerprint, "active")
    assert (found.enrolled_at, found.signed_in_at) == (enrolled, office.clock.now())


@pytest.mark.parametrize("by", ["id", "fingerprint"])
def test_a_laptop_is_stopped_by_what_is_at_hand(office: Office, by: str) -> None:
    ana = office.laptop("ana")
    name = ana.device_id if by == "id" else ana.identity.fingerprint
    assert office.administration.stop_device(office.org, name).id == ana.device_id
    [found] = office.administration.devices(office.org)
    assert found.state == "stopped"
    with pytest.raises(UnusableInput, match="“ana's laptop” was stopped before"):
        office.administration.stop_device(office.org, name)


def test_another_organisations_laptop_is_not_stopped(office: Office) -> None:
    ana = office.laptop("ana")
    there = office.administration.add_organization("Hillside", "America/Chicago")
    with pytest.raises(NotFound, match="See casefield-server device list"):
        office.administration.stop_device(there, ana.device_id)


# -- assignments --------------------------------------------------------------------------------


def test_people_are_given_once_and_taken_once(office: Office) -> None:
    ana = office.line("ana")
    first, second = person(ana), person(ana)
    office.hire("ben", "care_manager")
    assign, unassign = office.administration.assign, office.administration.unassign
    assert assign(office.org, "ben", [first, first], "leave") == 1
    assert assign(office.org, "ben", [first, second]) == 1
    found = office.administration.assignments(office.org, "ben")
    assert [(c.case_id, c.role, c.from_on) for c in found] == [
        (case_id, "care_manager", date(2026, 11, 10)) for case_id in sorted([first, second])
    ]
    assert unassign(office.org, "ben", [first, "nobody"]) == 1
    assert unassign(office.org, "ben", [first]) == 0
    assert [c.case_id for c in office.administration.assignments(office.org, "ben")] == [second]
    assert {c.login for c in office.administration.assignments(office.org)} == {"ana", "ben"}
    [ended] = office.rows(Assignment, status="ended")
    assert (ended.until_on, ended.reason) == (date(2026, 11, 10), "leave")


def test_the_day_is_the_organisations_own(office: Office) -> None:
    ana = office.line("ana")
    office.hire("ben")
    office.clock.moment = datetime(2026, 11, 11, 3, tzinfo=UTC)  # still Tuesday in New York
    office.administration.assign(office.org, "ben", [person(ana)])
    [found] = office.administration.assignments(office.org, "ben")
    assert found.from_on == date(2026, 11, 10)


def test_one_unknown_person_and_nobody_is_assigned(office: Office) -> None:
    ana = office.line("ana")
    known = person(ana)
    office.hire("ben")
    with pytest.raises(NotFound, match="no person nobody at headquarters; nobody was assigned"):
        office.administration.assign(office.org, "ben", [known, "nobody"])
    assert office.administration.assignments(office.org, "ben") == []


# -- looking --------------------------------------------------------------------------------------


def test_figures_count_one_organisation(office: Office) -> None:
    ana = office.line("ana")
    case_id = person(ana)
    ana.push(ana.write.goal(case_id), ana.write.goal("nobody-of-mine"))
    office.laptop("ben")
    office.administration.deactivate(office.org, "ben")
    office.administration.add_organization("Hillside", "America/Chicago")
    found = office.administration.figures(office.org)
    assert (found.organization, found.users, found.laptops) == ("Bayside Home Care", 1, 1)
    assert (found.people, found.assignments, found.set_aside) == (1, 1, 1)
    assert (found.open_conflicts, found.records) == (0, 8)
    assert found.changes == 11  # what was set aside has its place in the history too


def test_the_audit_says_who_by_login(office: Office) -> None:
    office.laptop("ana")
    found = office.administration.audit_links(office.org, newest=2)
    assert [(link.actor, link.act) for link in found] == [("ana", "create"), ("ana", "enrol")]
    assert office.administration.audit_links(office.org, newest=99)[0].actor == "headquarters"
    assert office.administration.verify_audit(office.org).broken_at is None


def test_every_deed_is_in_the_chain(office: Office) -> None:
    ana = office.line("ana")
    case_id = person(ana)
    office.hire("ben")
    office.administration.assign(office.org, "ben", [case_id])
    office.administration.unassign(office.org, "ben", [case_id])
    office.administration.stop_device(office.org, ana.member.device_id)
    office.administration.set_password(office.org, "ben", "long enough a word")
    office.administration.deactivate(office.org, "ben")
    assert acts(office) == [
        "create Organization",
        "create User",
        "device_code User",
        "create Device",
        "enrol None",
        "create User",
        "create Assignment",
        "change Assignment",
        "change Device",
        "set_password User",
        "change User",
    ]
    assert {row.record_type for row in office.rows(ServerAudit)} <= set(KINDS) | {None}
