"""Keys of a part work in that part alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.widgets.basics import column
from casefield.gui.widgets.keys import on_escape, on_key, press_with


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_key_of_one_widget_leaves_the_others_theirs(page: QWidget) -> None:
    rows, field = QListView(), QLineEdit()
    page.setLayout(column(rows, field))
    page.show()
    page.windowHandle().requestActivate()
    QApplication.processEvents()
    told: list[str] = []
    on_key(rows, "Return", lambda: told.append("rows"))
    field.returnPressed.connect(lambda: told.append("field"))
    for focused in (field, rows):
        focused.setFocus()
        QTest.keyClick(focused, Qt.Key.Key_Return)
    assert told == ["field", "rows"]


def test_escape_works_wherever_in_the_part_the_keyboard_is(page: QWidget) -> None:
    part, inside, outside = QWidget(), QLineEdit(), QLineEdit()
    part.setLayout(column(inside))
    page.setLayout(column(part, outside))
    page.show()
    page.windowHandle().requestActivate()
    QApplication.processEvents()
    told: list[str] = []
    on_escape(part, lambda: told.append("closed"))
    for focused in (outside, inside):
        focused.setFocus()
        QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert told == ["closed"]


def test_keys_press_a_button_whatever_it_says_while_it_can_be_seen(page: QWidget) -> None:
    made, field = QPushButton("New note"), QLineEdit()
    page.setLayout(column(made, field))
    page.show()
    page.windowHandle().requestActivate()
    QApplication.processEvents()
    told: list[str] = []
    made.clicked.connect(lambda: told.append(made.text()))
    press_with(made, "Alt+N")
    field.setFocus()
    for text in ("New note", ""):  # where there is no room it keeps its icon only
        made.setText(text)
        QTest.keyClick(field, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    made.setEnabled(False)
    QTest.keyClick(field, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert told == ["New note", ""]
