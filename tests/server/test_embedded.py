"""Headquarters inside another process answers on loopback until it is closed."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from casefield.server.embedded import EmbeddedServer


def test_it_answers_while_it_is_open_and_keeps_what_it_was_told(tmp_path: Path) -> None:
    file = str(tmp_path / "headquarters.db")
    with EmbeddedServer(file) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{server.url}/v1/health").json() == {"status": "ok"}
        server.administration.add_organization("Bayside", "America/New_York")
        port = int(server.url.rsplit(":", 1)[1])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/v1/health")
    with EmbeddedServer(file, port=port) as again:
        assert again.url == server.url
        assert [name for _, name in again.administration.organizations()] == ["Bayside"]
