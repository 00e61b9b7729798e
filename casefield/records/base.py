"""The common ground of all records: identity, envelope, moments, field kinds.

Every synced record carries the same envelope on the laptop and at headquarters:

====== =====================================================================================
org_id the organisation; first part of every key, so that two organisations can never mix
id     UUIDv7 text made where the record was born; its order is never used for sync
case_id the person whose record it is (a Patient's id); None for organisation-wide reference data
rev    revision at headquarters, 0 until headquarters has seen the record
seq    place in the organisation's stream of changes, 0 until headquarters has seen the record
deleted soft deletion; clinical rows are never removed at headquarters
signed  a signed record never changes again; later words are an addendum
fmeta  per field or field group: who wrote it last and at which revision (merge needs it)
extra  fields that a newer version of casefield sent and this one doesn't know: kept, sent back
====== =====================================================================================

There are no database foreign keys between synced records: scope may rightly withhold the record
that another one names (docs/decisions). Headquarters checks references when it merges.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from casefield.errors import UnusableInput

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Declarative base of every table of ours, laptop and headquarters alike."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in, aware UTC out, on both databases.

    SQLite keeps no zone, so the value is stored there as naive UTC; PostgreSQL uses timestamptz.

    Raises:
        UnusableInput: on a moment without a zone, which would have to be guessed.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise UnusableInput("A moment without a time zone can't be stored.")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database stored into an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Return what turns a moment into SQLite's text in one step: each row has some."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Return what turns SQLite's text into a moment in one step."""
        return (
            _to_moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )


def _to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise UnusableInput("A moment without a time zone can't be stored.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _to_moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class FieldKind(StrEnum):
    """How two people's edits of one field are brought together (casefield.sync.merge)."""

    SCALAR = "scalar"
    TEXT = "text"
    SET = "set"
    STATUS = "status"


class RecordClass(StrEnum):
    """What may happen to a record after it was created (design: record classes of sync)."""

    EVENT = "event"
    DRAFT = "draft"
    EDITABLE = "editable"
    MEMBER = "member"
    REFERENCE = "reference"


def kind_info(kind: FieldKind = FieldKind.SCALAR, group: str | None = None) -> dict[str, Any]:
    """Return the column info that tells merge how to treat a field.

    Args:
        kind: the field's kind.
        group: fields of one group merge as one (dose, unit and route; lines of an address).
    """
    return {"kind": kind, "group": group}


def text_field(group: str | None = None) -> Any:
    """Declare a nullable free-text column."""
    return mapped_column(Text, default=None, info=kind_info(FieldKind.TEXT, group))


def code_field(length: int = 64, group: str | None = None) -> Any:
    """Declare a nullable short coded or named value."""
    return mapped_column(String(length), default=None, info=kind_info(FieldKind.SCALAR, group))


def status_field(default: str) -> Any:
    """Declare a state of the record's life, required."""
    return mapped_column(String(32), default=default, info=kind_info(FieldKind.STATUS))


def set_field() -> Any:
    """Declare a list of values merged as a set."""
    return mapped_column(Json, default=None, info=kind_info(FieldKind.SET))


def moment_field(group: str | None = None) -> Any:
    """Declare a nullable moment; its zone stands in the `…_zone` column beside it."""
    return mapped_column(UtcDateTime, default=None, info=kind_info(FieldKind.SCALAR, group))


def said_date() -> Any:
    """Declare a FHIR date or dateTime exactly as it was said: ``2015``, ``2015-03``, with zone…

    Text, because a year is not the first of January and a zone once heard is worth keeping.
    """
    return mapped_column(String(40), default=None, info=kind_info(FieldKind.SCALAR))


def day_field() -> Any:
    """Declare a nullable calendar date, typed by a person or worked out in local time."""
    return mapped_column(Date, default=None, info=kind_info(FieldKind.SCALAR))


def number_field(group: str | None = None) -> Any:
    """Declare a nullable measured number; its unit stands in a column beside it."""
    return mapped_column(Double, default=None, info=kind_info(FieldKind.SCALAR, group))


def flag_field() -> Any:
    """Declare a three-valued yes, no, or None for not known."""
    return mapped_column(Boolean, default=None, info=kind_info(FieldKind.SCALAR))


def document_field() -> Any:
    """Declare a structured value that merges as one piece."""
    return mapped_column(Json, default=None, info=kind_info(FieldKind.SCALAR))


class Sourced:
    """Mixin of records that may come from outside: where a reader finds the original.

    `source_system` names the sender (a FHIR server's base, a file's label), `source_reference`
    the entry there, e.g. ``Condition/0f2a…``. Both empty: typed in casefield.
    """

    source_system: Mapped[str | None] = mapped_column(String(200), default=None)
    source_reference: Mapped[str | None] = mapped_column(String(200), default=None)


class Synced:
    """Mixin of every record that travels between laptops and headquarters."""

    if TYPE_CHECKING:  # what the declarative base gives every mapped class

        def __init__(self, **fields: Any) -> None: ...

    __kind__: ClassVar[str]
    record_class: ClassVar[RecordClass] = RecordClass.EDITABLE

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str | None] = mapped_column(String(36), default=None)
    rev: Mapped[int] = mapped_column(Integer, default=0)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    deleted: Mapped[bool] = mapped_column(Boolean, default=False)
    signed: Mapped[bool] = mapped_column(Boolean, default=False)
    fmeta: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    extra: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        kind: str = cls.__kind__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind).lstrip("_")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        name = cls.__tablename__
        args: list[Any] = [Index(f"ix_{name}_case_seq", "org_id", "case_id", "seq")]
        if issubclass(cast(type, cls), Sourced):
            args.append(Index(f"ix_{name}_source", "org_id", "source_system", "source_reference"))
        args.append({"info": {"side": "both"}})
        return tuple(args)


ENVELOPE = ("org_id", "id", "case_id", "rev", "seq", "deleted", "signed", "fmeta", "extra")

_last_milliseconds = 0
_id_lock = threading.Lock()


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562) as text.

    The time part never runs backwards within a process, whatever the wall clock does.
    """
    global _last_milliseconds
    with _id_lock:
        milliseconds = max(time.time_ns() // 1_000_000, _last_milliseconds)
        _last_milliseconds = milliseconds
    raw = bytearray(milliseconds.to_bytes(6, "big") + os.urandom(10))
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    h = raw.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
