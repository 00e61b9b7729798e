"""Headquarters' own tables keep organisations apart and nothing secret as it is."""

from __future__ import annotations

from casefield.records.base import Base
from casefield.records.headquarters import DeviceSecret, OrgStream, Quarantine
from casefield.records.migrations import tables_of

OWN = sorted(tables_of("headquarters") - tables_of("laptop"))
# found by a secret's hash before anybody knows whose it is; or the server's own
WITHOUT_ORGANISATION = {"enrolment_code", "token", "server_fact"}


def test_every_key_begins_with_the_organisation() -> None:
    first = {name: next(iter(Base.metadata.tables[name].primary_key)).name for name in OWN}
    others = {name for name, column in first.items() if column != "org_id"}
    assert others == WITHOUT_ORGANISATION


def test_nothing_points_by_a_foreign_key() -> None:
    assert not [name for name in OWN if Base.metadata.tables[name].foreign_keys]


def test_secrets_are_kept_as_hashes() -> None:
    names = {c.name for name in OWN for c in Base.metadata.tables[name].columns}
    assert {"code_hash", "token_hash", "password_hash"} <= names
    assert not names & {"code", "token", "password", "secret"}


def test_two_operations_of_one_id_can_both_be_set_aside() -> None:
    assert [c.name for c in Quarantine.__table__.primary_key] == [
        "org_id",
        "op_id",
        "payload_sha256",
    ]


def test_a_new_row_starts_at_nothing() -> None:
    assert OrgStream.__table__.c.last.default.arg == 0
    assert OrgStream.__table__.c.audit_last.default.arg == 0
    assert DeviceSecret.__table__.c.last_dseq.default.arg == 0
