"""A form of the care plan: small, where the thing it changes stands, with its own Save."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.widgets.basics import row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.choices import Choice
from casefield.gui.widgets.fields import DayField, Field, LineField
from casefield.gui.widgets.keys import on_escape
from casefield.gui.widgets.turning import Turning

GAP, ROOM = 12, 420
Act = Callable[[Any], object]


class PlanEditor(QWidget):
    """A form with its own Save.

    Subclasses put their fields and say in `deed` what saving does.

    Args:
        desk: who saves.
        title: above the fields.

    Signals:
        closed: saved, or given up.
    """

    closed = Signal()

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self._desk = desk
        self._sent = False
        self._fields: list[Field] = []
        self._begin: list[object] = []
        self.card = Card(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card)
        on_escape(self, self.closed.emit)

    def put(self, *fields: Field) -> None:
        """Put fields beside each other beneath what is there; the first of all has the focus."""
        for field in fields:
            if isinstance(field, LineField):
                field.line.returnPressed.connect(self.save)
            self._fields.append(field)
        if len(fields) == 1:
            self.card.add(fields[0])
        else:
            first, *rest = fields
            beside = row(*((field, 1) for field in rest), spacing=GAP)
            self.card.add(Turning(first, beside, ROOM, shares=(1, len(rest)), spacing=GAP))

    def finish(self, text: str) -> None:
        """Close the form with its buttons."""
        self._begin = self._values()
        self.save_button = button(text, self.save, role="primary")
        self.card.add(row(1, button(self.tr("Cancel"), self.closed.emit), self.save_button))

    def take_focus(self) -> None:
        """Begin with the first field."""
        self._fields[0].control.setFocus()

    def deed(self) -> tuple[str, Act] | None:
        """Return the reason and the act of saving; None where a field complains."""
        raise NotImplementedError

    def worth_keeping(self) -> bool:
        """Tell whether something is typed that leaving the page must not lose."""
        values = self._values()
        first = values[0]
        said = bool(first.strip()) if isinstance(first, str) else first is not None
        return not self._sent and said and values != self._begin

    def save(self) -> None:
        """Save, once."""
        if self._sent:
            return
        found = self.deed()
        if found is None:
            return
        reason, act = found
        self._sent = True
        self._desk.act(act, reason, lambda _: self.closed.emit(), self._failed, owner=self)

    def _values(self) -> list[object]:
        return [_value(field) for field in self._fields]

    def _failed(self, error: CasefieldError) -> None:
        self._sent = False
        self._fields[0].complain(str(error))


def _value(field: Field) -> object:
    if isinstance(field, LineField):
        return field.text()
    if isinstance(field, DayField):
        return field.value()
    if isinstance(field.control, Choice):
        return field.control.currentData()
    return None
