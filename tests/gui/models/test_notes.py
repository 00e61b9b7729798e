"""Notes as lines, their signatures, and which of them one may still write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.care.views import NoteView
from casefield.gui import words
from casefield.gui.models.notes import (
    BEGIN,
    beginning,
    draft_of,
    holds,
    note_about,
    note_line,
    note_title,
    signature,
)
from casefield.gui.theme.tokens import Tone

AT = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)
SIGNED = NoteView(
    note_id="n1",
    kind="home_visit",
    title="",
    body="Walked to the mailbox.",
    status="signed",
    author="Ana Alvarez, RN",
    written_at=AT,
    zone="America/New_York",
    happened_on=date(2026, 11, 13),
    late_entry=False,
    signed_at=AT,
    signed_by="Ana Alvarez, RN",
    signature_meaning="This is what I saw, heard and did",
    visit_id=None,
    task_id=None,
    mine=False,
    at_headquarters=True,
)
DRAFT = replace(
    SIGNED, note_id="n2", status="draft", signed_at=None, signed_by=None, mine=True, title="Second"
)


@pytest.fixture(autouse=True)
def _today() -> None:
    words.see_from(lambda: date(2026, 11, 13))


def test_a_signed_note_in_a_line() -> None:
    line = note_line(SIGNED)
    assert (line.title, line.detail) == ("Home visit", "13 Nov · Ana Alvarez, RN")
    assert (line.what, line.icon, line.tone) == ("n1", "house", Tone.NEUTRAL)


def test_a_draft_says_so_in_a_word_and_a_colour() -> None:
    line = note_line(DRAFT)
    assert (line.title, line.detail) == ("Second", "draft · 13 Nov · Ana Alvarez, RN")
    assert line.tone is Tone.WARNING


@pytest.mark.parametrize(("number", "said"), [(0, ""), (1, " · 1 addendum"), (3, " · 3 addenda")])
def test_addenda_are_counted(number: int, said: str) -> None:
    noted = replace(SIGNED, addenda=(DRAFT,) * number)
    assert note_line(noted).detail == f"13 Nov · Ana Alvarez, RN{said}"


def test_a_signature_says_who_when_and_what_it_means() -> None:
    assert signature(SIGNED) == (
        "Signed by Ana Alvarez, RN, 13 Nov 11:32: “This is what I saw, heard and did.”"
    )
    assert signature(DRAFT) == ""


def test_what_stands_above_and_beneath_the_title() -> None:
    assert note_title(SIGNED) == "Home visit"
    assert note_title(DRAFT) == "Second"
    assert note_about(SIGNED) == "Home visit · Fri 13 Nov · Ana Alvarez, RN"


def test_what_may_still_be_written() -> None:
    assert draft_of(SIGNED) is None
    assert draft_of(DRAFT) is DRAFT
    assert draft_of(replace(SIGNED, addenda=(DRAFT,))) is DRAFT


def test_a_note_holds_its_addenda() -> None:
    noted = replace(SIGNED, addenda=(DRAFT,))
    assert [holds(noted, known) for known in ("n1", "n2", "n3")] == [True, True, False]


@given(st.text())
def test_a_beginning_is_one_short_line_of_the_text(text: str) -> None:
    found = beginning(text)
    assert "\n" not in found
    assert len(found) <= BEGIN + 2
    whole = " ".join(text.split())
    assert whole.startswith(found.removesuffix(" …"))
    assert (found == whole) == (len(whole) <= BEGIN)


def test_a_beginning_is_cut_between_words() -> None:
    assert beginning("word " * 40).endswith("word …")
