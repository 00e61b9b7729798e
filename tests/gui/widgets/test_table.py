"""A table that is scrolled paints what comes into sight, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QStringListModel
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.chip_delegate import ChipDelegate
from casefield.gui.widgets.table import Table

ROWS = 200


class Counting(ChipDelegate):
    """Counts the cells it paints."""

    painted = 0

    def paint(self, *arguments: Any) -> None:
        self.painted += 1
        super().paint(*arguments)


@pytest.fixture
def table(qtbot: QtBot) -> Table:
    """Return a shown table of many rows."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    made = Table(Theme(application, "light"))
    made.delegate = Counting(made._theme, 0x0101)  # type: ignore[attr-defined]
    made.setItemDelegate(made.delegate)  # type: ignore[attr-defined]
    made.setModel(QStringListModel([f"Row {n}" for n in range(ROWS)], made))
    made.setVerticalScrollMode(Table.ScrollMode.ScrollPerPixel)
    made.verticalHeader().setDefaultSectionSize(40)
    qtbot.addWidget(made)
    made.resize(400, 600)
    with qtbot.waitExposed(made):
        made.show()
    QApplication.processEvents()
    return made


def picture(table: Table) -> QImage:
    return table.viewport().grab().toImage()


def test_of_a_scroll_only_new_rows_are_painted(table: Table) -> None:
    delegate = table.itemDelegate()
    assert isinstance(delegate, Counting)
    delegate.painted = 0
    table.verticalScrollBar().setValue(80)
    QApplication.processEvents()
    assert 0 < delegate.painted <= 4


def test_what_no_cell_covers_is_ground(table: Table) -> None:
    table.setModel(QStringListModel(["Only row"], table))
    QApplication.processEvents()
    shown, ground = picture(table), QColor(table._theme.palette.panel)
    below = QPoint(20, shown.height() - 20)
    beside = QPoint(shown.width() - 10, 20)
    assert shown.pixelColor(below) == ground
    assert shown.pixelColor(beside) == ground
