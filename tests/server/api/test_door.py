"""Every answer carries its headers, and no failure's words get out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from sqlalchemy import text

from casefield.server.api import devices
from casefield.server.api.door import HEADERS
from casefield.server.app import create_app
from casefield.server.database import Database
from tests.server.office import Office, refusal

SECRET = "Rosa Alvarez has hepatitis"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/health", 200),
        ("POST", "/v1/hello", 415),
        ("POST", "/v1/sync", 401),
        ("GET", "/", 404),
        ("GET", "/v1/sync", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("DELETE", "/v1/health", 404),
    ],
)
def test_every_answer_carries_the_headers(
    office: Office, method: str, path: str, status: int
) -> None:
    response = office.client.request(method, path)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers["content-type"] == "application/json"


def test_an_unforeseen_failure_is_told_without_its_words(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> str:
        raise ValueError(SECRET)

    monkeypatch.setattr(devices, "_epoch", fail)
    with caplog.at_level(logging.DEBUG):
        response = office.client.request("GET", "/v1/health")
    assert refusal(response) == (503, "broken")
    assert response.headers["x-content-type-options"] == "nosniff"
    [line] = [r.getMessage() for r in caplog.records if r.name == "casefield.server"]
    assert line.startswith("GET /v1/health failed: ValueError at devices.py:")
    assert SECRET not in response.text + caplog.text


def test_a_database_that_fails_is_told_without_its_words(
    on_postgresql: Database,
    open_office: Callable[[Database], Office],
    caplog: pytest.LogCaptureFixture,
) -> None:
    office = open_office(on_postgresql)
    ana = office.laptop("ana")
    office.write(lambda connection: connection.execute(text("DROP TABLE quarantine CASCADE")))
    with caplog.at_level(logging.DEBUG):
        response = ana.ask(ana.write.goal("somebody", description=SECRET))
    assert refusal(response) == (503, "broken")
    assert SECRET not in response.text + caplog.text
    assert "POST /v1/sync failed: ProgrammingError at" in caplog.text


def test_a_caller_who_goes_away_is_no_failure(
    on_sqlite: Database, portal: BlockingPortal, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(on_sqlite)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/hello",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    said = iter(
        [
            {"type": "http.request", "body": b'{"proto": ', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    answered: list[object] = []

    async def receive() -> Any:
        return next(said)

    async def send(message: object) -> None:
        answered.append(message)

    with caplog.at_level(logging.INFO, "casefield.server"):
        portal.call(app, scope, receive, send)
    assert caplog.messages == ["POST /v1/hello: the caller went away"]
    assert answered == []
