"""A card over the page, closed with Esc or by clicking beside it."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from casefield.gui.theme.theme import sized
from casefield.gui.widgets.keys import on_escape

WIDTH = 560
TOP = 72


class Overlay(QWidget):
    """Covers its parent; `body` is the card's layout."""

    def __init__(self, parent: QWidget, width: int = WIDTH) -> None:
        super().__init__(parent)
        self._under = parent
        self.hide()
        self._before: QWidget | None = None
        self._card = QFrame(self)
        self._card.setObjectName("card")
        self._card.setFixedWidth(sized(width))
        self.body = QVBoxLayout(self._card)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, TOP, 0, 40)
        layout.addWidget(self._card, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        on_escape(self, self.close_over)
        parent.installEventFilter(self)

    def open_over(self) -> None:
        """Show it above everything."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self.setGeometry(self._under.rect())
        self.show()
        self.raise_()

    def close_over(self) -> None:
        """Hide it and give the keyboard back."""
        self.hide()
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before):
            before.setFocus()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the Tab key on the card: what lies beneath is out of reach until it is closed."""
        stops = [w for w in tab_stops(self) if w.isVisible() and w.isEnabled()]
        if not stops:
            return False
        here = self.window().focusWidget()
        place = stops.index(here) if here in stops else -1 if forward else 0
        stops[(place + (1 if forward else -1)) % len(stops)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the parent."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._under.rect())
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card closes."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.close_over()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what is beneath."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(10, 20, 24, 110))
        painter.end()


def tab_stops(parent: QWidget) -> list[QWidget]:
    """Return what the Tab key reaches beneath a widget, in order."""
    found, widget = [], parent.nextInFocusChain()
    while widget is not None and widget is not parent:
        if parent.isAncestorOf(widget) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found
