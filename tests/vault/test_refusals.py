"""What headquarters refused waits for a person, once; afterwards it is kept and in nobody's way."""

from __future__ import annotations

import pytest

from casefield.records.laptop import AuditEntry
from casefield.records.outbox import Refused
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.vault.check import check
from casefield.vault.outbox import HANDLED, SET_ASIDE
from casefield.vault.vault import Vault
from tests.vault.conftest import NOW, Hands, answer, goal_of, state


@pytest.fixture
def goal_id(ana: Hands) -> str:
    """Return a goal that headquarters knows; somebody changed it after Ana's refused change."""
    person = ana.add(Patient(id="c", given_name="Rosa"))
    found = ana.goal(barrier="Stairs")
    ana.all_taken()
    assert person == "c"
    ana.change(Goal, found, barrier="No car")
    (said,) = ana.outbox()
    ana.answered(answer(said, "quarantined", rev=0, seq=5, detail="late: not yours"))
    ana.pulled(state(Goal, found, 6, doc=goal_of(barrier="Ice")))
    return found


def put_away(ana: Hands, state: str) -> None:
    with ana.vault.work(ana.actor, "a test") as work:
        work.put_away(work.refused(), state, state)


def acts(vault: Vault) -> list[str]:
    with vault.snapshot() as session:
        return [row.act for row in session.query(AuditEntry).order_by(AuditEntry.n)]


def test_it_is_told_with_its_reason(ana: Hands, goal_id: str) -> None:
    (found,) = ana.vault.journal.refused()
    assert (found.operation.id, found.reason, found.said_at) == (goal_id, "late: not yours", NOW)
    assert found.operation.set == {"barrier": "No car"}


@pytest.mark.parametrize("new", [HANDLED, SET_ASIDE])
def test_put_away_it_is_kept_audited_and_counted_no_more(
    ana: Hands, vault: Vault, goal_id: str, new: str
) -> None:
    assert vault.journal.counts() == (0, 1)
    assert "c" not in vault.journal.revisions()
    put_away(ana, new)
    assert vault.journal.refused() == vault.journal.waiting() == ()
    assert vault.journal.counts() == (0, 0)
    assert len(ana.outbox(new)) == 1
    assert acts(vault)[-1] == new
    assert "c" in vault.journal.revisions()  # compared with headquarters' again
    assert all(finding.good for finding in check(vault))


def test_a_restored_headquarters_is_offered_it_too(ana: Hands, vault: Vault, goal_id: str) -> None:
    put_away(ana, SET_ASIDE)
    vault.journal.start_over(epoch="f", now=NOW)
    assert [o.set for o in ana.outbox()][-1] == {"barrier": "No car"}


def test_nothing_that_waits_is_put_away(ana: Hands, goal_id: str) -> None:
    ana.change(Goal, goal_id, outcome="Done")
    (waiting,) = ana.outbox()
    with ana.vault.work(ana.actor, "a test") as work:
        work.put_away([Refused(waiting, "", NOW)], HANDLED, "x")
    assert ana.outbox() == [waiting]


def test_what_was_dealt_with_goes_when_the_person_goes(ana: Hands, goal_id: str) -> None:
    ana.left("c")
    assert len(ana.vault.journal.refused()) == 1  # in its author's sight until it is dealt with
    put_away(ana, SET_ASIDE)
    ana.left("c")
    assert ana.outbox(SET_ASIDE) == []
