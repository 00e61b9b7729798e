"""First run: enrol, work alone, or explore on invented people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from casefield.gui.cover import Cover
from casefield.gui.jobs import Jobs
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, label, row
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
        self._stack = QStackedWidget()
        self._stack.addWidget(self._welcome())
        self._form = ProfileForm(application, jobs)
        self._form.back.connect(lambda: self._stack.setCurrentIndex(0))
        self._form.ready.connect(self.ready.emit)
        self._stack.addWidget(self._form)
        self.body.addWidget(self._stack)

    def _welcome(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(
            label(
                self.tr("For the people who bring others home from hospital and keep them there."),
                wrap=True,
            )
        )
        layout.addWidget(
            label(
                self.tr(
                    "Everything you type stays on this laptop, encrypted, and goes to "
                    "headquarters whenever there is a network."
                ),
                "mute",
                wrap=True,
            )
        )
        layout.addSpacing(8)
        enrol = button(self.tr("&Enrol this laptop"), lambda: self._begin(True), role="primary")
        alone = button(self.tr("Work &alone for now"), lambda: self._begin(False))
        demo = button(self.tr("Explore with &demo data"), self.demo_wanted.emit)
        for choice in (enrol, alone, demo):
            layout.addWidget(choice)
        layout.addWidget(
            label(self.tr("Working alone, you can enrol later; nothing is lost."), "small")
        )
        return page

    def _begin(self, enrol: bool) -> None:
        self._form.prepare(enrol)
        self._stack.setCurrentWidget(self._form)


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
        self.server = LineField(self.tr("&Server"), "https://", self.tr("Headquarters tells you."))
        self.code = LineField(self.tr("One-time &code"))
        self.user = LineField(self.tr("&User name"))
        self.person = LineField(self.tr("Your &name"))
        self.passphrase = LineField(
            self.tr("&Passphrase for this laptop"),
            hint=self.tr("Several words that do not belong together are strong and easy to type."),
            secret=True,
        )
        self.again = LineField(self.tr("Passphrase a&gain"), secret=True)
        self._meter = QProgressBar()
        self._meter.setRange(0, 4)
        self._meter.setTextVisible(False)
        self._meter.setAccessibleName(self.tr("Strength of the passphrase"))
        self._verdict = label("", "small", wrap=True)
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        self.go = button(self.tr("Begin"), self._submit, role="primary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for part in (self.server, self.code, self.user, self.person, self.passphrase):
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
        self.again.line.returnPressed.connect(self._submit)

    def prepare(self, enrol: bool) -> None:
        """Show the fields for enrolling or for working alone."""
        self._enrol = enrol
        for part in (self.server, self.code, self.user):
            part.setVisible(enrol)
        self.person.setVisible(not enrol)
        (self.server if enrol else self.person).line.setFocus()

    def _ask_strength(self) -> None:
        from casefield.application import passphrase_strength

        text = self.passphrase.text()
        self._jobs.run(lambda _: passphrase_strength(text), self._show_strength, owner=self)

    def _show_strength(self, found: tuple[int, str]) -> None:
        score, advice = found
        words = (
            self.tr("Guessed at once"),
            self.tr("Weak"),
            self.tr("Not strong enough"),
            self.tr("Strong"),
            self.tr("Very strong"),
        )
        self._meter.setValue(score)
        self._verdict.setText(" ".join(part for part in (words[score] + ".", advice) if part))

    def _submit(self) -> None:
        for part in (self.server, self.code, self.user, self.passphrase, self.again):
            part.complain("")
        if self._enrol:
            for part, words in (
                (self.server, self.tr("The address of headquarters' server.")),
                (self.code, self.tr("The code that headquarters made for this laptop.")),
                (self.user, self.tr("Your name at headquarters.")),
            ):
                if part.text().strip() in ("", "https://"):
                    part.complain(words)
                    return
        if not self.passphrase.text():
            self.passphrase.complain(self.tr("Choose a passphrase."))
            return
        if self.passphrase.text() != self.again.text():
            self.again.complain(self.tr("The two entries differ."))
            return
        self._start()

    def _start(self) -> None:
        self.go.setEnabled(False)
        self._complaint.hide()
        passphrase, name = self.passphrase.text(), self.person.text().strip()
        enrol = self._enrol
        server, code, user = self.server.text().strip(), self.code.text(), self.user.text()

        def make(_: object) -> Session:
            exists = self._application.info().exists
            session = (
                self._application.unlock(passphrase)
                if exists
                else self._application.create(passphrase, name=name)
            )
            if enrol:
                try:
                    session.enrol(server, code, user)
                except BaseException:
                    session.lock()
                    raise
            return session

        self._jobs.run(make, self._made, self._failed, owner=self, writing=True)

    def _made(self, session: Session) -> None:
        for part in (self.passphrase, self.again, self.code):
            part.line.clear()
        self.go.setEnabled(True)
        self.ready.emit(session)

    def _failed(self, error: CasefieldError) -> None:
        self.go.setEnabled(True)
        self._complaint.setText(str(error))
        self._complaint.show()
