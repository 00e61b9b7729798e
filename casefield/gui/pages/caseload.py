"""Caseload: everybody in one table, filtered by chips, opened with Enter."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
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
from casefield.gui.newest import Newest
from casefield.gui.pages.import_panel import FILES, ImportPanel
from casefield.gui.pages.page import Page
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.basics import empty, row
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.chip_delegate import ChipDelegate, row_height
from casefield.gui.widgets.empty import EmptyState
from casefield.gui.widgets.flow import FlowLayout
from casefield.gui.widgets.keys import on_key
from casefield.gui.widgets.table import Table

CHIP_GAP = 8
TYPED_WIDTH = 180
CHIPS = ("all", "due", "transition", *TIER_ORDER)


class CaseloadPage(Page):
    """The table of people."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme, self.tr("Caseload"))
        self.model = CaseloadModel()
        self.shown = CaseloadFilter(self.model)
        self._newest = Newest(desk, self)
        self._import = button(
            self.tr("&Import …"), self.choose_files, theme=theme, icon_name="download"
        )
        self.bar.insertWidget(3, self._import)
        self._panel = QVBoxLayout()
        self.panel: ImportPanel | None = None
        self.body.addLayout(self._panel)
        self._filter_bar = self._filters()
        self.body.addWidget(self._filter_bar)
        self.table = self._table()
        self._nobody = EmptyState(
            theme,
            "users",
            self.tr("Nobody here yet"),
            self.tr(
                "The people in your care stand here: brought in from a hospital's file, "
                "or assigned to you at headquarters and come with the next sync."
            ),
            (self.tr("Import a file …"), self.choose_files),
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
        card = Card().bare()
        card.add(self._stack, 1)
        self.body.addWidget(card, 1)
        desk.changed.connect(lambda _: self.load() if self.isVisible() else None)

    def load(self) -> None:
        """Ask for everybody."""
        now = self.desk.now()
        self._newest.ask("caseload", lambda work: care_caseload.caseload(work, now), self._show)

    def forget(self) -> None:
        """Show nobody any more."""
        self.model.show((), self.desk.now())
        self.typed.clear()
        self._close_import()
        self.aside.clear()

    def choose_files(self) -> None:
        """Ask for files and take people in from them."""
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Choose FHIR files"), "", f"FHIR R4 ({FILES})"
        )
        if names:
            self.take_in([Path(name) for name in names])

    def take_in(self, files: list[Path]) -> None:
        """Take people in from files; what came of it stands above the table until it is closed."""
        empty(self._panel)
        self.panel = ImportPanel(self.desk)
        self.panel.closed.connect(self._close_import)
        self._panel.addWidget(self.panel)
        self.panel.show()
        self.panel.take(files)
        self.panel.take_focus()

    def take_focus(self) -> None:
        """The table hears the arrow keys; an empty page has its button."""
        shown = self._stack.currentWidget()
        (shown.act if isinstance(shown, EmptyState) and shown.act else self.table).setFocus()

    def _filters(self) -> QWidget:
        bar, chips = QWidget(), QWidget()
        line = row((chips, 1), spacing=12)
        bar.setLayout(line)
        flow = FlowLayout(chips, CHIP_GAP)
        self._chips: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for chip in CHIPS:
            made = button(self._chip_words(chip), role="filter")
            made.setCheckable(True)
            made.setChecked(chip == "all")
            made.clicked.connect(lambda _=False, chip=chip: self._choose(chip))
            group.addButton(made)
            self._chips[chip] = made
            flow.addWidget(made)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(self.tr("Filter"))
        self.typed.setAccessibleName(self.tr("Filter the people"))
        self.typed.setClearButtonEnabled(True)
        self.typed.setFixedWidth(sized(TYPED_WIDTH))
        self.typed.textChanged.connect(self._type)
        line.addWidget(self.typed, 0, Qt.AlignmentFlag.AlignTop)
        return bar

    def _chip_words(self, chip: str) -> str:
        known = {
            "all": self.tr("All"),
            "due": self.tr("Due now"),
            "transition": self.tr("Home from hospital"),
        }
        return known.get(chip) or words.tier(chip)

    def _table(self) -> Table:
        table = Table(self.theme)
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
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(row_height())
        table.setSortingEnabled(True)
        head = table.horizontalHeader()
        head.setSectionsMovable(True)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(COLUMNS):
            table.setColumnWidth(number, sized(column.width))
        kept = settings.columns("caseload")
        if kept.isEmpty() or not head.restoreState(kept):
            table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
        else:
            table.sortByColumn(head.sortIndicatorSection(), head.sortIndicatorOrder())
        head.setStretchLastSection(True)
        head.sectionResized.connect(lambda *_: self._keep_columns())
        head.sectionMoved.connect(lambda *_: self._keep_columns())
        head.sortIndicatorChanged.connect(lambda *_: self._keep_columns())
        table.activated.connect(self._open)
        on_key(table, "Ctrl+C", self._copy)
        return table

    def _show(self, people: tuple[CaseloadRow, ...]) -> None:
        self.model.show(people, self.desk.now())
        self.aside.setText(
            self.tr("1 person") if len(people) == 1 else self.tr("{n} people").format(n=len(people))
        )
        for chip, number in counts(people, CHIPS).items():
            self._chips[chip].setText(f"{self._chip_words(chip)}  {number}")
        self._filter_bar.setVisible(bool(people))
        self._choose_page()

    def _choose_page(self) -> None:
        """Show the table, or why it is empty; the keyboard goes along."""
        before = self._stack.currentWidget()
        with_keyboard = before is not None and before.isAncestorOf(self.focusWidget() or self)
        if not self.model.people:
            self._stack.setCurrentWidget(self._nobody)
        elif self.shown.rowCount() == 0:
            self._stack.setCurrentWidget(self._none_fit)
        else:
            self._stack.setCurrentWidget(self.table)
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.shown.index(0, 0))
        if with_keyboard and before is not self._stack.currentWidget():
            self.take_focus()

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
        for number in rows:
            cells = (self.shown.index(number, n).data() for n in range(len(COLUMNS)))
            lines.append("\t".join(str(cell or "") for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _keep_columns(self) -> None:
        settings.keep_columns("caseload", self.table.horizontalHeader().saveState())

    def _close_import(self) -> None:
        empty(self._panel)
        self.panel = None
        if self.isVisible():
            self.take_focus()
