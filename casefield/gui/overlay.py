"""A card over the page, closed with Esc or by clicking beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

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
        self._card.setFixedWidth(width)
        self.body = QVBoxLayout(self._card)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, TOP, 0, 40)
        layout.addWidget(self._card, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        QShortcut(
            QKeySequence("Esc"),
            self,
            self.close_over,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        parent.installEventFilter(self)

    def open_over(self) -> None:
        """Show it above everything."""
        self._before = self.window().focusWidget()
        self.setGeometry(self._under.rect())
        self.show()
        self.raise_()

    def close_over(self) -> None:
        """Hide it and give the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

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
