"""Labels that are never cut, layouts that are emptied, an edge that stays."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.widgets.basics import column, empty, label, row, scrolled

LONG = "Signed, it never changes again. What comes to mind later is added beneath. " * 3


def held(qtbot: QtBot, *parts: QWidget, width: int = 300) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    page.setLayout(column(*parts, 1))
    page.resize(width, 400)
    page.show()
    QApplication.processEvents()
    return page


def needed(shown: QLabel) -> int:
    """Return the height that the words take at the label's width."""
    room = shown.rect().adjusted(0, 0, 0, 10_000)
    metrics = QFontMetrics(shown.font())
    return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, shown.text()).height()


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize("width", [120, 300, 700])
def test_a_paragraph_is_never_cut(qtbot: QtBot, width: int) -> None:
    shown = label(LONG, wrap=True)
    page = held(qtbot, row_of(shown), width=width)
    assert page.isVisible()
    assert shown.height() >= needed(shown)


@pytest.mark.usefixtures("theme")
def test_a_paragraph_gives_room_back(qtbot: QtBot) -> None:
    shown = label(LONG, wrap=True)
    page = held(qtbot, shown, width=120)
    high = shown.height()
    page.resize(700, 400)
    QApplication.processEvents()
    assert needed(shown) <= shown.height() < high / 2
    shown.setText("Short.")
    QApplication.processEvents()
    assert shown.height() == needed(shown)


def row_of(*parts: QWidget) -> QWidget:
    made = QWidget()
    made.setLayout(row(*((part, 1) for part in parts)))
    return made


def test_text_is_never_read_as_markup(qtbot: QtBot) -> None:
    for wrap in (False, True):
        shown = label("<b>Rosa</b> & co", wrap=wrap)
        qtbot.addWidget(shown)
        assert shown.textFormat() is Qt.TextFormat.PlainText


def test_emptying_takes_what_lies_deep(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    deep = label("deep")
    layout.addLayout(column(row(label("a"), deep), label("b")))
    page.show()
    empty(layout)
    assert layout.count() == 0
    assert not deep.isVisible()
    QTest.qWait(0)
    assert page.findChildren(QLabel) == []


@pytest.mark.usefixtures("theme")
def test_the_right_edge_stays_when_a_scroll_bar_comes(qtbot: QtBot) -> None:
    content = QWidget()
    inner = QVBoxLayout(content)
    inner.setContentsMargins(20, 0, 20, 0)
    tall = QWidget()
    tall.setMinimumHeight(100)
    inner.addWidget(tall)
    area = scrolled(content)
    page = held(qtbot, area, width=400)
    assert page.isVisible()
    right = tall.mapTo(area, tall.rect().topRight()).x()
    tall.setMinimumHeight(2000)
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    QApplication.processEvents()
    assert tall.mapTo(area, tall.rect().topRight()).x() == right


@pytest.mark.usefixtures("theme")
def test_what_has_the_keyboard_is_in_sight(qtbot: QtBot) -> None:
    content = QWidget()
    field = QLineEdit()
    below = QWidget()
    below.setMinimumHeight(2000)
    content.setLayout(column(below, field))
    area = scrolled(content)
    page = held(qtbot, area)
    page.activateWindow()
    area._follow(None, field)
    assert area.viewport().rect().contains(field.mapTo(area.viewport(), field.rect().center()))
