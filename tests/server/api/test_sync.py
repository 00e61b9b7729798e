"""One call pushes and pulls; what is not a laptop's honest message is refused in words."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec
import pytest
import zstandard

from casefield.records.base import new_id
from casefield.records.headquarters import Change, OperationResult, Quarantine, ServerFact
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.server.api.sync import MOST_OPERATIONS
from casefield.sync.messages import OLDEST, PROTOCOL, SyncReply
from tests.server.office import JSON, Laptop, Office, refusal, statuses


@pytest.fixture
def ana(office: Office) -> Laptop:
    return office.laptop("ana")


def nothing_was_taken(office: Office) -> bool:
    return office.count(OperationResult) == office.count(Quarantine) == office.count(Patient) == 0


# -- push and pull -----------------------------------------------------------------------------


def test_one_call_takes_answers_and_gives(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    reply = ana.sync(*person, ana.write.goal(person[0].id))
    assert statuses(reply.results) == ["applied"] * 3
    assert [r.op_id for r in reply.results][:2] == [o.op_id for o in person]
    assert {c.type for c in reply.changes} >= {"Patient", "Assignment", "Goal", "User"}
    assert reply.more is False
    assert reply.durable_seq == 0  # no backup yet
    assert ana.sync().changes == []


def test_two_laptops_come_to_the_same(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    goal = ana.write.goal(person[0].id)
    ana.sync(*person, goal)
    ben = office.laptop("ben")
    office.administration.assign(office.org, "ben", [person[0].id])
    got = {c.id: c for reply in ben.sync_all() for c in reply.changes}
    assert got[goal.id].doc == goal.set
    reply = ben.sync(ben.write.change(goal, seen=1, was={"barrier": None}, barrier="Stairs"))
    assert statuses(reply.results) == ["applied"]
    [change] = [c for c in ana.sync().changes if c.id == goal.id]
    assert change.doc == goal.set | {"barrier": "Stairs"}


def test_a_reply_that_was_lost_changes_nothing(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    assert ana.ask(*person).status_code == 200  # and the laptop never hears it
    reply = ana.sync(*person)
    assert statuses(reply.results) == ["duplicate", "duplicate"]
    assert office.count(Patient) == 1
    assert {c.type for c in reply.changes} >= {"Patient", "Assignment"}


def test_who_leaves_and_comes_back(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    case_id = person[0].id
    ana.sync(*person)
    office.administration.unassign(office.org, "ana", [case_id])
    assert ana.sync().leave == [case_id]
    late = ana.sync(ana.write.goal(case_id))
    assert statuses(late.results) == ["quarantined"]
    assert ana.sync(purged=[case_id]).leave == []
    office.administration.assign(office.org, "ana", [case_id])
    back = ana.sync()
    assert back.enter == [case_id]
    assert person[0].id in {c.id for c in back.changes}


def test_pages_are_as_large_as_asked_for(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    goals = [ana.write.goal(person[0].id, description="x" * 40_000) for _ in range(6)]
    ana.sync(*person, *goals)
    second = office.laptop("ana")
    pages = [second.sync(max_bytes=1)]  # as little as a page may be
    while pages[-1].more:
        pages.append(second.sync(max_bytes=1))
    assert len(pages) >= 3
    assert {g.id for g in goals} <= {c.id for page in pages for c in page.changes}


@pytest.mark.parametrize("role", ["reader", "administrator", "auditor"])
def test_whoever_does_not_care_for_people_writes_nothing(office: Office, role: str) -> None:
    laptop = office.laptop("ned", role)
    person = laptop.write.person(laptop.user_id)
    reply = laptop.sync(*person)
    assert statuses(reply.results) == ["quarantined", "quarantined"]
    assert f"the role {role} writes no clinical records" in reply.results[0].detail
    assert office.count(Patient) == 0


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_whoever_runs_headquarters_gets_no_clinical_records(
    office: Office, ana: Laptop, role: str
) -> None:
    ana.sync(*ana.write.person(ana.user_id))
    case_ids = office.administration.cases(office.org)
    ned = office.laptop("ned", role)
    office.administration.assign(office.org, "ned", case_ids)
    got = [c for reply in ned.sync_all() for c in reply.changes]
    assert {c.type for c in got} == {"User", "Device", "Organization"}


def test_a_supervisor_gets_the_team(office: Office) -> None:
    ana = office.laptop("ana", team="north")
    eve = office.laptop("eve", team="south")
    person = ana.write.person(ana.user_id)
    ana.sync(*person)
    eve.sync(*eve.write.person(eve.user_id))
    boss = office.laptop("boss", "supervisor", team="north")
    got = [c for reply in boss.sync_all() for c in reply.changes]
    assert {c.case_id for c in got} == {None, person[0].id}
    assert statuses(boss.sync(boss.write.goal(person[0].id)).results) == ["applied"]


# -- who speaks ----------------------------------------------------------------------------------


def test_a_token_speaks_for_its_own_laptop_only(office: Office, ana: Laptop) -> None:
    ben = office.laptop("ben")
    forged = ana.ask(*ana.write.person(ana.user_id), device=ben.device_id)
    assert refusal(forged) == (403, "device")
    assert nothing_was_taken(office)


def test_a_tenants_token_reaches_no_other_tenant(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    ana.sync(*person)
    there = office.administration.add_organization("Hillside", "America/Chicago")
    hillside = Office(office.database, office.clock, office.client, office.administration, there)
    mallory = hillside.laptop("mallory", "supervisor")
    said = mallory.write.operation(
        "change", "Patient", person[0].id, person[0].id, {"given_name": "X"}, trunk_revision=1
    )
    reply = mallory.sync(said)
    assert statuses(reply.results) == ["quarantined"]
    assert {c.type for c in reply.changes} == {"User", "Device", "Organization"}
    assert office.row(Patient, person[0].id).given_name == "Rosa"


def test_a_newer_protocol_is_refused(ana: Laptop) -> None:
    assert refusal(ana.ask(proto=PROTOCOL + 1)) == (426, "protocol")


def test_the_work_of_a_casefield_that_is_too_old_is_taken(office: Office, ana: Laptop) -> None:
    """Whoever comes out of the field with an old version loses nothing; records come later."""
    person = ana.write.person(ana.user_id)
    response = ana.ask(*person, proto=OLDEST - 1)
    reply = msgspec.json.decode(response.content, type=SyncReply)
    assert statuses(reply.results) == ["applied"] * 2
    assert (reply.directive, reply.changes, reply.cursor) == ("update", [], "")
    assert office.count(Patient) == 1


# -- another history -----------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["epoch", "cursor", "fence"])
def test_a_laptop_of_another_history_is_told_before_anything_is_merged(
    office: Office, ana: Laptop, part: str
) -> None:
    ana.sync(*ana.write.person(ana.user_id))
    before = office.count(Change)
    said = ana.write.person(ana.user_id)
    assert refusal(ana.ask(*said, **{part: "another"})) == (409, "history_changed")
    assert office.count(Change) == before
    assert office.rows(OperationResult, op_id=said[0].op_id) == []


def test_after_a_restore_the_laptop_offers_its_work_again(office: Office, ana: Laptop) -> None:
    person = ana.write.person(ana.user_id)
    ana.sync(*person)
    office.write(
        lambda connection: connection.execute(
            ServerFact.__table__.update().where(ServerFact.name == "epoch").values(value=new_id())  # type: ignore[attr-defined]
        )
    )
    assert refusal(ana.ask()) == (409, "history_changed")
    ana.epoch = ana.cursor = ana.fence = ""
    assert statuses(ana.sync(*person).results) == ["duplicate", "duplicate"]


# -- bad messages ------------------------------------------------------------------------------


def good(laptop: Laptop, **more: Any) -> dict[str, Any]:
    return {"proto": PROTOCOL, "device": laptop.device_id, "ops": []} | more


@pytest.mark.parametrize(
    "change",
    [
        {"proto": "1"},
        {"proto": None},
        {"device": None},
        {"cursor": 7},
        {"ops": {}},
        {"ops": [1]},
        {"ops": [{}]},
        {"purged": [None]},
        {"max_bytes": "all"},
    ],
)
def test_a_message_of_another_shape_is_refused(
    office: Office, ana: Laptop, change: dict[str, Any]
) -> None:
    response = office.post("/v1/sync", good(ana) | change, token=ana.access)
    assert refusal(response) == (422, "bad_message")


@pytest.mark.parametrize(
    "change",
    [
        {"op_id": ""},
        {"op_id": "x" * 37},
        {"op_id": "a b"},
        {"op_id": "a\0b"},
        {"op_id": None},
        {"tx": "x" * 37},
        {"id": "\0"},
        {"case_id": "x" * 37},
        {"kind": "explode"},
        {"dseq": 0},
        {"dseq": -1},
        {"dseq": 2**31},
        {"dseq": 1.5},
        {"trunk_revision": -1},
        {"set": []},
        {"set": None},
    ],
)
def test_an_operation_that_cannot_be_answered_is_refused(
    office: Office, ana: Laptop, change: dict[str, Any]
) -> None:
    operation = msgspec.to_builtins(ana.write.goal("case")) | change
    response = office.post("/v1/sync", good(ana, ops=[operation]), token=ana.access)
    assert refusal(response) == (422, "bad_message")
    assert nothing_was_taken(office)


@pytest.mark.parametrize("depth", [90, 400, 2000, 100_000])
def test_a_message_that_goes_too_deep_harms_nobody(office: Office, ana: Laptop, depth: int) -> None:
    person = ana.write.person(ana.user_id)
    ana.sync(*person)
    body = msgspec.json.encode(good(ana, ops=[ana.write.goal(person[0].id, later="DEEP")]))
    deep = b"[" * depth + b"]" * depth
    response = office.post("/v1/sync", body.replace(b'"DEEP"', deep), token=ana.access)
    assert response.status_code in {200, 422}
    if response.status_code == 200:
        [result] = msgspec.json.decode(response.content, type=SyncReply).results
        assert result.status == ("applied" if depth < 100 else "quarantined")


def test_too_many_operations_at_once_are_refused(office: Office, ana: Laptop) -> None:
    one = msgspec.to_builtins(ana.write.goal("case"))
    response = office.post(
        "/v1/sync", good(ana, ops=[one] * (MOST_OPERATIONS + 1)), token=ana.access
    )
    assert refusal(response) == (413, "too_large")
    assert nothing_was_taken(office)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_only_json_is_taken(office: Office, ana: Laptop, kind: str) -> None:
    headers = {"content-type": kind, "authorization": f"Bearer {ana.access}"}
    content = msgspec.json.encode(good(ana))
    response = office.client.request("POST", "/v1/sync", content=content, headers=headers)
    assert refusal(response) == (415, "content_type")


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("zstd", zstandard.compress), ("gzip", gzip.compress), ("identity", bytes), ("", bytes)],
)
def test_messages_come_packed_as_laptops_pack_them(
    office: Office, ana: Laptop, encoding: str, pack: Any
) -> None:
    body = msgspec.json.encode(good(ana, ops=ana.write.person(ana.user_id)))
    headers = JSON | {"authorization": f"Bearer {ana.access}", "content-encoding": encoding}
    response = office.client.request("POST", "/v1/sync", content=pack(body), headers=headers)
    assert response.status_code == 200
    assert office.count(Patient) == 1


def test_what_the_laptop_may_not_write_about_is_answered_one_by_one(
    office: Office, ana: Laptop
) -> None:
    person = ana.write.person(ana.user_id)
    answers = ana.sync(
        *person,
        ana.write.goal("somebody-else"),
        ana.write.operation("create", "Organization", new_id(), None, {"name": "Mine now"}),
        ana.write.operation("create", "Spaceship", new_id(), person[0].id, {}),
        ana.write.goal(person[0].id),
    ).results
    assert statuses(answers) == ["applied"] * 2 + ["quarantined"] * 3 + ["applied"]
    assert office.count(Quarantine) == 3
    assert office.count(Goal) == 1
