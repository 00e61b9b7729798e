"""The caseload page: sort, filter, open and copy, by hand and by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casefield.care import transition, worklist
from casefield.gui.models.caseload import COLUMNS, ROW
from casefield.gui.pages.caseload import CaseloadPage
from casefield.gui.theme.theme import Theme
from tests.gui.hands import Hands, button, texts

ROSA = "rosa-medina"


def caseload(ana: Hands) -> CaseloadPage:
    """Go to the page and return it."""
    ana.shell.rail.buttons["caseload"].click()
    ana.settle()
    return ana.shell.caseload


def names(page: CaseloadPage) -> list[str]:
    """Return who is shown, in order."""
    return [str(page.shown.index(n, 0).data()) for n in range(page.shown.rowCount())]


def column(name: str) -> int:
    """Return the number of a column."""
    return next(n for n, column in enumerate(COLUMNS) if column.name == name)


def click_head(page: CaseloadPage, name: str) -> None:
    """Click a column's title."""
    head = page.table.horizontalHeader()
    left = head.sectionViewportPosition(column(name))
    spot = QRect(left, 0, head.sectionSize(column(name)), head.height()).center()
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_everybody_is_there_and_the_most_urgent_first(ana: Hands) -> None:
    page = caseload(ana)
    assert len(names(page)) == len(ana.cases)
    assert page.aside.text() == f"{len(ana.cases)} people"
    dues = [page.shown.index(n, 0).data(ROW).next_due for n in range(len(names(page)))]
    known = [due.state for due in dues if due]
    assert known == sorted(known, key=("overdue", "today", "soon", "later").index)
    assert QApplication.focusWidget() is page.table


def test_a_click_on_a_title_sorts_and_another_one_turns_it_round(ana: Hands) -> None:
    page = caseload(ana)
    click_head(page, "age")
    ages = [page.shown.index(n, 0).data(ROW).age for n in range(len(names(page)))]
    assert ages == sorted(ages)
    click_head(page, "age")
    again = [page.shown.index(n, 0).data(ROW).age for n in range(len(names(page)))]
    assert again == ages[::-1]


def test_enter_opens_the_person_chosen(ana: Hands) -> None:
    page = caseload(ana)
    ana.key(Qt.Key.Key_Down)
    ana.key(Qt.Key.Key_Down)
    chosen = page.table.currentIndex().data(ROW)
    ana.key(Qt.Key.Key_Return)
    assert ana.shell.place().case_id == chosen.case_id
    ana.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.table.currentIndex().data(ROW).case_id == chosen.case_id, "one comes back to it"


def test_chips_show_how_many_and_narrow_the_table(ana: Hands) -> None:
    page = caseload(ana)
    made = page._chips["transition"]
    number = int(made.text().split()[-1])
    made.click()
    assert len(names(page)) == number < len(ana.cases)
    page._chips["all"].click()
    assert len(names(page)) == len(ana.cases)


def test_typing_narrows_and_nobody_says_so_with_a_way_back(ana: Hands) -> None:
    page = caseload(ana)
    page.typed.setFocus()
    ana.type("medina")
    assert len(names(page)) == 1
    ana.type(" zebra")
    assert "Nobody fits" in texts(page)
    back = button(page, "Show everybody")
    assert QApplication.focusWidget() is page.typed, "one types on"
    back.click()
    assert len(names(page)) == len(ana.cases)
    assert page.typed.text() == ""


def test_the_keyboard_goes_along_when_a_chip_empties_the_table(ana: Hands) -> None:
    page = caseload(ana)
    page.table.setFocus()
    page.typed.setText("zebra")
    assert QApplication.focusWidget() is button(page, "Show everybody")
    ana.key(Qt.Key.Key_Space)
    assert QApplication.focusWidget() is page.table


def test_copied_rows_are_a_table_with_titles(ana: Hands) -> None:
    page = caseload(ana)
    page.table.selectRow(0)
    ana.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, first = QApplication.clipboard().text().split("\n")
    assert head.split("\t")[:3] == ["Person", "Age", "Tier"]
    assert first.split("\t")[0] == names(page)[0]


def test_columns_stay_as_wide_and_as_sorted_as_one_left_them(
    ana: Hands, theme: Theme, qtbot: QtBot
) -> None:
    page = caseload(ana)
    page.table.horizontalHeader().resizeSection(column("payer"), 222)
    click_head(page, "person")
    again = CaseloadPage(page.desk, theme)  # as casefield makes it when it is started again
    qtbot.addWidget(again)
    again.load()
    ana.settle()
    assert again.table.columnWidth(column("payer")) == 222
    assert names(again) == names(page)
    assert names(again) == sorted(names(page), key=lambda name: name.rpartition(" ")[::-1])


def test_a_change_elsewhere_is_shown_and_what_is_chosen_stays(ana: Hands) -> None:
    page = caseload(ana)
    page.table.selectRow(3)
    chosen = page.table.currentIndex().data(ROW).case_id
    now = ana.session.clock.now()
    calls = [i for i in ana.kept(lambda w: worklist.worklist(w, now)).items if i.kind == "call"]
    ana.does(lambda work: transition.log_call(work, calls[0].task_id, outcome="reached"))
    assert page.table.currentIndex().data(ROW).case_id == chosen


def test_with_nobody_it_says_where_people_come_from(nobody: Hands) -> None:
    page = caseload(nobody)
    assert "Nobody here yet" in texts(page)
    assert not page._filter_bar.isVisible(), "nothing to filter"
    assert QApplication.focusWidget() is button(page, "Import a file")
    assert page.aside.text() == "0 people"


def test_a_long_value_is_told_in_full_as_a_tip(ana: Hands) -> None:
    page = caseload(ana)
    for row in range(page.shown.rowCount()):
        for number in range(len(COLUMNS)):
            index = page.shown.index(row, number)
            tip = index.data(Qt.ItemDataRole.ToolTipRole)
            assert tip in (None, index.data())
            assert len(str(index.data())) <= 16 or tip
