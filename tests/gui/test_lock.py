"""The lock screen by itself: what it asks, what it says when it doesn't open, how it waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from casefield.application import Application, Session
from casefield.demo.stage import PASSPHRASE
from casefield.gui.jobs import Jobs
from casefield.gui.lock import LockPage
from casefield.gui.theme.theme import Theme
from tests.gui.conftest import MovedClock
from tests.gui.hands import button, finish, texts


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, clock: MovedClock, profile: Callable[[str], Path]) -> LockPage:
    """Return the lock screen of a profile."""
    made = LockPage(theme, Application(profile("bare"), clock=clock), Jobs(), "demo: say friend")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def opened(page: LockPage) -> list[Session]:
    """Return the sessions that it opened."""
    found: list[Session] = []
    page.unlocked.connect(found.append)
    return found


def test_it_names_the_way_out_for_who_forgot(page: LockPage) -> None:
    said = " ".join(texts(page))
    assert "Everything here is encrypted" in said
    assert "ask headquarters" in said
    assert "demo: say friend" in said


def test_the_right_passphrase_hands_over_the_session(page: LockPage, opened: list[Session]) -> None:
    page.field.setText(PASSPHRASE)
    button(page, "Unlock").click()
    assert button(page, "Unlocking …").isEnabled() is False
    finish(page._jobs)
    assert len(opened) == 1
    assert page.field.text() == "", "the passphrase does not stay in the field"
    assert button(page, "Unlock").isEnabled()
    opened[0].lock()


def test_a_wrong_one_is_told_to_the_ear_too(page: LockPage, opened: list[Session]) -> None:
    page.field.setText("not this one")
    button(page, "Unlock").click()
    finish(page._jobs)
    assert opened == []
    assert page.complaint() in page.field.accessibleDescription()
    assert "doesn't open this profile" in page.complaint()
    assert page.field.isEnabled()


def test_while_the_key_is_being_dropped_a_passphrase_waits_for_its_turn(
    page: LockPage, opened: list[Session]
) -> None:
    page.wait()
    page.field.setText(PASSPHRASE)
    button(page, "Unlock").click()
    finish(page._jobs)
    assert opened == []
    page.locked_at(datetime(2026, 11, 13, 16, 5))
    finish(page._jobs)
    assert len(opened) == 1
    opened[0].lock()


def test_it_says_since_when_it_is_locked(page: LockPage) -> None:
    page.locked_at(datetime(2026, 11, 13, 16, 5))
    assert page.words() == "Locked at 16:05. Your unsaved words are safe."
