"""A laptop becomes one of headquarters', renews its sign-in, and stops being one."""

from __future__ import annotations

import base64

from sqlalchemy import Connection, insert, select

from casefield.clock import Clock
from casefield.records.base import new_id
from casefield.records.headquarters import DeviceSecret
from casefield.records.organisation import Device, Organization
from casefield.records.work import Actor
from casefield.server import audit, auth
from casefield.server.database import Database, epoch_of
from casefield.server.work import working_on
from casefield.sync.messages import Enrol, EnrolReply, TokenReply, TokenRequest

KEY_BYTES = 32
SYSTEM = "system"


def enrol(database: Database, clock: Clock, request: Enrol) -> EnrolReply:
    """Spend the code and make the device; all of it in one transaction.

    Raises:
        auth.Denied: code, user or password do not fit.
    """
    public_key = _key(request.public_key)
    try:
        with database.write() as connection:
            return _enrol(connection, clock, request, public_key)
    except auth.Denied as denied:
        _note_refusal(database, clock, "enrol", denied)
        raise


def renew(database: Database, clock: Clock, request: TokenRequest) -> TokenReply:
    """Trade a device's refresh token for the next pair; a stolen one stops the device.

    Raises:
        auth.Denied: the token, its signature, the device or its user do not fit.
    """
    try:
        with database.write() as connection:
            fresh = auth.refresh(
                connection,
                request.device,
                request.refresh_token,
                request.wall,
                request.signature,
                clock.now(),
            )
    except auth.Denied as denied:
        if isinstance(denied, auth.TokenReused) and denied.bearer and denied.bearer.device_id:
            with database.write() as connection:
                stop(connection, clock, denied.bearer.org_id, denied.bearer.device_id)
        _note_refusal(database, clock, "sign_in", denied)
        raise
    return TokenReply(
        access_token=fresh.access, refresh_token=fresh.refresh, access_seconds=fresh.seconds
    )


def stop(connection: Connection, clock: Clock, org_id: str, device_id: str) -> None:
    """Stop a device, for everybody to see; the caller commits."""
    auth.stop_device(connection, org_id, device_id)  # first, as a push of this device does
    with working_on(connection, headquarters(org_id), clock) as work:
        work.change(work.get(Device, device_id), status="stopped")


def headquarters(org_id: str) -> Actor:
    """Return headquarters itself as the one who acts."""
    return Actor(org_id=org_id, user_id=SYSTEM, name="Headquarters", role="administrator")


def _enrol(connection: Connection, clock: Clock, request: Enrol, public_key: bytes) -> EnrolReply:
    now = clock.now()
    user = auth.take_code(connection, request.code, request.user, now)
    auth.check_password(connection, user, request.password, now)
    device_id, print_ = new_id(), auth.fingerprint(public_key)
    actor = Actor(user.org_id, user.id, user.name or "", user.role or "", device_id)
    with working_on(connection, actor, clock) as work:
        work.add(
            Device(
                id=device_id,
                user_id=user.id,
                name=_line(request.device_name, 200),
                status="active",
                fingerprint=print_,
                app_version=_line(request.app, 60),
                enrolled_at=now,
            )
        )
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
    return EnrolReply(
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


def _note_refusal(database: Database, clock: Clock, act: str, denied: auth.Denied) -> None:
    """Audit who was refused; a stranger leaves no trace, or anybody could fill the chain."""
    bearer = denied.bearer
    if bearer is None:
        return
    with database.write() as connection:
        audit.note(
            connection,
            bearer.org_id,
            act,
            actor=bearer.user_id,
            at=clock.now(),
            device_id=bearer.device_id,
            outcome=denied.code,
        )


def _line(text: str, most: int) -> str:
    """Return a name that somebody typed as one line that can be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]


def _key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise auth.Denied(422, "bad_key", "The device key is not base64.") from error
    if len(raw) != KEY_BYTES:
        raise auth.Denied(422, "bad_key", "The device key is not an Ed25519 key.")
    return raw
