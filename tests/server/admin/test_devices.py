"""``device list`` and ``device stop``."""

from __future__ import annotations

from tests.server.admin.conftest import Call
from tests.server.office import Office, refusal


def test_there_is_none_at_first(staffed: Call) -> None:
    assert staffed("device", "list", "--json").json == []
    assert "casefield-server user code LOGIN" in staffed("device", "list").out


def test_a_laptop_is_listed_as_both_sides_know_it(staffed: Call, office: Office) -> None:
    ana = office.laptop("ana")
    [found] = staffed("device", "list", "--json").json
    assert (found["id"], found["login"]) == (ana.device_id, "ana")
    assert found["fingerprint"] == ana.identity.fingerprint
    assert found["enrolled_at"] == found["signed_in_at"] == "2026-11-10T18:00:00+00:00"
    heads, line = staffed("device", "list").out.splitlines()
    assert heads.split("  ")[0] == "FINGERPRINT"
    assert line.split() == [
        *(ana.identity.fingerprint, "ana", "ana's", "laptop", "active"),
        *("2026-11-10", "18:00Z", "2026-11-10", "18:00Z"),
    ]


def test_a_stopped_laptop_is_answered_no_more(staffed: Call, office: Office) -> None:
    ana, ben = office.laptop("ana"), office.laptop("ben")
    said = staffed("device", "stop", ana.identity.fingerprint)
    assert (said.code, said.out) == (0, "Stopped “ana's laptop” of ana.\n")
    assert refusal(ana.ask()) == (403, "device_stopped")
    assert ben.ask().status_code == 200
    states = {d["login"]: d["state"] for d in staffed("device", "list", "--json").json}
    assert states == {"ana": "stopped", "ben": "active"}
    again = staffed("device", "stop", ana.device_id)
    assert (again.code, again.err) == (2, "The laptop “ana's laptop” was stopped before.\n")


def test_what_is_no_laptop_is_2(staffed: Call) -> None:
    said = staffed("device", "stop", "nothing")
    assert (said.code, said.out) == (2, "")
    assert "See casefield-server device list" in said.err
