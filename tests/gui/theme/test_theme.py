"""The theme: light, dark or as the system has it; type that lines up and grows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from casefield.gui.theme.sheet import BODY, SMALL, style_sheet
from casefield.gui.theme.theme import Theme, font, sized
from casefield.gui.theme.tokens import DARK, LIGHT
from casefield.gui.widgets.basics import label


@pytest.fixture
def usual(qapp: QApplication) -> Iterator[None]:
    """Put the usual text back, whatever a test chose."""
    yield
    Theme(qapp, "light", 1.0)


def test_a_choice_is_worn_and_told(theme: Theme, qapp: QApplication) -> None:
    told = []
    theme.changed.connect(lambda: told.append(theme.palette.name))
    theme.choose("dark")
    assert theme.palette is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.background
    assert DARK.panel in qapp.styleSheet()
    theme.toggle()
    assert theme.palette is LIGHT
    assert theme.choice == "light"
    assert told == ["dark", "light"]


def test_the_system_is_followed_only_until_somebody_chooses(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = True
    monkeypatch.setattr(
        Theme, "_is_dark", lambda self: dark if self.choice == "system" else self.choice == "dark"
    )
    theme.choose("system")
    assert theme.palette is DARK
    dark = False
    theme._system_changed()
    assert theme.palette is LIGHT
    theme.choose("dark")
    theme._system_changed()
    assert theme.palette is DARK


@pytest.mark.parametrize("role", ["", "small", "strong", "score"])
def test_figures_are_of_one_width(theme: Theme, role: str) -> None:
    shown: QLabel = label("11:11", role)
    shown.ensurePolished()
    metrics = QFontMetricsF(shown.font())
    assert shown.font().family() == "Inter"
    narrow, wide = metrics.horizontalAdvance("1111"), metrics.horizontalAdvance("0408")
    assert narrow == pytest.approx(wide, abs=0.5)  # proportional figures differ by a third


@pytest.mark.usefixtures("usual")
def test_text_grows_with_everything_that_holds_it(qapp: QApplication) -> None:
    usual, room = font(SMALL).pointSizeF(), sized(100)
    Theme(qapp, "light", 1.5)
    assert font(SMALL).pointSizeF() == pytest.approx(usual * 1.5)
    assert sized(100) == room * 1.5
    shown = label("Rosa")
    shown.ensurePolished()
    assert shown.font().pointSizeF() == pytest.approx(BODY * 1.5)


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize(("asked", "given"), [(0.5, 100), (3.0, 200)])
def test_text_is_never_smaller_than_usual_nor_larger_than_twice(
    qapp: QApplication, asked: float, given: int
) -> None:
    Theme(qapp, "light", asked)
    assert sized(100) == given


@pytest.mark.parametrize("text", [1.0, 1.25, 1.5, 2.0])
def test_a_focus_ring_moves_nothing(text: float) -> None:
    """A ring is one pixel wider at each side, so what is inside gets two pixels less."""
    sheet = style_sheet(LIGHT, text)
    assert f"min-height: {round(30 * text)}px" in sheet
    assert f"min-height: {round(30 * text) - 2}px" in sheet
