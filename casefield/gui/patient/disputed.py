"""A line above the record: something of this person was written differently by two people."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casefield.care import conflicts
from casefield.gui.desk import Desk
from casefield.gui.newest import Newest
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.icon import Icon


class Disputed(QWidget):
    """The line; hidden where nothing is disputed.

    Signals:
        decide: (conflict_id, case_id) show the first one.
    """

    decide = Signal(str, str)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self._newest = Newest(desk, self)
        self._first, self._case_id = "", ""
        self._words = label("", "warning", wrap=True)
        card = QFrame()
        card.setObjectName("disputed")
        line = QHBoxLayout(card)
        line.setContentsMargins(14, 8, 14, 8)
        line.setSpacing(10)
        line.addWidget(Icon(theme, "git-merge", "warning"))
        line.addWidget(self._words, 1)
        self.button = button(
            self.tr("Decide"),
            lambda: self.decide.emit(self._first, self._case_id),
            name=self.tr("Decide between two versions"),
        )
        line.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 0)
        layout.addWidget(card)
        self.hide()

    def look(self, case_id: str) -> None:
        """Ask whether something of a person is disputed."""
        self._newest.ask(
            case_id,
            lambda work: conflicts.undecided(work, case_id),
            lambda found: self._show(case_id, found),
        )

    def forget(self) -> None:
        """Say nothing."""
        self._first, self._case_id = "", ""
        self._words.clear()
        self.hide()

    def said(self) -> str:
        """Return what it says; nothing while it is hidden."""
        return "" if self.isHidden() else self._words.text()

    def _show(self, case_id: str, found: tuple[str, ...]) -> None:
        self._case_id, self._first = case_id, found[0] if found else ""
        if len(found) == 1:
            self._words.setText(self.tr("A field was written differently by two people."))
        else:
            text = self.tr("{n} fields were written differently by two people.")
            self._words.setText(text.format(n=len(found)))
        self.setVisible(bool(found))
