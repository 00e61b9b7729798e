"""What waits on this laptop for headquarters, in words, with a button to try now."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QListWidget, QWidget

from casefield.errors import CasefieldError
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.overlay import Overlay
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, label, row

SHOWN = 200
ROWS_HEIGHT = 320


class WaitingPanel(Overlay):
    """The list behind the sync card."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._head = label("", "section")
        self._state = label("", "small", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Changes that wait"))
        self.list.setFixedHeight(ROWS_HEIGHT)
        self._now = button(self.tr("Sync now"), self._sync, role="primary")
        self.body.addWidget(self._head)
        self.body.addWidget(self._state)
        self.body.addWidget(self.list)
        self.body.addLayout(row(1, button(self.tr("Close"), self.close_over), self._now))
        desk.sync_told.connect(lambda _: self._ask() if self.isVisible() else None)

    def open(self) -> None:
        """Show what waits."""
        self._ask()
        self.open_over()
        self._now.setFocus()

    def _ask(self) -> None:
        session, zone, now = self._desk.session, self._desk.zone(), self._desk.now()

        def waiting(_: object) -> tuple[int, list[str], str, bool]:
            found = session.waiting()
            lines = [
                f"{words.ago(w.said_at, now, zone)}   {deed(w.kind)} {thing(w.record_type)}"
                + (f"   {', '.join(w.fields)}" if w.fields and w.kind == "change" else "")
                + (f"   {w.reason}" if w.reason else "")
                for w in found[:SHOWN]
            ]
            return len(found), lines, session.sync_state.message, session.identity is not None

        self._desk.work(waiting, self._show, owner=self)

    def _show(self, found: tuple[int, list[str], str, bool]) -> None:
        number, lines, message, enrolled = found
        if number == 1:
            self._head.setText(self.tr("1 change waits on this laptop"))
        elif number:
            self._head.setText(self.tr("{n} changes wait on this laptop").format(n=number))
        else:
            self._head.setText(self.tr("Nothing waits here"))
        everything = self.tr("Everything you typed is saved here, encrypted.")
        alone = self.tr("This laptop works alone. Enrol it to send this to headquarters.")
        parts = (everything, "" if enrolled else alone, message)
        self._state.setText(" ".join(part for part in parts if part))
        self._now.setVisible(enrolled)
        self.list.clear()
        self.list.addItems(lines)

    def _sync(self) -> None:
        session = self._desk.session
        self._now.setEnabled(False)
        self._desk.work(
            lambda _: session.sync_now(), lambda _: self._synced(), self._failed, owner=self
        )

    def _synced(self) -> None:
        self._now.setEnabled(True)
        self._ask()

    def _failed(self, error: CasefieldError) -> None:
        self._now.setEnabled(True)
        self._state.setText(str(error))


def deed(kind: str) -> str:
    """Return what was done, in a word."""
    return {
        "create": QCoreApplication.translate("waiting", "new"),
        "change": QCoreApplication.translate("waiting", "changed"),
        "sign": QCoreApplication.translate("waiting", "signed"),
        "delete": QCoreApplication.translate("waiting", "taken back"),
    }.get(kind, kind)


def thing(record_type: str) -> str:
    """Return a kind of record, in words."""
    return {
        "Patient": QCoreApplication.translate("waiting", "person"),
        "Coverage": QCoreApplication.translate("waiting", "coverage"),
        "Condition": QCoreApplication.translate("waiting", "condition"),
        "AllergyIntolerance": QCoreApplication.translate("waiting", "allergy"),
        "MedicationStatement": QCoreApplication.translate("waiting", "medicine"),
        "Observation": QCoreApplication.translate("waiting", "measurement"),
        "Encounter": QCoreApplication.translate("waiting", "stay or contact"),
        "QuestionnaireResponse": QCoreApplication.translate("waiting", "assessment"),
        "CarePlan": QCoreApplication.translate("waiting", "care plan"),
        "Goal": QCoreApplication.translate("waiting", "goal"),
        "Activity": QCoreApplication.translate("waiting", "activity"),
        "Visit": QCoreApplication.translate("waiting", "visit"),
        "Note": QCoreApplication.translate("waiting", "note"),
        "Task": QCoreApplication.translate("waiting", "task"),
        "EpisodeOfCare": QCoreApplication.translate("waiting", "case"),
        "Assignment": QCoreApplication.translate("waiting", "assignment"),
        "CareTeamMember": QCoreApplication.translate("waiting", "care team member"),
    }.get(record_type, record_type)
