"""``stats``."""

from __future__ import annotations

from tests.server.admin.conftest import Call
from tests.server.office import Office


def test_it_counts_and_names_nobody(staffed: Call, office: Office) -> None:
    ana = office.line("ana")
    person = ana.write.person(ana.member.user_id)
    ana.push(*person, ana.write.goal("nobody-of-mine"))
    [found] = staffed("stats", "--json").json
    assert (found["organization"], found["users"]) == ("Bayside Home Care", 1)
    assert (found["laptops"], found["people"], found["set_aside"]) == (1, 1, 1)
    lines = staffed("stats").out.splitlines()
    assert lines[0] == "Bayside Home Care"
    assert "  set aside                     1" in lines
    assert "Rosa" not in "".join(lines)


def test_each_organisation_has_figures_of_its_own(staffed: Call) -> None:
    staffed("org", "add", "Hillside")
    found = staffed("stats", "--json").json
    assert [(f["organization"], f["users"]) for f in found] == [
        ("Bayside Home Care", 1),
        ("Hillside", 0),
    ]
