"""Who is who inside one file: practitioners, organisations, places, medicines by reference."""

from __future__ import annotations

from typing import Any

from casefield.exchange.fhir.datatypes import display_of, first, join, objects, text

NAMED = frozenset({"Practitioner", "Organization", "Location", "RelatedPerson", "Medication"})


class Directory:
    """Remembers, per reference text, what a resource is and what it is called."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str | None]] = {}
        self._concepts: dict[str, Any] = {}

    def note(self, resource: dict[str, Any], full_url: str) -> None:
        """Remember one resource under all texts by which it may be referred to."""
        kind = str(resource.get("resourceType"))
        keys = reference_keys(resource, full_url)
        name = _name(resource) if kind in NAMED else None
        for key in keys:
            self._known[key] = (kind, name)
            if kind == "Medication":
                self._concepts[key] = resource.get("code")

    def kind_of(self, reference: Any) -> str | None:
        """Return the type of what a Reference points to."""
        known = self._find(reference)
        return known[0] if known else None

    def name_of(self, reference: Any) -> str | None:
        """Return the display of a Reference, else the name of what it points to."""
        if not isinstance(reference, dict):
            return None
        shown = text(reference.get("display"), 200)
        known = self._find(reference)
        return shown or (known[1] if known else None)

    def concept_of(self, reference: Any) -> Any:
        """Return the code of a Medication that a Reference points to."""
        words = reference.get("reference") if isinstance(reference, dict) else None
        return self._concepts.get(words or "")

    def _find(self, reference: Any) -> tuple[str, str | None] | None:
        words = reference.get("reference") if isinstance(reference, dict) else None
        return self._known.get(words) if isinstance(words, str) else None


def reference_keys(resource: dict[str, Any], full_url: str) -> tuple[str, ...]:
    """Return every text by which others may refer to a resource."""
    keys = [full_url] if full_url else []
    identity = resource.get("id")
    if isinstance(identity, str):
        kind = resource.get("resourceType")
        keys += [f"{kind}/{identity}", f"urn:uuid:{identity}"]
        if full_url.startswith("http"):
            keys.append(full_url.partition("/_history/")[0])
    return tuple(dict.fromkeys(keys))


def _name(resource: dict[str, Any]) -> str | None:
    name = resource.get("name")
    if isinstance(name, str):
        return text(name, 200)
    human = first(name)
    if human:
        parts = [*(human.get("prefix") or ()), *(human.get("given") or ()), human.get("family")]
        return join([text(part) for part in parts]) or text(human.get("text"), 200)
    coded = objects([resource.get("code")])
    return display_of(coded[0], 200) if coded else None
