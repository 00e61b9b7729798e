"""Who may speak to headquarters: one-time codes, passwords, tokens, device keys.

Nothing secret is kept as it is: codes and tokens by SHA-256 (they are random), passwords by
Argon2id. A refresh token is spent when used. A spent one comes again where the reply was lost on
the way, however long ago; once the pair of that reply was used, it gives a thief away.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Select, delete, insert, select, update

from casefield.errors import UnusableInput
from casefield.records.headquarters import Credential, DeviceSecret, EnrolmentCode, Token
from casefield.records.organisation import User
from casefield.server.scope import Member

CODE_LIFE = timedelta(hours=24)
ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=60)
# A request that was sent twice may be answered after the laptop used the first answer
RETRY_GRACE = timedelta(minutes=2)
LEAST_PASSWORD = 12
TELL = (
    "What stands on this laptop stays. With a new code from your administrator it goes on: "
    "casefield enrol --again."
)
_hasher = PasswordHasher()


@dataclass(frozen=True)
class Bearer:
    """Whom a refused code or token belongs to, for the audit."""

    org_id: str
    user_id: str
    device_id: str | None = None


class Denied(Exception):
    """Not let in. `code` is for the program, the message for the person.

    Args:
        bearer: who is refused, where what was shown says so; None for a stranger.
        retry_after: seconds after which to come back, where that is what the way out is.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        way_out: str = "",
        bearer: Bearer | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.way_out = status, code, message, way_out
        self.bearer = bearer
        self.retry_after = retry_after


class TokenReused(Denied):
    """A spent refresh token came again: somebody has a copy, and the device must be stopped."""


@dataclass(frozen=True)
class Tokens:
    """A fresh pair."""

    access: str
    refresh: str
    seconds: int


def new_code(connection: Connection, org_id: str, user_id: str, now: datetime) -> str:
    """Make a one-time code for a user's next laptop; returns it, keeps only its hash."""
    raw = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    code = "-".join(raw[i : i + 5] for i in range(0, len(raw), 5))
    connection.execute(
        insert(EnrolmentCode).values(
            code_hash=_code_hash(code), org_id=org_id, user_id=user_id, expires_at=now + CODE_LIFE
        )
    )
    return code


def take_code(connection: Connection, code: str, login: str, now: datetime) -> Any:
    """Spend a code and return its user's row.

    Raises:
        Denied: unknown, used or expired code, or another user's; which one is not told apart
            beyond what its bearer may know.
    """
    row = connection.execute(
        select(EnrolmentCode.__table__)
        .where(EnrolmentCode.code_hash == _code_hash(code))
        .with_for_update()
    ).first()
    ask = "Ask your administrator for a new code."
    if row is None:
        raise Denied(403, "bad_code", "That enrolment code is not known.", ask)
    bearer = Bearer(row.org_id, row.user_id)
    if row.used_at is not None:
        raise Denied(403, "code_used", "That enrolment code was already used.", ask, bearer)
    if row.expires_at <= now:
        raise Denied(403, "code_expired", "That enrolment code has expired.", ask, bearer)
    user = connection.execute(
        select(User.__table__).where(User.org_id == row.org_id, User.id == row.user_id)
    ).one()
    if (user.login or "").casefold() != login.strip().casefold() or not user.active:
        raise Denied(403, "bad_code", "That enrolment code is not for this user.", ask, bearer)
    connection.execute(
        update(EnrolmentCode).where(EnrolmentCode.code_hash == row.code_hash).values(used_at=now)
    )
    return user


def check_password(connection: Connection, user: Any, password: str | None, now: datetime) -> None:
    """Let a user in who has a password only with it; the first one given becomes it.

    Raises:
        Denied: a password is needed, or it is wrong.
    """
    kept = connection.execute(
        select(Credential.password_hash).where(
            Credential.org_id == user.org_id, Credential.user_id == user.id
        )
    ).scalar()
    if kept is None:
        if password:
            try:
                set_password(connection, user.org_id, user.id, password, now)
            except UnusableInput as error:
                raise Denied(422, "weak_password", error.message) from error
        return
    if not password:
        raise Denied(401, "password_required", "Headquarters asks for your password.")
    try:
        _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError) as error:
        bearer = Bearer(user.org_id, user.id)
        words = "That password is wrong."
        raise Denied(401, "wrong_password", words, "Try again.", bearer) from error


def set_password(
    connection: Connection, org_id: str, user_id: str, password: str, now: datetime
) -> None:
    """Keep a user's password as an Argon2id hash.

    Raises:
        UnusableInput: it is too short.
    """
    if len(password) < LEAST_PASSWORD:
        raise UnusableInput(f"A password needs at least {LEAST_PASSWORD} characters.")
    connection.execute(
        delete(Credential).where(Credential.org_id == org_id, Credential.user_id == user_id)
    )
    connection.execute(
        insert(Credential).values(
            org_id=org_id, user_id=user_id, password_hash=_hasher.hash(password), changed_at=now
        )
    )


def issue(
    connection: Connection,
    org_id: str,
    device_id: str,
    user_id: str,
    now: datetime,
    *,
    parent: str | None = None,
) -> Tokens:
    """Issue a fresh pair for a device.

    Args:
        parent: hash of the refresh token that the pair is traded for; None: of an enrolment.
    """
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    base = {"org_id": org_id, "device_id": device_id, "user_id": user_id, "spent": False}
    base["parent"] = parent
    connection.execute(
        delete(Token).where(
            Token.org_id == org_id, Token.device_id == device_id, Token.expires_at <= now
        )
    )
    connection.execute(
        insert(Token),
        [
            base
            | {
                "token_hash": _hash(access),
                "purpose": "access",
                "expires_at": now + ACCESS_LIFE,
            },
            base
            | {
                "token_hash": _hash(refresh),
                "purpose": "refresh",
                "expires_at": now + REFRESH_LIFE,
            },
        ],
    )
    return Tokens(access, refresh, int(ACCESS_LIFE.total_seconds()))


def refresh(
    connection: Connection, device_id: str, token: str, wall: str, signature: str, now: datetime
) -> Tokens:
    """Trade a refresh token, signed for by the device's key, for the next pair.

    Raises:
        Denied: unknown or expired token, wrong signature, stopped device or user.
        TokenReused: the token was spent, and what it was traded for was used; the caller must stop
            the device.
    """
    row = connection.execute(
        select(Token.__table__)
        .where(Token.token_hash == _hash(token), Token.purpose == "refresh")
        .with_for_update()
    ).first()
    if row is None or row.device_id != device_id or row.expires_at <= now:
        raise Denied(403, "bad_token", "This laptop's sign-in is not known any more.", TELL)
    device = connection.execute(_holder(row.org_id, device_id, row.user_id)).one()
    bearer = Bearer(row.org_id, row.user_id, device_id)
    if device.state != "active" or not device.active:
        raise _stopped(bearer)
    if not _signed(device.public_key, f"{device_id}|{token}|{wall}", signature):
        raise Denied(403, "bad_signature", "This laptop could not prove who it is.", TELL, bearer)
    long_spent = row.spent and row.expires_at + RETRY_GRACE < now + REFRESH_LIFE
    if long_spent and _went_on(connection, row):
        words = "This laptop's sign-in was used twice; it is stopped."
        raise TokenReused(403, "token_reused", words, TELL, bearer)
    connection.execute(
        update(Token)
        .where(Token.token_hash == row.token_hash, Token.spent.is_(False))
        .values(spent=True, expires_at=now + REFRESH_LIFE)
    )
    return issue(connection, row.org_id, device_id, row.user_id, now, parent=row.token_hash)


def member(connection: Connection, access: str, now: datetime) -> tuple[Member, bool]:
    """Return who holds an access token, and whether it was used before.

    Raises:
        Denied: not known, expired, or the device or user was stopped.
    """
    row = connection.execute(
        select(Token.__table__).where(
            Token.token_hash == _hash(access), Token.purpose == "access", Token.expires_at > now
        )
    ).first()
    if row is None:
        raise Denied(401, "sign_in", "Sign in again.")
    holder = connection.execute(_holder(row.org_id, row.device_id, row.user_id)).one()
    if holder.state != "active" or not holder.active:
        raise _stopped(Bearer(row.org_id, row.user_id, row.device_id))
    found = Member(
        org_id=row.org_id,
        user_id=row.user_id,
        name=holder.name or holder.login or "",
        role=holder.role or "reader",
        team=holder.team,
        device_id=row.device_id,
    )
    return found, bool(row.spent)


def note_use(connection: Connection, access: str) -> None:
    """Write down that an access token was used: its laptop has the reply that brought it."""
    connection.execute(update(Token).where(Token.token_hash == _hash(access)).values(spent=True))


def stop_device(connection: Connection, org_id: str, device_id: str) -> None:
    """Stop a device: none of its tokens is taken any more. What it holds unsent is not touched."""
    connection.execute(
        update(DeviceSecret)
        .where(DeviceSecret.org_id == org_id, DeviceSecret.device_id == device_id)
        .values(state="stopped")
    )


def fingerprint(public_key: bytes) -> str:
    """Return the short text that both sides show for comparison."""
    digest = hashlib.sha256(public_key).hexdigest()[:16].upper()
    return "-".join(digest[i : i + 4] for i in range(0, 16, 4))


def _holder(org_id: str, device_id: str, user_id: str) -> Select[*tuple[Any, ...]]:
    """Return what a device and its user are now."""
    return (
        select(
            DeviceSecret.state,
            DeviceSecret.public_key,
            User.active,
            User.name,
            User.login,
            User.role,
            User.team,
        )
        .join(User, User.org_id == DeviceSecret.org_id)
        .where(
            DeviceSecret.org_id == org_id, DeviceSecret.device_id == device_id, User.id == user_id
        )
    )


def _went_on(connection: Connection, row: Any) -> bool:
    """Whether a laptop used anything that a spent refresh token was traded for."""
    used = select(Token.token_hash).where(
        Token.org_id == row.org_id,
        Token.device_id == row.device_id,
        Token.parent == row.token_hash,
        Token.spent.is_(True),
    )
    return connection.execute(used.limit(1)).first() is not None


def _stopped(bearer: Bearer) -> Denied:
    words = "This laptop was stopped by headquarters."
    return Denied(403, "device_stopped", words, TELL, bearer)


def _signed(public_key: bytes, message: str, signature: str) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(raw, message.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _code_hash(code: str) -> str:
    plain = code.upper().replace("-", "").replace(" ", "").strip()
    return _hash(f"code {plain}")
