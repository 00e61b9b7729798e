"""The reference for the data layer: sqlcipher3 on the vault's policy and tables, by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


class Bare:
    """A fresh encrypted database with the laptop's tables, without anything of ours above it.

    Args:
        folder: does not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        from casefield.records.migrations import migrate
        from casefield.vault.database import open_engine
        from casefield.vault.keys import DataKey

        folder.mkdir(parents=True)
        engine = open_engine(folder, DataKey.fresh())
        with engine.connect() as connection:
            migrate(connection, "laptop")
            connection.commit()
        self._pooled = engine.raw_connection()
        self._raw: Any = self._pooled.driver_connection
        self._engine = engine

    def insert(self, rows: dict[str, Sequence[Sequence[Any]]]) -> None:
        """Insert rows by table, all in one transaction."""
        self._raw.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            places = ",".join("?" * len(values[0]))
            self._raw.executemany(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608
        self._raw.execute("COMMIT")

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for many rows in one transaction."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.executemany(statement, rows)
        self._raw.execute("COMMIT")

    def run(self, statement: str) -> None:
        """Run one statement by itself."""
        self._raw.execute(statement)

    def read(self, select: str) -> Iterable[Any]:
        """Yield the rows of a query."""
        yield from self._raw.execute(select)

    def close(self) -> None:
        """Close the database."""
        self._pooled.close()
        self._engine.dispose()
