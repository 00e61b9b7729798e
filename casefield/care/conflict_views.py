"""What a person sees of a disagreement: who wrote what, what stands now, what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casefield.errors import UnusableInput

CURRENT, PROPOSED, BOTH, THIRD = "current", "proposed", "both", "third"


@dataclass(frozen=True)
class FieldValue:
    """A field by its name, and its value as JSON says it; None where it is empty."""

    name: str
    value: Any


Values = tuple[FieldValue, ...]


@dataclass(frozen=True)
class Side:
    """One person's value.

    Attributes:
        choice: what `settle` is to be told to take this side: current or proposed.
        conflict_id: the conflict that it is told with.
        mine: the reader wrote it.
    """

    choice: str
    conflict_id: str
    values: Values
    by: str
    at: datetime | None
    mine: bool


@dataclass(frozen=True)
class ConflictView:
    """One field of one record, written differently by people who had not seen each other.

    Attributes:
        conflict_id: the oldest of the conflicts about this field; its value came first.
        record_type, title: what it is about: a kind of record, and its own words.
        unit: the field's name, or its group's; `deleted` and `signed` are about the whole record.
        base: what stood before either wrote.
        current: what arrived first, and stood then.
        proposals: what arrived afterwards, oldest first: mostly one.
        standing, standing_by, standing_at: what stands in the record now.
        changed_since: somebody wrote the field again after the conflict was found.
        state: of the record now: open, signed, deleted, or missing (not on this laptop).
        choices: what `settle` takes: current, proposed, both, third.
    """

    conflict_id: str
    case_id: str | None
    person: str
    record_type: str
    record_id: str
    title: str
    unit: str
    base: Values
    current: Side
    proposals: tuple[Side, ...]
    standing: Values
    standing_by: str
    standing_at: datetime | None
    changed_since: bool
    state: str
    choices: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The conflicts that are settled together."""
        return tuple(side.conflict_id for side in self.proposals)

    def mine(self, conflict_id: str) -> Side:
        """Return the reader's own side; where the reader wrote neither, what came later.

        Args:
            conflict_id: which proposal is meant, where there are several.
        """
        proposal = self._proposal(conflict_id)
        return self.current if self.current.mine and not proposal.mine else proposal

    def theirs(self, conflict_id: str) -> Side:
        """Return the other side than `mine`."""
        proposal = self._proposal(conflict_id)
        return proposal if self.mine(conflict_id) is self.current else self.current

    def _proposal(self, conflict_id: str) -> Side:
        for side in self.proposals:
            if side.conflict_id == conflict_id:
                return side
        raise UnusableInput("That proposal is not part of this conflict.")


@dataclass(frozen=True)
class Settled:
    """What settling did.

    Attributes:
        closed: the conflicts that are settled now.
        addendum_id: the draft that holds the chosen words, where the record itself is signed.
        restored_id: the record that holds the content of one that was removed.
    """

    closed: tuple[str, ...]
    addendum_id: str | None = None
    restored_id: str | None = None
