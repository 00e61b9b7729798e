"""What tests of sync share: a real little server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync.loopback import Loopback, loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    """Return a running server that answers as the test says."""
    with loopback() as running:
        yield running
