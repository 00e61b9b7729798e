"""Two versions in words: what differs, whose is whose, what may be chosen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from casefield.care.conflict_views import ConflictView, FieldValue, Side
from casefield.gui import words
from casefield.gui.models.conflict import differing, tell

ZONE = "America/New_York"
AT = datetime(2026, 11, 10, 14, tzinfo=UTC)
ALL = ("current", "proposed", "both", "third")


@pytest.fixture(autouse=True)
def _this_year(qapp: QApplication) -> None:
    """Let days be said as in the year they are of."""
    words.see_from(lambda: AT.date())


def side(choice: str, by: str, *, mine: bool = False, **values: Any) -> Side:
    found = tuple(FieldValue(name, value) for name, value in values.items())
    return Side(choice, f"of {by}", found, by, AT, mine)


def view(current: Side, *proposals: Side, **more: Any) -> ConflictView:
    given: dict[str, Any] = {
        "conflict_id": proposals[0].conflict_id,
        "case_id": "c1",
        "person": "Rosa Medina",
        "record_type": "Goal",
        "record_id": "g1",
        "title": "Walk to church",
        "unit": current.values[0].name,
        "base": (),
        "standing": current.values,
        "standing_by": current.by,
        "standing_at": AT,
        "changed_since": False,
        "state": "open",
        "choices": ALL,
    }
    return ConflictView(current=current, proposals=proposals, **(given | more))


BEN = side("current", "Ben", barrier="No car")
ANA = side("proposed", "Ana", mine=True, barrier="No bus")


def test_ones_own_stands_first_whichever_came_first() -> None:
    told = tell(view(BEN, ANA), ZONE)
    assert [(v.head, v.act, v.choice) for v in told.versions] == [
        ("Yours", "Take &mine", "proposed"),
        ("Ben wrote", "Keep &theirs", "current"),
    ]
    mine, theirs = (version.who for version in told.versions)
    assert mine.startswith("Ana · Tue 10 Nov ")
    assert "9:00" in mine, "in this place's time"
    assert theirs.startswith("Tue 10 Nov ")
    mine = side("current", "Ana", mine=True, barrier="No bus")
    told = tell(view(mine, side("proposed", "Ben", barrier="No car")), ZONE)
    assert [(v.head, v.choice) for v in told.versions] == [
        ("Yours", "current"),
        ("Ben wrote", "proposed"),
    ]


def test_between_two_others_each_is_named_on_its_button() -> None:
    told = tell(view(BEN, side("proposed", "Cy", barrier="Dogs")), ZONE)
    assert [v.act for v in told.versions] == ["Keep what Ben wrote", "Keep what Cy wrote"]


def test_what_stands_meanwhile_is_what_keeping_keeps() -> None:
    now = (FieldValue("barrier", "Ice"),)
    told = tell(view(BEN, ANA, changed_since=True, standing=now, standing_by="Cy"), ZONE)
    _, standing = told.versions
    assert (standing.head, standing.act) == ("As it stands now", "Keep what stands")
    assert standing.lines[0].text == "Ice"
    assert told.notes[-1].endswith("Ben had written: No car")


def test_what_care_does_not_offer_has_no_button() -> None:
    told = tell(view(BEN, ANA, choices=("current",), state="deleted"), ZONE)
    assert [v.act for v in told.versions] == ["", "Keep &theirs"]
    assert not told.both
    assert told.third is None
    assert "The record was removed meanwhile." in told.notes


def test_codes_are_not_typed_and_removal_is_said_in_words() -> None:
    current = side("current", "Ben", status="on_hold")
    choices = ("current", "proposed", "third")
    told = tell(
        view(current, side("proposed", "Ana", mine=True, status="active"), choices=choices), ZONE
    )
    assert told.third is None
    (line,) = told.versions[1].lines
    assert (line.text, line.differs_wholly, line.only_here) == ("on hold", True, ())
    gone = side("current", "Ben", deleted=True)
    told = tell(view(gone, side("proposed", "Ana", mine=True, deleted=False)), ZONE)
    assert [v.lines[0].text for v in told.versions] == ["Keep it", "Remove it"]


def test_a_group_is_written_anew_field_by_field() -> None:
    current = side("current", "Ben", due_on="2026-11-20", phone="555-0100")
    mine = side("proposed", "Ana", mine=True, due_on="2026-11-21", phone=None)
    told = tell(view(current, mine, choices=("current", "proposed", "third")), ZONE)
    assert told.third is not None
    assert told.third.fields == (("due_on", "Due", "2026-11-21"), ("phone", "Phone", ""))
    assert [(line.name, line.text) for line in told.versions[0].lines] == [
        ("Due", "21 Nov"),
        ("Phone", "nothing"),
    ]


def test_what_differs_is_marked_word_by_word() -> None:
    runs = differing("Walk twice a day, slowly now.", "Walk once a day, slowly.")
    assert [run.text for run in runs if run.marked] == ["twice", "slowly now."]


@given(st.text(alphabet="ab \n", max_size=30), st.text(alphabet="ab \n", max_size=30))
def test_marks_lose_nothing_and_mark_nothing_where_all_is_alike(one: str, other: str) -> None:
    assert "".join(run.text for run in differing(one, other)) == one
    assert not any(run.marked for run in differing(one, one))
