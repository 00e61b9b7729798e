"""How a care function reads and writes, without knowing whether a laptop or headquarters does it.

Whoever implements `Work` turns each change into row, operation (or change of the stream) and
audit entry in one transaction; leaving the work by an exception leaves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Row, Select, select

from casefield.records.base import Synced

R = TypeVar("R", bound=Synced)


@dataclass(frozen=True)
class Actor:
    """Who acts: the worker, the laptop (None at headquarters) and the organisation."""

    org_id: str
    user_id: str
    name: str
    role: str = "case_manager"
    device_id: str | None = None


def find_statement(
    kind: type[R], org_id: str, case_id: str | None, equals: dict[str, Any]
) -> Select[R]:
    """Return the SELECT behind `Work.find`, the same on laptop and at headquarters."""
    statement = select(kind).where(kind.org_id == org_id, kind.deleted.is_(False))
    if case_id is not None:
        statement = statement.where(kind.case_id == case_id)
    for name, value in equals.items():
        column = getattr(kind, name)
        listed = isinstance(value, list | tuple | set | frozenset)
        statement = statement.where(column.in_(list(value)) if listed else column == value)
    return statement.order_by(kind.id)


class Work(Protocol):
    """One unit of work. Reads see only the actor's organisation and no deleted records."""

    @property
    def actor(self) -> Actor:
        """Who acts."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of the act, aware UTC; one moment for the whole work."""
        ...

    @property
    def zone(self) -> str:
        """IANA name of the zone where the act happens."""
        ...

    def get(self, kind: type[R], record_id: str) -> R:
        """Return one record.

        Raises:
            NotFound: there is none with this id in reach.
        """
        ...

    def find(
        self, record_kind: type[R], /, *, case_id: str | None = None, **equals: Any
    ) -> list[R]:
        """Return the records of a kind, of one person if `case_id` is given.

        `equals` narrows by field; a list or tuple as value means "one of".
        """
        ...

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run a read-only SELECT over records for views that `find` would make slow.

        The implementation adds nothing: the statement itself must name `org_id` and `deleted`.
        """
        ...

    def add(self, record: R) -> R:
        """Keep a new record. Missing `id` and `org_id` are filled in; a Patient is its own case."""
        ...

    def change(self, record: Synced, **fields: Any) -> bool:
        """Set fields of a record; return whether anything differed.

        Raises:
            NotAllowed: the record is signed, or is somebody else's draft.
        """
        ...

    def sign(self, record: Synced, **fields: Any) -> None:
        """Set the last fields and make the record immutable.

        Raises:
            NotAllowed: already signed, or not this actor's draft.
        """
        ...

    def remove(self, record: Synced) -> None:
        """Delete softly.

        Raises:
            NotAllowed: the record is signed.
        """
        ...

    def opened(self, case_id: str, purpose: str) -> None:
        """Note for the audit that a person's record was read, and for what page or command."""
        ...
