"""Taking people in from files: watch the bar, read what was taken and what was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from casefield.care.views import ImportReport
from casefield.errors import CasefieldError
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.jobs import Job
from casefield.gui.widgets.basics import column, label, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card

SHOWN_REFUSALS = 5
FILES = "*.json *.ndjson *.gz *.zip"


class ImportPanel(QWidget):
    """Imports files one after the other.

    Signals:
        closed: finished with.
    """

    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._waiting: list[Path] = []
        self._job: Job | None = None
        card = Card(self.tr("Import"))
        self.words = label("", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the import"))
        self._report = column(spacing=8)
        self.stop = button(self.tr("Cancel"), self._cancel)
        card.add(self.words)
        card.add(self._bar)
        card.add(self._report)
        card.add(row(1, self.stop))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

    def take(self, files: list[Path]) -> None:
        """Take these files."""
        self._waiting = list(files)
        self._next()

    def take_focus(self) -> None:
        """The button that stops hears the keys."""
        self.stop.setFocus()

    def _next(self) -> None:
        if not self._waiting:
            self._finished()
            return
        path = self._waiting.pop(0)
        self.words.setText(self.tr("Reading {file} …").format(file=path.name))
        self._bar.setRange(0, 0)
        session = self._desk.session

        def take(job: Job) -> ImportReport:
            from casefield.care.intake import take_file

            return take_file(session.working, path, progress=job.tell, cancelled=job.cancelled)

        self._job = self._desk.work(
            take,
            lambda report: self._taken(path, report),
            lambda error: self._failed(path, error),
            owner=self,
            progress=self._progress,
        )

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, 100)
        self._bar.setValue(100 if total <= 0 else min(100, done * 100 // total))

    def _taken(self, path: Path, report: ImportReport) -> None:
        refusals = [
            self.tr("Not taken: {entry}: {reason}").format(
                entry=entry.reference, reason=entry.reason
            )
            for entry in report.refused[:SHOWN_REFUSALS]
        ]
        if len(report.refused) > SHOWN_REFUSALS:
            left = len(report.refused) - SHOWN_REFUSALS
            refusals.append(self.tr("and {n} more").format(n=left))
        self._say(path.name, self._counts(report), refusals)
        self._next()

    def _counts(self, report: ImportReport) -> str:
        parts = []
        for text, counted in (
            (self.tr("New: {what}"), report.added),
            (self.tr("Changed: {what}"), report.changed),
        ):
            what = ", ".join(f"{n} × {words.record_kind(k)}" for k, n in counted.items() if n)
            if what:
                parts.append(text.format(what=what))
        if not parts:
            parts.append(self.tr("Nothing new"))
        same, left = sum(report.unchanged.values()), sum(report.left.values())
        if same:
            parts.append(self.tr("{n} known already").format(n=same))
        if left:
            parts.append(self.tr("{n} of kinds that casefield does not keep").format(n=left))
        return "; ".join(parts)

    def _failed(self, path: Path, error: CasefieldError) -> None:
        self._say(path.name, "", [str(error)])
        self._next()

    def _say(self, file: str, counts: str, complaints: list[str]) -> None:
        self._report.addLayout(
            column(
                label(file, "strong", wrap=True),
                label(counts, "small", wrap=True, select=True) if counts else None,
                *(label(text, "complaint", wrap=True, select=True) for text in complaints),
                spacing=1,
            )
        )

    def _finished(self) -> None:
        self._job = None
        self._bar.hide()
        self.words.hide()
        self.stop.setText(self.tr("Close"))

    def _cancel(self) -> None:
        if self._job is not None:
            self._waiting.clear()
            self._job.cancel()
        self.closed.emit()
