"""One asking: a row a question, saved with each answer, safety met at once, then signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from casefield.care import assess
from casefield.care.views import AssessmentForm
from casefield.errors import CasefieldError
from casefield.forms.state import Answer
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.models.assessment import first_open, form_rows
from casefield.gui.newest import Newest
from casefield.gui.patient.question_rows import QuestionRows
from casefield.gui.patient.safety_alert import SafetyAlert
from casefield.gui.patient.score_foot import ScoreFoot
from casefield.gui.theme.theme import Theme
from casefield.gui.theme.tokens import Tone
from casefield.gui.widgets.asking import ReasonPanel, SurePanel
from casefield.gui.widgets.basics import column, label, row, scrolled
from casefield.gui.widgets.buttons import button, icon_button
from casefield.gui.widgets.chip import Chip
from casefield.gui.widgets.fitting import Fitting
from casefield.gui.widgets.sign_panel import SignPanel
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.turning import Turning

ROOM_FOR_HEAD = 640
Panel = ReasonPanel | SurePanel | SignPanel


class AssessmentPage(QWidget):
    """An asking.

    Head and foot never scroll away: a safety finding and the score are always in sight.

    Args:
        desk, theme: as everywhere.
        response_id: the asking.
        earlier: returns signed scores of an instrument by its title, oldest first, for the trend.

    Signals:
        closed: back to the list.
        follow_up: (instrument, session) ask this now, in the same session.
    """

    closed = Signal()
    follow_up = Signal(str, str)

    def __init__(
        self,
        desk: Desk,
        theme: Theme,
        response_id: str,
        earlier: Callable[[str], tuple[float, ...]] = lambda _: (),
    ) -> None:
        super().__init__()
        self._desk, self._theme, self._id, self._earlier = desk, theme, response_id, earlier
        self._newest = Newest(desk, self)
        self._form: AssessmentForm | None = None
        self.panel: Panel | None = None
        self.rows = QuestionRows(theme)
        self.rows.answered.connect(self._answer)
        self._head, self._safety, self._foot = Slot(), Slot(10), Slot()
        self._copyright = label("", "small", wrap=True)
        self.complaint = label("", "complaint", wrap=True)
        self.complaint.hide()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(20, 0, 20, 12)
        inner.setSpacing(10)
        inner.addWidget(self.rows)
        inner.addWidget(self._copyright)
        inner.addStretch(1)
        foot = QFrame()
        foot.setObjectName("footbar")
        below = QVBoxLayout(foot)
        below.setContentsMargins(20, 10, 20, 10)
        below.setSpacing(10)
        for part in (self._safety, self.complaint, self._foot):
            below.addWidget(part) if isinstance(part, QWidget) else below.addLayout(part)
        above = QVBoxLayout()
        above.setContentsMargins(20, 14, 20, 10)
        above.addLayout(self._head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addWidget(scrolled(content), 1)
        layout.addWidget(Fitting(foot))

    @property
    def bars(self) -> dict[str, Any]:
        """The answers to each question, by its link id."""
        return self.rows.bars

    def load(self) -> None:
        """Ask for the asking as it is kept."""
        response_id = self._id
        self._newest.ask(
            response_id,
            lambda work: assess.open_assessment(work, response_id),
            self._show,
            self._complain,
        )

    def forget(self) -> None:
        """Show no answer, for the lock; a reason that is being typed stays."""
        self._form = None
        self._head.clear()
        self._safety.clear()
        self.rows.forget()
        if self.panel is None:
            self._foot.clear()

    def take_focus(self) -> None:
        """Go on where the work is: a panel, else the first question without an answer."""
        if self.panel is not None:
            self.panel.take_focus()
        elif self._form is not None:
            self.rows.focus_first(first_open(self._form))

    # -- showing ------------------------------------------------------------------------------

    def _show(self, form: AssessmentForm) -> None:
        first, self._form = self._form is None and not self.bars, form
        view = form.view
        self.rows.show_rows(form_rows(form), fixed=not view.mine)
        # Only what the head reads: an answer changes the score, not who asked and when
        who, signed = (view.title, view.author, view.mine), (view.signed_at, view.at_headquarters)
        read = (*who, view.authored_at, view.zone, *signed, view.unable_reason)
        self._head.fill(read, lambda: self._draw_head(form))
        if self._safety.fill((form.safety, view.mine), lambda: self._draw_safety(form)):
            self._announce(form)
        if self.panel is None:
            self._show_foot(form)
        self._copyright.setText(form.questionnaire.copyright)
        if first and view.mine:
            self.take_focus()

    def _draw_head(self, form: AssessmentForm) -> QLayout:
        view = form.view
        back = icon_button(self._theme, "arrow-left", self.tr("Back to the list"), self.closed.emit)
        when = words.moment(view.authored_at, view.zone)
        about = self.tr("asked by {who}, {when}").format(who=view.author, when=when)
        parts: list[QWidget] = []
        if view.signed_at is not None:
            parts.append(Chip(self._theme, self.tr("signed"), Tone.GOOD, "check"))
        else:
            parts.append(Chip(self._theme, self.tr("saved on this laptop"), Tone.GOOD, "check"))
        if view.at_headquarters:
            parts.append(Chip(self._theme, self.tr("at headquarters"), Tone.INFO, "cloud-check"))
        if view.mine:
            unable = button(self.tr("Couldn’t ask …"), self._ask_unable)
            discard = button(self.tr("Discard"), self._ask_discard, role="destructive")
            parts += [unable, discard]
        what = row(back, label(view.title, "section"), (label(about, "mute", wrap=True), 1))
        head = column(Turning(what, row(*parts), ROOM_FOR_HEAD))
        if view.unable_reason:
            text = self.tr("Could not be asked: {reason}").format(reason=view.unable_reason)
            head.addWidget(label(text, "warning", wrap=True))
        return head

    def _draw_safety(self, form: AssessmentForm) -> QLayout | None:
        if not form.safety:
            return None
        pile = column(spacing=8)
        for found in form.safety:
            alert = SafetyAlert(self._theme, found, mine=form.view.mine)
            alert.settle_wanted.connect(self._ask_settle)
            alert.follow_up.connect(lambda instrument: self._follow(instrument))
            pile.addWidget(alert)
        return pile

    def _announce(self, form: AssessmentForm) -> None:
        """Have screen readers say what is not met yet."""
        if any(not found.settled_by for found in form.safety):
            for alert in self.findChildren(SafetyAlert):
                alert.announce()

    def _show_foot(self, form: AssessmentForm) -> None:
        earlier = self._earlier(form.view.title) if form.view.mine else ()
        self._foot.fill((form.view, form.previous_on, earlier), lambda: self._score(form, earlier))

    def _score(self, form: AssessmentForm, earlier: tuple[float, ...]) -> ScoreFoot:
        foot = ScoreFoot(self._theme, form, earlier)
        foot.left.connect(self.closed.emit)
        foot.sign_wanted.connect(self._ask_sign)
        return foot

    # -- acting -------------------------------------------------------------------------------

    def _answer(self, link: str, answer: Answer | None) -> None:
        self._act(lambda work: assess.save_answer(work, self._id, link, answer), "answer")

    def _follow(self, instrument: str) -> None:
        if self._form is not None and self._form.view.session:
            self.follow_up.emit(instrument, self._form.view.session)

    def _act(self, act: Callable[[Any], AssessmentForm], reason: str) -> None:
        self._desk.act(act, reason, self._acted, self._complain, owner=self)

    def _acted(self, form: AssessmentForm) -> None:
        self._say("")
        self._show(form)

    # -- questions in the foot ----------------------------------------------------------------

    def _ask_unable(self) -> None:
        self._ask_reason(
            self.tr("Why could the person not be asked? Unable is not zero."), assess.mark_unable
        )

    def _ask_settle(self) -> None:
        self._ask_reason(self.tr("What was done for safety instead?"), assess.settle_safety)

    def _ask_reason(self, question: str, act: Callable[[Any, str, str], AssessmentForm]) -> None:
        panel = ReasonPanel(question)
        panel.given.connect(
            lambda reason: self._desk.act(
                lambda work: act(work, self._id, reason),
                "reason",
                self._kept,
                lambda error: panel.complain(str(error)),
                owner=panel,
            )
        )
        self._open(panel)

    def _ask_discard(self) -> None:
        panel = SurePanel(
            self.tr("Take this asking back? Its answers are gone then."), self.tr("Discard")
        )
        panel.sure.connect(self._discard)
        self._open(panel)

    def _discard(self) -> None:
        response_id = self._id
        self._desk.act(
            lambda work: assess.discard_assessment(work, response_id),
            "discard assessment",
            lambda _: self.closed.emit(),
            self._complain,
            owner=self,
        )

    def _ask_sign(self) -> None:
        form = self._form
        if form is None:
            return
        view = form.view
        if view.answered < view.questions and not view.unable_reason:
            left = view.questions - view.answered
            shape = (
                self.tr(
                    "1 question has no answer yet. Answer it, mark it as declined, "
                    "or say why the person could not be asked."
                )
                if left == 1
                else self.tr(
                    "{n} questions have no answer yet. Answer them, mark them as declined, "
                    "or say why the person could not be asked."
                )
            )
            self._say(shape.format(n=left))
            self.rows.focus_first(first_open(form))
            return
        unmet = next((found for found in form.safety if not found.settled), None)
        if unmet is not None:
            self._say(self.tr("Not yet: {title}").format(title=unmet.title))
            return
        self._say("")
        score = " ".join(
            p for p in ("" if view.score is None else f"{view.score:g}", view.band_label) if p
        )
        what = self.tr("{title}: {score}, {n} of {m} answered").format(
            title=view.title, score=score, n=view.answered, m=view.questions
        )
        panel = SignPanel(self._desk, self._theme, what.replace(": ,", ","), assess.MEANING)
        panel.confirmed.connect(partial(self._sign, panel))
        self._open(panel)

    def _sign(self, panel: SignPanel) -> None:
        response_id = self._id
        self._desk.act(
            lambda work: assess.sign_assessment(work, response_id),
            "sign assessment",
            self._kept,
            lambda error: panel.complain(str(error)),
            owner=self,
        )

    def _open(self, panel: Panel) -> None:
        panel.cancelled.connect(self._back)
        self._say("")
        self.panel = panel
        self._foot.fill(panel, lambda: panel)
        panel.take_focus()

    def _kept(self, form: AssessmentForm) -> None:
        self.panel = None
        self._acted(form)
        self.take_focus()

    def _back(self) -> None:
        self.panel = None
        if self._form is not None:
            self._show_foot(self._form)
        self.take_focus()

    def _complain(self, error: CasefieldError) -> None:
        self._say(str(error))

    def _say(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))
