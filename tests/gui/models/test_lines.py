"""Lines of a list: what they say, and what stays when they are shown anew."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt

from casefield.gui.models.lines import ROW, Line, LinesModel

ROSA = Line("Rosa Medina", "born 4 Mar 1955", "user-round", "rosa")
LUIS = Line("Luis Ortega", "", "user-round", "luis")


@pytest.fixture
def model() -> LinesModel:
    made = LinesModel()
    made.show((ROSA, LUIS))
    return made


def test_a_line_is_read_aloud_whole(model: LinesModel) -> None:
    spoken = [
        model.data(model.index(n), Qt.ItemDataRole.AccessibleTextRole)
        for n in range(model.rowCount())
    ]
    assert spoken == ["Rosa Medina, born 4 Mar 1955", "Luis Ortega"]
    assert model.data(model.index(0), ROW) is ROSA


def test_lines_are_found_by_what_they_stand_for(model: LinesModel) -> None:
    assert model.place("luis") == 1
    assert model.place("nobody") == -1
    assert model.line(model.index(1)) is LUIS
    assert model.line(QModelIndex()) is None


def test_the_same_things_with_other_words_keep_the_selection(model: LinesModel) -> None:
    chosen = QItemSelectionModel(model)
    chosen.setCurrentIndex(model.index(1), QItemSelectionModel.SelectionFlag.SelectCurrent)
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last: changed.append(last.row()))
    model.show((ROSA, Line("Luis Ortega", "draft", "user-round", "luis")))
    assert changed == [1]
    assert chosen.currentIndex().row() == 1


def test_other_things_begin_anew(model: LinesModel) -> None:
    chosen = QItemSelectionModel(model)
    chosen.setCurrentIndex(model.index(1), QItemSelectionModel.SelectionFlag.SelectCurrent)
    model.show((ROSA,))
    assert not chosen.currentIndex().isValid()
    model.show(())
    assert model.rowCount() == 0
