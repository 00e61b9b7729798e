"""Tables that only a laptop has: what waits, what headquarters last said, who read what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from casefield.records.base import Base, Json, UtcDateTime

LAPTOP = {"info": {"side": "laptop"}}


class OutboxOperation(Base):
    """An operation not yet answered (`waiting`), or answered so that a person must look.

    `state`: waiting; refused (with `reason`), which never blocks the rest; then handled (said again
    in another way) or set_aside (a person has seen it). These stay as long as the person is here.
    """

    __tablename__ = "outbox_operation"
    __table_args__ = (LAPTOP,)

    dseq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    op_id: Mapped[str] = mapped_column(String(36), unique=True)
    tx: Mapped[str] = mapped_column(String(36))
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(String(36), index=True)
    case_id: Mapped[str | None] = mapped_column(String(36))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SentOperation(Base):
    """An operation headquarters has taken, kept until it is durable there, for re-offering."""

    __tablename__ = "sent_operation"
    __table_args__ = (LAPTOP,)

    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    dseq: Mapped[int] = mapped_column(Integer, index=True)
    case_id: Mapped[str | None] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Shadow(Base):
    """Headquarters' last known state of a record that has unsent operations, and only of those.

    `document` is None where headquarters has never seen the record.
    """

    __tablename__ = "shadow"
    __table_args__ = (LAPTOP,)

    record_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_type: Mapped[str] = mapped_column(String(40))
    rev: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(BigInteger)
    deleted: Mapped[bool]
    signed: Mapped[bool]
    document: Mapped[dict[str, Any] | None] = mapped_column(Json)
    fmeta: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class RawUnknown(Base):
    """A record of a kind this version doesn't know: kept, and read after an upgrade."""

    __tablename__ = "raw_unknown"
    __table_args__ = (LAPTOP,)

    record_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_type: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str | None] = mapped_column(String(36))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ArrivingCase(Base):
    """A person whose record has begun to arrive and is not whole yet: not to be edited."""

    __tablename__ = "arriving_case"
    __table_args__ = (LAPTOP,)

    case_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class LocalBlob(Base):
    """The bytes of an attachment on this laptop: where they stand on their way.

    `state`: coming (being fetched), waiting (not all at headquarters yet), safe (headquarters has
    it), refused (with `reason`; kept here), damaged (can't be read any more), gone (the person left
    or nothing names it: its file is to be removed). The file is on the disk before its row says so.
    """

    __tablename__ = "local_blob"
    __table_args__ = (LAPTOP,)

    case_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), index=True)
    arrived: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str | None] = mapped_column(Text, default=None)


class LaptopFact(Base):
    """Small facts of this laptop: identity, cursor, fence, epoch, device key, tokens, settings."""

    __tablename__ = "laptop_fact"
    __table_args__ = (LAPTOP,)

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class AuditEntry(Base):
    """One link of the laptop's audit chain. No clinical content, only what was done to what."""

    __tablename__ = "audit_entry"
    __table_args__ = (LAPTOP,)

    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(36))
    role: Mapped[str] = mapped_column(String(32))
    act: Mapped[str] = mapped_column(String(32))
    record_type: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[str | None] = mapped_column(String(36))
    case_id: Mapped[str | None] = mapped_column(String(36), index=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(32), default="done")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
