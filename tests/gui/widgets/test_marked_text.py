"""A text with pieces that stand out: as high as its words need, and read aloud as it is."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.marked_text import MarkedText


def test_it_is_as_high_as_its_words_need_and_never_read_as_markup(qapp: QApplication) -> None:
    pieces = (("Walk <b>twice</b> ", False), ("a day, slowly, with the daughter", True))
    made = MarkedText(Theme(qapp, "light"), pieces, "good", "Yours")
    made.resize(600, 20)
    made.show()
    low = made.height()
    made.resize(120, 20)
    QApplication.processEvents()
    assert made.height() >= 3 * low
    assert made.text() == "Walk <b>twice</b> a day, slowly, with the daughter"
    assert made.accessibleName() == f"Yours: {made.text()}"
    made.close()


def test_it_changes_its_colours_with_the_theme(qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    made = MarkedText(theme, (("Ice", True),), "info", "")
    made.resize(200, 20)
    made.show()
    before = made.grab().toImage()
    theme.choose("dark")
    QApplication.processEvents()
    assert made.grab().toImage() != before
    theme.choose("light")
    made.close()
