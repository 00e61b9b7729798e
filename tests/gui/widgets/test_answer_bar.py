"""The answers to a question: by click, by digit, by arrows, and not at all once signed."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from casefield.gui.models.assessment import Choice
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.answer_bar import AnswerBar
from tests.gui.hands import buttons

SCORED = (Choice("a", "Not at all", 0), Choice("b", "Several days", 1), Choice("c", "Often", 2))
PLAIN = (Choice("y", "Yes"), Choice("n", "No"))


def bar(qtbot: QtBot, theme: Theme, choices: tuple[Choice, ...] = SCORED, **how: Any) -> AnswerBar:
    made = AnswerBar(theme, "Little interest?", choices, **how)
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    return made


def heard(made: AnswerBar) -> list[str]:
    found: list[str] = []
    made.chosen.connect(found.append)
    made.declined.connect(lambda: found.append("declined"))
    made.cleared.connect(lambda: found.append("cleared"))
    return found


@pytest.mark.parametrize(
    ("choices", "keys", "codes"),
    [(SCORED, "0213", ["a", "c", "b"]), (PLAIN, "120", ["y", "n"])],
    ids=["by points", "by place"],
)
def test_digits_answer(
    qtbot: QtBot, theme: Theme, choices: tuple[Choice, ...], keys: str, codes: list[str]
) -> None:
    made = bar(qtbot, theme, choices)
    told = heard(made)
    QTest.keyClicks(made, keys)
    assert told == codes
    assert made.code() == codes[-1]


def test_arrows_move_the_answer_and_stop_at_the_ends(qtbot: QtBot, theme: Theme) -> None:
    made = bar(qtbot, theme)
    told = heard(made)
    right, left = Qt.Key.Key_Right, Qt.Key.Key_Left
    for key in (right, right, right, right, left):
        QTest.keyClick(made, key)
    assert told == ["a", "b", "c", "c", "b"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_clears(qtbot: QtBot, theme: Theme, key: Qt.Key) -> None:
    made = bar(qtbot, theme)
    told = heard(made)
    QTest.keyClick(made, key)
    assert told == ["cleared"]


def test_a_click_answers(qtbot: QtBot, theme: Theme) -> None:
    made = bar(qtbot, theme)
    told = heard(made)
    QTest.mouseClick(made._buttons["b"], Qt.MouseButton.LeftButton)
    assert told == ["b"]


def test_the_menu_offers_to_decline_and_to_clear(qtbot: QtBot, theme: Theme) -> None:
    made = bar(qtbot, theme)
    told = heard(made)
    decline, clear = made.menu().actions()
    assert decline.text() == "Asked, did not want to answer"
    decline.trigger()
    clear.trigger()
    assert told == ["declined", "cleared"]


def test_each_answer_is_read_aloud_with_its_question(qtbot: QtBot, theme: Theme) -> None:
    made = bar(qtbot, theme)
    assert made.accessibleName() == "Little interest?"
    assert buttons(made)[1] == "Little interest? Several days  1"
    assert made.accessibleDescription() == "No answer yet"
    made.choose("b")
    assert made.accessibleDescription() == "Several days"
    made.choose(None, declined=True)
    assert made.accessibleDescription() == "Did not want to answer"
    assert made.code() is None


def test_the_ring_stands_around_the_answer(qtbot: QtBot, theme: Theme) -> None:
    made = bar(qtbot, theme)
    made._mark(focused=True)
    assert made._buttons["a"].property("ring"), "no answer yet: the first one"
    QTest.keyClicks(made, "2")
    made._mark(focused=True)
    assert [bool(b.property("ring")) for b in made._buttons.values()] == [False, False, True]
    made._mark(focused=False)
    assert not any(b.property("ring") for b in made._buttons.values())


def test_what_is_signed_is_shown_and_never_changed(qtbot: QtBot, theme: Theme) -> None:
    made = bar(qtbot, theme, fixed=True)
    told = heard(made)
    made.choose("b")
    QTest.keyClicks(made, "2")
    QTest.keyClick(made, Qt.Key.Key_Delete)
    QTest.mouseClick(
        made, Qt.MouseButton.LeftButton, pos=made._buttons["c"].geometry().center() + QPoint(0, 0)
    )
    assert told == []
    assert made.code() == "b"
    assert made.focusPolicy() & Qt.FocusPolicy.TabFocus, "it is read by who doesn't see it"
