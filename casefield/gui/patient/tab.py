"""What every tab of the workspace has in common: a person, a reload, a listening ear."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from casefield.gui.desk import Desk, touches
from casefield.gui.theme.theme import Theme


class Tab(QWidget):
    """A tab about one person.

    Subclasses write `load` (ask the desk, then show) and name in `kinds` the records they show;
    when one of those changes, by an act here or by the sync, they load again.

    Signals:
        wants: (tab name, what) asks the workspace to show another tab at something,
            e.g. ("notes", note_id) or ("assessments", response_id).
        saved: what was typed is on this laptop.
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    wants = Signal(str, object)
    saved = Signal()

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self.theme = theme
        self.case_id: str | None = None
        desk.changed.connect(self._heard)

    def show_person(self, case_id: str) -> None:
        """Show a person; saves first what is typed about another."""
        self.leave()
        self.case_id = case_id
        self.load()

    def load(self) -> None:
        """Ask for what is shown, and show it."""
        raise NotImplementedError

    def leave(self) -> None:
        """Keep whatever is typed: the tab is about to show something else, or to close."""

    def open_at(self, what: Any) -> None:
        """Show one thing of this tab, after `show_person`."""

    def _heard(self, changed: Any) -> None:
        if self.case_id is not None and touches(changed, self.case_id, *self.kinds):
            self.load()
