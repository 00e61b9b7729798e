"""Labels, buttons and layouts in the words of the style sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from casefield.gui.theme.icons import SIZE, icon, pixmap
from casefield.gui.theme.theme import Theme

L = TypeVar("L", bound=QBoxLayout)
Part = QWidget | QLayout | int | tuple[QWidget, int] | None


def label(text: str = "", role: str = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """Return a label of a role of the style sheet; text is never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    if select:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    role: str = "",
    theme: Theme | None = None,
    icon_name: str = "",
    tip: str = "",
) -> QPushButton:
    """Return a push button; its text is also its name for screen readers."""
    made = QPushButton(text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    if icon_name and theme is not None:
        dress(made, theme, icon_name, role)
    if tip:
        made.setToolTip(tip)
    if clicked is not None:
        made.clicked.connect(lambda _=False: clicked())
    return made


def dress(target: QPushButton, theme: Theme, icon_name: str, role: str = "") -> None:
    """Give a button its icon in the colour of its text."""
    p = theme.palette
    colour = {"primary": p.on_accent, "alarm": p.on_danger, "link": p.accent}.get(role, p.ink)
    if role == "destructive":
        colour = p.danger
    target.setIcon(icon(icon_name, colour))
    target.setIconSize(QSize(SIZE - 2, SIZE - 2))
    spaced(target)


def spaced(target: QPushButton) -> None:
    """Keep a gap between a button's icon and its words; screen readers hear the words alone."""
    words = target.text().strip()
    if words:
        target.setText(f" {words}")
        target.setAccessibleName(target.accessibleName() or words.replace("&", ""))


def icon_label(name: str, colour: str, size: int = SIZE) -> QLabel:
    """Return an icon that only decorates: the words beside it say the same."""
    made = QLabel()
    made.setPixmap(pixmap(name, colour, size))
    made.setFixedSize(size, size)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Change a widget's role and have it redrawn."""
    widget.setProperty("role", role)
    restyle(widget)


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def row(*parts: Part, spacing: int = 8) -> QHBoxLayout:
    """Return a horizontal layout; a number is a stretch, None is nothing.

    A pair (widget, stretch) gives a widget the room that is left.
    """
    return _fill(QHBoxLayout(), parts, spacing)


def column(*parts: Part, spacing: int = 8) -> QVBoxLayout:
    """Return a vertical layout; a number is a stretch, None is nothing."""
    return _fill(QVBoxLayout(), parts, spacing)


def hairline() -> QFrame:
    """Return a line between rows."""
    made = QFrame()
    made.setObjectName("hairline")
    return made


def scrolled(content: QWidget, *, on_card: bool = False) -> QScrollArea:
    """Return the content in a vertical scroll area without a frame, on a page or on a card."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.setObjectName("scrolledcard" if on_card else "scrolled")
    area.setWidget(content)
    return area


def empty(layout: QLayout) -> None:
    """Remove everything from a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            empty(inner)


def _fill(layout: L, parts: tuple[object, ...], spacing: int) -> L:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        elif isinstance(part, tuple):
            layout.addWidget(part[0], part[1])
        elif isinstance(part, int):
            layout.addStretch(part)
    return layout
