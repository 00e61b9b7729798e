"""The questions of one asking as rows: number, words, answers, and what was answered last time."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from casefield.forms.state import Answer, Chosen, Declined
from casefield.gui.models.assessment import FormRow
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.answer_bar import AnswerBar
from casefield.gui.widgets.basics import empty, label, restyle, row
from casefield.gui.widgets.card import Card

ANSWERS_SHARE, QUESTION_SHARE = 11, 8
NUMBER_WIDTH, PREVIOUS_WIDTH = 26, 68
LEAST_QUESTION = 300  # beneath this width, answers go beneath their question
BESIDE = QBoxLayout.Direction.LeftToRight
BENEATH = QBoxLayout.Direction.TopToBottom


class QuestionRows(QWidget):
    """The rows.

    Args:
        theme: the theme in force.

    Signals:
        answered: (link id, answer or None) the worker gave or cleared an answer.
    """

    answered = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shape: tuple[object, ...] = ()
        self.bars: dict[str, AnswerBar] = {}
        self._frames: dict[str, QFrame] = {}
        self._previous: dict[str, str] = {}
        self._turning: list[QBoxLayout] = []
        card = Card().bare()
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        card.add(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

    def show_rows(self, rows: tuple[FormRow, ...], *, fixed: bool) -> None:
        """Show rows with their answers; only what differs is drawn anew."""
        shape = (fixed, *((r.link_id, r.text, r.choices, r.previous) for r in rows))
        if shape != self._shape:
            self._shape = shape
            self._build(rows, fixed=fixed)
        for found in rows:
            self._update(found)

    def forget(self) -> None:
        """Show no answer; the questions stay, and the keyboard with them."""
        for link, bar in self.bars.items():
            bar.choose(None)
            self._state(link, "")

    def focus_first(self, without_answer: str | None) -> None:
        """Put the keyboard on a question, else on the first."""
        link = without_answer or next(iter(self.bars), None)
        if link in self.bars:
            self.bars[link].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn the rows where question and answers have no room beside each other."""
        super().resizeEvent(event)
        self._turn()

    def _build(self, rows: tuple[FormRow, ...], *, fixed: bool) -> None:
        empty(self._body)
        self.bars.clear()
        self._frames.clear()
        self._turning.clear()
        for number, found in enumerate(rows):
            frame = QFrame()
            frame.setObjectName("formrow" if number < len(rows) - 1 else "lastrow")
            self._frames[found.link_id] = frame
            if found.choices:
                self._question(frame, found, fixed=fixed)
            else:
                line = row(label(found.text, "strong", wrap=True))
                line.setContentsMargins(14, 8, 14, 8)
                frame.setLayout(line)
            self._body.addWidget(frame)
        self._turn()

    def _question(self, frame: QFrame, found: FormRow, *, fixed: bool) -> None:
        number = label(found.number, "mute")
        number.setFixedWidth(sized(NUMBER_WIDTH))
        bar = AnswerBar(self._theme, found.text, found.choices, fixed=fixed)
        link = found.link_id
        bar.chosen.connect(lambda code: self._given(link, Chosen(code)))
        bar.declined.connect(partial(self._given, link, Declined()))
        bar.cleared.connect(partial(self._given, link, None))
        self.bars[link] = bar
        was = self.tr("was {answer}").format(answer=found.previous) if found.previous else ""
        before = label(was, "small", wrap=True)
        before.setFixedWidth(sized(PREVIOUS_WIDTH))
        before.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        turning = QBoxLayout(BESIDE)
        turning.setSpacing(8)
        turning.addWidget(label(found.text, wrap=True), QUESTION_SHARE)
        turning.addWidget(bar, ANSWERS_SHARE)
        self._turning.append(turning)
        line = row(number, spacing=8)
        line.setContentsMargins(14, 5, 14, 5)
        line.addLayout(turning, 1)
        line.addWidget(before)
        frame.setLayout(line)

    def _given(self, link: str, answer: Answer | None) -> None:
        self.answered.emit(link, answer)

    def _update(self, found: FormRow) -> None:
        bar = self.bars.get(found.link_id)
        if bar is not None:
            bar.choose(found.code, declined=found.declined)
        self._state(
            found.link_id, "alarm" if found.alarming else "declined" if found.declined else ""
        )

    def _state(self, link: str, state: str) -> None:
        frame = self._frames[link]
        if (frame.property("state") or "") != state:
            frame.setProperty("state", state)
            restyle(frame)

    def _turn(self) -> None:
        widest = max((bar.minimumSizeHint().width() for bar in self.bars.values()), default=0)
        aside = sized(NUMBER_WIDTH) + sized(PREVIOUS_WIDTH) + 60
        beside = self.width() >= widest + sized(LEAST_QUESTION) + aside
        for layout in self._turning:
            wanted = BESIDE if beside else BENEATH
            if layout.direction() != wanted:
                layout.setDirection(wanted)
