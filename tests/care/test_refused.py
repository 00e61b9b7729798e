"""What was refused is told by what is here, or by what was typed alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casefield.application import Session
from casefield.care.refused import refused_views
from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Refused
from casefield.records.planning import Goal


def refused(**more: Any) -> Refused:
    given: dict[str, Any] = {
        "op_id": "o",
        "dseq": 1,
        "tx": "t",
        "type": "Goal",
        "id": "gone",
        "case_id": "gone",
        "kind": OperationKind.CHANGE,
        "wall": "2026-11-09T15:00:00Z",
        "set": {"own_words": "To sleep"},
    }
    return Refused(Operation(**(given | more)), "late", datetime(2026, 11, 9, 15, tzinfo=UTC))


def test_of_a_person_who_left_only_what_was_typed_is_told(session: Session) -> None:
    (view,) = session.read(lambda w: refused_views(w, [refused()]))
    assert (view.person, view.here, view.title) == ("", False, "To sleep")
    assert [(f.name, f.value) for f in view.fields] == [("own_words", "To sleep")]


def test_of_a_person_who_is_here_the_record_is_named(session: Session, person: str) -> None:
    goal_id = session.act(
        lambda w: w.add(Goal(case_id=person, own_words="Walk to church")).id, "test"
    )
    one = refused(id=goal_id, case_id=person)
    (view,) = session.read(lambda w: refused_views(w, [one]))
    assert (view.person, view.here, view.title) == ("Rosa Alvarez", True, "Walk to church")


@pytest.mark.parametrize("more", [{"type": "NewKind"}, {"set": {}}, {"case_id": None}])
def test_whatever_was_refused_can_be_told(session: Session, more: dict[str, Any]) -> None:
    (view,) = session.read(lambda w: refused_views(w, [refused(**more)]))
    assert view.reason == "late"
