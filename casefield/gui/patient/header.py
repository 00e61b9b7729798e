"""The head of a person's record, which never scrolls away: who this is, and what to know first."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from casefield.care.views import PersonHeader
from casefield.gui import words
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import button, dress, empty, label, row
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.flow import FlowLayout

_translate = QCoreApplication.translate
BAND_TONES = {"high": Tone.WARNING, "moderate": Tone.NEUTRAL, "low": Tone.GOOD}
CHIP_GAP = 8
ROOM_FOR_WORDS = (1300, 1000, 1000, 0)  # the least width at which each act shows its words
NAME_DROP = 5  # the smaller words stand on the line of the name


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
        back = self._button("", "arrow-left", self.back_wanted)
        back.setAccessibleName(self.tr("Back to the list"))
        back.setToolTip(self.tr("Back to the list (Alt+Left)"))
        back.setShortcut("Alt+Left")
        self.acts = (
            self._button(self.tr("Record &discharge"), "hospital", self.discharge_wanted),
            self._button(self.tr("&Log a call"), "phone", self.call_wanted),
            self._button(self.tr("New &note"), "pen-line", self.note_wanted),
            self._button(self.tr("Start &visit"), "map-pin", self.visit_wanted, "primary"),
        )
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, CHIP_GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 4)
        layout.setSpacing(8)
        who = QWidget()
        self._names = FlowLayout(who, CHIP_GAP)
        top = row(back, (who, 1), *self.acts, spacing=8)
        layout.addLayout(top)
        layout.addWidget(self._chips)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the acts keep their icons and tell their words as tips."""
        super().resizeEvent(event)
        for act, room in zip(self.acts, ROOM_FOR_WORDS, strict=True):
            act.setText("" if self.width() < room else act.property("words"))

    def show_person(self, person: PersonHeader) -> None:
        """Show who this is."""
        facts = about(person)
        empty(self._names)
        self._names.addWidget(label(person.name, "page", select=True))
        for number, fact in enumerate(facts):
            part = label(fact if number == 0 else f"· {fact}", "mute", select=True)
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

    def _button(
        self, text: str, icon_name: str, signal: SignalInstance, role: str = ""
    ) -> QPushButton:
        made = button(text, signal.emit, role=role)
        dress(made, self._theme, icon_name, role)
        made.setProperty("words", made.text())
        made.setToolTip(text.replace("&", ""))
        return made


def about(person: PersonHeader) -> list[str]:
    """Return what stands beside the name."""
    parts = []
    if person.preferred_name:
        parts.append(f"“{person.preferred_name}”")
    who = ", ".join(
        part
        for part in (
            str(person.age) if person.age is not None else "",
            person.pronouns or person.sex or "",
        )
        if part
    )
    if who:
        parts.append(who)
    if person.birth_date:
        parts.append(_translate("Header", "born {day}").format(day=words.born(person.birth_date)))
    speech = words.language(person.language)
    if speech and not (person.language or "").startswith("en"):
        need = {
            True: _translate("Header", ", interpreter needed"),
            False: _translate("Header", ", no interpreter needed"),
        }.get(person.interpreter_needed, "")  # type: ignore[arg-type]
        parts.append(speech + need)
    if person.phone:
        parts.append(person.phone)
    return parts


def chips(person: PersonHeader) -> list[tuple[str, Tone, str]]:
    """Return the chips: what must be known first stands first."""
    found: list[tuple[str, Tone, str]] = []
    if person.deceased:
        day = words.said_day(person.deceased_date)
        found.append(
            (
                _translate("Header", "Died {day}").format(day=day).strip(),
                Tone.NEUTRAL,
                "",
            )
        )
    for allergy in person.allergies:
        text = f"{allergy.display}: {allergy.reaction}" if allergy.reaction else allergy.display
        danger = allergy.criticality == "high"
        found.append(
            (text, Tone.DANGER if danger else Tone.WARNING, "circle-alert" if danger else "")
        )
    if not person.allergies:
        known = person.allergies_known
        text = (
            _translate("Header", "No known allergies")
            if known
            else _translate("Header", "Allergies not asked")
        )
        found.append((text, Tone.NEUTRAL, "" if known else "circle-question-mark"))
    tier = words.tier(person.tier)
    if person.criteria_met:
        tier = _translate("Header", "{tier} · {n} of 5 criteria").format(
            tier=tier, n=person.criteria_met
        )
    found.append((tier, words.TIER_TONES.get(person.tier, Tone.NEUTRAL), ""))
    if person.lace is not None:
        band = {
            "high": _translate("Header", "high"),
            "moderate": _translate("Header", "moderate"),
            "low": _translate("Header", "low"),
        }.get(person.lace_band or "", "")
        text = _translate("Header", "LACE {n} of 19, {band}").format(n=person.lace, band=band)
        found.append((text, BAND_TONES.get(person.lace_band or "", Tone.NEUTRAL), ""))
    if person.programme:
        found.append((person.programme, Tone.NEUTRAL, ""))
    if person.payer:
        found.append((person.payer, Tone.NEUTRAL, ""))
    if person.transition_day is not None:
        day_text = _translate("Header", "Day {n} of 30 at home").format(n=person.transition_day + 1)
        found.append((day_text, Tone.INFO, ""))
    consent = {
        True: (
            _translate("Header", "Consent: share with team"),
            Tone.NEUTRAL,
            "file-check",
        ),
        False: (
            _translate("Header", "No consent to share"),
            Tone.WARNING,
            "circle-alert",
        ),
        None: (
            _translate("Header", "Consent not asked"),
            Tone.NEUTRAL,
            "circle-question-mark",
        ),
    }
    found.append(consent[person.consent_given])
    found += [(flag, Tone.WARNING, "flag") for flag in person.safety_flags]
    return found
