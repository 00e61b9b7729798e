"""The head of a person's record, which never scrolls away: who this is, and what to know first."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.care.views import PersonHeader
from casefield.gui.models.person import about, chips
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import Paragraph, dress, empty, label, row
from casefield.gui.widgets.buttons import Button, button, icon_button
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.flow import FlowLayout
from casefield.gui.widgets.keys import press_with

CHIP_GAP = 6
ROOM_FOR_WORDS = (1300, 1000, 1000, 860)  # the least width at which each act shows its words
NAME_DROP = 5  # the smaller words stand on the line of the name


class _Name(Paragraph):
    """A name on one line, on more only where the line is too short for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        dress(self, "page", select=True)

    def sizeHint(self) -> QSize:
        """Return the size on one line."""
        return QFontMetrics(self.font()).size(0, self.text())


class Header(QWidget):
    """Name, chips, and the acts that begin anywhere.

    Signals:
        call_wanted, note_wanted, visit_wanted, discharge_wanted: begin that.
        back_wanted: to the list one came from.
    """

    call_wanted = Signal()
    note_wanted = Signal()
    visit_wanted = Signal()
    discharge_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: PersonHeader | None = None
        back = icon_button(theme, "arrow-left", self.tr("Back to the list"), self.back_wanted.emit)
        back.setToolTip(self.tr("Back to the list (Alt+Left)"))
        press_with(back, "Alt+Left")
        self.acts = (
            self._act(
                self.tr("Record discharge"), self.tr("Alt+D"), "hospital", self.discharge_wanted
            ),
            self._act(self.tr("Log a call"), self.tr("Alt+L"), "phone", self.call_wanted),
            self._act(self.tr("New note"), self.tr("Alt+N"), "pen-line", self.note_wanted),
            self._act(
                self.tr("Start visit"), self.tr("Alt+V"), "map-pin", self.visit_wanted, "primary"
            ),
        )
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, CHIP_GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 4)
        layout.setSpacing(8)
        who = QWidget()
        self._names = FlowLayout(who, CHIP_GAP, 0)
        top = row(spacing=8)
        above = Qt.AlignmentFlag.AlignTop
        top.addWidget(back, 0, above)
        top.addWidget(who, 1)
        for act in self.acts:
            top.addWidget(act, 0, above)
        layout.addLayout(top)
        layout.addWidget(self._chips)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the acts keep their icons and tell their words as tips."""
        super().resizeEvent(event)
        for act, room in zip(self.acts, ROOM_FOR_WORDS, strict=True):
            act.setText("" if self.width() < sized(room) else act.property("words"))

    def show_person(self, person: PersonHeader) -> None:
        """Show who this is."""
        if person == self._shown:
            return
        self._shown = person
        facts = about(person)
        empty(self._names)
        self._names.addWidget(_Name(person.name))
        for number, fact in enumerate(facts, start=1):
            part = label(fact if number == len(facts) else f"{fact} ·", "mute", select=True)
            part.setMinimumHeight(part.sizeHint().height() + NAME_DROP)
            part.setAlignment(Qt.AlignmentFlag.AlignBottom)
            self._names.addWidget(part)
        self.setAccessibleName(", ".join((person.name, *facts)))
        empty(self._flow)
        for text, tone, icon_name in chips(person):
            self._flow.addWidget(Chip(self._theme, text, tone, icon_name))
        self._chips.updateGeometry()
        for act in self.acts:
            act.setEnabled(not person.deceased)

    def forget(self) -> None:
        """Show nobody."""
        self._shown = None
        empty(self._names)
        empty(self._flow)
        self.setAccessibleName("")

    def _act(
        self, text: str, keys: str, icon_name: str, signal: SignalInstance, role: str = ""
    ) -> Button:
        made = button(text, signal.emit, role=role, theme=self._theme, icon_name=icon_name)
        made.setProperty("words", made.text())
        press_with(made, keys)
        made.setToolTip(f"{text} ({keys})")
        return made
