"""A person's notes as lines: title, what kind, day, author; needs no window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from casefield.care.views import NoteView
from casefield.gui import words
from casefield.gui.models.lines import Line
from casefield.gui.theme.tokens import Tone

_translate = QCoreApplication.translate
BEGIN = 90
ICONS = {
    "home_visit": "house",
    "phone": "phone",
    "clinic": "stethoscope",
    "video": "laptop",
    "team_conference": "users",
    "other": "sticky-note",
}


def note_title(note: NoteView) -> str:
    """Return a note's title, or its kind."""
    return note.title or words.note_kind(note.kind)


def note_line(note: NoteView) -> Line:
    """Return a note as a line; it stands for the note's id."""
    is_draft = note.status == "draft"
    parts = [
        _translate("notes", "draft") if is_draft else "",
        words.day(note.happened_on) if note.happened_on else "",
        note.author,
        _addenda(len(note.addenda)),
    ]
    return Line(
        note_title(note),
        " · ".join(part for part in parts if part),
        ICONS.get(note.kind, "sticky-note"),
        note.note_id,
        Tone.WARNING if is_draft else Tone.NEUTRAL,
    )


def note_about(note: NoteView) -> str:
    """Return what stands beneath a note's title: kind, day, author."""
    day = words.day(note.happened_on, weekday=True) if note.happened_on else ""
    return " · ".join(part for part in (words.note_kind(note.kind), day, note.author) if part)


def signature(note: NoteView) -> str:
    """Return who signed a note, when, and what the signature says; empty for a draft."""
    if note.signed_at is None:
        return ""
    return _translate("notes", "Signed by {who}, {when}: “{meaning}.”").format(
        who=note.signed_by or note.author,
        when=words.moment(note.signed_at, note.zone),
        meaning=note.signature_meaning or "",
    )


def holds(note: NoteView, note_id: str) -> bool:
    """Tell whether an id is a note's or one of its addenda's."""
    return note.note_id == note_id or any(a.note_id == note_id for a in note.addenda)


def draft_of(note: NoteView) -> NoteView | None:
    """Return what the reader may still write: the note, or an addendum to it."""
    return note if note.mine else next((a for a in note.addenda if a.mine), None)


def beginning(text: str) -> str:
    """Return how a text begins, in a line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= BEGIN:
        return line
    return f"{line[:BEGIN].rpartition(' ')[0] or line[:BEGIN]} …"


def _addenda(number: int) -> str:
    if number == 0:
        return ""
    if number == 1:
        return _translate("notes", "1 addendum")
    return _translate("notes", "{n} addenda").format(n=number)
