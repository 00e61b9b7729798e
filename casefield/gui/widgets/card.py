"""A card: title, a word aside, content."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QLayout, QVBoxLayout, QWidget

from casefield.gui.widgets.basics import label, row


class Card(QFrame):
    """A panel with a title and content beneath.

    Args:
        title: what it shows; empty for none.
        aside: a word at the right of the title.
    """

    def __init__(self, title: str = "", aside: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(title)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(14, 12, 14, 14)
        self._layout.setSpacing(8)
        self.title: QLabel = label(title, "title")
        self.aside: QLabel = label(aside, "small")
        if title or aside:
            self._layout.addLayout(row(self.title, 1, self.aside))

    def add(self, part: QWidget | QLayout, stretch: int = 0) -> None:
        """Put something beneath what is there."""
        if isinstance(part, QWidget):
            self._layout.addWidget(part, stretch)
        else:
            self._layout.addLayout(part, stretch)

    def tight(self) -> Card:
        """Take away the inner margins, for a list that fills the card; return the card."""
        self._layout.setContentsMargins(1, 10, 1, 1)
        head = self._layout.itemAt(0)
        inner = head.layout() if head is not None else None
        if inner is not None:
            inner.setContentsMargins(14, 2, 14, 2)
        return self

    def bare(self) -> Card:
        """Take all inner margins away, for content with margins of its own; return the card."""
        self._layout.setContentsMargins(1, 1, 1, 1)
        return self

    def fill(self) -> None:
        """Keep the content at the top."""
        self._layout.addStretch(1)
