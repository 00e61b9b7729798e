"""Headquarters in processes of its own, as it is run, that a battery may kill without warning."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
WORKER = Path(__file__).with_name("worker.py")


def environment() -> dict[str, str]:
    """Return what a process of ours needs to find this casefield."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Headquarters:
    """One `casefield-server serve` on one port, that comes back there after it was killed.

    Args:
        database: URL or file.
        options: more of `serve`'s.
    """

    def __init__(self, database: str, *options: str) -> None:
        self._database = database
        self._options = options
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Serve; returns when requests are answered."""
        command = [sys.executable, "-m", "casefield.server.admin", "serve", "--json"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port), *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment() | {"CASEFIELD_DATABASE": self._database},
            cwd=ROOT,
            start_new_session=True,  # its workers are killed with it
        )
        assert self._process.stdout is not None
        told = []
        for line in self._process.stdout:
            told.append(line)
            if line == "}\n":
                assert json.loads("".join(told))["address"] == self.url
                return
        raise AssertionError("headquarters did not start")

    def kill(self) -> None:
        """End it at once, as a power cut does: nothing of it is asked."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()


class Worker:
    """One life of a laptop's process: it writes notes and syncs until it is done or killed.

    Args:
        profile: the laptop's.
        journal: file where it writes down each note after it was told that it is saved.
        case_id: whom the notes are about.
        life: number of this life; each note says it.
        notes: how many it writes; 0 only syncs.
    """

    def __init__(self, profile: Path, journal: Path, case_id: str, life: int, notes: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER), *map(str, (profile, journal, case_id, life, notes))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            cwd=ROOT,
        )

    def until_open(self) -> None:
        """Return when the profile is unlocked."""
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "open\n":
            raise AssertionError(f"the laptop did not open: {self._process.communicate()[1]}")

    def ended_within(self, seconds: float) -> bool:
        """Whether it comes to its own end in so many seconds."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.communicate()

    def end(self) -> str:
        """Wait for its own end; return its last line.

        Raises:
            AssertionError: it did not end well.
        """
        said, complaint = self._process.communicate(timeout=180)
        assert self._process.returncode == 0, complaint
        return said.strip().splitlines()[-1] if said.strip() else ""
