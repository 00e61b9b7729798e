"""The answers to one question as buttons in a line: one click, one key, one answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from casefield.gui.models.assessment import Choice
from casefield.gui.widgets.basics import button


class AnswerBar(QWidget):
    """Buttons of which one is chosen. Digits choose by points (or by place), arrows move.

    Args:
        question: read aloud with each answer.
        choices: the answers in order.

    Signals:
        chosen: the code of the answer.
    """

    chosen = Signal(str)

    def __init__(self, question: str, choices: tuple[Choice, ...]) -> None:
        super().__init__()
        self._choices = choices
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for choice in choices:
            words = choice.text if choice.points is None else f"{choice.text}  {choice.points}"
            made = button(words, role="answer")
            made.setCheckable(True)
            made.setAccessibleName(f"{question} {words}")
            made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            made.clicked.connect(lambda _=False, code=choice.code: self.chosen.emit(code))
            self._group.addButton(made)
            self._buttons[choice.code] = made
            layout.addWidget(made, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(question)

    def choose(self, code: str | None) -> None:
        """Show an answer as chosen, or none."""
        self._group.setExclusive(False)
        for known, made in self._buttons.items():
            made.setChecked(known == code)
        self._group.setExclusive(True)

    def code(self) -> str | None:
        """Return the answer chosen."""
        return next((code for code, made in self._buttons.items() if made.isChecked()), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits answer; left and right move the answer."""
        text = event.text()
        if text.isdigit():
            code = self._by_number(int(text))
            if code is not None:
                self._take(code)
                return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        codes = [choice.code for choice in self._choices]
        here = self.code()
        place = codes.index(here) + step if here in codes else 0
        self._take(codes[max(0, min(len(codes) - 1, place))])

    def _by_number(self, number: int) -> str | None:
        if all(choice.points is not None for choice in self._choices):
            return next((c.code for c in self._choices if c.points == number), None)
        place = number - 1
        return self._choices[place].code if 0 <= place < len(self._choices) else None

    def _take(self, code: str) -> None:
        self.choose(code)
        self.chosen.emit(code)
