"""Headquarters against its own description: what it allows, what it forbids, and what is forged.

Whatever is asked gets an answer of the described shape or a refusal in words, never a failure; and
what was refused changed nothing.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import func, select

from casefield.records.base import Base, new_id
from casefield.records.headquarters import ServerAudit
from casefield.records.operation import Operation, OperationKind
from casefield.records.registry import KINDS
from casefield.server.api.description import description
from casefield.server.api.needs import SHAPES
from casefield.server.database import Database
from casefield.sync.messages import BLOB_TYPE, OFFSET_HEADER, PROTOCOL, Problem
from tests.server.office import JSON, Laptop, Office, refusal

EXAMPLES = settings(max_examples=40)
ROUTES = sorted(route for route in SHAPES if "{" not in route)  # contents are bytes: see below
PIECES = sorted(route for route in SHAPES if "{" in route)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def office(on_sqlite: Database, open_office: Any) -> Office:
    """Return a headquarters; what a database makes of odd values is asked in test_push."""
    made: Office = open_office(on_sqlite)
    return made


@pytest.fixture
def ana(office: Office) -> Laptop:
    laptop = office.laptop("ana")
    laptop.sync_all(*laptop.write.person(laptop.user_id))
    return laptop


def state(office: Office) -> dict[str, int]:
    """Return how many rows each table has, but for the audit's."""
    with office.database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.info.get("side") != "laptop" and table.name != ServerAudit.__tablename__
        }


def send(office: Office, case: schemathesis.Case, body: Any, token: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else b""
    if not isinstance(body, bytes | schemathesis.core.NotSet):
        content = json.dumps(body).encode()
    headers = JSON | {"authorization": f"Bearer {token}"}
    return office.client.request(case.method, case.path, content=content, headers=headers)


def answer_is_as_described(office: Office, case: Any, body: Any, token: str) -> httpx.Response:
    before = state(office)
    response = send(office, case, body, token)
    case.validate_response(response, checks=CHECKS)
    if response.status_code != 200:
        refusal(response)
        assert state(office) == before
    return response


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("route", ROUTES)
def test_it_answers_as_it_describes_itself(
    office: Office, ana: Laptop, route: str, mode: GenerationMode
) -> None:
    method, path = route.split()
    if mode is GenerationMode.NEGATIVE and SHAPES[route].takes is None:
        return  # it takes nothing that could be wrong
    told = schemathesis.openapi.from_dict(description())
    told.config.update(base_url="http://headquarters")

    @EXAMPLES
    @given(case=told[path][method].as_strategy(generation_mode=mode), mine=st.booleans())
    def ask(case: Any, mine: bool) -> None:
        body = case.body
        if mine and isinstance(body, dict) and route.endswith("sync"):
            body = {**body, "device": ana.device_id, "proto": PROTOCOL, "epoch": "", "cursor": ""}
        answer_is_as_described(office, case, body, ana.access)

    ask()
    assert office.laptop("ben").sync().epoch  # an honest laptop is served as before


@pytest.mark.parametrize("route", PIECES)
def test_pieces_of_any_kind_are_refused_in_words(office: Office, ana: Laptop, route: str) -> None:
    method, path = route.split()
    words = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=70)
    before = state(office)

    @EXAMPLES
    @given(
        sha256=st.just("a" * 64) | words.filter(lambda text: text and not set(text) & set("/?#.%")),
        case_id=st.sampled_from([ana.user_id, "", "x" * 99]) | words,
        offset=st.sampled_from(["0", "-1", "9" * 30, "half"]),
        content=st.binary(max_size=40),
    )
    def ask(sha256: str, case_id: str, offset: str, content: bytes) -> None:
        response = office.client.request(
            method,
            path.format(sha256=sha256),
            params={"case_id": case_id},
            content=content,
            headers={
                "authorization": f"Bearer {ana.access}",
                "content-type": BLOB_TYPE,
                OFFSET_HEADER: offset,
                "range": f"bytes={offset}-",
            },
        )
        assert 400 <= response.status_code < 500
        if method != "HEAD":
            refusal(response)

    ask()
    assert state(office) == before


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@EXAMPLES
@given(data=st.data())
def test_forged_operations_are_answered_one_by_one(
    office: Office, ana: Laptop, data: st.DataObject
) -> None:
    ids = st.sampled_from([new_id(), ana.user_id, ana.device_id, office.org])
    fields = st.sampled_from(["user_id", "author_id", "description", "status", "org_id", "rev"])
    operations = [
        Operation(
            op_id=new_id(),
            dseq=data.draw(st.sampled_from([1, 2, 3, 90, 2**31 - 1])),
            tx=data.draw(ids),
            type=data.draw(st.sampled_from([*KINDS, "Nonsense", ""])),
            id=data.draw(ids),
            case_id=data.draw(st.none() | ids),
            kind=data.draw(st.sampled_from(list(OperationKind))),
            trunk_revision=data.draw(st.integers(0, 2**31 - 1)),
            set=data.draw(st.dictionaries(fields | st.text(max_size=9), values, max_size=3)),
            was=data.draw(st.dictionaries(fields, values, max_size=2)),
            wall=data.draw(st.text(max_size=50)),
        )
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    response = ana.ask(*operations, epoch="", cursor="", fence="")
    assert response.status_code in {200, 409}, response.text
    if response.status_code == 200:
        told = msgspec.json.decode(response.content)["results"]
        assert [result[0] for result in told] == [operation.op_id for operation in operations]
    refusals = {KINDS[kind].__tablename__ for kind in ("User", "Device", "Organization")}
    assert {name: state(office)[name] for name in refusals} == {
        KINDS["User"].__tablename__: 1,
        KINDS["Device"].__tablename__: 1,
        KINDS["Organization"].__tablename__: 1,
    }


def test_another_laptops_name_is_refused_audited_once_and_changes_nothing(
    office: Office, ana: Laptop
) -> None:
    ben = office.laptop("ben")
    before, links = state(office), office.count(ServerAudit)
    for _ in range(5):
        person = ana.write.person(ana.user_id)
        assert refusal(ana.ask(*person, device=ben.device_id)) == (403, "device")
    assert state(office) == before
    assert office.count(ServerAudit) == links + 1
    [link] = office.rows(ServerAudit, outcome="device")
    assert (link.act, link.actor, link.device_id) == ("sync", ana.user_id, ana.device_id)
    office.clock.forward(minutes=9)
    ana.ask(device=ben.device_id)
    assert office.count(ServerAudit) == links + 1
    ana.renew()
    office.clock.forward(minutes=2)
    ana.ask(device=ben.device_id)
    assert office.count(ServerAudit) == links + 2


def test_another_organisations_records_are_not_reached(office: Office, ana: Laptop) -> None:
    other = office.administration.add_organization("Uptown Care", "America/New_York")
    office.administration.add_user(other, "eve", "Eve", "supervisor")
    theirs = Laptop(office, "eve", office.administration.code(other, "eve"))
    [patient, _] = person = theirs.write.person(theirs.user_id)
    theirs.sync_all(*person)
    before = state(office)
    [result] = ana.sync(ana.write.goal(patient.id)).results
    assert (result.status, result.detail) == (
        "quarantined",
        "late: the person is not in your care now",
    )
    assert refusal(ana.ask(cursor=theirs.cursor, fence=theirs.fence)) == (409, "history_changed")
    assert refusal(ana.ask(device=theirs.device_id)) == (403, "device")
    assert all(change.id != patient.id for reply in ana.sync_all() for change in reply.changes)
    assert state(office)["goal"] == before["goal"]


def test_a_stopped_laptop_is_audited_when_it_still_calls(office: Office, ana: Laptop) -> None:
    office.administration.stop_device(office.org, ana.device_id)
    assert [refusal(ana.ask()) for _ in range(3)] == [(403, "device_stopped")] * 3
    [link] = office.rows(ServerAudit, outcome="device_stopped")
    assert (link.act, link.device_id) == ("call", ana.device_id)


@pytest.mark.parametrize("plain", [b" ", b"[", b'{"ops":[', b'{"a":'])
def test_a_bomb_is_refused_by_every_route(office: Office, ana: Laptop, plain: bytes) -> None:
    packed = zstandard.compress(plain * (65 * 1024 * 1024 // len(plain)), 3)
    before = state(office)
    for route in ROUTES:
        method, path = route.split()
        if SHAPES[route].takes is not None:
            headers = JSON | {
                "content-encoding": "zstd",
                "authorization": f"Bearer {ana.access}",
            }
            response = office.client.request(method, path, content=packed, headers=headers)
            assert refusal(response) == (413, "too_large")
    assert state(office) == before


def test_nobody_is_served_the_description(office: Office) -> None:
    for path in ("/openapi.json", "/docs", "/redoc"):
        response = office.client.request("GET", path)
        assert msgspec.json.decode(response.content, type=Problem).code == "absent"
