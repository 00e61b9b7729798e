"""Whatever a laptop that was taken over says, headquarters neither breaks nor forgets itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefield.records.conflict import Conflict
from casefield.records.headquarters import OperationResult
from casefield.records.people import Patient
from casefield.sync.messages import PROTOCOL, SyncReply
from tests.server.office import Laptop, Office, refusal

ODD = st.sampled_from(
    [
        *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 10**40, 1.5, -0.0, 1e308),
        *("", " ", "x" * 40, "x" * 5000, "\0", "a\0b", "\x1b[31m", "\u202e", "🙂" * 50, "'; --"),
        *("2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now"),
        *("create", "change", "sign", "delete", "Patient", "Conflict", "User", "Spaceship"),
        *([], [None], [[[]]], {}, {"": {}}, {"id": 1}, [{"id": "a"}, {"id": "a"}]),
    ]
).map(copy.deepcopy)
NAMES = st.sampled_from(
    [
        *("status", "description", "due_on", "target_value", "author_id", "case_id", "org_id"),
        *("rev", "seq", "signed", "deleted", "fmeta", "extra", "later", "", "\0", "x" * 300),
        *("birth_date", "identifiers", "active", "deceased", "consent_on", "address_line"),
    ]
)
MORE = st.dictionaries(NAMES, ODD, max_size=1)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every value inside a message."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, name))


def put(message: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value where another was."""
    for name in path[:-1]:
        message = message[name]
    message[path[-1]] = value


@pytest.fixture
def ana(office: Office) -> Laptop:
    return office.laptop("ana")


@settings(max_examples=40)
@given(data=st.data())
def test_no_message_breaks_headquarters(office: Office, ana: Laptop, data: st.DataObject) -> None:
    """Refused or answered one by one; and the laptop's next honest word is taken."""
    person = ana.write.person(ana.user_id)
    goal = ana.write.goal(person[0].id)
    change = ana.write.change(goal, seen=1, was={"status": "active"}, status="achieved")
    delete = ana.write.operation("delete", "Goal", goal.id, person[0].id, trunk_revision=1)
    honest: Any = msgspec.to_builtins(
        {
            "proto": PROTOCOL,
            "device": ana.device_id,
            "epoch": "",
            "cursor": "",
            "fence": "",
            "ops": [*person, goal, change, delete],
            "purged": [],
        }
    )
    message = copy.deepcopy(honest)
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.sampled_from(list(places(message))))
        put(message, where, data.draw(ODD))
        if isinstance(message["ops"], list):
            for operation in message["ops"]:
                if isinstance(operation, dict) and isinstance(operation.get("set"), dict):
                    operation["set"] |= data.draw(MORE)
    body = json.dumps(message).encode()
    before = office.count(OperationResult)
    response = office.post("/v1/sync", body, token=ana.access)
    assert response.status_code in {200, 403, 409, 413, 422, 426}, response.text
    if response.status_code == 200:
        results = msgspec.json.decode(response.content, type=SyncReply).results
        assert len(results) == len(message["ops"])
    else:
        assert office.count(OperationResult) == before
    assert office.post("/v1/sync", body, token=ana.access).status_code == response.status_code
    again = office.post("/v1/sync", msgspec.json.encode(honest), token=ana.access)
    if again.status_code == 409:  # another operation stands in the place of one: taken for a copy
        assert refusal(again) == (409, "forked")
        anew = office.laptop("ana")
        honest["device"] = anew.device_id
        again = office.post("/v1/sync", msgspec.json.encode(honest), token=anew.access)
    assert again.status_code == 200
    assert len(msgspec.json.decode(again.content, type=SyncReply).results) == 5
    owners = {row.case_id for row in office.rows(Conflict)}
    assert owners <= {row.id for row in office.rows(Patient)}
