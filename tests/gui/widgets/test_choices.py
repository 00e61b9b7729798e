"""Inputs one chooses with: what they give back, and that a wheel over them changes nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.choices import Choice, DayEdit, MomentEdit, Tick

OPTIONS = (("home", "Home"), ("snf", "Nursing facility"), ("hosp", "Hospital"))


def wheel(part: QWidget) -> bool:
    """Turn the wheel over a part; return whether it took it."""
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(part, event)
    return event.isAccepted()


def test_a_choice_is_made_by_code(qtbot: QtBot, theme: Theme) -> None:
    made = Choice(OPTIONS)
    qtbot.addWidget(made)
    made.choose("snf")
    assert (made.currentData(), made.currentText()) == ("snf", "Nursing facility")
    made.choose("no such")
    assert made.currentData() == "home"


def test_a_day_and_a_moment_come_back_as_they_were_given(qtbot: QtBot, theme: Theme) -> None:
    day, moment = DayEdit(date(2026, 2, 28)), MomentEdit(datetime(2026, 2, 28, 23, 5))
    qtbot.addWidget(day)
    qtbot.addWidget(moment)
    assert day.value() == date(2026, 2, 28)
    assert moment.value() == datetime(2026, 2, 28, 23, 5)
    assert day.text() == "28 Feb 2026"
    assert moment.text() == "Sat 28 Feb 2026  23:05"


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize("focused", [True, False])
def test_the_wheel_changes_only_what_has_the_keyboard(qtbot: QtBot, focused: bool) -> None:
    choice, day = Choice(OPTIONS), DayEdit(date(2026, 2, 28))
    moment = MomentEdit(datetime(2026, 2, 28, 23, 5))
    for part in (choice, day, moment):
        qtbot.addWidget(part)
        part.show()
        part.windowHandle().requestActivate()
        QApplication.processEvents()
        if focused:
            part.setFocus()
        else:
            part.clearFocus()
        assert wheel(part) is focused
    changed = (choice.currentData(), day.value(), moment.value()) != (
        "home", date(2026, 2, 28), datetime(2026, 2, 28, 23, 5)
    )  # fmt: skip
    assert changed is focused


def test_a_tick_is_seen(qtbot: QtBot, theme: Theme) -> None:
    box = Tick("Reached")
    qtbot.addWidget(box)
    box.show()
    empty = box.grab().toImage()
    box.setChecked(True)
    ticked = box.grab().toImage()
    inside = [ticked.pixelColor(x, y) for x in range(3, 15) for y in range(3, ticked.height() - 3)]
    assert empty != ticked
    assert max(c.lightness() for c in inside) > 200, "a mark on the colour, not the colour alone"
    assert min(c.lightness() for c in inside) < 120
