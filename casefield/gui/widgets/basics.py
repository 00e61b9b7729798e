"""Labels and layouts in the words of the style sheet."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

L = TypeVar("L", bound=QBoxLayout)
Part = QWidget | QLayout | int | tuple[QWidget, int] | None
HIGHEST = 10_000
GUTTER = 10  # the width of a scroll bar


class Paragraph(QLabel):
    """A label that wraps and is never cut: it asks for the height that its width demands.

    Qt's layouts ask a wrapped label for its height once, at a width of their own guess; where it
    then gets less, the last lines would be lost.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._laid_out = False
        self.setWordWrap(True)

    def setText(self, text: str) -> None:
        """Show a text."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for as much height as the words need at this width."""
        super().resizeEvent(event)
        self._laid_out = True
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        if not self._laid_out:  # its width is a guess until a layout gave it one
            return
        edges = self.contentsMargins()
        room = QRect(0, 0, self.width() - edges.left() - edges.right(), HIGHEST)
        # Not heightForWidth: that one is never less than the least height asked for before.
        words = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self.text())
        needed = words.height() + edges.top() + edges.bottom() if self.text() else 0
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)


def label(text: str = "", role: str = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """Return a label of a role of the style sheet; text is never read as markup."""
    made = Paragraph(text) if wrap else QLabel(text)
    dress(made, role, select=select)
    return made


def dress(made: QLabel, role: str = "", *, select: bool = False) -> None:
    """Give a label its role of the style sheet; with select its words can be copied."""
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if select:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)


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
    area = Scrolled()
    content.setObjectName("scrolledcard" if on_card else "scrolled")
    area.setWidget(content)
    return area


class Scrolled(QScrollArea):
    """Scrolls up and down; the content's right edge stays when the scroll bar comes and goes."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self._right: int | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        """Whatever has the keyboard is in sight."""
        content = self.widget()
        if now is not None and content is not None and content.isAncestorOf(now):
            self.ensureWidgetVisible(now)

    def _keep_edge(self, _: int, longest: int) -> None:
        content = self.widget()
        inside = content.layout() if content is not None else None
        if inside is None:
            return
        edges = inside.contentsMargins()
        if self._right is None:
            self._right = edges.right()
        wanted = max(0, self._right - GUTTER) if longest > 0 else self._right
        if edges.right() != wanted:
            edges.setRight(wanted)
            inside.setContentsMargins(edges)


def empty(layout: QLayout) -> None:
    """Remove everything from a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
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
