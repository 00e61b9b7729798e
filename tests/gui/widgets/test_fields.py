"""Input fields: a caption, a complaint beside the field, a day or none."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import column
from casefield.gui.widgets.fields import DayField, LineField

TODAY = date(2026, 11, 13)


def shown(qtbot: QtBot, *parts: QWidget) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    page.setLayout(column(*parts))
    page.show()
    page.windowHandle().requestActivate()
    QApplication.processEvents()
    return page


def words(part: QWidget) -> list[str]:
    return [made.text() for made in part.findChildren(QLabel) if made.isVisible() and made.text()]


@pytest.mark.usefixtures("theme")
def test_a_caption_is_the_fields_name_and_its_letter_leads_to_it(qtbot: QtBot) -> None:
    field = LineField("&Hospital", hint="As it is called")
    page = shown(qtbot, field)
    assert page.isVisible()
    assert field.line.accessibleName() == "Hospital"
    assert field.findChildren(QLabel)[0].buddy() is field.line
    assert words(field) == ["&Hospital", "As it is called"]


@pytest.mark.usefixtures("theme")
def test_a_complaint_stands_beneath_and_is_read_aloud(qtbot: QtBot) -> None:
    field, other = LineField("Hospital"), LineField("Ward")
    page = shown(qtbot, other, field)
    assert page.isVisible()
    field.complain("Name the hospital.")
    assert words(field)[-1] == "Name the hospital."
    assert field.line.accessibleDescription() == "Name the hospital."
    assert field.line.property("wrong")
    assert QApplication.focusWidget() is field.line
    field.complain("")
    assert words(field) == ["Hospital"]
    assert not field.line.property("wrong")


@pytest.mark.usefixtures("theme")
def test_a_secret_is_not_shown(qtbot: QtBot) -> None:
    field = LineField("Passphrase", secret=True)
    qtbot.addWidget(field)
    assert field.line.echoMode() is QLineEdit.EchoMode.Password


@pytest.mark.usefixtures("theme")
def test_a_day_can_be_set_and_taken_away_by_keyboard(qtbot: QtBot) -> None:
    field = DayField("Until", None, TODAY)
    page = shown(qtbot, field)
    assert page.isVisible()
    choice = field.choice
    assert field.value() is None
    assert choice.add.isVisible()
    choice.setFocus()
    assert QApplication.focusWidget() is choice.add
    choice.add.click()
    assert field.value() == TODAY
    assert QApplication.focusWidget() is choice.edit
    choice.clear.click()
    assert field.value() is None
    assert QApplication.focusWidget() is choice.add, "the keyboard is never on what is hidden"


@pytest.mark.usefixtures("theme")
def test_a_day_says_that_it_changed(qtbot: QtBot) -> None:
    field = DayField("Until", date(2026, 12, 4), TODAY)
    qtbot.addWidget(field)
    told: list[date | None] = []
    field.choice.changed.connect(lambda: told.append(field.value()))
    field.choice.edit.set_value(date(2026, 12, 5))
    field.choice.clear.click()
    assert told[0] == date(2026, 12, 5)
    assert told[-1] is None


def test_fields_wear_no_style_of_their_own(qtbot: QtBot, theme: Theme) -> None:
    field = LineField("Hospital")
    qtbot.addWidget(field)
    assert field.styleSheet() == field.line.styleSheet() == ""
