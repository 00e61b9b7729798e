"""The access matrix: every route says what it needs, and nobody gets past without it."""

from __future__ import annotations

import itertools
from importlib import import_module
from pkgutil import iter_modules

import httpx
import msgspec
import pytest
from anyio.from_thread import BlockingPortal
from fastapi import APIRouter
from fastapi.routing import APIRoute

from casefield.records.organisation import User
from casefield.records.work import Actor
from casefield.server import api
from casefield.server.api import needs
from casefield.server.api.needs import DECLARED, Need
from casefield.server.app import create_app
from casefield.server.database import Database
from casefield.server.work import working
from tests.server.office import JSON, Client, Laptop, Office, refusal

ROUTES = sorted(DECLARED)
CLOSED = [route for route in ROUTES if DECLARED[route] is Need.DEVICE]
STRANGERS = ["none", "empty", "random", "refresh token", "expired", "basic", "garbled"]
STOPPED = ["stopped laptop", "stopped user"]


def call(office: Office, route: str, headers: dict[str, str]) -> httpx.Response:
    """Call a route with a body that no guard should ever read."""
    method, path = route.split()
    content = msgspec.json.encode({})
    return office.client.request(method, path, content=content, headers=JSON | headers)


def said(response: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal; of one that has no body, what its status means."""
    if response.request.method != "HEAD":
        return refusal(response)
    meaning = {401: "sign_in", 403: "device_stopped", 422: "bad_message"}
    return response.status_code, meaning[response.status_code]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def shown(office: Office, ana: Laptop, state: str) -> dict[str, str]:
    """Return the headers of a caller in a state."""
    match state:
        case "none":
            return {}
        case "empty":
            return bearer("")
        case "random":
            return bearer("x" * 43)
        case "refresh token":
            return bearer(ana.refresh_token)
        case "expired":
            office.clock.forward(minutes=10)
            return bearer(ana.access)
        case "basic":
            return {"authorization": f"Basic {ana.access}"}
        case "garbled":
            return {"authorization": ana.access}
        case "stopped laptop":
            office.administration.stop_device(office.org, ana.device_id)
        case "stopped user":
            system = Actor(office.org, "system", "Headquarters", "administrator")
            with working(office.database, system, office.clock) as work:
                work.change(work.get(User, ana.user_id), active=False)
    return bearer(ana.access)


def test_no_route_is_without_its_declaration(on_sqlite: Database) -> None:
    served = create_app(on_sqlite).openapi()["paths"]
    assert {
        f"{method.upper()} {path}" for path, methods in served.items() for method in methods
    } == set(DECLARED)
    modules = [import_module(f"{api.__name__}.{m.name}") for m in iter_modules(api.__path__)]
    written = {
        f"{method} {route.path}"
        for module in modules
        for route in getattr(module, "router", APIRouter()).routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert written == set(DECLARED)


def test_there_is_something_to_guard() -> None:
    content = [f"{method} /v1/blobs/{{sha256}}" for method in ("GET", "HEAD", "PATCH")]
    assert [*content, "POST /v1/blobs", "POST /v1/sync"] == CLOSED
    assert set(DECLARED.values()) == set(Need)


@pytest.mark.parametrize(("route", "state"), list(itertools.product(CLOSED, STRANGERS)))
def test_whoever_has_not_signed_in_is_sent_to_do_so(office: Office, route: str, state: str) -> None:
    headers = shown(office, office.laptop("ana"), state)
    assert said(call(office, route, headers)) == (401, "sign_in")


@pytest.mark.parametrize(("route", "state"), list(itertools.product(CLOSED, STOPPED)))
def test_whoever_was_stopped_is_told_so(office: Office, route: str, state: str) -> None:
    headers = shown(office, office.laptop("ana"), state)
    assert said(call(office, route, headers)) == (403, "device_stopped")


@pytest.mark.parametrize("route", CLOSED)
def test_whoever_is_signed_in_gets_to_the_message_itself(office: Office, route: str) -> None:
    ana = office.laptop("ana")
    assert said(call(office, route, bearer(ana.access))) == (422, "bad_message")


@pytest.mark.parametrize("route", CLOSED)
def test_the_door_is_shut_before_anything_is_read(office: Office, route: str) -> None:
    """A stranger's body is not even looked at: neither its type nor its size."""
    method, path = route.split()
    response = office.client.request(
        method, path, content=b"x" * 9_000_000, headers={"content-type": "text/plain"}
    )
    assert said(response) == (401, "sign_in")


def test_to_declare_it_is_to_have_it(
    office: Office, portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A route that forgets to ask who calls is guarded all the same."""
    monkeypatch.setattr(needs, "DECLARED", {})
    monkeypatch.setattr(needs, "SHAPES", {})
    router = APIRouter()

    @needs.route(router, "GET", "/forgetful", Need.DEVICE, takes=None, gives=str)
    async def forgetful() -> dict[str, str]:
        return {"said": "too much"}

    app = create_app(office.database, office.clock)
    app.include_router(router)
    client = Client(app, portal)
    assert refusal(client.request("GET", "/forgetful")) == (401, "sign_in")
    ana = office.laptop("ana")
    assert client.request("GET", "/forgetful", headers=bearer(ana.access)).status_code == 200


@pytest.mark.parametrize("route", [r for r in ROUTES if DECLARED[r] is Need.DEVICE_KEY])
def test_a_device_key_is_needed_where_it_is_declared(office: Office, route: str) -> None:
    ana = office.laptop("ana")
    path = route.split()[1]
    message = {"device": ana.device_id, "refresh_token": ana.refresh_token, "wall": "now"}
    response = office.post(path, message | {"signature": "AAAA"}, token=ana.access)
    assert refusal(response) == (403, "bad_signature")


@pytest.mark.parametrize("route", [r for r in ROUTES if DECLARED[r] is Need.CODE])
def test_a_code_is_needed_where_it_is_declared(office: Office, route: str) -> None:
    ana = office.laptop("ana")
    response = ana.enrol("AAAAA-BBBBB")
    assert refusal(response) == (403, "bad_code")
    assert ana.enrolled.request.url.path == route.split()[1]


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_survives_rubbish(office: Office, route: str) -> None:
    method, path = route.split()
    ana = office.laptop("ana")
    for content in (b"", b"[]", b"{", b"\xff\xfe", b"null", b'{"proto": "x"}', b"\0"):
        response = office.client.request(
            method, path, content=content, headers=JSON | bearer(ana.access)
        )
        expected = 200 if route == "GET /v1/health" else 422
        assert response.status_code == expected
