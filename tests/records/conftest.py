"""An empty database for each test, on SQLCipher and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

_schemas = (f"records_{number}" for number in itertools.count())


@pytest.fixture
def on_sqlcipher(tmp_path: Path) -> Iterator[Engine]:
    """Return an engine over an empty encrypted database."""
    from sqlcipher3 import dbapi2

    def connect() -> object:
        connection = dbapi2.connect(str(tmp_path / "records.db"), isolation_level=None)
        connection.execute("PRAGMA key = 'a key of tests'")
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, module=dbapi2, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    yield engine
    engine.dispose()


@pytest.fixture
def on_postgresql(postgresql: str) -> Iterator[Engine]:
    """Return an engine over an empty schema."""
    schema = next(_schemas)
    url = postgresql.format("postgres").replace("postgresql:", "postgresql+psycopg:")
    admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"options": f"-csearch_path={schema}"}
    )
    yield engine
    with admin.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture(params=["sqlcipher", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return an engine over an empty database: each test that asks for it runs on both."""
    found: Engine = request.getfixturevalue(f"on_{request.param}")
    return found
