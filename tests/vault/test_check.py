"""The check: everything whole is good, and each kind of harm is named, not raised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from casefield.vault.check import CheckFinding, check
from casefield.vault.vault import Vault
from tests.vault.conftest import PASSPHRASE, Hands


@pytest.fixture
def worked(vault: Vault, ana: Hands) -> Vault:
    """Return a vault with four sent, one refused and four waiting operations."""
    for number in range(4):
        ana.goal(own_words=f"wish {number}")
    ana.all_taken()
    for number in range(4):
        ana.goal(own_words=f"another {number}")
    return vault


def harmed(vault: Vault, statement: str) -> dict[str, CheckFinding]:
    """Do something to the database that casefield never does; return what isn't good then."""
    with vault.transaction() as session:
        session.execute(text(statement))
    return {finding.what: finding for finding in check(vault) if not finding.good}


def test_a_new_and_a_worked_profile_are_whole(vault: Vault, worked: Vault) -> None:
    findings = check(vault)
    assert [finding.what for finding in findings] == [
        "encryption",
        "database",
        "outbox",
        "audit chain",
        "attachments",
    ]
    assert all(finding.good for finding in findings)
    assert findings[2].words == "4 waiting, 8 written so far"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM outbox_operation WHERE dseq = 6", "missing or appear twice"),
        ("DELETE FROM outbox_operation WHERE dseq = 8", "missing or appear twice"),
        ("DELETE FROM sent_operation WHERE dseq = 2", "missing or appear twice"),
        ("UPDATE outbox_operation SET dseq = 9 WHERE dseq = 8", "not the one that was said"),
        ("UPDATE outbox_operation SET op_id = 'x' WHERE dseq = 8", "not the one that was said"),
        ("UPDATE outbox_operation SET body = '{' WHERE dseq = 6", "operation 6 can't be read"),
        ("UPDATE laptop_fact SET value = '7' WHERE name = 'last_dseq'", "numbers beyond 7"),
        (
            "INSERT INTO sent_operation SELECT op_id, dseq, NULL, 1, body, said_at "
            "FROM outbox_operation WHERE dseq = 5",
            "missing or appear twice",
        ),
    ],
)
def test_a_hole_or_a_double_in_the_outbox_is_found(
    worked: Vault, statement: str, words: str
) -> None:
    bad = harmed(worked, statement)
    assert set(bad) == {"outbox"}
    assert words in bad["outbox"].words


def test_what_was_sent_long_ago_may_be_gone(worked: Vault) -> None:
    assert harmed(worked, "DELETE FROM sent_operation WHERE dseq <= 3") == {}


def test_an_edit_of_the_audit_is_found_at_its_place(worked: Vault) -> None:
    bad = harmed(worked, "UPDATE audit_entry SET actor = 'nobody' WHERE n = 5")
    assert bad["audit chain"].words == "broken at entry 5"


@pytest.mark.parametrize("table", ["audit_entry", "outbox_operation", "sent_operation"])
def test_a_table_that_is_gone_is_a_finding(worked: Vault, table: str) -> None:
    bad = harmed(worked, f"DROP TABLE {table}")
    assert len(bad) == 1
    assert "can't be read" in next(iter(bad.values())).words


def test_a_damaged_page_is_named_by_what_it_broke(worked: Vault, ana: Hands, folder: Path) -> None:
    ana.goal(own_words="x" * 40_000)
    worked.lock()
    file = folder / "casefield.db"
    raw = bytearray(file.read_bytes())
    raw[len(raw) - 2000] ^= 1
    file.write_bytes(raw)
    worked.unlock(PASSPHRASE)
    findings = {finding.what: finding for finding in check(worked)}
    assert findings["encryption"].words == "1 pages don't"
    assert not findings["encryption"].good


def test_a_check_changes_nothing(worked: Vault) -> None:
    def dump(session: Session) -> list[str]:
        return [str(row) for row in session.execute(text("SELECT * FROM audit_entry"))]

    def everything(read: Callable[[Session], list[str]]) -> list[str]:
        with worked.snapshot() as session:
            return read(session)

    before = everything(dump)
    check(worked)
    assert everything(dump) == before
