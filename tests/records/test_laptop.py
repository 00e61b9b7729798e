"""A laptop's own tables: an outbox that keeps its order, and nothing that headquarters has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from casefield.records.base import Base
from casefield.records.laptop import AuditEntry, OutboxOperation, Shadow
from casefield.records.migrations import migrate, tables_of

NOW = datetime(2026, 11, 10, 18, tzinfo=UTC)


def operation(dseq: int, op_id: str) -> dict[str, Any]:
    return {
        "dseq": dseq,
        "op_id": op_id,
        "tx": "tx",
        "record_type": "Goal",
        "record_id": "goal",
        "case_id": "case",
        "body": b"{}",
        "said_at": NOW,
    }


@pytest.fixture
def laptop(on_sqlcipher: Engine) -> Engine:
    with on_sqlcipher.begin() as connection:
        migrate(connection, "laptop")
    return on_sqlcipher


def test_an_operation_waits_at_first(laptop: Engine) -> None:
    with laptop.begin() as connection:
        connection.execute(insert(OutboxOperation).values(**operation(1, "a")))
        row = connection.execute(select(OutboxOperation.__table__)).one()
    assert (row.state, row.reason, row.said_at) == ("waiting", None, NOW)


@pytest.mark.parametrize("again", [operation(1, "b"), operation(2, "a")])
def test_a_place_and_an_id_are_each_taken_once(laptop: Engine, again: dict[str, Any]) -> None:
    with laptop.begin() as connection:
        connection.execute(insert(OutboxOperation).values(**operation(1, "a")))
        with pytest.raises(IntegrityError):
            connection.execute(insert(OutboxOperation).values(**again))


def test_a_shadow_without_a_document_is_of_a_record_headquarters_never_saw(laptop: Engine) -> None:
    with laptop.begin() as connection:
        unseen = {"record_type": "Goal", "rev": 0, "seq": 0, "deleted": False, "signed": False}
        connection.execute(insert(Shadow).values(record_id="goal", document=None, **unseen))
        row = connection.execute(select(Shadow.__table__).where(Shadow.document.is_(None))).one()
    assert row.fmeta == {}


def test_a_laptop_has_none_of_headquarters_tables() -> None:
    own = tables_of("laptop") - tables_of("headquarters")
    assert not own & {"token", "credential", "device_secret", "change", "record_index"}
    assert not [name for name in own if "org_id" in Base.metadata.tables[name].columns]


def test_the_audit_holds_no_words_of_a_record() -> None:
    names = set(AuditEntry.__table__.columns.keys())
    assert not names & {"document", "patch", "value", "content", "body"}
