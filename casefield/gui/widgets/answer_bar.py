"""The answers to one question as buttons in a line: one click, one key, one answer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QWidget

from casefield.gui.models.assessment import Choice
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import restyle
from casefield.gui.widgets.buttons import button, icon_button


class AnswerBar(QWidget):
    """Buttons of which one is chosen; one stop of the Tab key.

    Digits choose by points (or by place), left and right move the answer, Delete clears it, the
    menu key offers the rest: declined, clear.

    Args:
        theme: the theme in force.
        question: read aloud with each answer.
        choices: the answers in order.
        fixed: signed: shown, and never changed.

    Signals:
        chosen: the code of the answer.
        declined: the person did not want to answer.
        cleared: no answer any more.
    """

    chosen = Signal(str)
    declined = Signal()
    cleared = Signal()

    def __init__(
        self, theme: Theme, question: str, choices: tuple[Choice, ...], *, fixed: bool = False
    ) -> None:
        super().__init__()
        self._choices = choices
        self._fixed = fixed
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for choice in choices:
            words = choice.text if choice.points is None else f"{choice.text}  {choice.points}"
            made = button(words, role="answer", name=f"{question} {words}")
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, code=choice.code: self.chosen.emit(code))
            if fixed:
                made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                made.setProperty("fixed", True)
            self._group.addButton(made)
            self._buttons[choice.code] = made
            layout.addWidget(made, 1)
        self._more = icon_button(theme, "ellipsis", self.tr("More answers"), self._show_more)
        self._more.setAccessibleName(self.tr("More answers to: {text}").format(text=question))
        self._more.setObjectName("more")
        self._more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = self._more.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._more.setSizePolicy(policy)
        layout.addWidget(self._more)
        self._more.setVisible(not fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(question)
        self.choose(None)

    def choose(self, code: str | None, *, declined: bool = False) -> None:
        """Show an answer as chosen, or none."""
        self._group.setExclusive(False)
        for known, made in self._buttons.items():
            made.setChecked(known == code)
        self._group.setExclusive(True)
        said = next((c.text for c in self._choices if c.code == code), "")
        if declined:
            said = self.tr("Did not want to answer")
        self.setToolTip(said if declined else "")
        self.setAccessibleDescription(said or self.tr("No answer yet"))

    def code(self) -> str | None:
        """Return the answer chosen."""
        return next((code for code, made in self._buttons.items() if made.isChecked()), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits answer; left and right move the answer; Delete clears it."""
        if self._fixed:
            super().keyPressEvent(event)
            return
        text = event.text()
        if text.isdigit():
            code = self._by_number(int(text))
            if code is not None:
                self._take(code)
                return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        codes = [choice.code for choice in self._choices]
        here = self.code()
        place = codes.index(here) + step if here in codes else 0
        self._take(codes[max(0, min(len(codes) - 1, place))])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key, or the right button."""
        if not self._fixed:
            self._show_more()

    def focusInEvent(self, event: object) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._mark(focused=True)

    def focusOutEvent(self, event: object) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._mark(focused=False)

    def menu(self) -> QMenu:
        """Return what else can be said to the question."""
        made = QMenu(self)
        made.addAction(self.tr("Asked, did not want to answer"), self.declined.emit)
        made.addAction(self.tr("Clear the answer"), self.cleared.emit)
        return made

    def _show_more(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _mark(self, *, focused: bool) -> None:
        """The ring stands around the answer given, or the first one."""
        ringed = self.code() or (self._choices[0].code if self._choices else None)
        for code, made in self._buttons.items():
            state = focused and code == ringed
            if bool(made.property("ring")) != state:
                made.setProperty("ring", state)
                restyle(made)

    def _by_number(self, number: int) -> str | None:
        if all(choice.points is not None for choice in self._choices):
            return next((c.code for c in self._choices if c.points == number), None)
        place = number - 1
        return self._choices[place].code if 0 <= place < len(self._choices) else None

    def _take(self, code: str) -> None:
        self.choose(code)
        self._mark(focused=self.hasFocus())
        self.chosen.emit(code)
