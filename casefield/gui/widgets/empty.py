"""What an empty page says: what will be here, and what to do now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import Button, button
from casefield.gui.widgets.icon import Icon

ICON = 36
WIDTH = 420


class EmptyState(QWidget):
    """An icon, a sentence, a way on.

    Args:
        theme: the theme in force.
        icon_name: a Lucide icon.
        title: what is (not) here.
        words: what will be here and what to do.
        act: text and deed of a button, None for none.
    """

    def __init__(
        self,
        theme: Theme,
        icon_name: str,
        title: str,
        words: str,
        act: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__()
        self.act: Button | None = button(act[0], act[1]) if act is not None else None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 40, 24, 40)
        layout.setSpacing(8)
        middle = Qt.AlignmentFlag.AlignHCenter
        head, text = label(title, "section", wrap=True), label(words, "mute", wrap=True)
        for part in (head, text):
            part.setAlignment(middle)
            part.setMaximumWidth(sized(WIDTH))
        layout.addStretch(1)
        layout.addLayout(row(1, Icon(theme, icon_name, "faint", ICON), 1))
        layout.addSpacing(4)
        layout.addLayout(row(1, (head, 8), 1))
        layout.addLayout(row(1, (text, 8), 1))
        if self.act is not None:
            layout.addSpacing(8)
            layout.addLayout(row(1, self.act, 1))
        layout.addStretch(2)
