"""The server says when it is ready and why it can't be, and stops when it is told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from casefield.errors import UnusableInput
from casefield.server.serving import address, listen

Served = subprocess.Popen[str]


@pytest.fixture
def processes() -> Iterator[list[Served]]:
    """Return where a test puts the servers it starts."""
    started: list[Served] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def start(
    processes: list[Served], *options: str, environment: dict[str, str] | None = None
) -> Served:
    """Start a server as a person would, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "casefield.server.admin", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | (environment or {}),
        cwd=Path(__file__).parents[2],
    )
    processes.append(process)
    return process


def ready(process: Served) -> Any:
    """Return what the server said when it was ready; waits for it."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            return json.loads("".join(lines))
    _, said = process.communicate(timeout=10)
    raise AssertionError(f"not ready: {said}")


def test_it_serves_until_it_is_told_to_stop(processes: list[Served], tmp_path: Path) -> None:
    process = start(processes, "--data", str(tmp_path / "hq"), "--json")
    told = ready(process)
    assert told["database"] == str(tmp_path / "hq" / "headquarters.db")
    assert httpx.get(f"{told['address']}/v1/health").json() == {"status": "ok"}
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "Stopped.\n")


def test_a_person_is_told_in_one_line_where_it_listens(
    processes: list[Served], tmp_path: Path
) -> None:
    process = start(processes, "--data", str(tmp_path))
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Headquarters listens on http://127.0.0.1:")
    assert line.endswith(f" (database: {tmp_path / 'headquarters.db'}).\n")
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate(timeout=20)
    assert (process.returncode, rest, said) == (0, "", "Stopped.\n")


def test_it_serves_from_postgresql_in_several_processes(
    processes: list[Served], postgresql: str
) -> None:
    url = postgresql.format("postgres")
    process = start(processes, "--workers", "2", "--json", environment={"CASEFIELD_DATABASE": url})
    told = ready(process)
    assert told["workers"] == 2
    assert told["database"].startswith("postgresql://postgres")
    for _ in range(8):
        assert httpx.get(f"{told['address']}/v1/health").json() == {"status": "ok"}
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "Stopped.\n")


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UnusableInput, match=rf"127\.0\.0\.1, port {port}: something else"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.7", "300.1.1.1", "no such host", "x" * 300])
def test_an_address_of_another_machine_is_said(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def local(name: str, *rest: Any, **more: Any) -> Any:
        """Ask nobody beyond this machine about a name."""
        if not name.replace(".", "").isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return real(name, *rest, flags=socket.AI_NUMERICHOST, **more)

    monkeypatch.setattr(socket, "getaddrinfo", local)
    with pytest.raises(UnusableInput, match="it is no address of this machine"):
        listen(host, 0)


def test_an_address_is_written_as_a_laptop_takes_it() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
