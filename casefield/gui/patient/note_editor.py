"""Writing a note: kind, title, day, words; saved as they are typed, signed on purpose."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from casefield.care import notes
from casefield.care.views import NoteView
from casefield.errors import CasefieldError
from casefield.gui import words
from casefield.gui.autosave import Autosave
from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import button, empty, label, row
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.fields import DayChoice
from casefield.gui.widgets.sign_panel import SignPanel

LEAST_HEIGHT = 160


class NoteEditor(QWidget):
    """One draft.

    Signals:
        signed: the note is signed now.
        discarded: the draft is taken back.
    """

    signed = Signal()
    discarded = Signal()

    def __init__(self, desk: Desk, theme: Theme, note: NoteView, *, addendum: bool = False) -> None:
        super().__init__()
        self._desk = desk
        self._theme = theme
        self.note_id = note.note_id
        self._failed_words = ""
        self._autosave = Autosave(self._save, self)
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of note"))
        for code in notes.KINDS:
            self.kind.addItem(words.note_kind(code), code)
        self.kind.setCurrentIndex(max(0, self.kind.findData(note.kind)))
        self.title = QLineEdit(note.title)
        self.title.setPlaceholderText(self.tr("Title (optional)"))
        self.title.setAccessibleName(self.tr("Title"))
        self.day = DayChoice(note.happened_on)
        self.body = QPlainTextEdit(note.body)
        self.body.setPlaceholderText(self.tr("What you saw, heard and did"))
        self.body.setAccessibleName(self.tr("Note"))
        self.body.setTabChangesFocus(True)
        self.body.setMinimumHeight(LEAST_HEIGHT)
        self.body.moveCursor(QTextCursor.MoveOperation.End)
        self._state = QHBoxLayout()
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        self._foot = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        if not addendum:
            layout.addLayout(row(self.kind, (self.title, 1), self.day))
        layout.addWidget(self.body, 1)
        layout.addWidget(self._complaint)
        layout.addLayout(self._foot)
        self._show_acts()
        self._show_state(note.at_headquarters, None)
        self.kind.currentIndexChanged.connect(lambda _: self._autosave.touched())
        self.title.textEdited.connect(lambda _: self._autosave.touched())
        self.body.textChanged.connect(self._autosave.touched)
        self.day.changed.connect(self._autosave.touched)

    def flush(self) -> None:
        """Save now what is typed."""
        self._autosave.flush()

    def told(self, note: NoteView) -> None:
        """The note as it is kept now: say where it is; what is typed stays as it is."""
        self._show_state(note.at_headquarters, None)

    def take_focus(self) -> None:
        """Begin with the words."""
        self.body.setFocus()

    def _save(self) -> None:
        note_id = self.note_id
        title, body = self.title.text(), self.body.toPlainText()
        kind, day = self.kind.currentData(), self.day.value()
        self._desk.act(
            lambda work: notes.save_note(
                work, note_id, title=title, body=body, kind=kind, happened_on=day
            ),
            "write note",
            lambda _: self._saved(),
            self._failed,
            owner=self,
        )

    def _saved(self) -> None:
        self._complain("")
        self._show_state(False, self._desk.now())

    def _failed(self, error: CasefieldError) -> None:
        self._complain(str(error))

    def _complain(self, text: str) -> None:
        self._complaint.setText(text)
        self._complaint.setVisible(bool(text))

    def _show_state(self, at_headquarters: bool, saved_at: datetime | None) -> None:
        empty(self._state)
        if saved_at is not None:
            time = words.clock_time(saved_at, self._desk.zone())
            text = self.tr("saved on this laptop {time}").format(time=time)
        else:
            text = self.tr("saved on this laptop")
        self._state.addWidget(Chip(self._theme, text, Tone.GOOD, "check"))
        if at_headquarters:
            text = self.tr("draft at headquarters")
            self._state.addWidget(Chip(self._theme, text, Tone.INFO, "cloud-check"))

    def _show_acts(self) -> None:
        empty(self._foot)
        self._state = QHBoxLayout()
        self._state.setSpacing(8)
        discard = button(self.tr("Discard draft"), self._ask_discard, role="destructive")
        sign = button(self.tr("Review and sign"), self._ask_sign, role="primary")
        self._foot.addLayout(row(self._state, 1, discard, sign))

    def _ask_sign(self) -> None:
        self.flush()
        if not self.body.toPlainText().strip():
            self._complain(self.tr("The note is empty. Write what happened, then sign."))
            self.body.setFocus()
            return
        empty(self._foot)
        number = len(self.body.toPlainText().split())
        what = self.tr("{kind}, {n} words: “{begin}”").format(
            kind=self.kind.currentText(), n=number, begin=_begin(self.body.toPlainText())
        )
        panel = SignPanel(self._desk, self._theme, what, notes.MEANING)
        panel.confirmed.connect(lambda: self._sign(panel))
        panel.cancelled.connect(self._back)
        self._foot.addWidget(panel)
        panel.field.setFocus()

    def _sign(self, panel: SignPanel) -> None:
        note_id = self.note_id
        self._desk.act(
            lambda work: notes.sign_note(work, note_id),
            "sign note",
            lambda _: self.signed.emit(),
            lambda error: panel.complain(str(error)),
            owner=self,
        )

    def _ask_discard(self) -> None:
        empty(self._foot)
        self._foot.addLayout(
            row(
                (label(self.tr("Take this draft back? It is gone then."), "strong", wrap=True), 1),
                button(self.tr("Keep it"), self._back),
                button(self.tr("Discard"), self._discard, role="alarm"),
            )
        )

    def _discard(self) -> None:
        note_id = self.note_id
        self._desk.act(
            lambda work: notes.discard_draft(work, note_id),
            "discard draft",
            lambda _: self.discarded.emit(),
            self._failed,
            owner=self,
        )

    def _back(self) -> None:
        self._show_acts()
        self._show_state(False, None)
        self.body.setFocus()


def _begin(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89]}…"
