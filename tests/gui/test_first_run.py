"""The first run: every field complains where it stands, and a profile is made or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from casefield.application import Application, Session
from casefield.gui.first_run import FirstRunPage, ProfileForm
from casefield.gui.jobs import Jobs
from casefield.gui.theme.theme import Theme
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation
from tests.gui.conftest import MovedClock
from tests.gui.hands import button, buttons, finish, texts

PASSPHRASE = "lantern gravel biscuit seventeen"
NOBODY_THERE = "http://127.0.0.1:1"


@pytest.fixture
def application(tmp_path: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> Application:
    """Return an application without a profile, whose keys are cheap to make."""
    monkeypatch.setattr(
        "casefield.vault.vault.Derivation", lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)
    )
    return Application(tmp_path / "profile", clock=clock)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, application: Application) -> FirstRunPage:
    """Return the first run."""
    made = FirstRunPage(theme, application, Jobs())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def ready(page: FirstRunPage) -> Iterator[list[Session]]:
    """Return the sessions that it made; they are locked again."""
    found: list[Session] = []
    page.ready.connect(found.append)
    yield found
    for session in found:
        session.lock()


def form(page: FirstRunPage) -> ProfileForm:
    """Return the form of a page."""
    found = page.findChild(ProfileForm)
    assert isinstance(found, ProfileForm)
    return found


def test_there_are_three_ways_to_begin(page: FirstRunPage) -> None:
    assert buttons(page) == ["Enrol this laptop", "Work alone for now", "Explore with demo data"]


def test_the_demo_is_asked_for(page: FirstRunPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.demo_wanted, timeout=1000):
        button(page, "Explore").click()


def test_working_alone_makes_a_profile_with_ones_name(
    page: FirstRunPage, ready: list[Session], application: Application
) -> None:
    button(page, "Work alone").click()
    parts = form(page)
    assert not parts.enrolment.isVisible()
    assert parts.person.line.hasFocus()
    parts.person.line.setText("  Ana Alvarez, RN ")
    for field in (parts.passphrase, parts.again):
        field.line.setText(PASSPHRASE)
    QTest.keyClick(parts.again.line, Qt.Key.Key_Return)
    assert not parts.go.isEnabled(), "a second press makes no second profile"
    finish(page._jobs)
    assert [session.actor.name for session in ready] == ["Ana Alvarez, RN"]
    assert application.info().exists
    assert parts.passphrase.text() == parts.again.text() == ""


@pytest.mark.parametrize(
    ("name", "first", "second", "words"),
    [
        (" ", PASSPHRASE, PASSPHRASE, "Write your name."),
        ("Ana", "", "", "Choose a passphrase."),
        ("Ana", PASSPHRASE, PASSPHRASE + "x", "The two entries differ."),
    ],
)
def test_what_lacks_is_told_at_its_field(
    page: FirstRunPage, application: Application, name: str, first: str, second: str, words: str
) -> None:
    button(page, "Work alone").click()
    parts = form(page)
    parts.person.line.setText(name)
    parts.passphrase.line.setText(first)
    parts.again.line.setText(second)
    button(page, "Begin").click()
    finish(page._jobs)
    assert words in texts(parts)
    assert not application.info().exists


def test_a_passphrase_too_easy_to_guess_is_refused_with_a_reason(
    page: FirstRunPage, ready: list[Session], application: Application
) -> None:
    button(page, "Work alone").click()
    parts = form(page)
    parts.person.line.setText("Ana")
    for field in (parts.passphrase, parts.again):
        field.line.setText("password1234")
    button(page, "Begin").click()
    finish(page._jobs)
    assert ready == []
    assert not application.info().exists
    assert any("passphrase" in said and "guess" in said for said in texts(parts)), texts(parts)
    assert parts.go.isEnabled()


def test_strength_is_told_as_one_types(page: FirstRunPage) -> None:
    button(page, "Work alone").click()
    parts = form(page)
    told = []
    for typed in ("password", PASSPHRASE):
        parts.passphrase.line.clear()
        QTest.keyClicks(parts.passphrase.line, typed)
        assert parts._measure.isActive()
        parts._measure.timeout.emit()
        finish(page._jobs)
        told.append((parts._meter.value(), parts._verdict.text().partition(".")[0]))
    assert told == [(1, "Guessed at once"), (5, "Very strong")]


def test_enrolling_asks_for_what_headquarters_gave(page: FirstRunPage) -> None:
    button(page, "Enrol").click()
    parts = form(page)
    assert not parts.person.isVisible(), "headquarters knows the name"
    assert parts.enrolment.server.line.hasFocus()
    button(page, "Begin").click()
    said = " ".join(texts(parts))
    assert "address of headquarters" in said
    assert "code that headquarters made" in said
    assert "your name at headquarters" in said


def test_enrolling_without_a_network_says_so_and_keeps_what_was_typed(
    page: FirstRunPage,
    ready: list[Session],
    application: Application,
    elsewhere: Callable[[Callable[[], Session]], Session],
) -> None:
    button(page, "Enrol").click()
    parts = form(page)
    for field, value in (
        (parts.enrolment.server, NOBODY_THERE),
        (parts.enrolment.code, "ABCD-EFGH"),
        (parts.enrolment.user, "ana"),
        (parts.passphrase, PASSPHRASE),
        (parts.again, PASSPHRASE),
    ):
        field.line.setText(value)
    button(page, "Begin").click()
    finish(page._jobs)
    assert ready == []
    assert parts._complaint.isVisible()
    assert parts._complaint.text()
    assert parts.enrolment.code.text() == "ABCD-EFGH"
    button(page, "Begin").click()  # the profile exists by now: it is opened, not made again
    finish(page._jobs)
    assert ready == []
    assert parts.go.isEnabled()
    elsewhere(lambda: application.unlock(PASSPHRASE)).lock()


def test_back_returns_to_the_three_ways(page: FirstRunPage) -> None:
    button(page, "Work alone").click()
    button(page, "Back").click()
    assert buttons(page)[0] == "Enrol this laptop"
    assert page._enrol.hasFocus()
