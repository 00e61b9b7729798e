"""The sync page on a real laptop beside a headquarters: told, synced, stopped, dealt with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from casefield.application import Session
from casefield.gui.theme.theme import Theme
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.sync.state import Phase, SyncState
from tests.fieldwork import Fieldwork, MovedClock, fieldwork
from tests.gui.fieldwindow import FieldWindow, field_window, name_of, take_in, write_differently

LONG = 30


@pytest.fixture(autouse=True)
def _no_database_on_the_gui_thread() -> None:
    """Leave it to `field_window`: laptops are prepared in this thread, before there is a window."""


@pytest.fixture
def field(fresh_profile: Path, tmp_path: Path) -> Iterator[Fieldwork]:
    """Return a headquarters without workers."""
    with fieldwork(fresh_profile, tmp_path, MovedClock()) as made:
        yield made


@pytest.fixture
def ana(field: Fieldwork) -> Session:
    """Return Ana's laptop, on which Rosa is, whom headquarters knows."""
    return field.laptop("ana")


@pytest.fixture
def rosa(ana: Session) -> str:
    """Return Rosa's case."""
    case_id = ana.act(take_in, "test")
    ana.sync_now()
    return case_id


@pytest.fixture
def window(qapp: QApplication, ana: Session, rosa: str) -> Iterator[FieldWindow]:
    """Return Ana's window at the sync page, where nothing waits."""
    with field_window(ana, Theme(qapp, "light")) as made:
        open_page(made)
        yield made


def open_page(window: FieldWindow) -> None:
    window.shell.begin()
    window.settle()
    window.shell.rail.sync.click()
    window.settle()


def wish(window: FieldWindow, case_id: str, words: str) -> str:
    goal = Goal(case_id=case_id, own_words=words)
    return window.beside(lambda: window.session.act(lambda w: w.add(goal).id, "test"))


def refuse(window: FieldWindow, field: Fieldwork, case_id: str) -> None:
    """Have something of Ana's refused, and Rosa back in her care."""
    field.unassign("ana", case_id)
    wish(window, case_id, "To sleep")
    window.beside(window.session.sync_now)


def test_where_nothing_is_it_says_what_will_be_here(window: FieldWindow) -> None:
    said = window.said(window.shell.sync)
    assert "In step with headquarters" in said
    assert "Last synced today" in said
    assert "it stands here until somebody decides" in said
    assert "saved here first, encrypted" in said
    assert "Field Care" in said
    assert window.focused() == "Sync now"
    assert window.shell.rail.sync.isChecked()


def test_what_waits_is_sent_by_enter_and_the_page_tells_what_came(
    window: FieldWindow, field: Fieldwork, rosa: str
) -> None:
    wish(window, rosa, "Walk to church")
    page = window.shell.sync
    assert "Rosa Alvarez\n" in window.said(page)
    assert "Goal “Walk to church”: new" in window.said(page)
    assert page.head.text() == "Online"
    page.now.setFocus()
    window.key(Qt.Key.Key_Space)
    said = window.said(page)
    assert "1 change sent" in said
    assert " up, " in said
    assert "Goal “Walk to church”" not in said
    assert page.head.text() == "In step with headquarters"


def test_of_many_people_the_first_are_shown_and_the_rest_on_demand(window: FieldWindow) -> None:
    for number in range(10):
        name = Patient(given_name=f"Person{number}", family_name="Okafor")
        window.beside(lambda name=name: window.session.act(lambda w: w.add(name).id, "test"))
    page = window.shell.sync
    assert window.said(page).count("Okafor\n") == 8
    window.press("Show 2 more people")
    assert window.said(page).count("Okafor\n") == 10
    assert "more people" not in window.said(page)


def test_without_headquarters_it_says_so_and_keeps_what_waits(
    window: FieldWindow, field: Fieldwork, rosa: str
) -> None:
    wish(window, rosa, "Walk to church")
    field.close_headquarters()
    window.press("Sync now")
    page = window.shell.sync
    assert page.head.text() == "Offline"
    assert "1 change waits on this laptop." in page.words.text()
    assert "Goal “Walk to church”: new" in window.said(page)


def test_a_long_sync_shows_counts_and_can_be_cancelled(
    window: FieldWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, session = window.shell.sync, window.session
    under_way, stopped = threading.Event(), threading.Event()
    cancels, syncs = [], []

    def sync_now() -> None:
        syncs.append(None)
        session._sync_told(SyncState(Phase.SYNCING, 40, done=60))
        under_way.set()
        assert stopped.wait(LONG)

    def cancel() -> None:
        cancels.append(threading.current_thread())
        stopped.set()

    monkeypatch.setattr(session, "sync_now", sync_now)
    monkeypatch.setattr(session, "cancel_sync", cancel)
    page.now.click()
    assert under_way.wait(LONG)
    QApplication.processEvents()
    assert not page.cancel.isVisible(), "what is through at once needs no bar"
    page._patience.timeout.emit()
    assert (page.bar_of_sync.value(), page.bar_of_sync.maximum()) == (60, 100)
    assert page.counts.text() == "60 changes moved, 40 still to send"
    page.now.click()
    assert len(syncs) == 1, "pressed again, it does not sync twice"
    page.cancel.setFocus()
    window.key(Qt.Key.Key_Space)
    assert len(cancels) == 1
    window.settle()
    assert not page.cancel.isVisible()
    assert window.focused() == "Sync now"


def test_a_real_sync_that_is_cancelled_goes_on_with_the_next_one(
    window: FieldWindow, rosa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casefield.sync.core.MOST_OPERATIONS", 2)
    for number in range(5):
        wish(window, rosa, f"Wish {number}")
    session = window.session
    window.beside(lambda: session.sync_now(lambda _: session.cancel_sync()))
    page = window.shell.sync
    assert page.head.text() == "Not in step yet"
    assert "What came is kept" in page.words.text()
    assert "waits" in page.words.text() or "wait on" in page.words.text()
    window.press("Sync now")
    assert page.head.text() == "In step with headquarters"


def test_what_was_refused_is_told_in_full_and_set_aside_after_a_question(
    window: FieldWindow, field: Fieldwork, rosa: str
) -> None:
    refuse(window, field, rosa)
    page = window.shell.sync
    said = window.said(page)
    assert "A person who is not on this laptop" in said
    assert "not in your care" in said
    assert "In the person's own words" in said
    assert "To sleep" in said
    assert "1 needs a look." in window.said(window.shell.rail)
    offered = [b for b in page.findChildren(QPushButton) if name_of(b).startswith("Offer again")]
    assert offered == [], "nothing is offered about a person who is not here"
    window.press("Set aside")
    assert window.focused() == "Keep it"
    window.press("Keep it")
    assert "To sleep" in window.said(page)
    window.press("Set aside")
    window.key(Qt.Key.Key_Tab)
    window.key(Qt.Key.Key_Space)
    assert "To sleep" not in window.said(page)
    assert window.beside(window.session.refused) == ()


def test_what_was_refused_is_offered_again_when_the_person_is_back(
    window: FieldWindow, field: Fieldwork, rosa: str
) -> None:
    refuse(window, field, rosa)
    field.assign("ana", rosa)
    window.beside(window.session.sync_now)
    window.press("Offer again: Rosa Alvarez")
    page = window.shell.sync
    assert "Goal “To sleep”: new" in window.said(page)
    window.press("Sync now")
    assert "To sleep" in repr(field.standing())
    assert window.beside(window.session.refused) == ()


def test_a_conflict_is_named_with_a_way_to_decide(
    qapp: QApplication, field: Fieldwork, ana: Session
) -> None:
    ben = field.laptop("ben")
    write_differently(field, ana, ben)
    with field_window(ben, Theme(qapp, "light")) as window:
        open_page(window)
        assert "Goal “Walk to church” · What stands in the way" in window.said(window.shell.sync)
        assert "1 needs a decision." in window.said(window.shell.rail)
        assert "1 needs a decision." in window.shell.rail.sync.accessibleName()
        window.press("Decide: Rosa Alvarez, Goal")
        assert window.shell.conflict.isVisible()
        window.press("Take mine")
        assert "need" not in window.said(window.shell.rail).replace("What needs", "")


def test_the_lock_leaves_nobody_on_the_page(window: FieldWindow, rosa: str) -> None:
    wish(window, rosa, "Walk to church")
    page = window.shell.sync
    assert "Rosa" in window.said(page)
    window.shell.forget()
    QApplication.processEvents()
    names = [part.accessibleName() for part in page.findChildren(QWidget)]
    assert "Rosa" not in window.said(page) + "".join(names)
    window.shell.back()
    window.settle()
    assert "Rosa" in window.said(page)


def test_every_control_has_a_name(window: FieldWindow, field: Fieldwork, rosa: str) -> None:
    refuse(window, field, rosa)
    reached: list[Any] = [
        part
        for part in window.shell.sync.findChildren(QWidget)
        if part.isVisible() and part.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(reached) >= 3
    assert all(name_of(part) for part in reached)


def test_a_laptop_that_works_alone_says_so_and_can_be_enrolled(
    qapp: QApplication, field: Fieldwork
) -> None:
    code = field.hire("cy", "Cy Okafor")
    session = field.alone()
    with field_window(session, Theme(qapp, "light")) as window:
        open_page(window)
        page = window.shell.sync
        assert page.head.text() == "This laptop works alone"
        assert "nothing leaves this laptop" in page.words.text()
        assert not page.now.isVisible()
        assert window.focused() == "Enrol this laptop"
        window.press("Enrol this laptop")
        window.press("Enrol this laptop")
        assert "Write the code that headquarters made" in window.said(page)
        page.enrolment.server.line.setText(field.url)
        page.enrolment.code.line.setText("wrong")
        page.enrolment.user.line.setText("cy")
        window.press("Enrol this laptop")
        assert page.complaint.isVisible()
        page.enrolment.code.line.setText(code)
        window.press("Enrol this laptop")
        assert not page.enrolment.isVisible()
        assert page.now.isVisible()
        assert "Field Care" in window.said(page)
        window.beside(session._stop_sync)
