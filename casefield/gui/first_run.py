"""First run: enrol, work alone, or explore on invented people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from casefield.gui.cover import Cover
from casefield.gui.enrol_fields import EnrolFields
from casefield.gui.jobs import Jobs
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.fields import LineField

if TYPE_CHECKING:
    from casefield.application import Application, Session
    from casefield.errors import CasefieldError

WIDTH = 480
MEASURE_MS = 300


class FirstRunPage(Cover):
    """Makes a profile.

    Signals:
        ready: the open session of the new profile.
        demo_wanted: show invented people instead.
    """

    ready = Signal(object)
    demo_wanted = Signal()

    def __init__(self, theme: Theme, application: Application, jobs: Jobs) -> None:
        super().__init__(theme, WIDTH)
        self._application = application
        self._jobs = jobs
        self._welcome_page = self._welcome()
        self._form = ProfileForm(application, jobs)
        self._form.back.connect(self._go_back)
        self._form.ready.connect(self.ready.emit)
        self._form.hide()
        # One of the two is hidden: a stack would be as high as the higher one.
        self.body.addWidget(self._welcome_page)
        self.body.addWidget(self._form)

    def _welcome(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        promise = self.tr("For the people who bring others home from hospital and keep them there.")
        keeping = self.tr(
            "Everything you type stays on this laptop, encrypted, and goes to headquarters "
            "whenever there is a network."
        )
        layout.addWidget(label(promise, wrap=True))
        layout.addWidget(label(keeping, "mute", wrap=True))
        layout.addSpacing(8)
        self._enrol = button(
            self.tr("&Enrol this laptop"), lambda: self._begin(True), role="primary"
        )
        alone = button(self.tr("Work &alone for now"), lambda: self._begin(False))
        demo = button(self.tr("Explore with &demo data"), self.demo_wanted.emit)
        for choice in (self._enrol, alone, demo):
            layout.addWidget(choice)
        later = self.tr("Working alone, you can enrol later; nothing is lost.")
        layout.addSpacing(4)
        layout.addWidget(label(later, "small", wrap=True))
        return page

    def _begin(self, enrol: bool) -> None:
        self._welcome_page.hide()
        self._form.show()
        self._form.prepare(enrol)

    def _go_back(self) -> None:
        self._form.hide()
        self._welcome_page.show()
        self._enrol.setFocus()


class ProfileForm(QWidget):
    """Name, passphrase, and for enrolment: server, code, user.

    Signals:
        ready: the open session.
        back: the person went back.
    """

    ready = Signal(object)
    back = Signal()

    def __init__(self, application: Application, jobs: Jobs) -> None:
        super().__init__()
        self._application = application
        self._jobs = jobs
        self._enrol = False
        self.enrolment = EnrolFields()
        self.enrolment.entered.connect(self._submit)
        self.person = LineField(
            self.tr("Your &name"), hint=self.tr("It stands under everything you sign.")
        )
        self.passphrase = LineField(
            self.tr("&Passphrase for this laptop"),
            hint=self.tr("Several words that do not belong together are strong and easy to type."),
            secret=True,
        )
        self.again = LineField(self.tr("Passphrase a&gain"), secret=True)
        self._meter = QProgressBar()
        self._meter.setRange(0, len(self._strengths()))
        self._meter.setTextVisible(False)
        self._meter.setAccessibleName(self.tr("Strength of the passphrase"))
        self._meter.hide()
        self._verdict = label("", "small", wrap=True)
        self._verdict.hide()
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        self.go = button(self.tr("Begin"), self._submit, role="primary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for part in (self.enrolment, self.person, self.passphrase):
            layout.addWidget(part)
        layout.addWidget(self._meter)
        layout.addWidget(self._verdict)
        layout.addWidget(self.again)
        layout.addWidget(self._complaint)
        layout.addLayout(row(button(self.tr("Back"), self.back.emit), 1, self.go))
        self._measure = QTimer(self)
        self._measure.setSingleShot(True)
        self._measure.setInterval(MEASURE_MS)
        self._measure.timeout.connect(self._ask_strength)
        self.passphrase.line.textEdited.connect(lambda _: self._measure.start())
        for part in (self.person, self.passphrase, self.again):
            part.line.returnPressed.connect(self._submit)

    def prepare(self, enrol: bool) -> None:
        """Show the fields for enrolling or for working alone."""
        self._enrol = enrol
        self.enrolment.setVisible(enrol)
        self.person.setVisible(not enrol)
        if enrol:
            self.enrolment.take_focus()
        else:
            self.person.line.setFocus()

    def _ask_strength(self) -> None:
        from casefield.application import passphrase_strength

        text = self.passphrase.text()
        self._jobs.run(lambda _: passphrase_strength(text), self._show_strength, owner=self)

    def _show_strength(self, found: tuple[int, str]) -> None:
        score, advice = found
        words = self._strengths()
        self._meter.setValue(score + 1)
        self._meter.show()
        self._verdict.show()
        self._verdict.setText(" ".join(part for part in (words[score] + ".", advice) if part))

    def _strengths(self) -> tuple[str, ...]:
        return (
            self.tr("Guessed at once"),
            self.tr("Weak"),
            self.tr("Not strong enough"),
            self.tr("Strong"),
            self.tr("Very strong"),
        )

    def _submit(self) -> None:
        for part in (self.person, self.passphrase, self.again):
            part.complain("")
        enrolment = self.enrolment.values() if self._enrol else None
        if self._enrol and enrolment is None:
            return
        if not self._enrol and not self.person.text().strip():
            self.person.complain(self.tr("Write your name."))
            return
        if not self.passphrase.text():
            self.passphrase.complain(self.tr("Choose a passphrase."))
            return
        if self.passphrase.text() != self.again.text():
            self.again.complain(self.tr("The two entries differ."))
            return
        self._start(enrolment)

    def _start(self, enrolment: tuple[str, str, str] | None) -> None:
        self.go.setEnabled(False)
        self._complaint.hide()
        passphrase, name = self.passphrase.text(), self.person.text().strip()

        def make(_: object) -> Session:
            exists = self._application.info().exists
            session = (
                self._application.unlock(passphrase)
                if exists
                else self._application.create(passphrase, name=name)
            )
            if enrolment is not None:
                try:
                    session.enrol(*enrolment)
                except BaseException:
                    session.lock()
                    raise
            return session

        self._jobs.run(make, self._made, self._failed, owner=self, writing=True)

    def _made(self, session: Session) -> None:
        for part in (self.passphrase, self.again, self.enrolment.code):
            part.line.clear()
        self.go.setEnabled(True)
        self.ready.emit(session)

    def _failed(self, error: CasefieldError) -> None:
        self.go.setEnabled(True)
        self._complaint.setText(str(error))
        self._complaint.show()
        self.go.setFocus()
