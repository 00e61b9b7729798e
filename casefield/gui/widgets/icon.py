"""An icon beside words: it takes its colour from the theme, also when the theme changes."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from casefield.gui.theme.icons import SIZE, pixmap
from casefield.gui.theme.theme import Theme, sized


class Icon(QLabel):
    """A picture that only decorates: the words beside it say the same.

    Args:
        theme: the theme in force.
        name: a Lucide icon.
        token: the colour, by the name of its token.
        size: of a side, in logical pixels.
    """

    def __init__(self, theme: Theme, name: str, token: str = "mute", size: int = SIZE) -> None:
        super().__init__()
        self._theme, self._name, self._token, self._size = theme, name, token, sized(size)
        self.setFixedSize(self._size, self._size)
        theme.changed.connect(self._draw)
        self._draw()

    def show_icon(self, name: str) -> None:
        """Show another icon."""
        self._name = name
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(pixmap(self._name, self._theme.palette.colour(self._token), self._size))
