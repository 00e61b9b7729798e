"""Push buttons: a text, perhaps an icon in the colour of the text, a role of the style sheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from casefield.gui.theme.icons import SIZE, icon
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import set_role

ICON_TOKENS = {
    "primary": "on_accent",
    "alarm": "on_danger",
    "link": "accent",
    "destructive": "danger",
}
ICON = SIZE - 2


class Button(QPushButton):
    """A push button. Its text is also its name for screen readers.

    Args:
        text: with & before the letter for Alt; may be empty beside an icon.
        clicked: what a click does.
        role: of the style sheet: primary, alarm, destructive, link, answer or filter.
    """

    def __init__(
        self, text: str = "", clicked: Callable[[], object] | None = None, role: str = ""
    ) -> None:
        super().__init__(text)
        self._theme: Theme | None = None
        self._icon_name = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        if role:
            self.setProperty("role", role)
        if clicked is not None:
            self.clicked.connect(lambda _=False: clicked())

    def dress(self, theme: Theme, icon_name: str) -> Button:
        """Give it an icon; return the button."""
        self._icon_name = icon_name
        if self._theme is None:
            self._theme = theme
            theme.changed.connect(self._tint)
        words = self.text().strip()
        if words:
            self.setText(f" {words}")  # Qt leaves too little room between icon and words
            if not self.accessibleName():
                self.setAccessibleName(words.replace("&", ""))
        self._tint()
        return self

    def take_role(self, role: str) -> None:
        """Change its role."""
        if self.property("role") != role:
            set_role(self, role)
            self._tint()

    def _tint(self) -> None:
        if self._theme is None:
            return
        token = ICON_TOKENS.get(self.property("role") or "", "ink")
        self.setIcon(icon(self._icon_name, self._theme.palette.colour(token), size=sized(ICON)))
        self.setIconSize(QSize(sized(ICON), sized(ICON)))


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    role: str = "",
    theme: Theme | None = None,
    icon_name: str = "",
    name: str = "",
) -> Button:
    """Return a button; `name` is what a screen reader says where the text alone is not enough."""
    made = Button(text, clicked, role)
    if name:
        made.setAccessibleName(name)
    if icon_name and theme is not None:
        made.dress(theme, icon_name)
    return made


def icon_button(
    theme: Theme, icon_name: str, name: str, clicked: Callable[[], object] | None = None
) -> Button:
    """Return a square button that shows an icon alone; `name` is read aloud and is its tip."""
    made = Button("", clicked, "icon").dress(theme, icon_name)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made


class PanelButton(QPushButton):
    """A button that holds a layout of its own: a card one can press, by mouse and keyboard."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)

    def hold(self, *parts: QWidget) -> None:
        """Let clicks on what lies inside reach the button."""
        for part in parts:
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """Return the size of what it holds."""
        return self._inner(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Return the least size of what it holds."""
        return self._inner(super().minimumSizeHint())

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width where the words in it wrap."""
        inside = self.layout()
        return inside is not None and inside.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """Return the height for a width."""
        inside = self.layout()
        return inside.totalHeightForWidth(width) if inside is not None else -1

    def _inner(self, own: QSize) -> QSize:
        inside = self.layout()
        return inside.totalMinimumSize().expandedTo(QSize(0, 0)) if inside is not None else own
