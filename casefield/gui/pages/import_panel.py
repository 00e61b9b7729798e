"""Taking people in from files: choose, watch the bar, read what was taken and what was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from casefield.care.views import ImportReport
from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.jobs import Job
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, label, row
from casefield.gui.widgets.card import Card

SHOWN_REFUSALS = 5
FILES = "*.json *.ndjson *.gz *.zip"


class ImportPanel(QWidget):
    """Imports files one after the other.

    Signals:
        closed: finished with.
    """

    closed = Signal()

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._desk = desk
        self._waiting: list[Path] = []
        self._job: Job | None = None
        self._card = Card(self.tr("Import"))
        self._words = label("", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the import"))
        self._report = label("", "small", wrap=True, select=True)
        self._report.hide()
        self._stop = button(self.tr("Cancel"), self._cancel)
        self._card.add(self._words)
        self._card.add(self._bar)
        self._card.add(self._report)
        self._card.add(row(1, self._stop))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self._lines: list[str] = []

    def choose(self) -> None:
        """Ask for the files; nothing chosen closes the panel."""
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Choose FHIR files"), "", f"FHIR R4 ({FILES})"
        )
        if names:
            self.take([Path(name) for name in names])
        else:
            self.closed.emit()

    def take(self, files: list[Path]) -> None:
        """Take these files."""
        self._waiting = files
        self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._finished()
            return
        path = self._waiting.pop(0)
        self._words.setText(self.tr("Reading {file} …").format(file=path.name))
        self._bar.setRange(0, 0)
        session = self._desk.session

        def take(job: Job) -> ImportReport:
            from casefield.care.intake import take_file

            return take_file(session.working, path, progress=job.tell, cancelled=job.cancelled)

        self._job = self._desk.work(
            take,
            self._taken,
            lambda error: self._failed(path, error),
            owner=self,
            progress=self._progress,
        )

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, 100)
        self._bar.setValue(100 if total <= 0 else min(100, done * 100 // total))

    def _taken(self, report: ImportReport) -> None:
        added = ", ".join(f"{n} {kind}" for kind, n in report.added.items() if n)
        self._say(
            self.tr("{file}: {added}; {same} as before").format(
                file=Path(report.file).name,
                added=added or self.tr("nothing new"),
                same=sum(report.unchanged.values()),
            )
        )
        for entry in report.refused[:SHOWN_REFUSALS]:
            self._say(
                self.tr("not taken: {entry}: {reason}").format(
                    entry=entry.reference, reason=entry.reason
                )
            )
        if len(report.refused) > SHOWN_REFUSALS:
            self._say(self.tr("and {n} more").format(n=len(report.refused) - SHOWN_REFUSALS))
        self._next()

    def _failed(self, path: Path, error: CasefieldError) -> None:
        self._say(f"{path.name}: {error}")
        self._next()

    def _say(self, line: str) -> None:
        self._lines.append(line)
        self._report.setText("\n".join(self._lines))
        self._report.show()

    def _finished(self) -> None:
        self._job = None
        self._bar.hide()
        self._words.setText(self.tr("Done."))
        self._stop.setText(self.tr("Close"))

    def _cancel(self) -> None:
        if self._job is not None:
            self._waiting.clear()
            self._job.cancel()
        self.closed.emit()
