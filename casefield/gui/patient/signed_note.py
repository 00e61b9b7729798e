"""A signed note as it stands for good, with its addenda beneath."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.care.views import NoteView
from casefield.gui.models.notes import note_about, note_title, signature
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.basics import hairline, label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.chip import Chip

LINE_WIDTH = 760  # longer lines are hard to read


class SignedNote(QWidget):
    """A note that never changes again.

    Args:
        theme: the theme in force.
        note: the note.
        editor: of the addendum that is being written; None where none is.
        add: begins an addendum.
    """

    def __init__(
        self, theme: Theme, note: NoteView, editor: QWidget | None, add: Callable[[], object]
    ) -> None:
        super().__init__()
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 14, 16, 14)
        self._layout.setSpacing(10)
        title = label(note_title(note), "section", wrap=True)
        self._layout.addLayout(row((title, 1), *self._chips(note)))
        self._layout.addWidget(label(note_about(note), "small", wrap=True))
        self._text(note)
        for addendum in note.addenda:
            if not addendum.mine:
                self._layout.addWidget(hairline())
                self._layout.addWidget(label(self.tr("Addendum"), "title"))
                self._text(addendum)
        self._layout.addWidget(hairline())
        if editor is not None:
            self._layout.addWidget(label(self.tr("Addendum, not signed yet"), "title"))
            self._layout.addWidget(editor)
        else:
            begin = button(self.tr("Add an addendum"), add).dress(theme, "plus")
            self._layout.addLayout(row(begin, 1))
        self._layout.addStretch(1)

    def _text(self, note: NoteView) -> None:
        for text, role, select in ((note.body, "", True), (signature(note), "small", False)):
            words = label(text, role, wrap=True, select=select)
            words.setMaximumWidth(sized(LINE_WIDTH))
            self._layout.addWidget(words)

    def _chips(self, note: NoteView) -> list[QWidget]:
        found: list[QWidget] = [Chip(self._theme, self.tr("signed"), Tone.GOOD, "check")]
        if note.late_entry:
            found.append(Chip(self._theme, self.tr("late entry"), Tone.WARNING, "clock"))
        if note.at_headquarters:
            found.append(Chip(self._theme, self.tr("at headquarters"), Tone.INFO, "cloud-check"))
        else:
            found.append(Chip(self._theme, self.tr("on this laptop"), Tone.NEUTRAL, "laptop"))
        return found
