"""Caseload: everybody in one table, filtered by chips, opened with Enter."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
)

from casefield.care import caseload as care_caseload
from casefield.care.views import CaseloadRow
from casefield.gui import settings, words
from casefield.gui.desk import Desk
from casefield.gui.models.caseload import (
    CHIP,
    COLUMNS,
    ROW,
    TIER_ORDER,
    CaseloadFilter,
    CaseloadModel,
    counts,
)
from casefield.gui.pages.import_panel import ImportPanel
from casefield.gui.pages.page import Page
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.basics import button, empty
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip_delegate import ROW_HEIGHT, ChipDelegate
from casefield.gui.widgets.empty import EmptyState

CHIPS = ("all", "due", "transition", *TIER_ORDER)


class CaseloadPage(Page):
    """The table of people."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme, self.tr("Caseload"))
        self.model = CaseloadModel()
        self.shown = CaseloadFilter(self.model)
        self._import = button(
            self.tr("&Import …"), self._open_import, theme=theme, icon_name="download"
        )
        self.bar.insertWidget(3, self._import)
        self._panel = QVBoxLayout()
        self.body.addLayout(self._panel)
        self.body.addLayout(self._filters())
        self.table = self._table()
        self._nobody = EmptyState(
            theme,
            "users",
            self.tr("Nobody here yet"),
            self.tr(
                "The people in your care stand here: brought in from a hospital's file, "
                "or assigned to you at headquarters and come with the next sync."
            ),
            (self.tr("Import a file …"), self._open_import),
        )
        self._none_fit = EmptyState(
            theme,
            "list-filter",
            self.tr("Nobody fits"),
            self.tr("Nobody on your caseload fits what is chosen above."),
            (self.tr("Show everybody"), self._show_all),
        )
        self._stack = QStackedWidget()
        for part in (self.table, self._nobody, self._none_fit):
            self._stack.addWidget(part)
        card = Card()
        card._layout.setContentsMargins(1, 1, 1, 1)
        card.add(self._stack, 1)
        self.body.addWidget(card, 1)
        desk.changed.connect(lambda _: self.load())

    def load(self) -> None:
        """Ask for everybody."""
        now = self.desk.now()
        self.desk.ask(
            lambda work: care_caseload.caseload(work, now),
            lambda people: self._show(people),
            owner=self,
        )

    def take_focus(self) -> None:
        """The table hears the arrow keys."""
        self.table.setFocus()

    def _filters(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        self._chips: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for chip in CHIPS:
            made = button(self._chip_words(chip), role="filter")
            made.setCheckable(True)
            made.setChecked(chip == "all")
            made.clicked.connect(lambda _=False, chip=chip: self._choose(chip))
            group.addButton(made)
            self._chips[chip] = made
            line.addWidget(made)
        line.addStretch(1)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(self.tr("Filter"))
        self.typed.setAccessibleName(self.tr("Filter the people"))
        self.typed.setClearButtonEnabled(True)
        self.typed.setMaximumWidth(200)
        self.typed.textChanged.connect(self._type)
        line.addWidget(self.typed)
        return line

    def _chip_words(self, chip: str) -> str:
        known = {
            "all": self.tr("All"),
            "due": self.tr("Due now"),
            "transition": self.tr("Home from hospital"),
        }
        return known.get(chip) or words.tier(chip)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.shown)
        table.setAccessibleName(self.tr("Caseload"))
        self._delegate = ChipDelegate(self.theme, CHIP)
        table.setItemDelegate(self._delegate)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        table.setSortingEnabled(True)
        head = table.horizontalHeader()
        head.setSectionsMovable(True)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(COLUMNS):
            table.setColumnWidth(number, column.width)
        kept = settings.columns("caseload")
        if kept.isEmpty() or not head.restoreState(kept):
            table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
        head.setStretchLastSection(True)
        head.sectionResized.connect(lambda *_: self._keep_columns())
        head.sectionMoved.connect(lambda *_: self._keep_columns())
        table.activated.connect(self._open)
        copy = QShortcut(QKeySequence.StandardKey.Copy, table, self._copy)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        return table

    def _show(self, people: tuple[CaseloadRow, ...]) -> None:
        self.model.show(people, self.desk.now())
        self.aside.setText(
            self.tr("1 person") if len(people) == 1 else self.tr("{n} people").format(n=len(people))
        )
        for chip, number in counts(people, CHIPS).items():
            self._chips[chip].setText(f"{self._chip_words(chip)}  {number}")
        self._choose_page()

    def _choose_page(self) -> None:
        if not self.model.people:
            self._stack.setCurrentWidget(self._nobody)
        elif self.shown.rowCount() == 0:
            self._stack.setCurrentWidget(self._none_fit)
        else:
            self._stack.setCurrentWidget(self.table)
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.shown.index(0, 0))

    def _choose(self, chip: str) -> None:
        self._chips[chip].setChecked(True)
        self.shown.choose(chip)
        self._choose_page()

    def _type(self, text: str) -> None:
        self.shown.type(text)
        self._choose_page()

    def _show_all(self) -> None:
        self.typed.clear()
        self._choose("all")

    def _open(self, index: QModelIndex) -> None:
        person = index.data(ROW)
        if isinstance(person, CaseloadRow):
            self.person_wanted.emit(person.case_id, "summary", None)

    def _copy(self) -> None:
        """Copy the chosen rows as a table, title line first."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        lines = ["\t".join(column.title() for column in COLUMNS)]
        for row in rows:
            cells = (self.shown.index(row, n).data() for n in range(len(COLUMNS)))
            lines.append("\t".join(str(cell or "") for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _keep_columns(self) -> None:
        settings.keep_columns("caseload", self.table.horizontalHeader().saveState())

    def _open_import(self) -> None:
        empty(self._panel)
        panel = ImportPanel(self.desk, self.theme)
        panel.closed.connect(lambda: empty(self._panel))
        self._panel.addWidget(panel)
        panel.choose()
