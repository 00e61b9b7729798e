"""Small questions that stand where the buttons stood: a reason in words, or are you sure."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.keys import on_escape


class ReasonPanel(QWidget):
    """Asks for a reason in a line.

    Signals:
        given: the reason.
        cancelled: the person went back.
    """

    given = Signal(str)
    cancelled = Signal()

    def __init__(self, question: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setAccessibleName(question)
        self.field.returnPressed.connect(self._give)
        self.keep = button(self.tr("Keep this"), self._give, role="primary")
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        card = Card()
        card.add(label(question, "strong", wrap=True))
        card.add(self.field)
        card.add(self._complaint)
        card.add(row(1, button(self.tr("Back"), self.cancelled.emit), self.keep))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        on_escape(self, self.cancelled.emit)

    def complain(self, words: str) -> None:
        """Say why it could not be kept."""
        self._complaint.setText(words)
        self._complaint.show()
        self.field.setFocus()

    def take_focus(self) -> None:
        """Begin with the reason."""
        self.field.setFocus()

    def _give(self) -> None:
        self.given.emit(self.field.text())


class SurePanel(QWidget):
    """Asks before something is thrown away; the way back is where the keyboard is.

    Signals:
        sure: do it.
        cancelled: the person went back.
    """

    sure = Signal()
    cancelled = Signal()

    def __init__(self, question: str, deed: str) -> None:
        super().__init__()
        self.back = button(self.tr("Keep it"), self.cancelled.emit)
        self.act = button(deed, self.sure.emit, role="alarm")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row((label(question, "strong", wrap=True), 1), self.back, self.act))
        on_escape(self, self.cancelled.emit)

    def take_focus(self) -> None:
        """Begin with the way back."""
        self.back.setFocus()
