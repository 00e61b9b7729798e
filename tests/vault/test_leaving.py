"""Cases that leave: gone from every table, unless something of theirs has not been sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from sqlalchemy import select

from casefield.records.base import Synced
from casefield.records.document import content_fields, table_of
from casefield.records.laptop import RawUnknown, SentOperation, Shadow
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.registry import KINDS
from casefield.records.visit import Note
from casefield.sync.messages import RecordState
from casefield.vault.check import check
from casefield.vault.vault import Vault
from tests.vault.conftest import NOW, Hands, answer, goal_of, state


@pytest.fixture
def people(ana: Hands) -> None:
    """Pull two people with a goal and an unknown record each."""
    for case in ("c", "d"):
        ana.pulled(
            RecordState(type="Patient", id=case, rev=1, seq=1, case_id=case, doc={}),
            state(Goal, f"g{case}", 2, case_id=case, doc=goal_of(own_words=f"canary of {case}")),
            RecordState(type="Moonwalk", id=f"m{case}", rev=1, seq=3, case_id=case, doc={"a": 1}),
        )


def cases(vault: Vault) -> set[str]:
    """Return the cases of which any row of any kind is here."""
    found: set[str] = set()
    with vault.snapshot() as session:
        for kind in KINDS.values():
            found |= set(session.scalars(select(kind.case_id)))
        found |= {row.record_id[1:] for row in session.scalars(select(RawUnknown))}
    return found


def test_a_case_leaves_whole_and_alone(vault: Vault, ana: Hands, people: None) -> None:
    assert ana.left("c", "never here") == ("c", "never here")
    assert cases(vault) == {"d"}
    assert ana.left() == ()


def test_every_kind_of_record_goes(vault: Vault, ana: Hands) -> None:
    for number, (name, kind) in enumerate(KINDS.items()):
        ana.pulled(
            RecordState(type=name, id=f"r{number}", rev=1, seq=9, case_id="c", doc=least(kind))
        )
    assert cases(vault) == {"c"}
    ana.left("c")
    assert cases(vault) == set()


def least(kind: type[Synced]) -> dict[str, object]:
    """Return the smallest content of a kind."""
    columns = table_of(kind).columns
    return {name: "x" for name in content_fields(kind) if not columns[name].nullable}


@pytest.mark.parametrize("answered", ["", "deferred"])
def test_a_case_with_unsent_work_stays_whole(
    vault: Vault, ana: Hands, people: None, answered: str
) -> None:
    ana.change(Goal, "gc", own_words="said after the case was given away")
    (operation,) = ana.outbox()
    if answered:
        ana.answered(answer(operation, answered))
    assert ana.left("c", "d") == ("d",)
    assert cases(vault) == {"c"}
    assert ana.outbox() + ana.outbox("refused") == [operation]


@pytest.mark.parametrize("answered", ["rejected", "quarantined"])
def test_refused_words_hold_nobody_here_and_stay_in_their_authors_sight(
    vault: Vault, ana: Hands, people: None, answered: str
) -> None:
    ana.change(Goal, "gc", own_words="said after the case was given away")
    (operation,) = ana.outbox()
    ana.answered(answer(operation, answered))
    assert ana.left("c", "d") == ("c", "d")
    assert cases(vault) == set()
    assert ana.outbox("refused") == [operation]
    assert all(finding.good for finding in check(vault))


def test_once_headquarters_copy_is_durable_only_numbers_stay(
    vault: Vault, ana: Hands, people: None
) -> None:
    ana.change(Goal, "gc", own_words="Dance")
    ana.all_taken(seq=7)
    ana.left("c", durable=7)
    with vault.snapshot() as session:
        assert {row.body for row in session.query(SentOperation)} == {b""}
    assert all(finding.good for finding in check(vault))
    vault.journal.start_over(epoch="e2", now=NOW)
    assert ana.outbox() == []


def test_once_its_work_is_taken_it_leaves(vault: Vault, ana: Hands, people: None) -> None:
    ana.change(Goal, "gc", own_words="Dance")
    assert ana.left("c") == ()
    ana.all_taken()
    assert ana.left("c") == ("c",)
    with vault.snapshot() as session:
        assert session.query(Shadow).count() == 0


def test_many_leave_at_once(vault: Vault, ana: Hands) -> None:
    names = [f"p{n}" for n in range(700)]
    ana.pulled(*(RecordState(type="Patient", id=n, rev=1, seq=1, case_id=n, doc={}) for n in names))
    note = ana.add(Note(case_id="p3", author_id=ana.actor.user_id))
    assert set(ana.left(*names)) == set(names) - {"p3"}
    assert cases(vault) == {"p3"}
    assert ana.row(Note, note) is not None
    assert ana.row(Patient, "p3") is not None


def test_what_left_is_overwritten_in_the_file(
    vault: Vault, ana: Hands, people: None, folder: Path
) -> None:
    """Deleted content stays in no free page: whoever has the key can't dig it out."""
    assert vault._key is not None
    key = vault._key.raw()
    ana.add(Goal(case_id="e", own_words="canary that stays"))
    ana.left("c", "d")
    vault.lock()
    pages = decrypted(folder / "casefield.db", key)
    assert b"canary that stays" in pages
    assert b"canary of" not in pages


def decrypted(file: Path, key: bytes) -> bytes:
    """Return a database's pages without their encryption (SQLCipher 4: AES-256-CBC a page)."""
    found = b""
    raw = file.read_bytes()
    for start in range(0, len(raw), 4096):
        page = raw[start : start + 4096]
        box, nonce = page[16 if start == 0 else 0 : -80], page[-80:-64]
        found += Cipher(AES(key), CBC(nonce)).decryptor().update(box)
    return found
