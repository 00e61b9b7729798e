"""My day as a list model: each row's words, ready to be painted and read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from casefield.care.views import NewsItem, WorkItem, Worklist
from casefield.gui import words
from casefield.gui.theme.tokens import Tone

ROW = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
TONES = {"overdue": Tone.DANGER, "today": Tone.WARNING, "soon": Tone.INFO, "later": Tone.NEUTRAL}


@dataclass(frozen=True)
class WorkRow:
    """One row in words."""

    item: WorkItem
    chip: str
    icon: str
    tone: Tone
    person: str
    what: str
    why: str
    urgency: str
    exact: str
    button: str

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        parts = (self.chip, self.person, self.what, self.urgency, self.exact, self.why, self.button)
        return ", ".join(part for part in parts if part)


def work_row(item: WorkItem, now: datetime) -> WorkRow:
    """Return a row's words."""
    urgency, exact = words.due_words(item.due, now)
    tone = Tone.DANGER if item.kind == "safety" else TONES[item.due.state]
    return WorkRow(
        item=item,
        chip=words.work_kind(item.kind),
        icon=words.WORK_ICONS.get(item.kind, "circle-check"),
        tone=tone,
        person=item.person,
        what=_what(item),
        why=_why(item),
        urgency=urgency,
        exact=exact,
        button=words.work_button(item.kind),
    )


def _what(item: WorkItem) -> str:
    title = words.task_title(item.task_kind)
    reason = item.reason_values.get("reason", "")
    if title and reason:
        return QCoreApplication.translate("worklist", "{what} after {reason}").format(
            what=title, reason=reason[:1].lower() + reason[1:]
        )
    return title or item.title


def _why(item: WorkItem) -> str:
    values = item.reason_values
    if item.reason_code != "discharged":
        return item.title if item.title and words.task_title(item.task_kind) else ""
    if item.attempts:
        first = QCoreApplication.translate("worklist", "Tried {n} ×").format(n=item.attempts)
    else:
        first = QCoreApplication.translate("worklist", "Day {n} of 30").format(n=values["day"] + 1)
    parts = [first]
    if values.get("facility"):
        when = words.moment(values["discharged_at"], values["zone"], weekday=True)
        parts.append(
            QCoreApplication.translate("worklist", "{facility}, left {when}").format(
                facility=values["facility"], when=when
            )
        )
    return " · ".join(parts)


def news_words(item: NewsItem, zone: str) -> str:
    """Return a piece of news in a line: what happened, when, by whom."""
    shape = {
        "admitted": QCoreApplication.translate("worklist", "Admitted to {what}"),
        "discharged": QCoreApplication.translate("worklist", "Left {what}"),
        "emergency_visit": QCoreApplication.translate("worklist", "Emergency room, {what}"),
        "note_signed": QCoreApplication.translate("worklist", "Note signed: {what}"),
    }.get(item.what_code, "{what}")
    what = words.note_kind(item.what) if item.kind == "Note" else item.what
    said = shape.format(what=what).rstrip(", ")
    parts = (said, words.moment(item.at, zone, weekday=True), item.by)
    return " · ".join(part for part in parts if part)


class WorklistModel(QAbstractListModel):
    """The ranked rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[WorkRow] = []

    def show(self, day: Worklist) -> None:
        """Show a day."""
        self.show_rows([work_row(item, day.as_of) for item in day.items])

    def show_rows(self, fresh: list[WorkRow]) -> None:
        """Show rows; where they stand for the same tasks, the selection stays."""
        if [r.item.task_id for r in fresh] == [r.item.task_id for r in self.rows]:
            self.rows = fresh
            if fresh:
                self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return
        self.beginResetModel()
        self.rows = fresh
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row, or its words."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        found = self.rows[index.row()]
        if role == ROW:
            return found
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return found.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.item.source or None
        return None
