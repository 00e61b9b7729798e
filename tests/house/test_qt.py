"""The Qt binding that is installed can be trusted with a long day."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage, QPainter

CALLS = 1000
SLACK = 100  # other threads may hold it for a moment


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_none_outlives_calls_into_qt() -> None:
    """PySide 6.12.0 gave up a reference with each call until the process aborted."""
    thing, picture = QObject(), QImage(8, 8, QImage.Format.Format_ARGB32)
    painter = QPainter(picture)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("row")
        thing.property("nothing")
        painter.save()
        painter.restore()
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < SLACK
