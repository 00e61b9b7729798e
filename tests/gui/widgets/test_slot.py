"""A slot is filled again only when what it shows has changed, and the keyboard stays in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.slot import Slot, keyboard_in, name_of, widgets_of


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def slot(page: QWidget) -> Slot:
    outer = QVBoxLayout(page)
    made = Slot()
    outer.addLayout(made)
    page.show()
    page.windowHandle().requestActivate()
    QApplication.processEvents()
    return made


def acts(*names: str) -> Callable[[], QLayout]:
    return lambda: row(*(button(name) for name in names))


def shown(page: QWidget) -> list[str]:
    return [made.text() for made in page.findChildren(QLabel) if made.isVisible()]


def test_the_same_is_not_built_again(page: QWidget, slot: Slot) -> None:
    built: list[int] = []

    def build() -> QWidget:
        built.append(1)
        return label("Rosa")

    assert slot.fill(("Rosa", 71), build)
    assert not slot.fill(("Rosa", 71), build)
    assert slot.fill(("Rosa", 72), build)
    assert built == [1, 1]
    assert shown(page) == ["Rosa"]


def test_a_layout_is_shown_at_once(page: QWidget, slot: Slot) -> None:
    slot.fill(1, lambda: row(label("a"), label("b")))
    assert shown(page) == ["a", "b"]


def test_nothing_can_be_shown(page: QWidget, slot: Slot) -> None:
    slot.fill(1, lambda: label("a"))
    slot.fill(2, lambda: None)
    assert shown(page) == []
    slot.clear()
    assert slot.fill(2, lambda: label("b")), "what was cleared is built again"


def test_the_keyboard_stays_on_the_button_of_the_same_name(page: QWidget, slot: Slot) -> None:
    slot.fill(1, acts("Edit", "Close"))
    named(slot, "Close").setFocus()
    assert keyboard_in(slot) == "Close"
    slot.fill(2, acts("Open", "Edit", "Close"))
    QApplication.processEvents()
    assert QApplication.focusWidget() is named(slot, "Close")


def test_the_keyboard_goes_to_the_first_where_its_button_is_gone(page: QWidget, slot: Slot) -> None:
    slot.fill(1, acts("Edit", "Close"))
    named(slot, "Close").setFocus()
    slot.fill(2, acts("Open"))
    QApplication.processEvents()
    assert QApplication.focusWidget() is named(slot, "Open")


def test_a_keyboard_elsewhere_is_left_there(page: QWidget, slot: Slot) -> None:
    elsewhere = button("Elsewhere")
    page.layout().addWidget(elsewhere)
    elsewhere.show()
    slot.fill(1, acts("Edit"))
    elsewhere.setFocus()
    slot.fill(2, acts("Edit"))
    QApplication.processEvents()
    assert QApplication.focusWidget() is elsewhere


def named(slot: Slot, name: str) -> QWidget:
    return next(widget for widget in widgets_of(slot) if name_of(widget) == name)


def test_filled_twice_before_the_keyboard_came_it_comes_all_the_same(slot: Slot) -> None:
    slot.fill(1, acts("Edit", "Close"))
    named(slot, "Close").setFocus()
    slot.fill(2, acts("Open", "Close"))
    slot.fill(3, acts("Edit", "Open", "Close"))
    QApplication.processEvents()
    assert QApplication.focusWidget() is named(slot, "Close")


def test_a_second_place_filled_meanwhile_does_not_draw_the_keyboard(
    page: QWidget, slot: Slot
) -> None:
    other = Slot()
    page.layout().addLayout(other)  # type: ignore[attr-defined]
    slot.fill(1, acts("Edit", "Close"))
    other.fill(1, acts("More"))
    named(slot, "Close").setFocus()
    slot.fill(2, acts("Open", "Close"))
    other.fill(2, acts("More", "Less"))
    QApplication.processEvents()
    assert QApplication.focusWidget() is named(slot, "Close")


def test_who_takes_the_keyboard_on_purpose_keeps_it(page: QWidget, slot: Slot) -> None:
    """A press that builds a form puts the keyboard into it; the button must not win it back."""
    form = QLineEdit()
    slot.fill(1, acts("Add goal"))
    named(slot, "Add goal").setFocus()
    slot.fill(2, acts("Add goal", "Add problem"))
    page.layout().addWidget(form)
    form.show()
    form.setFocus()
    QApplication.processEvents()
    assert QApplication.focusWidget() is form
