"""The caseload as a table model, with filter and sort that need no window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from casefield.care.days import due_key
from casefield.care.views import CaseloadRow
from casefield.gui import words
from casefield.gui.theme.tokens import Tone

ROW = Qt.ItemDataRole.UserRole + 1
CHIP = Qt.ItemDataRole.UserRole + 3
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
LONG = 16  # what may not fit its column is told in full as a tip
LATE = datetime.max.replace(tzinfo=UTC)
DUE_TONES = {
    "overdue": Tone.DANGER,
    "today": Tone.WARNING,
    "soon": Tone.INFO,
    "later": Tone.NEUTRAL,
}
BAND_TONES = {"high": Tone.WARNING, "moderate": Tone.NEUTRAL, "low": Tone.NEUTRAL}
TIER_ORDER = ("case_management", "review", "care_coordination", "insufficient_data")


@dataclass(frozen=True)
class Column:
    """One column: its words, its sort key, its chip's tone where it is shown as one."""

    name: str
    title: Callable[[], str]
    text: Callable[[CaseloadRow, datetime], str]
    key: Callable[[CaseloadRow], Any]
    tone: Callable[[CaseloadRow], Tone | None] = lambda _: None
    width: int = 120


def _next(row: CaseloadRow, now: datetime) -> str:
    if row.deceased:
        return QCoreApplication.translate("caseload", "deceased")
    if row.next_due is None or row.next_kind is None:
        return ""
    return f"{words.work_kind(row.next_kind)}: {words.due_words(row.next_due, now)[0].lower()}"


def _age(row: CaseloadRow) -> str:
    return "" if row.age is None else str(row.age)


def _lace(row: CaseloadRow) -> str:
    return "" if row.lace is None else str(row.lace)


def _contact(row: CaseloadRow, now: datetime) -> str:
    return words.day(row.last_contact.date()) if row.last_contact else ""


COLUMNS = (
    Column(
        "person",
        lambda: QCoreApplication.translate("caseload", "Person"),
        lambda r, _: r.name,
        lambda r: r.name.rpartition(" ")[::-1],
        width=160,
    ),
    Column(
        "age",
        lambda: QCoreApplication.translate("caseload", "Age"),
        lambda r, _: _age(r),
        lambda r: r.age or -1,
        width=50,
    ),
    Column(
        "tier",
        lambda: QCoreApplication.translate("caseload", "Tier"),
        lambda r, _: words.tier(r.tier),
        lambda r: TIER_ORDER.index(r.tier) if r.tier in TIER_ORDER else 9,
        lambda r: words.TIER_TONES.get(r.tier, Tone.NEUTRAL),
        width=150,
    ),
    Column(
        "next",
        lambda: QCoreApplication.translate("caseload", "Next"),
        _next,
        lambda r: due_key(r.next_due) if r.next_due else LATE,
        lambda r: DUE_TONES[r.next_due.state] if r.next_due and not r.deceased else None,
        width=192,
    ),
    Column(
        "lace",
        lambda: QCoreApplication.translate("caseload", "LACE"),
        lambda r, _: _lace(r),
        lambda r: -1 if r.lace is None else r.lace,
        lambda r: BAND_TONES.get(r.lace_band or "") if r.lace is not None else None,
        width=60,
    ),
    Column(
        "programme",
        lambda: QCoreApplication.translate("caseload", "Programme"),
        lambda r, _: r.programme or "",
        lambda r: r.programme or "~",
        width=150,
    ),
    Column(
        "conditions",
        lambda: QCoreApplication.translate("caseload", "Chronic"),
        lambda r, _: "" if r.chronic_conditions is None else str(r.chronic_conditions),
        lambda r: -1 if r.chronic_conditions is None else r.chronic_conditions,
        width=70,
    ),
    Column(
        "language",
        lambda: QCoreApplication.translate("caseload", "Language"),
        lambda r, _: words.language(r.language),
        lambda r: r.language or "~",
        width=96,
    ),
    Column(
        "payer",
        lambda: QCoreApplication.translate("caseload", "Payer"),
        lambda r, _: r.payer or "",
        lambda r: r.payer or "~",
        width=136,
    ),
    Column(
        "contact",
        lambda: QCoreApplication.translate("caseload", "Last note"),
        _contact,
        lambda r: r.last_contact or datetime.min.replace(tzinfo=UTC),
        width=86,
    ),
)


class CaseloadModel(QAbstractTableModel):
    """The people, one a row."""

    def __init__(self) -> None:
        super().__init__()
        self.people: tuple[CaseloadRow, ...] = ()
        self._now = datetime.now(UTC)

    def show(self, people: tuple[CaseloadRow, ...], now: datetime) -> None:
        """Show these people."""
        if people == self.people:
            return
        same = [p.case_id for p in people] == [p.case_id for p in self.people]
        if not same:
            self.beginResetModel()
        self.people, self._now = people, now
        if same:
            last = self.index(len(people) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many people there are."""
        return 0 if parent.isValid() else len(self.people)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title()
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell."""
        if not index.isValid():
            return None
        return self.cell(self.people[index.row()], COLUMNS[index.column()], role)

    def cell(self, person: CaseloadRow, column: Column, role: int) -> Any:
        """Return what a person's cell of a column is for a role."""
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(person, self._now)
        if role == Qt.ItemDataRole.ToolTipRole:
            text = column.text(person, self._now)
            return text if len(text) > LONG else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title()}: {column.text(person, self._now)}"
        if role == ROW:
            return person
        if role == CHIP:
            return column.tone(person) if column.text(person, self._now) else None
        return None


class CaseloadFilter(QAbstractTableModel):
    """Shows the people of a chip who fit what was typed, sorted by a column.

    Sorted here, in one go: a proxy model of Qt would ask Python for every comparison, which for
    some thousand people holds the window for a third of a second.
    """

    def __init__(self, model: CaseloadModel) -> None:
        super().__init__()
        self._model = model
        self._chip = "all"
        self._words: list[str] = []
        self._column = COLUMNS[0]
        self._descending = False
        self._people: list[CaseloadRow] = []
        model.modelReset.connect(self._renew)
        model.dataChanged.connect(lambda *_: self._renew())

    def choose(self, chip: str) -> None:
        """Show the people of a chip: all, due, transition, or a tier."""
        self._chip = chip
        self._renew()

    def type(self, text: str) -> None:
        """Show who fits every word typed."""
        self._words = text.casefold().split()
        self._renew()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        self._column = COLUMNS[max(column, 0)]
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._renew()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many people are shown."""
        return 0 if parent.isValid() else len(self._people)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return how many columns there are."""
        return self._model.columnCount(parent)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        return self._model.headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell."""
        if not index.isValid():
            return None
        return self._model.cell(self._people[index.row()], COLUMNS[index.column()], role)

    def _renew(self) -> None:
        """Lay the people out; while the same are shown, what is chosen stays chosen."""
        people = [person for person in self._model.people if self._shows(person)]
        people.sort(key=self._column.key, reverse=self._descending)
        place = {person.case_id: number for number, person in enumerate(people)}
        if place.keys() != {person.case_id for person in self._people}:
            self.beginResetModel()
            self._people = people
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        after = [self.index(place[self._people[i.row()].case_id], i.column()) for i in before]
        self._people = people
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _shows(self, person: CaseloadRow) -> bool:
        if not fits(person, self._chip):
            return False
        return not self._words or all(w in _haystack(person) for w in self._words)


def fits(person: CaseloadRow, chip: str) -> bool:
    """Tell whether a person belongs to a filter chip."""
    if chip == "all":
        return True
    if chip == "due":
        return person.next_due is not None and person.next_due.state in {"overdue", "today"}
    if chip == "transition":
        return person.lace is not None
    return person.tier == chip


def counts(people: tuple[CaseloadRow, ...], chips: tuple[str, ...]) -> dict[str, int]:
    """Return how many people each chip has."""
    return {chip: sum(fits(person, chip) for person in people) for chip in chips}


def _haystack(person: CaseloadRow) -> str:
    parts = (
        person.name,
        person.preferred_name,
        person.programme,
        person.payer,
        person.birth_date,
        words.tier(person.tier),
    )
    return " ".join(part for part in parts if part).casefold()
