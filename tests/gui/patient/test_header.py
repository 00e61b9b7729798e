"""The head of a record: who this is, and the acts that begin anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from casefield.care import person as care_person
from casefield.gui.patient.header import Header
from casefield.gui.widgets.chip import Chip
from tests.gui.hands import Hands, texts

ROSA = "rosa-medina"


def header(ana: Hands) -> Header:
    """Open Rosa's record and return its head."""
    ana.person(ROSA)
    return ana.shell.workspace.header


def test_it_says_who_this_is_to_eye_and_ear(ana: Hands) -> None:
    head = header(ana)
    assert "Rosa" in texts(head)[0]
    assert head.accessibleName().startswith("Rosa")
    assert any(made.isVisible() for made in head.findChildren(Chip))


@pytest.mark.parametrize(("width", "worded"), [(1920, 4), (1366, 3), (1000, 0)])
def test_acts_keep_their_keys_and_names_where_there_is_no_room_for_words(
    ana: Hands, width: int, worded: int
) -> None:
    head = header(ana)
    ana.window.resize(width, 768)
    ana.settle()
    assert sum(bool(act.text()) for act in head.acts) == worded
    for act in head.acts:
        assert act.accessibleName()
        assert "Alt+" in act.toolTip()


def test_who_died_is_neither_visited_nor_called(ana: Hands) -> None:
    head = header(ana)
    now = ana.session.clock.now()
    person = ana.kept(lambda work: care_person.header(work, ana.cases[ROSA], now))
    head.show_person(replace(person, deceased=True))
    assert not any(act.isEnabled() for act in head.acts)
    head.show_person(person)
    assert all(act.isEnabled() for act in head.acts)


def test_a_very_long_name_cuts_nothing(ana: Hands) -> None:
    head = header(ana)
    now = ana.session.clock.now()
    person = ana.kept(lambda work: care_person.header(work, ana.cases[ROSA], now))
    name = "Maximiliana Theodora Featherstonehaugh-Cholmondeley de la Santísima Trinidad"
    head.show_person(replace(person, name=name))
    ana.window.resize(1024, 600)
    ana.settle()
    assert head.acts[-1].geometry().right() <= head.width()
    (shown,) = (made for made in head.findChildren(QLabel) if made.text() == name)
    there = shown.mapTo(head, QPoint(shown.width(), 0)).x()
    assert there <= head.acts[0].x(), "it does not run beneath the buttons"
    assert shown.width() >= shown.minimumSizeHint().width()
