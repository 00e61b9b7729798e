"""Codes, passwords and fingerprints by themselves; the routes' tests ask about the rest."""

from __future__ import annotations

import re

import pytest

from casefield.errors import UnusableInput
from casefield.records.headquarters import Credential, EnrolmentCode
from casefield.server import auth
from casefield.server.database import Database
from tests.server.office import TUESDAY, Office


def test_a_code_is_random_and_easy_to_read_aloud(database: Database) -> None:
    with database.write() as connection:
        codes = {auth.new_code(connection, "org", "ana", TUESDAY) for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"([A-Z2-7]{5}-){5}[A-Z2-7]", code) for code in codes)  # 128 bits


def test_a_code_is_kept_as_a_hash_with_its_end(database: Database, office: Office) -> None:
    office.hire("ana")
    office.administration.code(office.org, "ana")
    [kept] = office.rows(EnrolmentCode)
    assert re.fullmatch(r"[0-9a-f]{64}", kept.code_hash)
    assert kept.expires_at == TUESDAY + auth.CODE_LIFE
    assert kept.used_at is None


def test_a_fingerprint_is_short_and_the_keys_own() -> None:
    assert auth.fingerprint(b"a" * 32) == auth.fingerprint(b"a" * 32)
    assert auth.fingerprint(b"a" * 32) != auth.fingerprint(b"b" * 32)
    assert re.fullmatch(r"([0-9A-F]{4}-){3}[0-9A-F]{4}", auth.fingerprint(b"a" * 32))


@pytest.mark.parametrize("password", ["", "short", "x" * (auth.LEAST_PASSWORD - 1)])
def test_a_short_password_is_not_kept(database: Database, password: str) -> None:
    with database.write() as connection, pytest.raises(UnusableInput, match="at least 12"):
        auth.set_password(connection, "org", "ana", password, TUESDAY)


def test_a_new_password_replaces_the_old_one(office: Office) -> None:
    office.hire("ana")
    for password in ("the first password", "the second password"):
        office.administration.set_password(office.org, "ana", password)
    [kept] = office.rows(Credential)
    user = type("User", (), {"org_id": office.org, "id": kept.user_id})
    with office.database.write() as connection:
        auth.check_password(connection, user, "the second password", TUESDAY)
        with pytest.raises(auth.Denied, match="wrong"):
            auth.check_password(connection, user, "the first password", TUESDAY)
