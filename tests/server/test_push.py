"""Operations are answered once each, merged, ordered and kept; a bad one blocks nothing."""

from __future__ import annotations

from casefield.records.planning import Goal
from tests.server.office import Office, statuses


def test_first(office: Office) -> None:
    ana = office.line("ana")
    person = ana.write.person(ana.member.user_id)
    goal = ana.write.goal(person[0].id)
    assert statuses(ana.push(*person, goal)) == ["applied"] * 3
    assert office.row(Goal, goal.id).description == "Walk to the shop"
    page = ana.pull()
    assert len(page.changes) == 6
