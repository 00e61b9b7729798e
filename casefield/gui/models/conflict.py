"""Two versions of one field, as the side-by-side view says them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from PySide6.QtCore import QCoreApplication

from casefield.care.conflict_views import BOTH, CURRENT, PROPOSED, THIRD, ConflictView, Side, Values
from casefield.care.conflicts import both_texts
from casefield.gui import values, words

DELETED, SIGNED, MISSING = "deleted", "signed", "missing"
TOKENS = re.compile(r"\s+|\S+")


@dataclass(frozen=True)
class Run:
    """A piece of a text; marked where the other version says it differently."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class FieldLine:
    """A field of a version: its name where there are several, its value in marked pieces."""

    name: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The value, without marks."""
        return "".join(run.text for run in self.runs)

    @property
    def only_here(self) -> tuple[str, ...]:
        """What the other version does not say; nothing where it says nothing alike."""
        if self.differs_wholly:
            return ()
        found = (run.text.strip() for run in self.runs if run.marked)
        return tuple(text for text in found if text)

    @property
    def differs_wholly(self) -> bool:
        """Whether the versions have no word in common."""
        return bool(self.runs) and all(run.marked for run in self.runs)


@dataclass(frozen=True)
class Version:
    """One of the versions that can be chosen.

    Attributes:
        head: whose it is.
        who: by whom and when, in this place's time.
        act: the words of its button; empty where it can't be chosen.
        choice, conflict_id: what settling is told.
    """

    head: str
    who: str
    lines: tuple[FieldLine, ...]
    act: str
    choice: str
    conflict_id: str
    mine: bool


@dataclass(frozen=True)
class Third:
    """A version of one's own: the fields with what their editors hold at first.

    Attributes:
        text: it is one text of any length.
    """

    fields: tuple[tuple[str, str, str], ...]
    text: bool


@dataclass(frozen=True)
class Told:
    """A whole disagreement in words.

    Attributes:
        person, what: whose record; which part of it, which field.
        notes: what is to be known before one decides.
        versions: the reader's own first.
        both: the texts can be kept one below the other.
        before: what stood before both wrote.
    """

    conflict_id: str
    case_id: str | None
    person: str
    what: str
    notes: tuple[str, ...]
    versions: tuple[Version, ...]
    both: bool
    third: Third | None
    before: tuple[FieldLine, ...]


def tell(view: ConflictView, zone: str) -> Told:
    """Return a disagreement in words."""
    sides = _sides(view)
    versions = tuple(
        _version(view, side, sides[1 if n == 0 else 0][1], zone)
        for n, (side, _) in enumerate(sides)
    )
    return Told(
        view.conflict_id,
        view.case_id,
        *about(view),
        _notes(view, zone),
        tuple(sorted(versions, key=lambda version: not version.mine)),
        BOTH in view.choices,
        _third(view, sides[0][0].mine),
        _plain(view.base, view, zone),
    )


def about(view: ConflictView) -> tuple[str, str]:
    """Return a disagreement for a list: whose, and what of it."""
    parts = (_record(view), _field(view))
    return view.person, " · ".join(part for part in parts if part)


def differing(text: str, other: str) -> tuple[Run, ...]:
    """Return a text in pieces, marked where another text says something else, word by word."""
    mine, theirs = TOKENS.findall(text), TOKENS.findall(other)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    runs = []
    for tag, start, end, _, _ in matcher.get_opcodes():
        piece = "".join(mine[start:end])
        if piece:
            runs.append(Run(piece, tag != "equal" and bool(piece.strip())))
    return tuple(_joined(runs))


def _joined(runs: list[Run]) -> list[Run]:
    """Put pieces together between which there is only a space."""
    found: list[Run] = []
    for number, run in enumerate(runs):
        after = runs[number + 1] if number + 1 < len(runs) else None
        bridge = not run.text.strip() and found and found[-1].marked and after and after.marked
        marked = run.marked or bool(bridge)
        if found and found[-1].marked == marked:
            found[-1] = Run(found[-1].text + run.text, marked)
        else:
            found.append(Run(run.text, marked))
    return found


def _sides(view: ConflictView) -> list[tuple[Side, Values]]:
    """Return the versions with the values they are compared by, the reader's own first."""
    current = view.current
    if view.changed_since:  # what stands now is what keeping it keeps
        current = Side(
            CURRENT, view.conflict_id, view.standing, view.standing_by, view.standing_at, False
        )
    found = [(current, current.values), *((side, side.values) for side in view.proposals)]
    return sorted(found, key=lambda pair: not pair[0].mine)


def _version(view: ConflictView, side: Side, other: Values, zone: str) -> Version:
    tr = QCoreApplication.translate
    by = side.by or tr("conflict", "somebody not known")
    if side.choice == CURRENT and view.changed_since:
        head, who = tr("conflict", "As it stands now"), by
        act = tr("conflict", "Keep what stands")
    elif side.mine:
        head, who = tr("conflict", "Yours"), by
        act = tr("conflict", "Take &mine")
    else:
        head, who = tr("conflict", "{name} wrote").format(name=by), ""
        act = tr("conflict", "Keep &theirs")
        if len(view.proposals) > 1 or not any(s.mine for s in (view.current, *view.proposals)):
            act = tr("conflict", "Keep what {name} wrote").format(name=by)
    when = words.moment(side.at, zone, weekday=True) if side.at else _no_time()
    possible = side.choice in view.choices
    return Version(
        head,
        f"{who} · {when}" if who else when,
        _compared(side.values, other, view, zone),
        act if possible else "",
        CURRENT if side.choice == CURRENT else PROPOSED,
        side.conflict_id,
        side.mine,
    )


def _no_time() -> str:
    return QCoreApplication.translate("conflict", "time not known")


def _compared(mine: Values, other: Values, view: ConflictView, zone: str) -> tuple[FieldLine, ...]:
    against = {value.name: _value(value.name, value.value, view, zone) for value in other}
    lines = []
    for value in mine:
        text = _value(value.name, value.value, view, zone)
        name = values.field_name(value.name) if len(mine) > 1 else ""
        lines.append(FieldLine(name, differing(text, against.get(value.name, ""))))
    return tuple(lines)


def _plain(said: Values, view: ConflictView, zone: str) -> tuple[FieldLine, ...]:
    return tuple(
        FieldLine(
            values.field_name(value.name) if len(said) > 1 else "",
            (Run(_value(value.name, value.value, view, zone)),),
        )
        for value in said
    )


def _value(name: str, value: Any, view: ConflictView, zone: str) -> str:
    tr = QCoreApplication.translate
    if view.unit == DELETED and name == DELETED:
        return tr("conflict", "Remove it") if value else tr("conflict", "Keep it")
    if view.unit == SIGNED and name == SIGNED:
        return tr("conflict", "Sign it") if value else tr("conflict", "Not signed yet")
    return values.said(value, zone)


def _record(view: ConflictView) -> str:
    if view.record_type == "Patient":
        return ""  # the person's name says it
    return values.about(view.record_type, view.title)


def _field(view: ConflictView) -> str:
    return values.field_name(view.unit) if view.unit else ""


def _notes(view: ConflictView, zone: str) -> tuple[str, ...]:
    tr = QCoreApplication.translate
    notes = [
        tr(
            "conflict",
            "Both were written before either was seen. Whichever you choose, the other one stays "
            "in the history.",
        )
    ]
    if view.unit == SIGNED:
        notes.append(
            tr(
                "conflict",
                "It changed before the signature arrived. Its author reads it as it stands now "
                "and signs again.",
            )
        )
    elif view.state == SIGNED:
        notes.append(
            tr(
                "conflict",
                "It is signed meanwhile and stays as it is: another choice than what stands "
                "becomes the draft of an addendum, for you to sign.",
            )
        )
    elif view.state == DELETED and view.unit != DELETED:
        notes.append(tr("conflict", "The record was removed meanwhile."))
    elif view.state == MISSING:
        notes.append(tr("conflict", "The record is not on this laptop."))
    if view.changed_since:
        first = ", ".join(values.said(value.value, zone) for value in view.current.values)
        notes.append(
            tr(
                "conflict", "It was changed once more since; before, {name} had written: {text}"
            ).format(name=view.current.by, text=first)
        )
    return tuple(notes)


def _third(view: ConflictView, mine_first: bool) -> Third | None:
    if THIRD not in view.choices:
        return None
    start = view.mine(view.conflict_id) if mine_first else view.current
    if BOTH in view.choices:
        (value,) = view.standing
        return Third(((value.name, values.field_name(value.name), both_texts(view)),), text=True)
    sides = (view.current, *view.proposals)
    if not all(values.is_prose(value.value) for side in sides for value in side.values):
        return None  # codes are chosen where the record is edited, not typed
    fields = tuple(
        (value.name, values.field_name(value.name), "" if value.value is None else str(value.value))
        for value in start.values
    )
    return Third(fields, text=False)
