"""Logging a call: who was called, what came of it, a line of note."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QVBoxLayout, QWidget

from casefield.care import transition
from casefield.care.views import WorkItem
from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.flow import FlowLayout
from casefield.gui.widgets.icon import Icon
from casefield.gui.widgets.keys import on_escape

ANSWER_GAP = 6


class CallPanel(QWidget):
    """Asks what came of a call.

    Signals:
        closed: logged or given up.
    """

    closed = Signal()

    def __init__(self, desk: Desk, theme: Theme, item: WorkItem) -> None:
        super().__init__()
        self._desk = desk
        self._item = item
        card = Card(self.tr("Call {person}").format(person=item.person))
        phone = item.phone or self.tr("no number on record")
        number = label(phone, "section", select=True)
        card.add(row(Icon(theme, "phone", "accent"), number, 1))
        answers = QWidget()
        flow = FlowLayout(answers, ANSWER_GAP)
        self._group = QButtonGroup(self)
        self._outcomes: dict[str, QPushButton] = {}
        for code, text in (
            ("reached", self.tr("&Reached")),
            ("no_answer", self.tr("No ans&wer")),
            ("left_message", self.tr("Left a &message")),
            ("refused", self.tr("Did not want to &talk")),
        ):
            choice = button(text, role="answer")
            choice.setCheckable(True)
            self._group.addButton(choice)
            self._outcomes[code] = choice
            flow.addWidget(choice)
        card.add(answers)
        self.note = QLineEdit()
        self.note.setPlaceholderText(self.tr("A line about it (optional)"))
        self.note.setAccessibleName(self.tr("Note on the call"))
        self.note.returnPressed.connect(self._log)
        card.add(self.note)
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        card.add(self._complaint)
        self._save = button(self.tr("Log the call"), self._log, role="primary")
        card.add(row(button(self.tr("Cancel"), self.closed.emit), 1, self._save))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        on_escape(self, self.closed.emit)

    def take_focus(self) -> None:
        """Begin with the outcome."""
        self._outcomes["reached"].setFocus()

    def choose(self, outcome: str) -> None:
        """Choose an outcome."""
        self._outcomes[outcome].setChecked(True)

    def _log(self) -> None:
        outcome = next((c for c, b in self._outcomes.items() if b.isChecked()), None)
        if outcome is None:
            self._complain(self.tr("Say what came of the call."))
            return
        note, task_id = self.note.text(), self._item.task_id
        self._save.setEnabled(False)
        self._desk.act(
            lambda work: transition.log_call(work, task_id, outcome=outcome, note=note),
            "log call",
            lambda _: self.closed.emit(),
            self._failed,
            owner=self,
        )

    def _failed(self, error: CasefieldError) -> None:
        self._save.setEnabled(True)
        self._complain(str(error))

    def _complain(self, words: str) -> None:
        self._complaint.setText(words)
        self._complaint.show()
