"""Where the laptop stands: kept together, moved piece by piece."""

from __future__ import annotations

from casefield.records.outbox import Position
from casefield.vault import standing
from casefield.vault.vault import Vault


def test_a_new_laptop_stands_nowhere(vault: Vault) -> None:
    assert vault.journal.position() == Position(device_id="")


def test_what_is_not_moved_stays(vault: Vault) -> None:
    vault.set_fact("device_id", "laptop 7")
    for moved in ({"epoch": "e", "cursor": "5"}, {"token": "t"}, {"cursor": "6", "fence": "f"}):
        with vault.transaction() as session:
            standing.move(session, **moved)
    assert vault.journal.position() == Position("laptop 7", "e", "6", "f", "t")


def test_its_organisation_is_its_own_until_headquarters_names_one(vault: Vault) -> None:
    with vault.snapshot() as session:
        assert standing.org_of(session) == vault.local_identity().org_id
    vault.set_fact("identity", {"org_id": "headquarters' own"})
    with vault.snapshot() as session:
        assert standing.org_of(session) == "headquarters' own"
