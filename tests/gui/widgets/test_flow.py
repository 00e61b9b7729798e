"""Parts in a line, and on in the next one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.widgets.basics import Paragraph
from casefield.gui.widgets.flow import FlowLayout

PART = QSize(100, 20)


class Part(QWidget):
    """Something of a known size."""

    def sizeHint(self) -> QSize:
        return PART


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    layout = FlowLayout(made, 8, 4)
    for _ in range(5):
        layout.addWidget(Part())
    return made


def lines(page: QWidget, width: int) -> list[int]:
    """Return how many parts each line has."""
    page.resize(width, page.layout().heightForWidth(width))
    page.show()
    QApplication.processEvents()
    tops = [part.y() for part in page.findChildren(Part) if part.isVisible()]
    return [tops.count(top) for top in sorted(set(tops))]


@pytest.mark.parametrize(
    ("width", "expected"), [(532, [5]), (531, [4, 1]), (316, [3, 2]), (100, [1, 1, 1, 1, 1])]
)
def test_as_many_as_fit(page: QWidget, width: int, expected: list[int]) -> None:
    assert lines(page, width) == expected
    height = len(expected) * 20 + (len(expected) - 1) * 4
    assert page.layout().heightForWidth(width) == height


def test_it_likes_one_line_and_bears_one_column(page: QWidget) -> None:
    assert page.layout().sizeHint() == QSize(5 * 100 + 4 * 8, 20)
    assert page.layout().minimumSize().width() <= 100


def test_who_is_hidden_takes_no_room(page: QWidget) -> None:
    page.findChildren(Part)[0].hide()
    assert lines(page, 424) == [4]


def test_margins_are_kept(page: QWidget) -> None:
    page.layout().setContentsMargins(10, 6, 10, 6)
    assert lines(page, 552) == [5]
    first = page.findChildren(Part)[0]
    assert (first.x(), first.y()) == (10, 6)
    assert page.layout().heightForWidth(552) == 32


def test_words_too_long_for_a_line_go_on_in_the_next(qtbot: QtBot) -> None:
    made = QWidget()
    qtbot.addWidget(made)
    words = Paragraph("one two three four five six seven eight nine ten eleven twelve")
    FlowLayout(made).addWidget(words)
    made.resize(120, 400)
    made.show()
    QApplication.processEvents()
    assert words.width() <= 120
    assert words.height() > 2 * words.fontMetrics().height()
