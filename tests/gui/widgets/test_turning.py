"""Two parts beside each other where there is room, and beneath each other where there is not."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import column, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.turning import Turning


@pytest.fixture
def parts(qtbot: QtBot, theme: Theme) -> tuple[QWidget, Turning, QLineEdit, QWidget]:
    page = QWidget()
    qtbot.addWidget(page)
    field, act = QLineEdit(), button("Do it")
    turning = Turning(field, row(act), 400)
    page.setLayout(column(turning, 1))
    page.show()
    return page, turning, field, act


@pytest.mark.parametrize(
    ("width", "beside"), [(600, True), (400, True), (399, False), (200, False)]
)
def test_they_turn(
    parts: tuple[QWidget, Turning, QLineEdit, QWidget], width: int, beside: bool
) -> None:
    page, turning, field, act = parts
    for wide in (800, width):
        page.resize(wide, 200)
        QApplication.processEvents()
        QApplication.processEvents()  # it turns when it is resized, and is laid out then
    assert turning.beside is beside
    below = act.mapTo(page, act.rect().topLeft()).y() >= field.geometry().bottom()
    assert below is not beside


def test_it_can_be_as_narrow_as_its_wider_part(
    parts: tuple[QWidget, Turning, QLineEdit, QWidget],
) -> None:
    page, turning, field, act = parts
    page.resize(800, 200)
    QApplication.processEvents()
    wider = max(field.minimumSizeHint().width(), act.minimumSizeHint().width())
    assert turning.minimumSizeHint().width() == wider
