"""A discharge heard of by telephone or at the door: recorded by hand, its clocks start."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from casefield.care import transition
from casefield.care.days import place
from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.choices import Choice, MomentEdit
from casefield.gui.widgets.fields import Field
from casefield.gui.widgets.keys import on_escape
from casefield.gui.widgets.turning import Turning

USUAL_STAY = timedelta(days=3)
GAP, ROOM = 12, 760


class DischargePanel(QWidget):
    """Asks for hospital, the two moments, where to, and how the stay began.

    Signals:
        closed: recorded or given up.
    """

    closed = Signal()

    def __init__(self, desk: Desk, case_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        here = desk.now().astimezone(place(desk.zone()))
        card = Card(self.tr("Record a discharge"))
        self.facility = QLineEdit()
        self.facility.returnPressed.connect(self._record)
        self._facility = Field(self.tr("&Hospital"), self.facility)
        self.admitted = MomentEdit(here - USUAL_STAY)
        self.discharged = MomentEdit(here)
        self.destination = Choice(
            (
                ("home", self.tr("Home")),
                ("hh", self.tr("Home with home health")),
                ("snf", self.tr("Skilled nursing facility")),
                ("rehab", self.tr("Rehabilitation")),
                ("hosp", self.tr("Another hospital")),
                ("hospice", self.tr("Hospice")),
            )
        )
        self.kind = Choice(
            (
                ("IMP", self.tr("Inpatient stay")),
                ("OBSENC", self.tr("Observation only")),
            )
        )
        self.began = Choice(
            (
                ("", self.tr("Not known")),
                ("yes", self.tr("As an emergency")),
                ("no", self.tr("Planned")),
            )
        )
        moments = row(
            (Field(self.tr("Ad&mitted"), self.admitted), 1),
            (Field(self.tr("Le&ft"), self.discharged), 1),
            spacing=GAP,
        )
        card.add(Turning(self._facility, moments, ROOM, shares=(1, 1), spacing=GAP))
        card.add(
            row(
                (Field(self.tr("&To"), self.destination), 1),
                (Field(self.tr("&Kind of stay"), self.kind), 1),
                (Field(self.tr("&Began"), self.began), 1),
                spacing=GAP,
            )
        )
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        card.add(self._complaint)
        self._save = button(self.tr("Start the clocks"), self._record, role="primary")
        hint = label(
            self.tr("The 72-hour call, the contact, the visits and the reconciliation open."),
            "small",
            wrap=True,
        )
        card.add(row((hint, 1), button(self.tr("Cancel"), self.closed.emit), self._save))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        on_escape(self, self.closed.emit)

    def take_focus(self) -> None:
        """Begin with the hospital."""
        self.facility.setFocus()

    def _record(self) -> None:
        if not self.facility.text().strip():
            self._facility.complain(self.tr("Name the hospital."))
            return
        self._facility.complain("")
        zone = self._desk.zone()
        there = place(zone)
        admitted = self.admitted.value().replace(tzinfo=there)
        discharged = self.discharged.value().replace(tzinfo=there)
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
