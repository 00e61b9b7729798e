"""Icons: every one that is named is shipped, and wears the colour asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from casefield.gui.models.notes import ICONS
from casefield.gui.rail import PHASE_ICONS
from casefield.gui.theme.icons import icon, pixmap
from casefield.gui.words import WORK_ICONS
from casefield.resources import resource_path
from casefield.sync.state import Phase

GUI = Path(__file__).resolve().parents[3] / "casefield" / "gui"
NAMED = re.compile(
    r"(?:icon_button\(\s*(?:self\.)?_?theme,\s*|Icon\(\s*(?:self\.)?_?theme,\s*|icon_name=|"
    r"dress\((?:self\.)?_?theme,\s*|EmptyState\(\s*(?:self\.)?_?theme,\s*|pixmap\()\"([a-z0-9-]+)\""
)


def colours(picture: QImage) -> set[str]:
    """Return the colours of all pixels that are fully opaque."""
    found = set()
    for x in range(picture.width()):
        for y in range(picture.height()):
            colour = QColor(picture.pixelColor(x, y))
            if colour.alpha() == 255:
                found.add(colour.name().upper())
    return found


def test_an_icon_wears_the_colour(qapp: QApplication) -> None:
    assert colours(pixmap("check", "#B3261E", 32).toImage()) == {"#B3261E"}


def test_an_icon_is_drawn_once(qapp: QApplication) -> None:
    assert pixmap("check", "#0F6B6E", 18) is pixmap("check", "#0F6B6E", 18)


def test_a_picked_icon_wears_another_colour(qapp: QApplication) -> None:
    made = icon("sun", "#CFE0DF", "#FFFFFF", 32)
    on, off = (
        made.pixmap(32, 32, made.Mode.Normal, state).toImage()
        for state in (made.State.On, made.State.Off)
    )
    assert colours(on) == {"#FFFFFF"}
    assert colours(off) == {"#CFE0DF"}


def test_an_icon_that_is_none_is_refused(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon", "#000000")


def test_every_icon_that_is_named_is_shipped() -> None:
    named = {name for file in GUI.rglob("*.py") for name in NAMED.findall(file.read_text("utf-8"))}
    assert len(named) > 15, "the pattern finds what the window names"
    named |= {*ICONS.values(), *WORK_ICONS.values(), *PHASE_ICONS.values()}
    shipped = {file.stem for file in resource_path("icons", "lucide").glob("*.svg")}
    assert named <= shipped


def test_every_phase_of_sync_has_its_icon() -> None:
    assert set(PHASE_ICONS) == set(Phase)
