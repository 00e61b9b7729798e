"""What waits for headquarters: whom it is about, grouped, and what to do where nothing goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from casefield.care import notes
from casefield.errors import CasefieldError
from tests.gui.hands import Hands, buttons

DANA = "dana-whitfield"


def test_working_alone_the_list_says_so_and_offers_to_enrol(ana: Hands) -> None:
    ana.does(lambda work: notes.start_note(work, ana.cases[DANA], "phone"))
    ana.shell.rail.sync.click()
    ana.settle()
    panel = ana.shell.waiting
    assert panel.isVisible()
    assert "on this laptop" in panel.head.text()
    assert "This laptop works alone." in panel.state.text()
    assert "Dana Whitfield" in panel.shown()
    assert buttons(panel) == ["Close", "Enrol this laptop"]


def test_where_nothing_waits_it_says_so(ana: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(ana.session), "waiting", lambda self: ())
    ana.shell.waiting.open()
    ana.settle()
    assert ana.shell.waiting.head.text() == "Nothing waits here"
    assert ana.shell.waiting.shown() == []


def test_enrolling_later_asks_tells_what_failed_and_is_forgotten(
    ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.shell.waiting.open()
    ana.settle()
    panel = ana.shell.waiting
    ana.press("Enrol this laptop", panel)
    assert QApplication.focusWidget() is panel.enrolment.server.line
    for field, value in (
        (panel.enrolment.server, "https://hq.example"),
        (panel.enrolment.code, "ABCD-EFGH"),
        (panel.enrolment.user, "ana"),
    ):
        field.line.setText(value)

    def refuse(self: object, *values: str) -> None:
        raise CasefieldError("The code has run out.")

    monkeypatch.setattr(type(ana.session), "enrol", refuse)
    ana.press("Enrol this laptop", panel)
    assert panel.complaint.isVisible()
    assert panel.complaint.text() == "The code has run out."
    assert panel.enrolment.code.text() == "ABCD-EFGH"
    panel.close_button.click()
    panel.open()
    ana.settle()
    assert not panel.enrolment.isVisible()
    assert panel.enrolment.code.text() == "", "a code is for one use"


def test_enrolled_the_rail_says_as_whom(ana: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(ana.session), "enrol", lambda self, *values: None)
    panel = ana.shell.waiting
    panel.open()
    ana.settle()
    ana.press("Enrol this laptop", panel)
    for field in (panel.enrolment.server, panel.enrolment.code, panel.enrolment.user):
        field.line.setText("https://x")
    told_names = []
    panel.enrolled.connect(told_names.append)
    ana.press("Enrol this laptop", panel)
    assert told_names == [ana.session.actor.name]
    assert not panel.enrolment.isVisible()


def test_sync_now_tells_what_hinders_it(ana: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: object) -> None:
        raise CasefieldError("Headquarters cannot be reached.")

    monkeypatch.setattr(type(ana.session), "sync_now", fails)
    panel = ana.shell.waiting
    panel.open()
    ana.settle()
    panel.now.show()
    panel.now.click()
    assert not panel.now.isEnabled()
    ana.settle()
    assert panel.state.text() == "Headquarters cannot be reached."
    assert panel.now.isEnabled()


def test_escape_closes_it(ana: Hands) -> None:
    ana.shell.rail.sync.click()
    ana.settle()
    ana.key(Qt.Key.Key_Escape)
    assert not ana.shell.waiting.isVisible()
