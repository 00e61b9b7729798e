"""What a route needs before it answers: declared with the route, enforced in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from casefield.server import auth
from casefield.server.parts import AppParts
from casefield.server.scope import Member


class Need(StrEnum):
    """The least that a caller must have."""

    NOTHING = "nothing"
    CODE = "one-time code"
    DEVICE_KEY = "device key and refresh token"
    DEVICE = "access token of an active device"


@dataclass(frozen=True)
class Shapes:
    """The messages that a route takes (None: it has no body) and gives."""

    takes: type | None
    gives: type | None


DECLARED: dict[str, Need] = {}
SHAPES: dict[str, Shapes] = {}


def device_of(request: Request, parts: AppParts) -> Member:
    """Return whose laptop calls.

    Raises:
        Denied: no token, an expired one, or one of a device or user that was stopped.
    """
    scheme, _, access = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not access:
        raise auth.Denied(401, "sign_in", "Sign in first.")
    access = access.strip()
    try:
        with parts.database.read() as connection:
            member, used = auth.member(connection, access, parts.clock.now())
    except auth.Denied as denied:
        parts.refusals.note("call", denied)
        raise
    if not used:
        with parts.database.write() as connection:
            auth.note_use(connection, access)
    return member


def not_too_busy(parts: AppParts) -> None:
    """Send laptops away before anything is read or asked for them, if too many wait.

    Raises:
        Denied: 429.
    """
    parts.turns.check()


Caller = Annotated[Member, Depends(device_of)]

# One-time codes and device keys stand in the body: `enrolment` checks them in its transaction
_GUARDS: dict[Need, list[Any]] = {Need.DEVICE: [Depends(not_too_busy), Depends(device_of)]}


def route(
    router: APIRouter,
    method: str,
    path: str,
    need: Need,
    *,
    takes: type | None,
    gives: type | None,
) -> Callable[[Any], Any]:
    """Register a route together with what it needs; a route without it fails the tests.

    The caller is checked before the body is read.
    """
    DECLARED[f"{method} {path}"] = need
    SHAPES[f"{method} {path}"] = Shapes(takes, gives)
    decorate: Callable[[Any], Any] = router.api_route(
        path, methods=[method], response_model=None, dependencies=_GUARDS.get(need, [])
    )
    return decorate
