"""One history of the schema for two databases; each table belongs to a side.

`migrate` runs Alembic (imported only then); asking which version a database is of does not.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from casefield.records.base import Base

HEAD = "0001"
SIDES = ("laptop", "headquarters")
VERSION_TABLE = "casefield_version"


def stored_revision(connection: Connection) -> str | None:
    """Return the version a database is of, None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = Table(VERSION_TABLE, MetaData(), Column("version_num", String))
    found: str | None = connection.execute(select(version.c.version_num)).scalar()
    return found


def migrate(connection: Connection, side: str, revision: str = "head") -> None:
    """Bring a database to a version inside the connection's transaction.

    Args:
        connection: to SQLCipher, SQLite or PostgreSQL; the caller commits.
        side: ``laptop`` or ``headquarters``.
        revision: where to go.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    if side not in SIDES:
        raise AssertionError(f"no such side: {side}")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config,
        script,
        fn=lambda current, _: script._upgrade_revs(revision, current),
        destination_rev=revision,
    ) as environment:
        environment.configure(
            connection=connection,
            target_metadata=Base.metadata,
            version_table=VERSION_TABLE,
            transactional_ddl=False,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        environment.run_migrations(side=side)


def tables_of(side: str) -> frozenset[str]:
    """Return the names of the tables that a side has."""
    import casefield.records.headquarters
    import casefield.records.laptop
    import casefield.records.registry  # noqa: F401

    return frozenset(
        table.name
        for table in Base.metadata.tables.values()
        if table.info.get("side") in {"both", side}
    )
