"""What an empty page says: what will be here, and what to do now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, icon_label, label

ICON = 36


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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 40, 24, 40)
        layout.setSpacing(8)
        layout.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(icon_label(icon_name, theme.palette.faint, ICON), alignment=middle)
        head = label(title, "section")
        layout.addWidget(head, alignment=middle)
        text = label(words, "mute", wrap=True)
        text.setAlignment(middle)
        text.setMaximumWidth(460)
        text.setMinimumWidth(min(460, 320))
        layout.addWidget(text, alignment=middle)
        if act is not None:
            layout.addSpacing(8)
            layout.addWidget(button(act[0], act[1]), alignment=middle)
        layout.addStretch(2)
