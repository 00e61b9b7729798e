"""``org add`` and ``org list``."""

from __future__ import annotations

from tests.server.admin.conftest import Call


def test_there_is_none_at_first(call: Call) -> None:
    assert call("org", "list", "--json").json == []
    assert "casefield-server org add NAME" in call("org", "list").out


def test_one_is_made_and_listed(call: Call) -> None:
    made = call("org", "add", " Bayside ", "--zone", "America/Chicago", "--json").json
    assert (made["name"], made["zone"]) == ("Bayside", "America/Chicago")
    assert call("org", "list", "--json").json == [{"id": made["id"], "name": "Bayside"}]
    assert call("org", "list").out == f"Bayside  {made['id']}\n"


def test_what_comes_next_is_said(call: Call) -> None:
    said = call("org", "add", "Bayside", "--zone", "America/New_York")
    assert said.out.splitlines() == [
        "Made Bayside (time zone America/New_York).",
        "Next: casefield-server user add LOGIN --name NAME --role case_manager",
    ]


def test_the_machines_zone_is_the_default(call: Call) -> None:
    assert call("org", "add", "Bayside", "--json").json["zone"] == "America/New_York"


def test_a_zone_that_is_none_makes_nothing(call: Call) -> None:
    said = call("org", "add", "Bayside", "--zone", "Mars")
    assert (said.code, said.out) == (2, "")
    assert said.err == "“Mars” is no time zone. Write it like America/New_York.\n"
    assert call("org", "list", "--json").json == []


def test_of_several_one_must_be_named(staffed: Call) -> None:
    staffed("org", "add", "Hillside")
    said = staffed("user", "list")
    assert said.code == 2
    assert "Name one with --org NAME" in said.err
    assert staffed("user", "list", "--org", "Hillside", "--json").json == []
    assert [
        u["login"] for u in staffed("user", "list", "--org", "Bayside Home Care", "--json").json
    ] == ["ana"]
