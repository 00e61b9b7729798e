"""What waits, in words: whom it is about, grouped, and refused words in full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casefield.gui.models.waiting import deed, told
from casefield.records.outbox import Waiting

NOW = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)
ZONE = "America/New_York"


def waiting(
    kind: str,
    record: str,
    minutes: int = 0,
    reason: str | None = None,
    said: dict[str, Any] | None = None,
) -> Waiting:
    """Return a change that waits since some minutes."""
    return Waiting(
        op_id=f"{kind}{record}{minutes}",
        record_type=record,
        record_id="r1",
        case_id="c1",
        kind=kind,
        state="refused" if reason else "waiting",
        reason=reason,
        said_at=NOW - timedelta(minutes=minutes),
        fields=(),
        said=said or {},
    )


def test_lines_say_when_whom_and_what_newest_first() -> None:
    lines = told(
        (waiting("create", "Note", minutes=30), waiting("sign", "Note", minutes=2)),
        {"c1": "Rosa Medina"},
        NOW,
        ZONE,
    )
    assert [(line.when, line.who, line.what) for line in lines] == [
        ("Today 11:30", "Rosa Medina", "Note: signed"),
        ("Today 11:02", "Rosa Medina", "Note: new"),
    ]


def test_what_was_done_in_one_go_stands_in_one_line() -> None:
    lines = told((waiting("create", "Observation"),) * 3, {"c1": "Rosa Medina"}, NOW, ZONE)
    assert len(lines) == 1
    assert lines[0].what.endswith(": new × 3")


def test_what_headquarters_refused_stands_apart_with_its_reason() -> None:
    lines = told(
        (waiting("change", "Note"), waiting("change", "Note", reason="Signed by another")),
        {},
        NOW,
        ZONE,
    )
    assert [line.complaint for line in lines] == ["Signed by another", ""]
    assert lines[0].who == "", "whom it is about is not on this laptop any more"


@pytest.mark.parametrize("kind", ["create", "change", "sign", "delete"])
def test_every_deed_has_a_word(kind: str) -> None:
    assert deed(kind) != kind


def test_words_that_were_not_taken_can_still_be_read() -> None:
    """They stand nowhere in the record any more: whoever wrote them must not lose them."""
    said = {"title": "Thursday", "body": "She slept well.\nNo pain.", "kind": "phone", "pages": 2}
    (line,) = told((waiting("change", "Note", reason="Signed", said=said),), {}, NOW, ZONE)
    assert line.said == "Thursday\nShe slept well.\nNo pain."


def test_two_refused_ones_with_other_words_stay_two() -> None:
    lines = told(
        tuple(waiting("change", "Note", reason="No", said={"body": text}) for text in "ab"),
        {},
        NOW,
        ZONE,
    )
    assert [line.said for line in lines] == ["b", "a"]
