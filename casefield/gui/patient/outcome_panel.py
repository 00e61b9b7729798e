"""Closing a task: what came of it, in a few words."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.care import worklist
from casefield.care.views import WorkItem
from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.fields import LineField
from casefield.gui.widgets.keys import on_escape


class OutcomePanel(QWidget):
    """Asks what came of a task.

    Signals:
        closed: done or given up.
    """

    closed = Signal()

    def __init__(self, desk: Desk, item: WorkItem, what: str) -> None:
        super().__init__()
        self._desk = desk
        self._item = item
        card = Card(item.person)
        card.add(label(what, wrap=True))
        self.outcome = LineField(self.tr("What came of it?"))
        self.outcome.line.returnPressed.connect(self._done)
        card.add(self.outcome)
        self._save = button(self.tr("Mark as done"), self._done, role="primary")
        card.add(row(button(self.tr("Cancel"), self.closed.emit), 1, self._save))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        on_escape(self, self.closed.emit)

    def take_focus(self) -> None:
        """Begin with the words."""
        self.outcome.line.setFocus()

    def _done(self) -> None:
        outcome, task_id = self.outcome.text(), self._item.task_id
        self._save.setEnabled(False)
        self._desk.act(
            lambda work: worklist.complete_task(work, task_id, outcome),
            "complete task",
            lambda _: self.closed.emit(),
            self._failed,
            owner=self,
        )

    def _failed(self, error: CasefieldError) -> None:
        self._save.setEnabled(True)
        self.outcome.complain(str(error))
