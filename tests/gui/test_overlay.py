"""A card above the page keeps the keyboard until it is closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.overlay import Overlay
from casefield.gui.widgets.basics import column


class Page(QWidget):
    """A page with a field and a card above it."""

    def __init__(self) -> None:
        super().__init__()
        self.beneath = QLineEdit()
        self.setLayout(column(self.beneath))
        self.resize(900, 600)
        self.over = Overlay(self)
        self.first, self.off, self.last = QLineEdit(), QPushButton("off"), QPushButton("last")
        self.off.setEnabled(False)
        for part in (self.first, self.off, self.last):
            self.over.body.addWidget(part)


@pytest.fixture
def page(qtbot: QtBot, theme: object) -> Page:
    """Return a page whose card is open."""
    made = Page()
    qtbot.addWidget(made)
    made.show()
    made.windowHandle().requestActivate()
    QApplication.processEvents()
    made.beneath.setFocus()
    made.over.open_over()
    made.first.setFocus()
    return made


def test_tab_goes_round_within_the_card(page: Page) -> None:
    seen = []
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == [page.last, page.first, page.last]
    QTest.keyClick(page.last, Qt.Key.Key_Backtab)
    QTest.keyClick(page.first, Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is page.last


def test_escape_closes_and_gives_the_keyboard_back(page: Page) -> None:
    QTest.keyClick(page.first, Qt.Key.Key_Escape)
    assert not page.over.isVisible()
    assert QApplication.focusWidget() is page.beneath


def test_a_click_beside_the_card_closes_and_one_on_it_does_not(page: Page) -> None:
    on_card = page.over._card.geometry().topLeft() + QPoint(3, 3)
    QTest.mouseClick(page.over, Qt.MouseButton.LeftButton, pos=on_card)
    assert page.over.isVisible()
    QTest.mouseClick(page.over, Qt.MouseButton.LeftButton, pos=QPoint(5, 590))
    assert not page.over.isVisible()


def test_it_covers_the_page_after_another_size_too(page: Page) -> None:
    page.resize(1000, 700)
    QApplication.processEvents()
    assert page.over.size() == page.size()


def test_what_had_the_keyboard_may_be_gone(page: Page) -> None:
    page.beneath.setParent(None)
    page.beneath.deleteLater()
    page.over.close_over()
    assert not page.over.isVisible()
