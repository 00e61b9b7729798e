"""What an answer demands at once: it stays in sight until it is met, and nothing dismisses it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from casefield.care.views import SafetyView
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import column, label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.icon import Icon
from casefield.gui.widgets.turning import Turning

ROOM = 640


class SafetyAlert(QFrame):
    """One safety finding with its two ways on.

    Args:
        theme: the theme in force.
        found: the finding.
        mine: whether the reader may act on it.

    Signals:
        settle_wanted: say what was done instead.
        follow_up: begin this instrument now, in the same session.
    """

    settle_wanted = Signal()
    follow_up = Signal(str)

    def __init__(self, theme: Theme, found: SafetyView, *, mine: bool) -> None:
        super().__init__()
        met = bool(found.settled_by)
        self.setObjectName("card" if met else "alert")
        self.setAccessibleName(f"{found.title} {found.text}")
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 10, 14, 10)
        line.setSpacing(12)
        line.addWidget(Icon(theme, "shield-alert", "mute" if met else "danger", 22))
        said = column(
            label(found.title, "strong" if met else "danger", wrap=True),
            label(found.text, "small", wrap=True),
            spacing=2,
        )
        if found.settled_by:
            text = self.tr("Met: {how}").format(how=found.settled_by)
            said.addWidget(label(text, "good", wrap=True))
        acts = row()
        line.addWidget(Turning(said, acts, ROOM), 1)
        if mine and not found.settled:
            acts.addWidget(button(self.tr("Write why not …"), self.settle_wanted.emit))
            instrument = found.follow_up_instrument
            if instrument:
                begin = self.tr("Begin safety questions")
                acts.addWidget(button(begin, lambda: self.follow_up.emit(instrument), role="alarm"))

    def announce(self) -> None:
        """Have screen readers say it now."""
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
