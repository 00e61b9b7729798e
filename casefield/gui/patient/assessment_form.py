"""One asking: a row a question, saved with each answer, safety met at once, then signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from casefield.care import assess
from casefield.care.views import AssessmentForm, SafetyView
from casefield.errors import CasefieldError
from casefield.forms.state import Answer, Chosen, Declined
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.assessment import FormRow, form_rows
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.answer_bar import AnswerBar
from casefield.gui.widgets.basics import (
    button,
    column,
    dress,
    empty,
    icon_label,
    label,
    restyle,
    row,
    scrolled,
)
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.sign_panel import SignPanel

ANSWERS_SHARE, QUESTION_SHARE = 11, 8
PREVIOUS_WIDTH = 64
SETTLE_MS = 60  # the page is laid out by then


class AssessmentPage(QWidget):
    """An asking.

    Signals:
        closed: back to the list.
        follow_up: (instrument, session) ask this now, in the same session.
    """

    closed = Signal()
    follow_up = Signal(str, str)

    def __init__(self, desk: Desk, theme: Theme, response_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._theme = theme
        self._id = response_id
        self._form: AssessmentForm | None = None
        self._shape: tuple[str, ...] = ()
        self.bars: dict[str, AnswerBar] = {}
        self._rows: dict[str, QFrame] = {}
        self._head = QVBoxLayout()
        self._body = QVBoxLayout()
        self._safety = QVBoxLayout()
        self._foot = QVBoxLayout()
        self._copyright = label("", "small", wrap=True)
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        card = Card()
        card._layout.setContentsMargins(1, 1, 1, 1)
        card.add(self._body)
        self._body.setSpacing(0)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(20, 14, 20, 16)
        inner.setSpacing(10)
        inner.addLayout(self._head)
        inner.addWidget(card)
        inner.addLayout(self._safety)
        inner.addWidget(self._complaint)
        inner.addLayout(self._foot)
        inner.addWidget(self._copyright)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._area = scrolled(content)
        layout.addWidget(self._area)
        self._signing = False
        self._unmet: tuple[str, ...] = ()

    def load(self) -> None:
        """Ask for the asking as it is kept."""
        response_id = self._id
        self._desk.ask(
            lambda work: assess.open_assessment(work, response_id), self._show, owner=self
        )

    def _show(self, form: AssessmentForm) -> None:
        self._form = form
        rows = form_rows(form)
        shape = tuple(r.link_id for r in rows)
        first = not self._shape
        if shape != self._shape:
            self._build(form, rows)
            self._shape = shape
        for found in rows:
            self._update(found)
        self._show_head(form)
        self._show_safety(form)
        if not self._signing:
            self._show_foot(form)
        self._copyright.setText(form.questionnaire.copyright)
        if first and form.view.mine:
            self._focus_first()

    # -- head ---------------------------------------------------------------------------------

    def _show_head(self, form: AssessmentForm) -> None:
        empty(self._head)
        view = form.view
        back = button("", self.closed.emit)
        dress(back, self._theme, "arrow-left")
        back.setAccessibleName(self.tr("Back to the list"))
        when = words.moment(view.authored_at, view.zone)
        about = self.tr("asked by {who}, {when}").format(who=view.author, when=when)
        chips: list[QWidget] = []
        if view.signed_at is not None:
            chips.append(Chip(self._theme, self.tr("signed"), Tone.GOOD, "check"))
        else:
            chips.append(Chip(self._theme, self.tr("saved on this laptop"), Tone.GOOD, "check"))
        if view.at_headquarters:
            chips.append(Chip(self._theme, self.tr("at headquarters"), Tone.INFO, "cloud-check"))
        acts: list[QWidget] = []
        if view.mine:
            acts = [
                button(self.tr("Couldn't ask …"), self._ask_unable),
                button(self.tr("Discard"), self._ask_discard, role="destructive"),
            ]
        self._head.addLayout(
            row(back, label(view.title, "section"), (label(about, "mute"), 1), *chips, *acts)
        )
        if view.unable_reason:
            text = self.tr("Could not be asked: {reason}").format(reason=view.unable_reason)
            self._head.addWidget(label(text, "warning", wrap=True))

    def _ask_unable(self) -> None:
        self._ask_reason(
            self.tr("Why could the person not be asked? Unable is not zero."),
            lambda reason: lambda work: assess.mark_unable(work, self._id, reason),
        )

    def _ask_discard(self) -> None:
        empty(self._foot)
        self._signing = True
        question = self.tr("Take this asking back? Its answers are gone then.")
        self._foot.addLayout(
            row(
                (label(question, "strong", wrap=True), 1),
                button(self.tr("Keep it"), self._back),
                button(self.tr("Discard"), self._discard, role="alarm"),
            )
        )

    def _discard(self) -> None:
        response_id = self._id
        self._desk.act(
            lambda work: assess.discard_assessment(work, response_id),
            "discard assessment",
            lambda _: self.closed.emit(),
            self._complain,
            owner=self,
        )

    # -- rows ---------------------------------------------------------------------------------

    def _build(self, form: AssessmentForm, rows: tuple[FormRow, ...]) -> None:
        empty(self._body)
        self.bars.clear()
        self._rows.clear()
        for found in rows:
            frame = QFrame()
            frame.setObjectName("formrow")
            line = QHBoxLayout(frame)
            line.setContentsMargins(14, 5, 14, 5)
            line.setSpacing(10)
            self._rows[found.link_id] = frame
            if not found.choices:
                line.addWidget(label(found.text, "strong", wrap=True), 1)
            else:
                self._question(line, found, mine=form.view.mine)
            self._body.addWidget(frame)

    def _question(self, line: QHBoxLayout, found: FormRow, *, mine: bool) -> None:
        number = label(found.number, "mute")
        number.setFixedWidth(24)
        bar = AnswerBar(found.text, found.choices)
        bar.setEnabled(mine)
        bar.chosen.connect(lambda code, link=found.link_id: self._answer(link, Chosen(code)))
        self.bars[found.link_id] = bar
        was = label(
            self.tr("was {answer}").format(answer=found.previous) if found.previous else "", "small"
        )
        was.setFixedWidth(PREVIOUS_WIDTH)
        was.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(number)
        line.addWidget(label(found.text, wrap=True), QUESTION_SHARE)
        line.addWidget(bar, ANSWERS_SHARE)
        line.addWidget(was)
        if mine:
            more = button("")
            dress(more, self._theme, "ellipsis")
            more.setAccessibleName(self.tr("More answers to: {text}").format(text=found.text))
            menu = QMenu(more)
            link = found.link_id
            menu.addAction(
                self.tr("Asked, did not want to answer"), lambda: self._answer(link, Declined())
            )
            menu.addAction(self.tr("Clear the answer"), lambda: self._answer(link, None))
            more.setMenu(menu)
            more.setObjectName("more")
            line.addWidget(more)

    def _update(self, found: FormRow) -> None:
        bar = self.bars.get(found.link_id)
        if bar is not None:
            bar.choose(found.code)
            bar.setToolTip(self.tr("Did not want to answer") if found.declined else "")
        frame = self._rows[found.link_id]
        state = "alarm" if found.alarming else "declined" if found.declined else ""
        if frame.property("state") != state:
            frame.setProperty("state", state)
            restyle(frame)

    def _focus_first(self) -> None:
        for link, bar in self.bars.items():
            if self._form is not None and self._form.state.given(link) is None:
                bar.setFocus()
                return

    def _answer(self, link: str, answer: Answer | None) -> None:
        response_id = self._id
        self._desk.act(
            lambda work: assess.save_answer(work, response_id, link, answer),
            "answer",
            self._show,
            self._complain,
            owner=self,
        )

    # -- safety -------------------------------------------------------------------------------

    def _show_safety(self, form: AssessmentForm) -> None:
        empty(self._safety)
        unmet = tuple(found.title for found in form.safety if not found.settled)
        for found in form.safety:
            alert = self._alert(form, found)
            self._safety.addWidget(alert)
            if not found.settled and unmet != self._unmet:
                QTimer.singleShot(SETTLE_MS, alert, partial(self._area.ensureWidgetVisible, alert))
        self._unmet = unmet

    def _alert(self, form: AssessmentForm, found: SafetyView) -> QFrame:
        frame = QFrame()
        frame.setObjectName("alert" if not found.settled else "card")
        frame.setAccessibleName(f"{found.title} {found.text}")
        line = QHBoxLayout(frame)
        line.setContentsMargins(14, 10, 14, 10)
        line.setSpacing(12)
        p = self._theme.palette
        line.addWidget(icon_label("shield-alert", p.danger if not found.settled else p.mute, 22))
        said = column(
            label(found.title, "danger" if not found.settled else "strong", wrap=True),
            label(found.text, "small", wrap=True),
            spacing=2,
        )
        if found.settled_by:
            met = self.tr("Met: {how}").format(how=found.settled_by)
            said.addWidget(label(met, "good", wrap=True))
        line.addLayout(said, 1)
        if not found.settled and form.view.mine:
            line.addWidget(button(self.tr("Write why not …"), self._ask_settle))
            if found.follow_up_instrument and form.view.session:
                instrument, session = found.follow_up_instrument, form.view.session
                line.addWidget(
                    button(
                        self.tr("Begin safety questions"),
                        lambda: self.follow_up.emit(instrument, session),
                        role="alarm",
                    )
                )
        return frame

    def _ask_settle(self) -> None:
        self._ask_reason(
            self.tr("What was done for safety instead?"),
            lambda reason: lambda work: assess.settle_safety(work, self._id, reason),
        )

    def _ask_reason(
        self, question: str, act: Callable[[str], Callable[[Any], AssessmentForm]]
    ) -> None:
        empty(self._foot)
        self._signing = True
        field = QLineEdit()
        field.setAccessibleName(question)

        def keep() -> None:
            self._desk.act(act(field.text()), "reason", self._kept, self._complain, owner=self)

        field.returnPressed.connect(keep)
        card = Card()
        card.add(label(question, "strong", wrap=True))
        card.add(field)
        card.add(
            row(
                1,
                button(self.tr("Back"), self._back),
                button(self.tr("Keep this"), keep, role="primary"),
            )
        )
        self._foot.addWidget(card)
        field.setFocus()

    def _kept(self, form: AssessmentForm) -> None:
        self._complain(None)
        self._signing = False
        self._show(form)

    # -- score and signature ------------------------------------------------------------------

    def _show_foot(self, form: AssessmentForm) -> None:
        empty(self._foot)
        view = form.view
        score = label("–" if view.score is None else f"{view.score:g}", "score")
        band = label(view.band_label or "", "strong")
        parts = [
            self.tr("{n} of {m} answered").format(n=view.answered, m=view.questions),
        ]
        if view.prorated:
            parts.append(self.tr("worked out from the answers given"))
        if form.previous_on is not None:
            parts.append(self.tr("last time {day}").format(day=words.day(form.previous_on)))
        if view.signed_at is not None:
            parts.append(
                self.tr("signed by {who}, {when}").format(
                    who=view.signed_by or "", when=words.moment(view.signed_at, view.zone)
                )
            )
        said = column(band, label(" · ".join(parts), "small"), spacing=0)
        line = row(score if view.maximum else None, spacing=14)
        line.addLayout(said)
        line.addStretch(1)
        if view.mine:
            line.addWidget(button(self.tr("Leave as draft"), self.closed.emit))
            line.addWidget(button(self.tr("Review and sign"), self._ask_sign, role="primary"))
        self._foot.addLayout(line)

    def _ask_sign(self) -> None:
        form = self._form
        if form is None:
            return
        view = form.view
        if view.answered < view.questions and not view.unable_reason:
            left = view.questions - view.answered
            self._say(
                self.tr(
                    "{n} questions have no answer yet. Answer them, mark them as declined, "
                    "or say why the person could not be asked."
                ).format(n=left)
            )
            self._focus_first()
            return
        unmet = next((found for found in form.safety if not found.settled), None)
        if unmet is not None:
            self._say(self.tr("Not yet: {title}").format(title=unmet.title))
            return
        self._complain(None)
        self._signing = True
        empty(self._foot)
        what = self.tr("{title}: {score}, {n} of {m} answered").format(
            title=view.title,
            score=" ".join(
                p for p in ("" if view.score is None else f"{view.score:g}", view.band_label) if p
            ),
            n=view.answered,
            m=view.questions,
        )
        panel = SignPanel(self._desk, self._theme, what, assess.MEANING)
        panel.confirmed.connect(lambda: self._sign(panel))
        panel.cancelled.connect(self._back)
        self._foot.addWidget(panel)
        panel.field.setFocus()

    def _sign(self, panel: SignPanel) -> None:
        response_id = self._id
        self._desk.act(
            lambda work: assess.sign_assessment(work, response_id),
            "sign assessment",
            self._signed,
            lambda error: panel.complain(str(error)),
            owner=self,
        )

    def _signed(self, form: AssessmentForm) -> None:
        self._signing = False
        self._shape = ()
        self._show(form)

    def _back(self) -> None:
        self._signing = False
        if self._form is not None:
            self._show_foot(self._form)

    def _complain(self, error: CasefieldError | None) -> None:
        self._say("" if error is None else str(error))

    def _say(self, text: str) -> None:
        self._complaint.setText(text)
        self._complaint.setVisible(bool(text))
