"""How a person is named on a page."""

from __future__ import annotations

from typing import Protocol


class Named(Protocol):
    """Anything with a person's names."""

    given_name: str | None
    family_name: str | None


def full_name(person: Named) -> str:
    """Return given and family name, or a word that says there is none."""
    name = " ".join(part for part in (person.given_name, person.family_name) if part)
    return name or "Name not recorded"
