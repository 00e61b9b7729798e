"""The sync page in words: how it stands, what waits by person and record, what came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from casefield.care.conflict_views import FieldValue
from casefield.care.refused import RefusedView
from casefield.gui import words
from casefield.gui.models.sync import came, progress, refused_acts, standing, waiting_groups
from casefield.records.outbox import Waiting
from casefield.sync.core import Tally
from casefield.sync.state import Phase, SyncState

NOW = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)
ZONE = "America/New_York"


@pytest.fixture(autouse=True)
def _this_year(qapp: QApplication) -> None:
    """Let days be said as in the year they are of."""
    words.see_from(lambda: NOW.date())


def waits(record: str, record_id: str, case_id: str | None, kind: str, minutes: int) -> Waiting:
    said_at = NOW - timedelta(minutes=minutes)
    return Waiting("o", record, record_id, case_id, kind, "waiting", None, said_at, ())


REFUSED = RefusedView(
    op_id="o1",
    act="t1",
    case_id="c1",
    person="Rosa Medina",
    here=True,
    record_type="Goal",
    record_id="g1",
    title="Walk to church",
    kind="change",
    fields=(FieldValue("barrier", "Ice\non the steps"), FieldValue("due_on", "2026-11-20")),
    reason="not in your care",
    said_at=NOW,
    zone=ZONE,
)


@pytest.mark.parametrize(
    ("state", "head", "parts"),
    [
        (SyncState(Phase.ALONE, 3), "This laptop works alone", ["3 changes wait", "Enrol it"]),
        (SyncState(Phase.WAITING), "Not in step yet", ["It was never synced."]),
        (
            SyncState(Phase.OFFLINE, 1, 0, NOW, "No way there."),
            "Offline",
            ["1 change waits", "Last synced today 11:32", "No way there."],
        ),
        (SyncState(Phase.ONLINE, 0, 0, NOW), "In step with headquarters", ["Nothing waits"]),
        (SyncState(Phase.ONLINE, 2, 0, NOW), "Online", ["2 changes wait"]),
        (SyncState(Phase.STOPPED, 0, 0, None, "Revoked."), "Sync stopped", ["Revoked."]),
    ],
)
def test_how_it_stands_is_said_in_words(state: SyncState, head: str, parts: list[str]) -> None:
    found, said = standing(state, NOW, ZONE)
    assert found == head
    for part in parts:
        assert part in said


def test_progress_counts_what_is_known_and_invents_no_end() -> None:
    sending = progress(SyncState(Phase.SYNCING, 40, done=60))
    assert sending == (60, 100, "60 changes moved, 40 still to send")
    assert progress(SyncState(Phase.SYNCING, 0, done=60)) == (0, 0, "60 changes moved")


def test_what_waits_stands_by_person_and_record_newest_first() -> None:
    waiting = (
        waits("Goal", "g1", "c1", "create", 90),
        waits("Goal", "g1", "c1", "change", 80),
        waits("Observation", "o1", "c2", "create", 9),
        waits("Observation", "o2", "c2", "create", 8),
        waits("Note", "n1", "c2", "sign", 5),
        waits("Organization", "x", None, "change", 100),
    )
    titles = {("Goal", "g1"): "Walk to church", ("Note", "n1"): "home_visit"}
    names = {"c1": "Rosa Medina", "c2": "Luis Ortega"}
    groups = waiting_groups(waiting, names, titles, NOW, ZONE)
    assert [(g.who, g.number) for g in groups] == [
        ("Luis Ortega", 3),
        ("Rosa Medina", 2),
        ("Not about one person", 1),
    ]
    assert [(line.what, line.deed) for line in groups[0].lines] == [
        ("Note “Home visit”", "signed"),
        ("Measurement × 2", "new"),
    ]
    assert [line.when[:11] for line in groups[0].lines] == ["today 11:27", "today 11:24"]
    assert [(line.what, line.deed) for line in groups[1].lines] == [
        ("Goal “Walk to church”", "new, changed")
    ]


def test_a_refused_act_is_one_entry_with_everything_that_was_typed() -> None:
    task = replace(REFUSED, op_id="o2", record_type="Task", title="call_72h", fields=())
    other = replace(REFUSED, op_id="o3", act="t2", person="", here=False)
    first, second = refused_acts((REFUSED, task, other), NOW, ZONE)
    assert (first.op_id, first.who, first.here) == ("o1", "Rosa Medina", True)
    assert first.reasons == ("not in your care",)
    assert [(r.what, r.deed) for r in first.records] == [
        ("Goal “Walk to church”", "changed"),
        ("Task “72-hour call”", "changed"),
    ]
    assert first.records[0].fields == (
        ("What stands in the way", "Ice\non the steps"),
        ("Due", "20 Nov"),
    )
    assert (second.who, second.here) == ("A person who is not on this laptop", False)


def test_what_came_is_counted_and_measured() -> None:
    tally = Tally(
        pushed=1, pulled=12, entered=2, left=1, conflicts=1, refused=3, bytes_up=1500,
        bytes_down=2_000_000, seconds=3.21,
    )  # fmt: skip
    assert came(tally) == (
        "1 change sent",
        "12 changes came",
        "2 people came to you",
        "1 person left this laptop",
        "1 field was written differently by a colleague",
        "3 changes were refused",
        "1.5 kB up, 2.0 MB down, 3.2 s",
    )
    assert came(Tally())[:2] == ("Nothing was sent", "Nothing new came")
