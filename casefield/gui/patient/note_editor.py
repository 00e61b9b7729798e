"""Writing a note: kind, title, day, words; saved as they are typed, signed on purpose."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from casefield.care import notes
from casefield.care.views import NoteView
from casefield.errors import CasefieldError, StorageFull
from casefield.gui import words
from casefield.gui.autosave import Autosave
from casefield.gui.desk import Desk
from casefield.gui.models.notes import beginning
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.asking import SurePanel
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.choices import Choice, DayEdit
from casefield.gui.widgets.fitting import Fitting
from casefield.gui.widgets.sign_panel import SignPanel
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.turning import Turning

LEAST_HEIGHT = 96
ROOM_FOR_HEAD, ROOM_FOR_FOOT = 520, 500
EDGES = (16, 14, 16, 14)


class NoteEditor(QWidget):
    """One draft.

    Args:
        desk, theme: as everywhere.
        note: the draft.
        addendum: it stands beneath a signed note: no kind, title and day of its own.

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
        self.autosave = Autosave(self._save, self)
        self.kind = Choice(tuple((code, words.note_kind(code)) for code in notes.KINDS))
        self.kind.setAccessibleName(self.tr("Kind of note"))
        self.kind.choose(note.kind)
        self.title = QLineEdit(note.title)
        self.title.setPlaceholderText(self.tr("Title (optional)"))
        self.title.setAccessibleName(self.tr("Title"))
        self.day = DayEdit(note.happened_on or desk.today())
        self.day.setAccessibleName(self.tr("Day on which it happened"))
        self.body = QPlainTextEdit(note.body)
        self.body.setPlaceholderText(self.tr("What you saw, heard and did"))
        self.body.setAccessibleName(self.tr("Note"))
        self.body.setTabChangesFocus(True)
        self.body.setMinimumHeight(LEAST_HEIGHT)
        self.body.moveCursor(QTextCursor.MoveOperation.End)
        self.panel: SignPanel | SurePanel | None = None
        self._foot = Slot()
        self._state = Slot()
        self._kept = ("", note.at_headquarters)  # since when it is here, and whether it is there
        self.complaint = label("", "complaint", wrap=True)
        self.complaint.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*((0, 0, 0, 0) if addendum else EDGES))
        layout.setSpacing(10)
        if not addendum:
            what = row(self.kind, self.day)
            layout.addWidget(Turning(what, self.title, ROOM_FOR_HEAD, shares=(0, 1)))
        layout.addWidget(self.body, 1)
        layout.addWidget(self.complaint)
        foot = QWidget()
        foot.setLayout(self._foot)
        layout.addWidget(Fitting(foot, on_card=True))
        self._show_acts()
        self.kind.currentIndexChanged.connect(lambda _: self.autosave.touched())
        self.title.textEdited.connect(lambda _: self.autosave.touched())
        self.body.textChanged.connect(self.autosave.touched)
        self.day.dateChanged.connect(lambda _: self.autosave.touched())

    def flush(self) -> None:
        """Save now what is typed."""
        self.autosave.flush()

    def told(self, note: NoteView) -> None:
        """The note as it is kept now: say where it is; what is typed stays as it is."""
        if note.at_headquarters:
            self._show_state("", at_headquarters=True)

    def take_focus(self) -> None:
        """Go on with the words, or with the question that stands beneath."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            self.body.setFocus()

    # -- saving -------------------------------------------------------------------------------

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
        time = words.clock_time(self._desk.now(), self._desk.zone())
        self._show_state(time, at_headquarters=False)

    def _failed(self, error: CasefieldError) -> None:
        self._complain(str(error))
        if isinstance(error, StorageFull):
            self.autosave.touched()  # the words are here still: try again until there is room

    def _complain(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))

    def _show_state(self, time: str, *, at_headquarters: bool) -> None:
        self._kept = (time, at_headquarters)
        if self.panel is None:  # else a question stands where it would
            self._state.fill(self._kept, self._draw_state)

    def _draw_state(self) -> QLayout:
        time, at_headquarters = self._kept
        text = self.tr("saved on this laptop {time}").format(time=time).strip()
        here = Chip(self._theme, text, Tone.GOOD, "check")
        if not at_headquarters:
            return row(here, 1)
        text = self.tr("draft at headquarters")
        return row(here, Chip(self._theme, text, Tone.INFO, "cloud-check"), 1)

    # -- foot ---------------------------------------------------------------------------------

    def _show_acts(self) -> None:
        self.panel = None
        self._foot.clear()
        self._state = Slot()
        discard = button(self.tr("Discard draft"), self._ask_discard, role="destructive")
        sign = button(self.tr("Review and sign"), self._ask_sign, role="primary")
        self._foot.fill("acts", lambda: Turning(self._state, row(1, discard, sign), ROOM_FOR_FOOT))
        self._state.fill(self._kept, self._draw_state)

    def _ask_sign(self) -> None:
        self.flush()
        text = self.body.toPlainText()
        if not text.strip():
            self._complain(self.tr("The note is empty. Write what happened, then sign."))
            self.body.setFocus()
            return
        number = len(text.split())
        counted = self.tr("1 word") if number == 1 else self.tr("{n} words").format(n=number)
        what = self.tr("{kind}, {words}: “{begin}”").format(
            kind=self.kind.currentText(), words=counted, begin=beginning(text)
        )
        panel = SignPanel(self._desk, self._theme, what, notes.MEANING)
        panel.confirmed.connect(partial(self._sign, panel))
        self._open(panel)

    def _sign(self, panel: SignPanel) -> None:
        note_id = self.note_id
        self.flush()
        self._desk.act(
            lambda work: notes.sign_note(work, note_id),
            "sign note",
            lambda _: self.signed.emit(),
            lambda error: panel.complain(str(error)),
            owner=self,
        )

    def _ask_discard(self) -> None:
        panel = SurePanel(
            self.tr("Take this draft back? It is gone then."), self.tr("Discard draft")
        )
        panel.sure.connect(self._discard)
        self._open(panel)

    def _discard(self) -> None:
        note_id = self.note_id
        self._desk.act(
            lambda work: notes.discard_draft(work, note_id),
            "discard draft",
            lambda _: self.discarded.emit(),
            self._failed,
            owner=self,
        )

    def _open(self, panel: SignPanel | SurePanel) -> None:
        panel.cancelled.connect(self._back)
        self.panel = panel
        self._foot.fill(panel, lambda: panel)
        panel.take_focus()

    def _back(self) -> None:
        self._show_acts()
        self.body.setFocus()
