"""Two versions of one field side by side: keep one, both, or write a third."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from casefield.care import conflicts
from casefield.care.conflict_views import BOTH, THIRD, ConflictView, Settled
from casefield.errors import CasefieldError, NotAllowed, NotFound
from casefield.gui.desk import Desk
from casefield.gui.models.conflict import FieldLine, Third, Told, Version, tell
from casefield.gui.newest import Newest
from casefield.gui.pages.page import Page
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import column, label, row, scrolled
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.fields import Field, LineField
from casefield.gui.widgets.keys import on_escape, on_key
from casefield.gui.widgets.marked_text import MarkedText
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.turning import Turning

if TYPE_CHECKING:
    from casefield.records.work import Work

ROOM = 640
TEXT_HEIGHT = 84


class ConflictPage(Page):
    """One disagreement after another.

    Signals:
        back_wanted: show what was shown before.
    """

    back_wanted = Signal()

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme, self.tr("Two versions of one field"))
        self.conflict_id = ""
        self._case_id: str | None = None
        self._newest = Newest(desk, self)
        self._editors: dict[str, QLineEdit | QPlainTextEdit] = {}
        self._field: Field | None = None
        self._typed: dict[tuple[str, str], str] = {}
        self._acts: list[QPushButton] = []
        self._said_before = ""
        self._focus_due = False
        self.back = button(self.tr("Back"), self.back_wanted.emit, theme=theme, icon_name="x")
        self.bar.insertWidget(3, self.back)
        self.complaint = label("", "complaint", wrap=True)
        self.complaint.hide()
        self._content = QWidget()
        self._slot = Slot()
        self._content.setLayout(self._slot)
        self.body.addWidget(self.complaint)
        self.body.addWidget(scrolled(self._content), 1)
        on_escape(self, self.back_wanted.emit)
        desk.changed.connect(lambda _: self.load() if self.isVisible() else None)

    def show_conflict(self, conflict_id: str, case_id: str | None = None) -> None:
        """Show a disagreement; afterwards those of the same person, or of all.

        Args:
            case_id: stay with this person.
        """
        self.leave()
        self.conflict_id, self._case_id = conflict_id, case_id
        self._said_before = ""
        self.complaint.hide()
        self._slot.clear()
        self._focus_due = True
        self.load()

    def load(self) -> None:
        """Ask for the disagreement, or for the next one where it is settled."""
        conflict_id = self.conflict_id
        if conflict_id:
            self._newest.ask(
                conflict_id,
                lambda work: conflicts.conflict(work, conflict_id),
                self._show,
                self._gone,
            )
        else:
            self._show_nothing_left()

    def leave(self) -> None:
        """Keep what is typed."""
        for name, editor in self._editors.items():
            self._typed[self.conflict_id, name] = _text(editor)

    def forget(self) -> None:
        """Show nobody any more; what was typed comes back with the disagreement."""
        self.leave()
        self._empty()
        self.aside.clear()
        self.complaint.hide()
        self._slot.clear()

    def take_focus(self) -> None:
        """Begin with the first choice."""
        if self._acts:
            self._acts[0].setFocus()
        else:
            self.back.setFocus()

    def choices(self) -> list[str]:
        """Return the choices as their buttons say them."""
        return [act.accessibleName() for act in self._acts]

    # -- shown --------------------------------------------------------------------------------

    def _show(self, view: ConflictView) -> None:
        told = tell(view, self.desk.zone())
        self.aside.setText(told.person)
        self.leave()  # what is typed goes into the editors that are made now
        if self._slot.fill(told, partial(self._draw, told)) and self._focus_due:
            self.take_focus()
        self._focus_due = False

    def _draw(self, told: Told) -> QVBoxLayout:
        self._empty()
        pile = column(spacing=12)
        if self._said_before:
            pile.addWidget(label(self._said_before, "good", wrap=True))
        pile.addWidget(label(told.what, "section", wrap=True))
        for note in told.notes:
            pile.addWidget(label(note, "mute", wrap=True))
        first, *others = [self._version(told, version) for version in told.versions]
        pile.addWidget(Turning(first, others[0], ROOM, shares=(1, 1), spacing=16))
        for one in others[1:]:
            pile.addWidget(one)
        if told.both or told.third is not None:
            pile.addWidget(self._together(told))
        pile.addWidget(self._before(told.before))
        pile.addStretch(1)
        return pile

    def _version(self, told: Told, version: Version) -> Card:
        card = Card(version.head, version.who)
        card.setAccessibleName(f"{version.head}. {version.who}")
        tone = "good" if version.mine else "info"
        for line in version.lines:
            card.add(self._line(line, tone, version.head))
        if version.act:
            deed = partial(self._settle, version.conflict_id, version.choice)
            card.add(row(self._choice(version.act, deed, primary=not self._acts), 1))
        card.fill()
        return card

    def _line(self, line: FieldLine, tone: str, whose: str) -> QVBoxLayout:
        pieces = ((run.text, run.marked) for run in line.runs)
        differs = ""
        if line.differs_wholly:
            differs = self.tr("All of it differs.")
        elif line.only_here:
            differs = self.tr("Only here: {text}").format(text=" … ".join(line.only_here))
        return column(
            label(line.name, "small") if line.name else None,
            MarkedText(self.theme, pieces, tone, line.name or whose),
            label(differs, "small", wrap=True) if differs else None,
            spacing=4,
        )

    def _together(self, told: Told) -> Card:
        card = Card(self.tr("Or write it together") if told.third else self.tr("Or keep both"))
        third = told.third
        if third is not None:
            for name, caption, start in third.fields:
                kept = self._typed.get((told.conflict_id, name), start)
                card.add(self._editor(third, name, caption, kept))
        buttons = row(spacing=8)
        if told.both:
            both = partial(self._settle, told.conflict_id, BOTH)
            buttons.addWidget(self._choice(self.tr("Keep &both, one below the other"), both))
        buttons.addStretch(1)
        if third is not None:
            write = partial(self._settle_third, told.conflict_id)
            buttons.addWidget(self._choice(self.tr("&Use this text"), write))
        card.add(buttons)
        return card

    def _editor(self, third: Third, name: str, caption: str, kept: str) -> QWidget:
        if not third.text:
            field = LineField(caption, kept)
            self._editors[name], self._field = field.line, field
            field.line.returnPressed.connect(partial(self._settle_third, self.conflict_id))
            return field
        edit = QPlainTextEdit(kept)
        edit.setTabChangesFocus(True)
        edit.setMinimumHeight(sized(TEXT_HEIGHT))
        edit.setMaximumHeight(sized(2 * TEXT_HEIGHT))
        self._field = Field(caption, edit)
        self._editors[name] = edit
        return self._field

    def _before(self, lines: tuple[FieldLine, ...]) -> Card:
        card = Card(self.tr("Before both"))
        for line in lines:
            text = f"{line.name}: {line.text}" if line.name else line.text
            card.add(label(text, "mute", wrap=True, select=True))
        if not lines:
            card.add(label(self.tr("It is not known what stood here before."), "mute", wrap=True))
        return card

    def _choice(self, text: str, deed: Any, *, primary: bool = False) -> QPushButton:
        """Return a choice's button; Enter presses it, arrows go to the next one."""
        made = button(text, deed, role="primary" if primary else "")
        made.setAccessibleName(text.replace("&", ""))
        for keys in ("Return", "Enter"):
            on_key(made, keys, made.click)
        self._acts.append(made)
        return made

    def _empty(self) -> None:
        self._editors, self._acts, self._field = {}, [], None

    # -- settled ------------------------------------------------------------------------------

    def _settle_third(self, conflict_id: str) -> None:
        self._settle(conflict_id, THIRD, {n: _text(e) for n, e in self._editors.items()})

    def _settle(
        self, conflict_id: str, choice: str, values: Mapping[str, Any] | None = None
    ) -> None:
        self._let(enabled=False)
        self.desk.act(
            lambda work: conflicts.settle(work, conflict_id, choice, values),
            "settle a conflict",
            self._settled,
            self._not_settled,
            owner=self,
        )

    def _settled(self, done: Settled) -> None:
        if done.addendum_id:
            said = self.tr("Settled: the words are the draft of an addendum, for you to sign.")
        elif done.restored_id:
            said = self.tr("Settled: the record was removed, its content is in a new one.")
        else:
            said = self.tr("Settled. Both versions stay in the history.")
        self._go_on(said)

    def _not_settled(self, error: CasefieldError) -> None:
        self._let(enabled=True)
        if isinstance(error, NotFound):
            self._gone(error)
        elif self._field is not None and not isinstance(error, NotAllowed):
            self._field.complain(str(error))
        else:
            self.complaint.setText(str(error))
            self.complaint.show()
            self.load()

    def _gone(self, error: CasefieldError) -> None:
        """Somebody settled it, or the person left this laptop: say so, and go on."""
        if isinstance(error, NotAllowed | NotFound):
            self._go_on(str(error))
        else:
            self.desk.complained.emit(error)

    def _go_on(self, said: str) -> None:
        """Show the next one, or that there is none."""
        for key in [key for key in self._typed if key[0] == self.conflict_id]:
            del self._typed[key]
        self._empty()
        self.conflict_id, self._said_before = "", said
        self.complaint.hide()
        case_id = self._case_id
        self._newest.ask("next", lambda work: _next(work, case_id), self._show_next)

    def _show_next(self, conflict_id: str) -> None:
        if self.conflict_id:
            return  # another one was opened meanwhile
        if conflict_id:
            self.conflict_id, self._focus_due = conflict_id, True
            self.load()
            return
        self._show_nothing_left()
        self.take_focus()

    def _show_nothing_left(self) -> None:
        self.aside.clear()
        self._slot.fill(self._said_before, self._nothing_left)

    def _nothing_left(self) -> QLayout:
        nothing = EmptyState(
            self.theme,
            "circle-check",
            self.tr("Nothing needs a decision"),
            self._said_before,
            (self.tr("Back"), self.back_wanted.emit),
        )
        if nothing.act is not None:
            for keys in ("Return", "Enter"):
                on_key(nothing.act, keys, nothing.act.click)
            self._acts = [nothing.act]
        return column(nothing)

    def _let(self, *, enabled: bool) -> None:
        for act in self._acts:
            act.setEnabled(enabled)


def _next(work: Work, case_id: str | None) -> str:
    """Return the next conflict: of this person, else none; without a person, of anybody."""
    return next(iter(conflicts.undecided(work, case_id)), "")


def _text(editor: QLineEdit | QPlainTextEdit) -> str:
    return editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()
