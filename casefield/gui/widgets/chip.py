"""A state in one or two words, with an icon beside the colour."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.icon import Icon

ICON = 14
LONGEST = 56


class Chip(QFrame):
    """A chip.

    Args:
        theme: the theme in force.
        text: one or two words.
        tone: what its colour says.
        icon_name: a Lucide icon, empty for none.
    """

    def __init__(
        self, theme: Theme, text: str, tone: Tone = Tone.NEUTRAL, icon_name: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setProperty("tone", tone.value)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 1, 6, 1)
        layout.setSpacing(5)
        if icon_name:
            token = "mute" if tone is Tone.NEUTRAL else tone.value
            layout.addWidget(Icon(theme, icon_name, token, ICON))
        shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        if shown != text:
            self.setToolTip(text)
        layout.addWidget(label(shown))
