"""Signing: what is signed, the passphrase again, and then it never changes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from casefield.gui.desk import Desk
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.keys import on_escape
from casefield.gui.widgets.turning import Turning

FIELD_WIDTH = 340
LEAST_FIELD, ROOM = 180, 460


class SignPanel(QWidget):
    """Asks for the passphrase before something is signed.

    Args:
        desk, theme: as everywhere.
        what: what is signed, in a line.
        meaning: what the signature says.

    Signals:
        confirmed: the passphrase is right; the page signs now.
        cancelled: the person went back.
    """

    confirmed = Signal()
    cancelled = Signal()

    def __init__(self, desk: Desk, theme: Theme, what: str, meaning: str) -> None:
        super().__init__()
        self._desk = desk
        card = Card(self.tr("Sign"))
        card.add(label(what, "strong", wrap=True))
        card.add(label(self.tr("You say: “{meaning}.”").format(meaning=meaning), wrap=True))
        after = self.tr(
            "Signed, it never changes again. What comes to mind later is added beneath."
        )
        card.add(label(after, "small", wrap=True))
        caption = label(self.tr("Your passphrase, once more"))
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Passphrase"))
        self.field.setMaximumWidth(sized(FIELD_WIDTH))
        self.field.setMinimumWidth(sized(LEAST_FIELD))
        self.field.returnPressed.connect(self._confirm)
        caption.setBuddy(self.field)
        self.sign = button(
            self.tr("Sign now"), self._confirm, role="primary", theme=theme, icon_name="pen-line"
        )
        self._complaint = label("", "complaint", wrap=True)
        self._complaint.hide()
        card.add(caption)
        back = button(self.tr("Not yet"), self.cancelled.emit)
        card.add(Turning(row(self.field, 1), row(1, back, self.sign), ROOM))
        card.add(self._complaint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        on_escape(self, self.cancelled.emit)

    def take_focus(self) -> None:
        """Begin with the passphrase."""
        self.field.setFocus()

    def complain(self, words: str) -> None:
        """Show why it could not be signed."""
        self._complaint.setText(words)
        self._complaint.setVisible(bool(words))
        self.sign.setEnabled(True)

    def complaint(self) -> str:
        """Return why it could not be signed."""
        return self._complaint.text()

    def _confirm(self) -> None:
        passphrase = self.field.text()
        if not self.sign.isEnabled():
            return
        if not passphrase:
            self.complain(self.tr("Type the passphrase you unlock casefield with."))
            return
        self.sign.setEnabled(False)
        session = self._desk.session
        self._desk.work(lambda _: session.confirm_passphrase(passphrase), self._checked, owner=self)

    def _checked(self, right: bool) -> None:
        self.field.clear()
        if right:
            self.complain("")
            self.sign.setEnabled(False)
            self.confirmed.emit()
        else:
            self.complain(self.tr("That is not the passphrase. Nothing is signed."))
            self.field.setFocus()
