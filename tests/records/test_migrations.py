"""What the migrations make is what the classes declare, on both databases and both sides."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from casefield.records import migrations
from casefield.records.base import Base
from casefield.records.migrations import (
    HEAD,
    SIDES,
    VERSION_TABLE,
    migrate,
    stored_revision,
    tables_of,
)


def differences(connection: Connection, side: str) -> list[Any]:
    """Return what alembic would change to make the database what the classes declare."""
    names = tables_of(side)

    def wanted(item: Any, name: str | None, kind: str, reflected: bool, _: Any) -> bool:
        if kind == "table" and name == VERSION_TABLE:
            return False
        return kind != "table" or reflected or name in names

    context = MigrationContext.configure(
        connection,
        opts={
            "include_object": wanted,
            "compare_type": True,
            "compare_server_default": True,
            "target_metadata": Base.metadata,
        },
    )
    return list(compare_metadata(context, Base.metadata))


@pytest.mark.parametrize("side", SIDES)
def test_the_migrated_schema_is_the_declared_one(engine: Engine, side: str) -> None:
    with engine.begin() as connection:
        migrate(connection, side)
    with engine.connect() as connection:
        assert differences(connection, side) == []
        made = set(inspect(connection).get_table_names())
    assert made == tables_of(side) | {VERSION_TABLE}


def test_a_difference_would_be_found(engine: Engine) -> None:
    """Else the test above would say nothing."""
    with engine.begin() as connection:
        migrate(connection, "laptop")
        connection.execute(text("ALTER TABLE goal ADD COLUMN odd TEXT"))
        connection.execute(text("DROP INDEX ix_goal_source"))
        connection.execute(text("ALTER TABLE goal DROP COLUMN barrier"))
    with engine.connect() as connection:
        found = differences(connection, "laptop")
    assert sorted(change[0] for change in found) == ["add_column", "add_index", "remove_column"]


def test_another_type_would_be_found(on_postgresql: Engine) -> None:
    with on_postgresql.begin() as connection:
        migrate(connection, "headquarters")
        connection.execute(text("ALTER TABLE goal ALTER COLUMN own_words TYPE VARCHAR(10)"))
        connection.execute(text("ALTER TABLE goal ALTER COLUMN rev SET DEFAULT 7"))
    with on_postgresql.connect() as connection:
        found = differences(connection, "headquarters")
    assert sorted(change[0][0] for change in found) == ["modify_default", "modify_type"]


def test_what_postgresql_keeps_is_what_was_meant(on_postgresql: Engine) -> None:
    with on_postgresql.begin() as connection:
        migrate(connection, "headquarters")
    columns = {c["name"]: str(c["type"]) for c in inspect(on_postgresql).get_columns("task")}
    assert columns["attempts"] == "JSONB"
    assert columns["description"] == "TEXT"
    assert columns["due_on"] == "DATE"
    moment = next(c for c in inspect(on_postgresql).get_columns("task") if c["name"] == "due_at")
    assert moment["type"].timezone is True


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection, "laptop")
        assert stored_revision(connection) == HEAD
        migrate(connection, "laptop")
        assert stored_revision(connection) == HEAD


def test_an_empty_database_has_no_version(engine: Engine) -> None:
    with engine.connect() as connection:
        assert stored_revision(connection) is None


def test_a_migration_that_fails_leaves_nothing(engine: Engine) -> None:
    """It runs in the caller's transaction, tables and version alike."""

    def fail() -> None:
        with engine.begin() as connection:
            migrate(connection, "laptop")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert inspect(engine).get_table_names() == []


def test_no_side_but_these(on_sqlcipher: Engine) -> None:
    with on_sqlcipher.connect() as connection, pytest.raises(AssertionError, match="no such side"):
        migrate(connection, "elsewhere")


def test_the_newest_version_is_the_one_that_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [HEAD]
    revisions = [r.revision for r in script.walk_revisions()]
    assert sorted(revisions, reverse=True) == revisions  # so that versions compare as texts


def test_every_table_has_a_side_and_its_own() -> None:
    laptop, headquarters = tables_of("laptop"), tables_of("headquarters")
    assert laptop | headquarters == set(Base.metadata.tables)
    assert {"outbox_operation", "shadow", "audit_entry"} <= laptop - headquarters
    assert {"change", "token", "device_case", "server_audit"} <= headquarters - laptop
    assert {"patient", "goal", "conflict"} <= laptop & headquarters


def test_the_written_migration_is_what_the_writer_writes() -> None:
    """Until the first release it is written from the classes: nobody forgot to."""
    root = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location(
        "write_migration", root / "packaging" / "write_migration.py"
    )
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.formatted(writer.source()) == writer.TARGET.read_text(encoding="utf-8")
