"""A new laptop becomes one of headquarters'."""

from __future__ import annotations

import base64

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from casefield.clock import Clock
from casefield.records.base import new_id
from casefield.records.headquarters import DeviceSecret
from casefield.records.organisation import Device, Organization
from casefield.records.work import Actor
from casefield.server import audit, auth
from casefield.server.database import Database, epoch_of
from casefield.server.work import HeadquartersWork
from casefield.sync.messages import Enrol, EnrolReply

KEY_BYTES = 32


def enrol(database: Database, clock: Clock, request: Enrol) -> EnrolReply:
    """Spend the code and make the device; all of it in one transaction.

    Raises:
        auth.Denied: code, user or password do not fit.
    """
    public_key = _key(request.public_key)
    now = clock.now()
    with database.write() as connection, Session(connection) as session:
        user = auth.take_code(connection, request.code, request.user, now)
        auth.check_password(connection, user, request.password)
        device_id, print_ = new_id(), auth.fingerprint(public_key)
        actor = Actor(user.org_id, user.id, user.name or "", user.role or "", device_id)
        work = HeadquartersWork(session, actor, now, clock.zone())
        work.add(
            Device(
                id=device_id,
                user_id=user.id,
                name=request.device_name[:200],
                status="active",
                fingerprint=print_,
                app_version=request.app[:60],
                enrolled_at=now,
            )
        )
        work.finish()
        session.flush()
        connection.execute(
            insert(DeviceSecret).values(
                org_id=user.org_id,
                device_id=device_id,
                user_id=user.id,
                public_key=public_key,
                state="active",
                last_dseq=0,
            )
        )
        tokens = auth.issue(connection, user.org_id, device_id, user.id, now)
        audit.note(connection, user.org_id, "enrol", actor=user.id, at=now, device_id=device_id)
        organization = connection.execute(
            select(Organization.name).where(Organization.org_id == user.org_id)
        ).scalar()
        reply = EnrolReply(
            org_id=user.org_id,
            organization=organization or "",
            user_id=user.id,
            user_name=user.name or user.login or "",
            role=user.role or "",
            device_id=device_id,
            fingerprint=print_,
            epoch=epoch_of(connection),
            access_token=tokens.access,
            refresh_token=tokens.refresh,
            access_seconds=tokens.seconds,
        )
        session.commit()
    return reply


def _key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise auth.Denied(422, "bad_key", "The device key is not base64.") from error
    if len(raw) != KEY_BYTES:
        raise auth.Denied(422, "bad_key", "The device key is not an Ed25519 key.")
    return raw
