"""Reads rule tables from JSON files: checked against their shape, refused with file and place."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import msgspec

T = TypeVar("T", bound="Table")


class BadTable(ValueError):
    """A table file is not what the rule needs; the message names file, place and reason."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table says of itself."""

    id: str
    version: str
    effective_from: date
    source: str
    licence: str
    verified: str
    verified_on: date
    effective_to: date | None = None


def read_table(path: Path, shape: type[T]) -> T:
    """Read a table once.

    Raises:
        BadTable: the file is absent, not JSON, or not of the shape.
    """
    return cast(T, _read(path, shape))


@cache
def _read(path: Path, shape: type[Table]) -> Table:
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadTable(f"The table {path.name} can't be used: {error}.") from error
    except OSError as error:
        raise BadTable(f"The table {path} can't be read: {error.strerror}.") from error
