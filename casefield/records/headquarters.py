"""Tables that only headquarters has: the ordered stream, its history, secrets, scope ledger.

Every key starts with `org_id`, the unit by which data is kept apart and could be distributed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from casefield.records.base import Base, Json, UtcDateTime

HEADQUARTERS = {"info": {"side": "headquarters"}}


class ServerFact(Base):
    """Facts of this server: `epoch` above all, which a restore changes."""

    __tablename__ = "server_fact"
    __table_args__ = (HEADQUARTERS,)

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class OrgStream(Base):
    """An organisation's gap-free counter of changes and the head of its audit chain.

    Its row lock orders the writers. Because the head stands here, links that were cut off the end
    of the chain are missed. `durable`: everything up to here is in a backup on a second place.
    """

    __tablename__ = "org_stream"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    stream: Mapped[int] = mapped_column(Integer, primary_key=True, default=0)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_last: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_head: Mapped[str | None] = mapped_column(String(64))
    durable: Mapped[int] = mapped_column(BigInteger, default=0)


class RecordIndex(Base):
    """Where each record stands in the stream: one row a record, moved with every change.

    Pull walks this in order of `seq`, so it sees each record once, in its latest state.
    """

    __tablename__ = "record_index"
    __table_args__ = (
        Index("ix_record_index_seq", "org_id", "seq"),
        Index("ix_record_index_case", "org_id", "case_id", "seq"),
        HEADQUARTERS,
    )

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_type: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str | None] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(BigInteger)
    rev: Mapped[int] = mapped_column(Integer)
    device_id: Mapped[str | None] = mapped_column(String(36))


class Change(Base):
    """One applied operation: the append-only history from which every value can be recovered."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_record", "org_id", "record_id", "rev"),
        HEADQUARTERS,
    )

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    stream: Mapped[int] = mapped_column(Integer, primary_key=True, default=0)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[str] = mapped_column(String(36))
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(String(36))
    case_id: Mapped[str | None] = mapped_column(String(36))
    rev: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    patch: Mapped[dict[str, Any]] = mapped_column(Json)
    previous: Mapped[dict[str, Any]] = mapped_column(Json)
    actor: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(36))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    client_wall: Mapped[str | None] = mapped_column(String(40))
    client_zone: Mapped[str | None] = mapped_column(String(64))


class OperationResult(Base):
    """The answer once given to an operation; a replay gets the same one."""

    __tablename__ = "operation_result"
    __table_args__ = (
        Index("ix_operation_result_device", "org_id", "device_id", "dseq"),
        HEADQUARTERS,
    )

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device_id: Mapped[str | None] = mapped_column(String(36))
    dseq: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(16))
    rev: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[str | None] = mapped_column(Text)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Quarantine(Base):
    """An operation that could not be applied, kept whole until a person decides, and afterwards.

    `state`: open, taken or dropped; `decision` is the reason that a person gave, `decided_by` a
    user's id.

    `payload` is the operation's JSON as text: PostgreSQL's own JSON refuses what may be the very
    reason why an operation stands here, such as a null character.
    """

    __tablename__ = "quarantine"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    payload_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="open")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(200))


class Credential(Base):
    """A user's password, as an Argon2id hash; None until the user has chosen one."""

    __tablename__ = "credential"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EnrolmentCode(Base):
    """A one-time code that lets one user enrol one laptop; only its hash is kept."""

    __tablename__ = "enrolment_code"
    __table_args__ = (HEADQUARTERS,)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[str] = mapped_column(String(36))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeviceSecret(Base):
    """What headquarters must know of a laptop to trust it.

    `last_dseq` is how far the device's operations have been answered without a hole.
    `step_token` names the laptop's next step, `previous_token` the one it took last: a copy of the
    laptop knows only one that was used (casefield.server.steps).
    """

    __tablename__ = "device_secret"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default="active")
    last_dseq: Mapped[int] = mapped_column(Integer, default=0)
    step_token: Mapped[str | None] = mapped_column(String(64))
    previous_token: Mapped[str | None] = mapped_column(String(64))


class Token(Base):
    """An access or refresh token, by hash; refresh tokens of one enrolment are one family.

    `spent`: used at least once. `parent` is the refresh token that it was traded for.
    """

    __tablename__ = "token"
    __table_args__ = (HEADQUARTERS,)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str] = mapped_column(String(36), index=True)
    user_id: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    spent: Mapped[bool] = mapped_column(Boolean, default=False)
    parent: Mapped[str | None] = mapped_column(String(64))


class DeviceCase(Base):
    """The ledger of what each laptop holds: enter, held, leave; no row: nothing."""

    __tablename__ = "device_case"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))


class Blob(Base):
    """The bytes of an attachment at headquarters, per person whose record names them.

    Each person's copy must arrive whole once, though equal contents lie in one file: so nobody
    learns from headquarters what another person's record holds. `state`: coming, complete.
    """

    __tablename__ = "blob"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    arrived: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(16), default="coming")
    media_type: Mapped[str] = mapped_column(String(100))
    device_id: Mapped[str] = mapped_column(String(36))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class ServerAudit(Base):
    """One link of an organisation's audit chain at headquarters."""

    __tablename__ = "server_audit"
    __table_args__ = (HEADQUARTERS,)

    org_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(36))
    act: Mapped[str] = mapped_column(String(40))
    record_type: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[str | None] = mapped_column(String(36))
    case_id: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(32))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
