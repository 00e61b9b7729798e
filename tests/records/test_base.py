"""Identity, envelope and moments: the same on the laptop and at headquarters."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, Table, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from casefield.errors import UnusableInput
from casefield.records import base
from casefield.records.base import (
    ENVELOPE,
    Base,
    FieldKind,
    Json,
    Sourced,
    Synced,
    UtcDateTime,
    new_id,
)
from casefield.records.registry import KINDS

EVERY = sorted(KINDS.values(), key=lambda kind: kind.__kind__)


# -- ids ------------------------------------------------------------------------------------------


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", new_id())


def test_no_two_ids_are_alike_however_many_make_them_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [
            i for ids in pool.map(lambda _: [new_id() for _ in range(2000)], range(4)) for i in ids
        ]
    assert len(set(made)) == 8000


def test_an_ids_time_never_runs_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([2_000_000_000_000, 1_000_000_000_000, 2_000_000_000_001])
    monkeypatch.setattr(base, "_last_milliseconds", 0)
    monkeypatch.setattr(base.time, "time_ns", lambda: next(clock) * 1_000_000)
    times = [int(new_id().replace("-", "")[:12], 16) for _ in range(3)]
    assert times == [2_000_000_000_000, 2_000_000_000_000, 2_000_000_000_001]


# -- the envelope ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__kind__)
def test_every_record_has_the_envelope_and_its_indexes(kind: type[Synced]) -> None:
    table: Any = inspect(kind).local_table
    assert set(ENVELOPE) <= set(table.columns.keys())
    assert [column.name for column in table.primary_key] == ["org_id", "id"]
    indexes = {tuple(column.name for column in index.columns) for index in table.indexes}
    assert ("org_id", "case_id", "seq") in indexes
    sourced = ("org_id", "source_system", "source_reference")
    assert (sourced in indexes) is issubclass(kind, Sourced)
    assert not table.foreign_keys  # scope may rightly withhold what is named


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__kind__)
def test_every_content_field_says_how_it_merges(kind: type[Synced]) -> None:
    columns = inspect(kind).columns
    sourced = {"source_system", "source_reference"}
    silent = [c.key for c in columns if c.key not in set(ENVELOPE) | sourced and not c.info]
    assert silent == []
    assert {c.info["kind"] for c in columns if c.info} <= set(FieldKind)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__kind__)
def test_a_moment_has_its_zone_beside_it_in_the_same_group(kind: type[Synced]) -> None:
    """Where a person said when; moments that a machine noted are UTC and need none."""
    columns = {c.key: c for c in inspect(kind).columns}
    for name, column in columns.items():
        zone = columns.get(name.removesuffix("_at") + "_zone")
        if isinstance(column.type, UtcDateTime) and zone is not None:
            assert zone.info["group"] == column.info["group"]


def test_a_table_is_named_for_its_kind() -> None:
    assert KINDS["QuestionnaireResponse"].__tablename__ == "questionnaire_response"
    assert KINDS["Goal"].__tablename__ == "goal"


# -- moments --------------------------------------------------------------------------------------

moments = Table(
    "moments", MetaData(), Column("n", UtcDateTime), Column("j", Json), info={"side": "tests"}
)


def kept(engine: Engine, **values: Any) -> Any:
    """Return a row as it comes back."""
    with engine.begin() as connection:
        moments.create(connection, checkfirst=True)
        connection.execute(insert(moments).values(**values))
        return connection.execute(select(moments)).one()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 10, 18, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-4))),
        datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(engine: Engine, moment: datetime) -> None:
    found = kept(engine, n=moment).n
    assert found == moment
    assert found.tzinfo is UTC


def test_no_moment_comes_back_as_none(engine: Engine) -> None:
    assert kept(engine, n=None).n is None


def test_a_moment_without_a_zone_is_never_guessed(engine: Engine) -> None:
    with pytest.raises((UnusableInput, StatementError), match="without a time zone"):
        kept(engine, n=datetime(2026, 11, 10, 18))


@given(
    moment=st.datetimes(
        min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.timezones()
    )
)
def test_sqlite_keeps_any_moment_as_naive_utc(moment: datetime) -> None:
    column = UtcDateTime()
    lite, post = sqlite.dialect(), postgresql.dialect()  # type: ignore[no-untyped-call]
    bound = column.process_bind_param(moment, lite)
    assert bound is not None
    assert bound.tzinfo is None
    assert column.process_result_value(bound, lite) == moment.astimezone(UTC)
    assert column.process_bind_param(moment, post) == moment.astimezone(UTC)


@pytest.mark.parametrize("value", [{"a": [1, "ñ", None]}, [], {}, 0, "", False])
def test_structured_values_come_back_as_they_were(engine: Engine, value: Any) -> None:
    assert kept(engine, j=value).j == value


def test_nothing_is_null_and_not_the_word(engine: Engine) -> None:
    with engine.begin() as connection:
        moments.create(connection)
        connection.execute(insert(moments).values(j=None))
        assert connection.execute(select(moments).where(moments.c.j.is_(None))).one().j is None


def test_names_of_constraints_are_ours_on_both_databases() -> None:
    names = [index.name for table in Base.metadata.tables.values() for index in table.indexes]
    assert all(str(name).startswith("ix_") for name in names)
    assert max(len(str(name)) for name in names) < 63  # PostgreSQL cuts longer ones
