"""Pictures of numbers: where points stand, what is said of them, and the same as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from casefield.care.views import ScorePart, ScoreView, Series, SeriesPoint
from casefield.gui import words
from casefield.gui.theme.theme import Theme
from casefield.gui.widgets.plot import Plot, Scale, spoken
from casefield.gui.widgets.score_bar import ScoreBar
from casefield.gui.widgets.sparkline import Sparkline

ZONE = "America/New_York"
BEGIN = datetime(2026, 8, 17, 13, tzinfo=UTC)
AREA = QRectF(0, 0, 300, 100)


def series(
    name: str, *values: float, low: float | None = None, high: float | None = None
) -> Series:
    points = tuple(SeriesPoint(BEGIN + timedelta(days=n), v) for n, v in enumerate(values))
    return Series(name, "mmHg", points, low, high)


@pytest.fixture(autouse=True)
def _today() -> None:
    words.see_from(lambda: date(2026, 11, 13))


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20))
def test_every_point_lies_in_the_picture(values: list[float]) -> None:
    one = series("x", *values, low=90, high=140)
    scale = Scale((one,), AREA)
    for point in one.points:
        spot = scale.spot(point.at, point.value)
        assert AREA.left() <= spot.x() <= AREA.right()
        assert AREA.top() <= spot.y() <= AREA.bottom()


def test_more_is_higher_and_later_is_further_right() -> None:
    one = series("x", 100, 150)
    scale = Scale((one,), AREA)
    first, last = (scale.spot(p.at, p.value) for p in one.points)
    assert first.x() < last.x()
    assert first.y() > last.y()


def test_the_picture_in_words() -> None:
    told = spoken((series("Systolic", 138, 128), series("Diastolic", 84, 76)), ZONE)
    assert told == (
        "Systolic: 138 mmHg 17 Aug 09:00, 128 mmHg 18 Aug 09:00; "
        "Diastolic: 84 mmHg 17 Aug 09:00, 76 mmHg 18 Aug 09:00"
    )


def test_the_same_as_a_table_newest_first(qtbot: QtBot, theme: Theme) -> None:
    plot = Plot(theme, (series("Systolic", 138, 128), series("Diastolic", 84, 76)), ZONE)
    qtbot.addWidget(plot)
    plot.show()
    assert plot._toggle.text() == "As a table"
    plot._toggle.click()
    table = plot.findChild(QTableWidget)
    cells = [[table.item(r, c).text() for c in range(3)] for r in range(table.rowCount())]
    assert cells == [["18 Aug 09:00", "128", "76"], ["17 Aug 09:00", "138", "84"]]
    assert table.accessibleName() == "Systolic, Diastolic"
    plot._toggle.click()
    assert not table.isVisible()


def test_one_value_or_none_paints(qtbot: QtBot, theme: Theme) -> None:
    for shown in (series("x", 5), series("x")):
        plot = Plot(theme, (shown,), ZONE)
        qtbot.addWidget(plot)
        assert not plot.grab().isNull()


def test_a_sparkline_ends_with_todays_score(qtbot: QtBot, theme: Theme) -> None:
    line = Sparkline(theme, (18, 14, 3), 27, "Scores so far: 18, 14, 3")
    qtbot.addWidget(line)
    line.resize(line.sizeHint())
    spots = line.spots()
    assert [s.x() for s in spots] == sorted(s.x() for s in spots)
    assert spots[0].y() < spots[1].y() < spots[2].y(), "fewer points stand lower"
    assert all(line.rect().contains(s.toPoint()) for s in spots)
    assert line.accessibleName() == "Scores so far: 18, 14, 3"
    assert not line.grab().isNull()


def test_a_score_that_is_not_known_is_said_to_be_so(qtbot: QtBot, theme: Theme) -> None:
    parts = (ScorePart("L", "Length", 4, 7, ""), ScorePart("C", "Comorbidity", None, 5, ""))
    score = ScoreView("LACE", None, 4, 9, 19, "unknown", parts, ("C",), "e1", "2026.1", "")
    bar = ScoreBar(theme, score, {"L": "Length", "C": "Comorbid"})
    qtbot.addWidget(bar)
    bar.resize(300, bar.sizeHint().height())
    assert bar.accessibleName() == "Length 4, Comorbid ?"
    assert not bar.grab().isNull()
