"""The lock screen: one field, no word about anybody in care."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QTime, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit

from casefield.application import warm_up
from casefield.gui.cover import Cover
from casefield.gui.jobs import Jobs
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button

if TYPE_CHECKING:
    from casefield.application import Application, Session
    from casefield.errors import CasefieldError

FIELD_HEIGHT = 36


class LockPage(Cover):
    """Asks for the passphrase.

    Signals:
        unlocked: the open session.
    """

    unlocked = Signal(object)

    def __init__(self, theme: Theme, application: Application, jobs: Jobs, hint: str = "") -> None:
        super().__init__(theme)
        self._application = application
        self._jobs = jobs
        self._words = label(self.tr("Locked. Everything here is encrypted."), "mute", wrap=True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Passphrase"))
        self.field.setMinimumHeight(FIELD_HEIGHT)
        self.field.returnPressed.connect(self._unlock)
        caption = label(self.tr("&Passphrase"), "strong")
        caption.setBuddy(self.field)
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        self.button = button(self.tr("Unlock"), self._unlock, role="primary")
        forgot = self.tr("Forgot it? Nobody can open this laptop without it; ask headquarters.")
        self.body.addWidget(self._words)
        self.body.addSpacing(8)
        self.body.addWidget(caption)
        self.body.addWidget(self.field)
        self.body.addWidget(self._complaint)
        if hint:
            self.body.addWidget(label(hint, "small", wrap=True, select=True))
        self.body.addSpacing(8)
        self.body.addLayout(row(1, self.button))
        self.body.addSpacing(12)
        self.body.addWidget(label(forgot, "small", wrap=True))
        self._warm = self._waiting = self._pressed = False

    def wait(self) -> None:
        """Say that the key is being dropped; what is typed meanwhile is tried afterwards."""
        self._waiting = True
        self._words.setText(self.tr("Saving what you typed, then locking …"))

    def locked_at(self, moment: datetime) -> None:
        """Say since when it is locked."""
        time = QLocale().toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)
        self._words.setText(
            self.tr("Locked at {time}. Your unsaved words are safe.").format(time=time)
        )
        self._waiting = False
        if self._pressed:
            self._unlock()

    def showEvent(self, event: QShowEvent) -> None:
        """Put the cursor into the field; load the rest of casefield while somebody types."""
        super().showEvent(event)
        self.field.setFocus()
        if not self._warm:
            self._warm = True
            QTimer.singleShot(0, _warm_up)

    def words(self) -> str:
        """Return what it says above the field."""
        return self._words.text()

    def complaint(self) -> str:
        """Return what it says of the last try."""
        return self._complaint.text()

    def _unlock(self) -> None:
        passphrase = self.field.text()
        if not passphrase:
            self._complain(self.tr("Type your passphrase."))
            return
        self._pressed = True
        self._set_busy(True)
        if self._waiting:
            return
        self._jobs.run(
            lambda _: self._application.unlock(passphrase),
            self._opened,
            self._failed,
            owner=self,
        )

    def _opened(self, session: Session) -> None:
        self.field.clear()
        self._complain("")
        self._set_busy(False)
        self.unlocked.emit(session)

    def _failed(self, error: CasefieldError) -> None:
        self._pressed = False
        self._set_busy(False)
        self._complain(str(error))
        self.field.selectAll()
        self.field.setFocus()

    def _set_busy(self, busy: bool) -> None:
        self.field.setEnabled(not busy)
        self.button.setEnabled(not busy)
        self.button.setText(self.tr("Unlocking …") if busy else self.tr("Unlock"))

    def _complain(self, words: str) -> None:
        self._complaint.setText(words)
        self._complaint.setVisible(bool(words))
        self.field.setAccessibleDescription(words)


def _warm_up() -> None:
    """Import what unlocking needs, beside the person who types."""
    threading.Thread(target=_load, name="casefield-warm-up", daemon=True).start()


def _load() -> None:
    import casefield.gui.desk
    import casefield.gui.shell  # noqa: F401

    warm_up()
