"""Where the laptop stands: kept together, moved piece by piece."""

from __future__ import annotations

from dataclasses import replace

from casefield.records.outbox import Position
from casefield.vault import standing
from casefield.vault.vault import Vault


def test_a_new_laptop_stands_nowhere(vault: Vault) -> None:
    position = vault.journal.position()
    assert replace(position, next_token="") == Position(device_id="")
    assert position.next_token
    assert vault.journal.position() == position  # its next step keeps its name


def test_what_is_not_moved_stays(vault: Vault) -> None:
    vault.set_fact("device_id", "laptop 7")
    moves = ({"epoch": "e", "cursor": "5"}, {"next_token": "t"}, {"cursor": "6", "fence": "f"})
    for moved in moves:
        with vault.transaction() as session:
            before = standing.position(session)
            standing.move(session, before, replace(before, **moved))
    assert vault.journal.position() == Position("laptop 7", "e", "6", "f", next_token="t")


def test_a_laptop_that_begins_anew_keeps_what_it_was_answered(vault: Vault) -> None:
    held = Position("old", "e", "6", "f", "t", "n", last_op="o", durable=4, compared_at="x")
    with vault.transaction() as session:
        standing.move(session, standing.position(session), held)
        standing.begin_as(session, "new")
    after = vault.journal.position()
    assert after.next_token not in {"", "n"}
    assert replace(after, next_token="") == Position(
        "new", "e", last_op="o", durable=4, restarted=True
    )


def test_its_organisation_is_its_own_until_headquarters_names_one(vault: Vault) -> None:
    with vault.snapshot() as session:
        assert standing.org_of(session) == vault.local_identity().org_id
    vault.set_fact("identity", {"org_id": "headquarters' own"})
    with vault.snapshot() as session:
        assert standing.org_of(session) == "headquarters' own"
