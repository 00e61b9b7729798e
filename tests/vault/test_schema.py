"""Versions of a database: an older one is brought up to date, a newer one left to its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import inspect, text

from casefield.errors import Damaged, UnusableInput
from casefield.records import migrations
from casefield.records.laptop import RawUnknown
from casefield.records.planning import Goal
from casefield.vault import schema
from casefield.vault.changes import State
from casefield.vault.vault import Vault
from tests.vault.conftest import PASSPHRASE, Hands

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade(side):
    op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True))
    {trouble}
"""


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what makes this casefield one version newer, with trouble on the way if wanted."""
    there = Path(shutil.copytree(Path(migrations.__file__).parent, tmp_path / "migrations"))

    def grow(trouble: str = "") -> None:
        (there / "versions" / "0002_next.py").write_text(NEXT.format(trouble=trouble), "utf-8")
        monkeypatch.setattr(migrations, "__file__", str(there / "__init__.py"))
        for module in (migrations, schema):
            monkeypatch.setattr(module, "HEAD", "0002")

    return grow


def say_version(vault: Vault, version: str) -> None:
    with vault.transaction() as session:
        session.execute(text("UPDATE casefield_version SET version_num = :v"), {"v": version})


def tables(vault: Vault) -> set[str]:
    with vault.snapshot() as session:
        return set(inspect(session.connection()).get_table_names())


def version(vault: Vault) -> str | None:
    with vault.snapshot() as session:
        return migrations.stored_revision(session.connection())


def test_a_new_profile_has_the_laptops_tables_and_no_others(vault: Vault) -> None:
    assert tables(vault) == migrations.tables_of("laptop") | {"casefield_version"}
    assert version(vault) == migrations.HEAD


def test_a_newer_database_is_refused_with_the_versions_named(vault: Vault, folder: Path) -> None:
    say_version(vault, "0042")
    vault.lock()
    with pytest.raises(UnusableInput, match=r"newer casefield \(version 0042\)") as caught:
        vault.unlock(PASSPHRASE)
    assert migrations.HEAD in caught.value.way_out
    assert str(folder / "casefield.db") in caught.value.message
    assert vault.is_locked


def test_an_older_one_is_brought_up_to_date_and_keeps_everything(
    vault: Vault, ana: Hands, newer: Callable[[str], None]
) -> None:
    goal = ana.goal(own_words="Walk to the shop")
    vault.lock()
    newer("")
    vault.unlock(PASSPHRASE)
    assert "shelf" in tables(vault)
    assert version(vault) == "0002"
    assert ana.document(Goal, goal) == {"own_words": "Walk to the shop", "status": "active"}
    assert len(ana.outbox()) == 1


def test_an_upgrade_that_fails_leaves_the_older_whole(
    vault: Vault, ana: Hands, newer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = ana.goal(own_words="Walk to the shop")
    vault.lock()
    with monkeypatch.context():
        newer('op.execute("INSERT INTO nowhere VALUES (1)")')
        with pytest.raises(Exception, match="nowhere"):
            vault.unlock(PASSPHRASE)
        assert vault.is_locked
    monkeypatch.undo()
    vault.unlock(PASSPHRASE)
    assert version(vault) == "0001"
    assert "shelf" not in tables(vault)
    assert ana.document(Goal, goal)


def test_after_an_upgrade_what_could_not_be_read_before_is(
    vault: Vault, ana: Hands, newer: Callable[[str], None]
) -> None:
    kept = State(type="Goal", id="g", rev=3, seq=9, case_id="c", doc={"status": "active"})
    stranger = State(type="Moonwalk", id="m", rev=1, seq=8, doc={"length": 3})
    with vault.transaction() as session:
        for one in (kept, stranger):
            session.add(
                RawUnknown(record_id=one.id, record_type=one.type, body=msgspec.json.encode(one))
            )
    vault.lock()
    newer("")
    vault.unlock(PASSPHRASE)
    row = ana.row(Goal, "g")
    assert row is not None
    assert (row.rev, row.seq, row.status) == (3, 9, "active")
    with vault.snapshot() as session:
        assert [raw.record_id for raw in session.query(RawUnknown)] == ["m"]


@pytest.mark.parametrize("how", ["gone", "empty", "no tables"])
def test_a_database_that_is_gone_is_not_replaced_by_an_empty_one(
    vault: Vault, folder: Path, how: str
) -> None:
    if how == "no tables":
        with vault.transaction() as session:
            session.execute(text("DROP TABLE casefield_version"))
    vault.lock()
    file = folder / "casefield.db"
    if how == "gone":
        file.unlink()
    elif how == "empty":
        file.write_bytes(b"")
    with pytest.raises(Damaged, match=r"casefield\.db") as caught:
        vault.unlock(PASSPHRASE)
    assert "backup" in caught.value.way_out
    assert vault.is_locked
    if how != "no tables":
        assert not file.exists() or file.read_bytes() == b""
