"""Buttons: named, tinted, pressed by keyboard; cards one can press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout
from pytestqt.qtbot import QtBot

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.buttons import Button, PanelButton, button, icon_button


def alike(one: str, other: str) -> bool:
    """Tell whether two colours are the same but for the rounding of a half-covered pixel."""
    pairs = zip(QColor(one).getRgb(), QColor(other).getRgb(), strict=True)
    return all(abs(a - b) <= 4 for a, b in pairs)


def tint(made: Button) -> str:
    """Return the colour of a button's icon where it is drawn most firmly."""
    picture: QImage = made.icon().pixmap(16, 16).toImage()
    pixels = [
        QColor(picture.pixelColor(x, y))
        for x in range(picture.width())
        for y in range(picture.height())
    ]
    return max(pixels, key=lambda colour: colour.alpha()).name().upper()


@pytest.mark.parametrize(
    ("role", "token"),
    [("", "ink"), ("primary", "on_accent"), ("alarm", "on_danger"), ("destructive", "danger")],
)
def test_an_icon_has_the_colour_of_the_words_in_both_themes(
    qtbot: QtBot, theme: Theme, role: str, token: str
) -> None:
    made = button("Add", role=role, theme=theme, icon_name="plus")
    qtbot.addWidget(made)
    for choice in ("light", "dark"):
        theme.choose(choice)
        assert alike(tint(made), theme.palette.colour(token))


def test_a_role_can_change(qtbot: QtBot, theme: Theme) -> None:
    made = button("Add", theme=theme, icon_name="plus")
    qtbot.addWidget(made)
    made.take_role("primary")
    assert alike(tint(made), theme.palette.on_accent)


def test_a_name_is_the_text_without_its_mark(qtbot: QtBot, theme: Theme) -> None:
    made = button("&Import …", theme=theme, icon_name="download")
    named = button("Edit", name="Edit: walk to Mass")
    alone = icon_button(theme, "arrow-left", "Back to the list")
    for one in (made, named, alone):
        qtbot.addWidget(one)
    assert made.accessibleName() == "Import …"
    assert named.accessibleName() == "Edit: walk to Mass"
    assert (alone.accessibleName(), alone.toolTip(), alone.text()) == (
        "Back to the list", "Back to the list", "",
    )  # fmt: skip


def test_a_card_is_pressed_by_mouse_and_keyboard(qtbot: QtBot, theme: Theme) -> None:
    card = PanelButton("synccard")
    qtbot.addWidget(card)
    inside = label("12 changes wait on this laptop.", wrap=True)
    QVBoxLayout(card).addWidget(inside)
    card.hold(inside)
    pressed: list[int] = []
    card.clicked.connect(lambda: pressed.append(1))
    card.resize(160, card.heightForWidth(160))
    card.show()
    QApplication.processEvents()
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=inside.geometry().center())
    QTest.keyClick(card, Qt.Key.Key_Space)
    assert pressed == [1, 1]
    assert card.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert card.heightForWidth(120) > card.heightForWidth(600)
    assert card.sizeHint().height() >= inside.minimumSizeHint().height()
