"""Finds the files casefield ships: in a checkout beside the package, in a wheel inside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSIDE = _PACKAGE / "_resources"
_BESIDE = _PACKAGE.parent / "resources"


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. ``resource_path("fonts")``."""
    root = _INSIDE if _INSIDE.is_dir() else _BESIDE
    return root.joinpath(*parts)
