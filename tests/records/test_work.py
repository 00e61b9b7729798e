"""What `Work.find` asks is the same on the laptop and at headquarters."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from casefield.records.migrations import migrate
from casefield.records.planning import Goal
from casefield.records.work import find_statement

GOALS = [
    ("a", "org", "rosa", "active", False),
    ("b", "org", "rosa", "achieved", False),
    ("c", "org", "luis", "active", False),
    ("d", "org", "rosa", "active", True),
    ("e", "another", "rosa", "active", False),
]


@pytest.fixture
def filled(engine: Engine) -> Any:
    with engine.begin() as connection:
        migrate(connection, "laptop")
        with Session(connection) as session:
            for record_id, org, case_id, status, deleted in GOALS:
                session.add(
                    Goal(
                        id=record_id,
                        org_id=org,
                        case_id=case_id,
                        status=status,
                        deleted=deleted,
                        fmeta={},
                        extra={},
                    )
                )
            session.flush()
        yield connection


@pytest.mark.parametrize(
    ("case_id", "equals", "expected"),
    [
        (None, {}, "abc"),
        ("rosa", {}, "ab"),
        ("rosa", {"status": "active"}, "a"),
        (None, {"status": ["active", "achieved"]}, "abc"),
        (None, {"status": ("achieved",)}, "b"),
        (None, {"id": {"a", "c", "d", "e"}}, "ac"),
        (None, {"status": []}, ""),
        (None, {"description": None}, "abc"),
        ("nobody", {}, ""),
    ],
)
def test_it_finds_what_is_asked_for_in_order_and_nothing_deleted_or_foreign(
    filled: Connection, case_id: str | None, equals: dict[str, Any], expected: str
) -> None:
    with Session(filled) as session:
        found = session.scalars(find_statement(Goal, "org", case_id, equals))
        assert "".join(goal.id for goal in found) == expected
