"""A discharge heard of by telephone or at the door: recorded by hand, its clocks start."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from casefield.care import transition
from casefield.care.days import place
from casefield.errors import CasefieldError
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, label, row
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.fields import Field

SHOWN_FORMAT = "ddd d MMM yyyy  hh:mm"


class DischargePanel(QWidget):
    """Asks for hospital, the two moments, where to, and how the stay began.

    Signals:
        closed: recorded or given up.
    """

    closed = Signal()

    def __init__(self, desk: Desk, theme: Theme, case_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        here = desk.now().astimezone(place(desk.zone()))
        card = Card(self.tr("Record a discharge"))
        self.facility = QLineEdit()
        self._facility = Field(self.tr("&Hospital"), self.facility)
        self.admitted = self._moment(here - timedelta(days=3))
        self.discharged = self._moment(here)
        self.destination = self._choice(
            (
                ("home", self.tr("Home")),
                ("hh", self.tr("Home with home health")),
                ("snf", self.tr("Skilled nursing facility")),
                ("rehab", self.tr("Rehabilitation")),
                ("hosp", self.tr("Another hospital")),
                ("hospice", self.tr("Hospice")),
            )
        )
        self.kind = self._choice(
            (
                ("IMP", self.tr("Inpatient stay")),
                ("OBSENC", self.tr("Observation only")),
            )
        )
        self.began = self._choice(
            (
                ("", self.tr("Not known")),
                ("yes", self.tr("As an emergency")),
                ("no", self.tr("Planned")),
            )
        )
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(12)
            card.add(line)
        self._left = Field(self.tr("&Left"), self.discharged)
        for line, part, stretch in (
            (first, self._facility, 2),
            (first, Field(self.tr("Ad&mitted"), self.admitted), 1),
            (first, self._left, 1),
            (second, Field(self.tr("&To"), self.destination), 1),
            (second, Field(self.tr("&Kind of stay"), self.kind), 1),
            (second, Field(self.tr("&Began"), self.began), 1),
        ):
            line.addWidget(part, stretch)
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        card.add(self._complaint)
        self._save = button(self.tr("Start the clocks"), self._record, role="primary")
        hint = label(
            self.tr("The 72-hour call, the contact, the visits and the reconciliation open."),
            "small",
        )
        card.add(row(hint, 1, button(self.tr("Cancel"), self.closed.emit), self._save))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

    def take_focus(self) -> None:
        """Begin with the hospital."""
        self.facility.setFocus()

    def _moment(self, value: datetime) -> QDateTimeEdit:
        made = QDateTimeEdit(words.qdatetime(value))
        made.setCalendarPopup(True)
        made.setDisplayFormat(SHOWN_FORMAT)
        return made

    def _choice(self, options: tuple[tuple[str, str], ...]) -> QComboBox:
        made = QComboBox()
        for code, text in options:
            made.addItem(text, code)
        return made

    def _record(self) -> None:
        if not self.facility.text().strip():
            self._facility.complain(self.tr("Name the hospital."))
            return
        self._facility.complain("")
        zone = self._desk.zone()
        admitted, discharged = (_said(edit, zone) for edit in (self.admitted, self.discharged))
        facility, case_id = self.facility.text(), self._case_id
        destination, kind = self.destination.currentData(), self.kind.currentData()
        acute = {"yes": True, "no": False}.get(self.began.currentData())
        self._save.setEnabled(False)
        self._desk.act(
            lambda work: transition.record_discharge(
                work,
                case_id,
                facility=facility,
                admitted_at=admitted,
                discharged_at=discharged,
                zone=zone,
                disposition=destination,
                acute=acute,
                class_code=kind,
            ),
            "record discharge",
            lambda _: self.closed.emit(),
            self._failed,
            owner=self,
        )

    def _failed(self, error: CasefieldError) -> None:
        self._save.setEnabled(True)
        self._complaint.setText(str(error))
        self._complaint.show()


def _said(edit: QDateTimeEdit, zone: str) -> datetime:
    value = edit.dateTime()
    day, time = value.date(), value.time()
    return datetime(
        day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=place(zone)
    )
