"""Getting the demo ready: invented people, headquarters on loopback, a bar while it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from casefield.gui.cover import Cover
from casefield.gui.jobs import Job, Jobs
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import label, row
from casefield.gui.widgets.buttons import button

if TYPE_CHECKING:
    from casefield.application import Application, Session
    from casefield.demo.stage import Stage
    from casefield.errors import CasefieldError


class DemoPage(Cover):
    """Prepares the demo and keeps its stage until the window closes.

    Signals:
        ready: (application, session) of the invented nurse's laptop.
        gone_back: it could not be prepared.
        toggled: whether headquarters is open now.
    """

    ready = Signal(object, object)
    gone_back = Signal()
    toggled = Signal(bool)

    def __init__(self, theme: Theme, jobs: Jobs) -> None:
        super().__init__(theme)
        self._jobs = jobs
        self._context: Any = None
        self._stage: Stage | None = None
        self.hint = ""
        self._words = label(self.tr("Inviting the people of the demo …"), wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._back = button(self.tr("Back"), self.gone_back.emit)
        self._back.hide()
        self.body.addWidget(self._words)
        self.body.addWidget(self._bar)
        nobody = self.tr("Nobody in the demo exists. It is gone when you close the window.")
        self.body.addWidget(label(nobody, "small", wrap=True))
        self.body.addLayout(row(1, self._back))

    @property
    def open(self) -> bool:
        """Whether the demo's headquarters can be reached."""
        return self._stage is not None and self._stage.server is not None

    def prepare(self) -> None:
        """Set the stage in a worker."""
        self._jobs.run(self._set, self._is_ready, self._failed, owner=self, progress=self._progress)

    def toggle(self) -> None:
        """Close headquarters, or open it again: to see what offline is like."""
        stage = self._stage
        if stage is None:
            return
        work = stage.close_headquarters if self.open else stage.open_headquarters
        self._jobs.run(lambda _: work(), lambda _: self.toggled.emit(self.open), owner=self)

    def close_stage(self) -> None:
        """Take everything down."""
        if self._context is not None:
            self._context.__exit__(None, None, None)
            self._context = None

    def _set(self, job: Job) -> tuple[Application, Session]:
        from casefield.clock import SystemClock
        from casefield.demo.stage import ANA, BEN, PASSPHRASE, SHARED_WITH_BEN, stage

        context = stage(SystemClock(), lambda _, done, total: job.tell(done, total))
        self._stage = context.__enter__()
        self._context = context
        server = self._stage.open_headquarters()
        org = self._stage.hire(ANA, BEN)
        laptop = self._stage.laptop(org, ANA)
        self._stage.fill(laptop)
        laptop.session.sync_now()
        shared = list(self._stage.cases.values())[:SHARED_WITH_BEN]
        server.administration.assign(org, BEN[0], shared)
        self.hint = self.tr("The demo's passphrase: {words}").format(words=PASSPHRASE)
        return laptop.application, laptop.session

    def _is_ready(self, made: tuple[Application, Session]) -> None:
        self.ready.emit(*made)

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _failed(self, error: CasefieldError) -> None:
        self.close_stage()
        self._words.setText(str(error))
        self._bar.hide()
        self._back.show()
