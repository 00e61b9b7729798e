"""Input fields with their caption above and the complaint beneath."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from casefield.gui.widgets.basics import label, restyle
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.choices import DayEdit


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
        head = label(caption, "strong", wrap=True)
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

    def __init__(self, caption: str, value: date | None, today: date, *, hint: str = "") -> None:
        self.choice = DayChoice(value, today)
        super().__init__(caption, self.choice, hint)

    def value(self) -> date | None:
        """Return the day, None where none is chosen."""
        return self.choice.value()


class DayChoice(QWidget):
    """A day with a way to have none.

    Args:
        value: the day, None for none.
        today: where one begins to choose.
    """

    changed = Signal()

    def __init__(self, value: date | None, today: date) -> None:
        super().__init__()
        self.edit = DayEdit(value or today)
        self.edit.setAccessibleName(self.tr("Day"))
        self.edit.dateChanged.connect(lambda _: self.changed.emit())
        self.add = button(self.tr("Set a day"), lambda: self._begin(today))
        self.clear = button(self.tr("No day"), lambda: self.set_value(None), role="link")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)
        layout.addWidget(self.clear)
        layout.addWidget(self.add)
        layout.addStretch(1)
        self._has = False
        self.set_value(value)

    def value(self) -> date | None:
        """Return the day, None where none is chosen."""
        return self.edit.value() if self._has else None

    def set_value(self, value: date | None) -> None:
        """Choose a day or none."""
        with_keyboard = self.isAncestorOf(QApplication.focusWidget() or self)
        self._has = value is not None
        if value is not None:
            self.edit.set_value(value)
        self.edit.setVisible(self._has)
        self.clear.setVisible(self._has)
        self.add.setVisible(not self._has)
        self.setFocusProxy(self.edit if self._has else self.add)
        if with_keyboard:
            self.setFocus()
        self.changed.emit()

    def _begin(self, today: date) -> None:
        self.set_value(today)
        self.edit.setFocus()
