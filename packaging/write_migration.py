"""Write the first migration from the models: for development, until the first release.

Run with the development environment: ``.venv/bin/python packaging/write_migration.py``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import JSON, create_engine

from casefield.records.base import Base, UtcDateTime
from casefield.records.migrations import tables_of

TARGET = Path(__file__).parents[1] / "casefield/records/migrations/versions/0001_the_spine.py"

HEADER = '''"""The spine: records of both sides, the laptop's outbox, headquarters' stream.

Written by packaging/write_migration.py.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casefield.records.base import Json, UtcDateTime

revision = "0001"
down_revision = None


def upgrade(side: str) -> None:
    """Make the tables of a side."""
    both()
    if side == "laptop":
        laptop()
    else:
        headquarters()
'''


def render(names: frozenset[str]) -> str:
    """Return the body that makes some tables, as source text."""

    def wanted(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or name in names

    def item(kind: str, value: object, _: object) -> str | bool:
        if kind == "type" and isinstance(value, UtcDateTime):
            return "UtcDateTime()"
        return "Json" if kind == "type" and isinstance(value, JSON) else False

    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": wanted, "render_item": item}
        )
        operations = produce_migrations(context, Base.metadata).upgrade_ops
        assert operations is not None
        text = render_python_code(operations, render_item=item)
    return "\n".join(line for line in text.splitlines() if "###" not in line)


def source() -> str:
    """Return the migration's source text, as it falls out."""
    both = tables_of("laptop") & tables_of("headquarters")
    parts = {
        "both": both,
        "laptop": tables_of("laptop") - both,
        "headquarters": tables_of("headquarters") - both,
    }
    text = HEADER
    for name, names in parts.items():
        text += (
            f'\n\ndef {name}() -> None:\n    """Make the tables of {name}."""\n{render(names)}\n'
        )
    return text


def formatted(text: str) -> str:
    """Return source text as the formatter leaves it."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-q", "--stdin-filename", str(TARGET), "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main() -> None:
    """Write the file."""
    TARGET.write_text(formatted(source()), encoding="utf-8")


if __name__ == "__main__":
    main()
