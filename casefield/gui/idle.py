"""Notices that nobody is there any more, or that the lid was closed."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

IDLE_SECONDS = 600
TICK_SECONDS = 5
ASLEEP_SECONDS = 60
SIGNS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """Tells when it is time to lock.

    A tick that comes much later than asked for means the machine slept: the lid was closed.

    Signals:
        passed: nobody was there for `IDLE_SECONDS`, or the machine slept.
    """

    passed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last_sign = self._last_tick = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_SECONDS * 1000)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to watch."""
        self._last_sign = self._last_tick = time.time()
        self._timer.start()
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear that somebody is there; nothing is held back."""
        if event.type() in SIGNS:
            self._last_sign = time.time()
        return False

    def _tick(self) -> None:
        # The wall clock, because a monotonic one stands still while the machine sleeps.
        now = time.time()
        slept = now - self._last_tick > ASLEEP_SECONDS
        self._last_tick = now
        if slept or now - self._last_sign > IDLE_SECONDS:
            self.passed.emit()
