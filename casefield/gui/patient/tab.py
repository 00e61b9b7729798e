"""What every tab of the workspace has in common: a person, a reload, a listening ear."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from casefield.gui.desk import Desk, touches
from casefield.gui.newest import Newest
from casefield.gui.theme.theme import Theme


class Tab(QWidget):
    """A tab about one person.

    Subclasses write `load` (ask the desk, then show) and name in `kinds` the records they show;
    when one of those changes, by an act here or by the sync, they load again.

    Signals:
        wants: (tab name, what) asks the workspace to show another tab at something,
            e.g. ("notes", note_id) or ("assessments", response_id).
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    wants = Signal(str, object)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self.theme = theme
        self.newest = Newest(desk, self)
        self.case_id: str | None = None
        desk.changed.connect(self._heard)

    def show_person(self, case_id: str) -> None:
        """Show a person."""
        if case_id != self.case_id:
            self.put_away()
        self.case_id = case_id
        self.load()

    def put_away(self) -> None:
        """Keep what is typed and be about nobody: no line of one person under another's name."""
        self.leave()
        self.forget()
        self.case_id = None

    def load(self) -> None:
        """Ask for what is shown, and show it."""
        raise NotImplementedError

    def leave(self) -> None:
        """Keep whatever is typed: the tab is about to show something else, or to close."""

    def save(self) -> None:
        """Save what is saved as it is typed, and change nothing that is seen."""

    def forget(self) -> None:
        """Show nothing about anybody, for the lock; only what is being typed stays."""
        raise NotImplementedError

    def open_at(self, what: Any) -> None:
        """Show one thing of this tab, after `show_person`."""

    def take_focus(self) -> bool:
        """Put the keyboard where work goes on; return whether there is such a place."""
        return False

    def _heard(self, changed: Any) -> None:
        if self.case_id is not None and touches(changed, self.case_id, *self.kinds):
            self.load()
