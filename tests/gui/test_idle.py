"""Nobody there, or the lid closed: it is time to lock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from casefield.gui import idle
from casefield.gui.idle import ASLEEP_SECONDS, IDLE_SECONDS, TICK_SECONDS, IdleWatch


class Wall:
    """The wall clock, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    monkeypatch.setattr(idle, "time", made)
    return made


@pytest.fixture
def watch(wall: Wall, qapp: QApplication) -> Iterator[IdleWatch]:
    parent = QObject()
    made = IdleWatch(parent)
    made.start()
    yield made
    made.stop()


def ticks(watch: IdleWatch, wall: Wall, seconds: float) -> int:
    """Let time go by, tick by tick; return how often it was said that it is time to lock."""
    told: list[int] = []
    watch.passed.connect(lambda: told.append(1))
    for _ in range(int(seconds / TICK_SECONDS)):
        wall.now += TICK_SECONDS
        watch._timer.timeout.emit()
    return len(told)


def test_nobody_there_for_ten_minutes(watch: IdleWatch, wall: Wall) -> None:
    assert ticks(watch, wall, IDLE_SECONDS) == 0
    assert ticks(watch, wall, TICK_SECONDS) == 1


def test_a_key_counts_as_somebody(watch: IdleWatch, wall: Wall) -> None:
    ticks(watch, wall, IDLE_SECONDS - TICK_SECONDS)
    page = QWidget()
    page.show()
    QTest.keyClick(page, Qt.Key.Key_A)
    assert ticks(watch, wall, IDLE_SECONDS) == 0


def test_a_tick_that_comes_late_means_the_lid_was_closed(watch: IdleWatch, wall: Wall) -> None:
    told: list[int] = []
    watch.passed.connect(lambda: told.append(1))
    wall.now += ASLEEP_SECONDS + TICK_SECONDS
    watch._timer.timeout.emit()
    assert told == [1]


def test_who_does_not_watch_says_nothing(watch: IdleWatch) -> None:
    assert watch._timer.isActive()
    watch.stop()
    assert not watch._timer.isActive()
