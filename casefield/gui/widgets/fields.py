"""Input fields with their caption above and the complaint beneath."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from casefield.gui.widgets.basics import button, label, restyle


class Field(QWidget):
    """A caption, an input, a complaint.

    Args:
        caption: above the input; with & before its letter for Alt.
        control: the input.
        hint: a small word beneath, empty for none.
    """

    def __init__(self, caption: str, control: QWidget, hint: str = "") -> None:
        super().__init__()
        self.control = control
        head = label(caption, "strong")
        head.setBuddy(control)
        control.setAccessibleName(caption.replace("&", ""))
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addWidget(control)
        if hint:
            layout.addWidget(label(hint, "small", wrap=True))
        layout.addWidget(self._complaint)
        layout.addStretch(1)

    def complain(self, words: str) -> None:
        """Say what is wrong and how to mend it; an empty word takes it back."""
        self._complaint.setText(words)
        self._complaint.setVisible(bool(words))
        self.control.setProperty("wrong", bool(words))
        self.control.setAccessibleDescription(words)
        restyle(self.control)
        if words:
            self.control.setFocus()


class LineField(Field):
    """One line of text."""

    def __init__(
        self, caption: str, text: str = "", hint: str = "", *, secret: bool = False
    ) -> None:
        self.line = QLineEdit(text)
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        super().__init__(caption, self.line, hint)

    def text(self) -> str:
        """Return what was typed."""
        return self.line.text()


class DayField(Field):
    """A day, or none."""

    def __init__(self, caption: str, value: date | None, *, hint: str = "") -> None:
        self.choice = DayChoice(value)
        super().__init__(caption, self.choice, hint)

    def value(self) -> date | None:
        """Return the day, None where none is chosen."""
        return self.choice.value()


class DayChoice(QWidget):
    """A day with a way to have none."""

    changed = Signal()

    def __init__(self, value: date | None) -> None:
        super().__init__()
        self._edit = QDateEdit()
        self._edit.setCalendarPopup(True)
        self._edit.setDisplayFormat("d MMM yyyy")
        self._edit.setAccessibleName(self.tr("Day"))
        self._edit.setMinimumWidth(130)
        self._edit.dateChanged.connect(lambda _: self.changed.emit())
        self._add = button(self.tr("Set a day"), lambda: self.set_value(date.today()))
        self._clear = button(self.tr("No day"), lambda: self.set_value(None), role="link")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._edit)
        layout.addWidget(self._clear)
        layout.addWidget(self._add)
        layout.addStretch(1)
        self.setFocusProxy(self._edit)
        self._has = False
        self.set_value(value)

    def value(self) -> date | None:
        """Return the day, None where none is chosen."""
        if not self._has:
            return None
        day = self._edit.date()
        return date(day.year(), day.month(), day.day())

    def set_value(self, value: date | None) -> None:
        """Choose a day or none."""
        self._has = value is not None
        if value is not None:
            self._edit.setDate(QDate(value.year, value.month, value.day))
        self._edit.setVisible(self._has)
        self._clear.setVisible(self._has)
        self._add.setVisible(not self._has)
        self.changed.emit()
