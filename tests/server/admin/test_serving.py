"""``serve``: what keeps it from starting is said in a sentence. How it runs: ../test_serving.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casefield.server import serving
from casefield.server.blob_folder import BlobFolder
from casefield.server.serving import listen
from tests.server.admin.conftest import Call


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what the server was started with; it is ready at once and stops at once."""
    started: list[Any] = []

    def run(
        database: Any, listener: Any, *, workers: int, ready: Any, blobs: Any, most_at_once: int
    ) -> None:
        started.append((database.place, workers, blobs, most_at_once))
        ready()
        listener.close()
        database.close()

    monkeypatch.setattr(serving, "serve", run)
    return started


def test_it_prepares_the_database_before_it_listens(
    bare: Call, tmp_path: Path, served: list[Any]
) -> None:
    said = bare(
        "serve",
        "--data",
        tmp_path / "new",
        "--port",
        0,
        "--workers",
        3,
        "--most-at-once",
        5,
        "--json",
    )
    assert said.code == 0
    assert said.json["workers"] == 3
    (place, workers, blobs, most_at_once) = served[0]
    assert (place, workers, most_at_once) == (str(tmp_path / "new" / "headquarters.db"), 3, 5)
    assert blobs == BlobFolder(tmp_path / "new" / "blobs")
    assert bare("--data", tmp_path / "new", "org", "list").code == 0


def test_attachments_have_a_place_and_bounds_of_their_own(
    call: Call, tmp_path: Path, served: list[Any]
) -> None:
    given = ("--blobs", tmp_path / "b", "--blob-mb", 7, "--blob-quota-gb", 2)
    assert call("serve", "--port", 0, *given).code == 0
    assert served[0][2] == BlobFolder(tmp_path / "b", 7 * 1024**2, 2 * 1024**3)


def test_plain_http_on_a_network_is_warned_of(call: Call, served: list[Any]) -> None:
    assert "reverse proxy" in call("serve", "--port", 0, "--host", "0.0.0.0").err
    assert call("serve", "--port", 0).err == "Stopped.\n"


def test_a_port_that_is_taken_is_2(call: Call, served: list[Any]) -> None:
    with listen("127.0.0.1", 0) as taken:
        said = call("serve", "--port", taken.getsockname()[1])
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("something else listens there. Give another --port.\n")
    assert served == []


@pytest.mark.parametrize("option", [("--port", "70000"), ("--port", "x"), ("--workers", "0")])
def test_a_number_that_is_none_is_2(call: Call, served: list[Any], option: tuple[str, str]) -> None:
    said = call("serve", *option)
    assert (said.code, said.out, served) == (2, "", [])


def test_a_database_that_cannot_be_reached_is_2(bare: Call, served: list[Any]) -> None:
    said = bare("serve", "--database", "postgresql://u@127.0.0.1:1/x")
    assert (said.code, said.out, served) == (2, "", [])
    assert "Connection refused" in said.err
