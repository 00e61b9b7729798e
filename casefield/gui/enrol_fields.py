"""What enrolling a laptop needs to know: headquarters' address, a one-time code, a user name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casefield.gui.widgets.fields import LineField

EMPTY_ADDRESS = "https://"


class EnrolFields(QWidget):
    """Server, code and user name.

    Signals:
        entered: Enter was pressed in one of them.
    """

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.server = LineField(
            self.tr("&Server"), EMPTY_ADDRESS, self.tr("Headquarters tells you the address.")
        )
        self.code = LineField(self.tr("One-time &code"))
        self.user = LineField(self.tr("&User name"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for field in (self.server, self.code, self.user):
            field.line.returnPressed.connect(self.entered.emit)
            layout.addWidget(field)

    def values(self) -> tuple[str, str, str] | None:
        """Return server, code and user; None where a field complains that it is empty."""
        wanted = (
            (self.server, self.tr("Write the address of headquarters' server.")),
            (self.code, self.tr("Write the code that headquarters made for this laptop.")),
            (self.user, self.tr("Write your name at headquarters.")),
        )
        missing = [f for f, _ in wanted if f.text().strip() in ("", EMPTY_ADDRESS)]
        for field, words in reversed(wanted):
            field.complain(words if field in missing else "")
        if missing:
            return None
        return self.server.text().strip(), self.code.text().strip(), self.user.text().strip()

    def take_focus(self) -> None:
        """Begin with the address."""
        self.server.line.setFocus()
        self.server.line.end(False)
