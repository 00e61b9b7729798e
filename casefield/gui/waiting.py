"""What waits on this laptop for headquarters, in words, with a button to try now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from casefield.care import caseload
from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.enrol_fields import EnrolFields
from casefield.gui.models.waiting import ToldLine, told
from casefield.gui.overlay import Overlay
from casefield.gui.theme.theme import sized
from casefield.gui.widgets.basics import column, label, row, scrolled
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.slot import Slot

if TYPE_CHECKING:
    from casefield.records.outbox import Waiting

SHOWN = 100
WHEN_WIDTH = 92
WHO_WIDTH = 150
HEIGHT = 320


@dataclass(frozen=True)
class _Found:
    waiting: tuple[Waiting, ...]
    names: dict[str, str]
    message: str
    enrolled: bool


class WaitingPanel(Overlay):
    """The list behind the sync card.

    Signals:
        enrolled: the worker's name at headquarters, which the laptop belongs to now.
    """

    enrolled = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.head = label("", "section", wrap=True)
        self.state = label("", "small", wrap=True)
        self._content = QWidget()
        self._lines = Slot()
        self._content.setLayout(self._lines)
        self._area = scrolled(self._content, on_card=True)
        self._area.setFixedHeight(sized(HEIGHT))
        self.enrolment = EnrolFields()
        self.enrolment.hide()
        self.enrolment.entered.connect(self._enrol)
        self.complaint = label("", "complaint", wrap=True)
        self.complaint.hide()
        self.now = button(self.tr("Sync now"), self._sync, role="primary")
        self.enrol = button(self.tr("Enrol this laptop"), self._enrol, role="primary")
        self.close_button = button(self.tr("Close"), self.close_over)
        self.body.addWidget(self.head)
        self.body.addWidget(self.state)
        self.body.addWidget(self._area)
        self.body.addWidget(self.enrolment)
        self.body.addWidget(self.complaint)
        self.body.addLayout(row(1, self.close_button, self.enrol, self.now))
        desk.sync_told.connect(lambda _: self._ask() if self.isVisible() else None)

    def open(self) -> None:
        """Show what waits."""
        self._fold()
        self._ask()
        self.open_over()
        self.close_button.setFocus()

    def forget(self) -> None:
        """Close, and show nothing any more."""
        self.hide()
        self._fold()
        self._lines.clear()

    def shown(self) -> list[str]:
        """Return the lines as they are read."""
        found = self._content.findChildren(QLabel)
        return [part.text() for part in found if part.text()]

    def _ask(self) -> None:
        session = self._desk.session

        def found(_: object) -> _Found:
            waiting = session.waiting()
            cases = {w.case_id for w in waiting if w.case_id}
            names = session.read(lambda work: caseload.names(work, cases))
            message = session.sync_state.message
            return _Found(waiting, names, message, session.identity is not None)

        self._desk.work(found, self._show, owner=self)

    def _show(self, found: _Found) -> None:
        number = len(found.waiting)
        if number == 1:
            self.head.setText(self.tr("1 change waits on this laptop"))
        elif number:
            self.head.setText(self.tr("{n} changes wait on this laptop").format(n=number))
        else:
            self.head.setText(self.tr("Nothing waits here"))
        everything = self.tr("Everything you typed is saved here, encrypted.")
        alone = self.tr("This laptop works alone. Enrol it to send this to headquarters.")
        parts = (everything, "" if found.enrolled else alone, found.message)
        self.state.setText(" ".join(part for part in parts if part))
        self.now.setVisible(found.enrolled)
        self.enrol.setVisible(not found.enrolled)
        self._area.setVisible(bool(found.waiting) and self.enrolment.isHidden())
        now, zone = self._desk.now(), self._desk.zone()
        lines = told(found.waiting[-SHOWN:], found.names, now, zone)
        self._lines.fill((lines, number), lambda: self._draw(lines, number - SHOWN))

    def _draw(self, lines: list[ToldLine], left: int) -> QVBoxLayout:
        pile = column(*(self._line(line) for line in lines), spacing=6)
        if left > 0:
            pile.addWidget(label(self.tr("and {n} earlier ones").format(n=left), "small"))
        pile.addStretch(1)
        return pile

    def _line(self, line: ToldLine) -> QVBoxLayout:
        when, who = label(line.when, "small"), label(line.who, "strong", wrap=True)
        when.setFixedWidth(sized(WHEN_WIDTH))
        who.setFixedWidth(sized(WHO_WIDTH))
        return column(
            row(when, who, (label(line.what, wrap=True), 1), spacing=10),
            label(line.complaint, "complaint", wrap=True) if line.complaint else None,
            label(line.said, wrap=True, select=True) if line.said else None,
            spacing=1,
        )

    def _sync(self) -> None:
        session = self._desk.session
        self.now.setEnabled(False)
        self._desk.work(
            lambda _: session.sync_now(), lambda _: self._synced(), self._failed, owner=self
        )

    def _synced(self) -> None:
        self.now.setEnabled(True)
        self._ask()

    def _fold(self) -> None:
        self.enrolment.hide()
        self.enrolment.code.line.clear()
        self.complaint.hide()

    def _enrol(self) -> None:
        """Ask for what enrolling needs, then enrol; what was done alone is kept and sent."""
        if self.enrolment.isHidden():
            self._area.hide()
            self.enrolment.show()
            self.enrolment.take_focus()
            return
        values = self.enrolment.values()
        if values is None:
            return
        session = self._desk.session
        self.enrol.setEnabled(False)
        self._desk.work(
            lambda _: session.enrol(*values),
            lambda _: self._enrolled(),
            self._not_enrolled,
            owner=self,
        )

    def _enrolled(self) -> None:
        session = self._desk.session
        self.enrol.setEnabled(True)
        self._fold()
        self.enrolled.emit(session.actor.name)
        self._ask()
        self._desk.work(lambda _: session.start_sync(), owner=self)

    def _not_enrolled(self, error: CasefieldError) -> None:
        self.enrol.setEnabled(True)
        self.complaint.setText(str(error))
        self.complaint.show()

    def _failed(self, error: CasefieldError) -> None:
        self.now.setEnabled(True)
        self.state.setText(str(error))
