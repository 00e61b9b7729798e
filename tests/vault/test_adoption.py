"""Enrolling a laptop that worked alone: everything becomes headquarters' own, in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefield.records.people import Patient
from casefield.records.planning import Activity, Goal
from casefield.records.registry import KINDS
from casefield.records.visit import Note, Visit
from casefield.records.work import Actor
from casefield.vault import adoption
from casefield.vault.check import check
from casefield.vault.vault import Vault
from tests.vault.conftest import PASSPHRASE, Hands

THEIRS = {"org_id": "org of headquarters", "user_id": "user of headquarters"}


@pytest.fixture
def alone(ana: Hands) -> dict[str, str]:
    """Do some work alone; return the records by kind."""
    person = ana.person(family_name="Medina")
    return {
        "person": person,
        "note": ana.add(Note(case_id=person, author_id=ana.actor.user_id, body="draft")),
        "visit": ana.add(Visit(case_id=person, worker_id=ana.actor.user_id)),
        "mine": ana.add(Activity(case_id=person, owner_id=ana.actor.user_id)),
        "theirs": ana.add(Activity(case_id=person, owner_id="a colleague")),
    }


def adopt(vault: Vault) -> Hands:
    vault.adopt(**THEIRS, device_id="device 7", facts={"identity": THEIRS})
    return Hands(vault, Actor(name="Ana", device_id="device 7", **THEIRS))


def test_rows_belong_to_headquarters_then(vault: Vault, ana: Hands, alone: dict[str, str]) -> None:
    known = adopt(vault)
    with vault.snapshot() as session:
        for kind in KINDS.values():
            assert {org for (org,) in session.query(kind.org_id)} <= {THEIRS["org_id"]}
    assert known.row(Note, alone["note"]).author_id == THEIRS["user_id"]  # type: ignore[union-attr]
    assert known.row(Visit, alone["visit"]).worker_id == THEIRS["user_id"]  # type: ignore[union-attr]
    assert known.row(Activity, alone["mine"]).owner_id == THEIRS["user_id"]  # type: ignore[union-attr]
    assert known.row(Activity, alone["theirs"]).owner_id == "a colleague"  # type: ignore[union-attr]
    assert known.row(Patient, alone["person"]).case_id == alone["person"]  # type: ignore[union-attr]
    assert ana.row(Patient, alone["person"]) is None


def test_what_waits_is_said_by_the_user_that_headquarters_knows(
    vault: Vault, ana: Hands, alone: dict[str, str]
) -> None:
    before = ana.outbox()
    known = adopt(vault)
    after = known.outbox()
    assert [(o.op_id, o.dseq, o.tx, o.id) for o in after] == [
        (o.op_id, o.dseq, o.tx, o.id) for o in before
    ]
    assert {o.actor for o in after} == {THEIRS["user_id"]}
    by_id = {o.id: o.set for o in after}
    assert by_id[alone["note"]]["author_id"] == THEIRS["user_id"]
    assert by_id[alone["theirs"]]["owner_id"] == "a colleague"
    assert by_id[alone["person"]] == {"family_name": "Medina"}
    local = vault.local_identity()
    assert local.user_id not in str(after)
    assert local.org_id not in str(after)
    assert all(finding.good for finding in check(vault))


def test_the_work_goes_on_in_ones_own_draft(vault: Vault, alone: dict[str, str]) -> None:
    known = adopt(vault)
    assert known.change(Note, alone["note"], body="draft, gone on with")
    assert known.goal(own_words="Walk")
    assert [o.dseq for o in known.outbox()] == [1, 2, 3, 4, 5, 6, 7]
    assert vault.journal.position().device_id == "device 7"
    assert vault.fact("identity") == THEIRS


def test_rows_and_identity_never_disagree(
    vault: Vault, ana: Hands, alone: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails, the laptop is as before: alone, with all it did."""
    real = adoption.adopt

    def fail(*given: object, **named: object) -> None:
        real(*given, **named)  # type: ignore[arg-type]
        raise ZeroDivisionError

    monkeypatch.setattr(adoption, "adopt", fail)
    with pytest.raises(ZeroDivisionError):
        adopt(vault)
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert ana.row(Patient, alone["person"]) is not None
    assert ana.outbox()[0].actor == ana.actor.user_id
    assert vault.fact("identity") is None
    assert vault.fact("device_id") is None


def test_a_laptop_with_nothing_done_is_adopted_too(vault: Vault, folder: Path) -> None:
    known = adopt(vault)
    assert known.outbox() == []
    goal = known.goal(own_words="Walk")
    assert known.row(Goal, goal) is not None
