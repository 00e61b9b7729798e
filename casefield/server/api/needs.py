"""What a route needs before it answers: declared with the route, checked in one place."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from fastapi import APIRouter


class Need(StrEnum):
    """The least that a caller must have."""

    NOTHING = "nothing"
    CODE = "one-time code"
    DEVICE_KEY = "device key and refresh token"
    DEVICE = "access token of an active device"


DECLARED: dict[str, Need] = {}


def route(router: APIRouter, method: str, path: str, need: Need) -> Callable[[Any], Any]:
    """Register a route together with what it needs; a route without it fails the tests."""
    DECLARED[f"{method} {path}"] = need
    decorate: Callable[[Any], Any] = router.api_route(path, methods=[method], response_model=None)
    return decorate
