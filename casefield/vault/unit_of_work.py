"""The laptop's unit of work: row, operation and audit entry in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session, make_transient_to_detached

from casefield.errors import NotAllowed, NotFound
from casefield.records.base import RecordClass, Synced, new_id
from casefield.records.bulk import insert_rows
from casefield.records.document import (
    document_of,
    merge_unit,
    table_of,
    to_document,
    to_wire,
    unit_fields,
)
from casefield.records.operation import Operation, OperationKind
from casefield.records.outbox import Refused
from casefield.records.work import Actor, find_statement
from casefield.vault import outbox, refusals, shadow
from casefield.vault.arrivals import arriving
from casefield.vault.audit import Deed, append
from casefield.vault.birth import row_of

R = TypeVar("R", bound=Synced)


@dataclass(frozen=True)
class Changed:
    """A record that a unit of work touched."""

    kind: str
    id: str
    case_id: str | None


class VaultWork:
    """Implements `casefield.records.work.Work` over one transaction of the encrypted database.

    Args:
        session: inside its transaction.
        actor, now, zone: who acts, when and where.
        reason: why, for the audit.
        writing: False for a reading work, which refuses changes.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        *,
        now: datetime,
        zone: str,
        reason: str,
        writing: bool,
    ) -> None:
        self._session = session
        self._actor = actor
        self._now = now
        self._zone = zone
        self._reason = reason
        self._writing = writing
        self._tx = new_id()
        self._wall = to_wire(now)
        self._operations: list[Operation] = []
        self._shadows: dict[str, dict[str, Any]] = {}
        self._opened: list[Deed] = []
        self._done: list[Deed] = []
        self._answered: list[Deed] = []
        self._added: set[str] = set()
        self._arriving: frozenset[str] | None = None
        self.changed: frozenset[Changed] = frozenset()

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self._actor

    @property
    def now(self) -> datetime:
        """The moment of the act."""
        return self._now

    @property
    def zone(self) -> str:
        """Where the act happens."""
        return self._zone

    # -- reading --------------------------------------------------------------------------

    def get(self, kind: type[R], record_id: str) -> R:
        """Return one record; see `Work.get`."""
        record = self._session.get(kind, (self._actor.org_id, record_id))
        if record is None or record.deleted:
            raise NotFound(
                f"There is no such {kind.__kind__} on this laptop.",
                way_out="It may have moved to a colleague; sync and look again.",
            )
        return record

    def find(
        self, record_kind: type[R], /, *, case_id: str | None = None, **equals: Any
    ) -> list[R]:
        """Return the records of a kind; see `Work.find`."""
        return list(
            self._session.scalars(find_statement(record_kind, self._actor.org_id, case_id, equals))
        )

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run a SELECT; see `Work.rows`."""
        return self._session.execute(statement).all()

    def opened(self, case_id: str, purpose: str) -> None:
        """Note a reading for the audit; see `Work.opened`."""
        self._opened.append(Deed("open", "Patient", case_id, case_id, purpose))

    # -- writing --------------------------------------------------------------------------

    def add(self, record: R) -> R:
        """Keep a new record; see `Work.add`."""
        self.add_all([record])
        make_transient_to_detached(record)  # as if it had been read: what changes is written
        self._session.add(record)
        return record

    def add_all(self, records: Sequence[Synced]) -> None:
        """Keep many new records at the speed of the database.

        The objects stay outside the session: to change one afterwards, get it again.
        """
        by_kind: dict[type[Synced], list[dict[str, Any]]] = {}
        for record in records:
            self._must_write(record.case_id)
            kind, row = type(record), row_of(record, self._actor.org_id)
            by_kind.setdefault(kind, []).append(row)
            self._added.add(record.id)
            self._note(record, OperationKind.CREATE, document_of(kind, row), {})
        for kind, rows in by_kind.items():
            insert_rows(self._session.connection(), table_of(kind), rows)

    def change(self, record: Synced, **fields: Any) -> bool:
        """Set fields; see `Work.change`."""
        self._must_be_open(record)
        before = {name: to_wire(getattr(record, name)) for name in fields}
        after = {name: to_wire(value) for name, value in fields.items()}
        different = [name for name in fields if before[name] != after[name]]
        if not different:
            return False
        self._shadow(record)
        for name in different:
            setattr(record, name, fields[name])
        together = _said_together(type(record), different)
        new = {name: to_wire(getattr(record, name)) for name in together}
        was = {name: before[name] if name in different else new[name] for name in together}
        seen = {name: value for name, value in was.items() if value is not None}
        self._note(record, OperationKind.CHANGE, new, seen)
        return True

    def sign(self, record: Synced, **fields: Any) -> None:
        """Set the last fields and make the record immutable; see `Work.sign`."""
        self._must_be_open(record)
        self._shadow(record)
        together = _said_together(type(record), fields)
        before = {name: to_wire(getattr(record, name)) for name in together}
        for name, value in fields.items():
            setattr(record, name, value)
        after = {name: to_wire(getattr(record, name)) for name in together}
        record.signed = True
        self._note(record, OperationKind.SIGN, after, before)

    def remove(self, record: Synced) -> None:
        """Delete softly; see `Work.remove`."""
        self._must_be_open(record)
        self._shadow(record)
        record.deleted = True
        self._note(record, OperationKind.DELETE, {}, {})

    # -- what headquarters refused: the laptop's own, beyond `Work` --------------------------

    def refused(self) -> tuple[Refused, ...]:
        """Return what headquarters refused and nobody has dealt with."""
        return refusals.refused(self._session)

    def put_away(self, refused: Sequence[Refused], state: str, act: str) -> None:
        """Take refused operations out of the queue, in the transaction of what answers them.

        Args:
            state: what they are from now on: handled or set_aside.
            act: for the audit.
        """
        operations = [one.operation for one in refused]
        refusals.put_away(self._session, [o.op_id for o in operations], state)
        self._answered += [Deed(act, o.type, o.id, o.case_id, self._reason) for o in operations]

    def bear_again(self, record: Synced) -> None:
        """Offer a record that is here, and that headquarters never took, as it is now."""
        self._must_write(record.case_id)
        self._added.add(record.id)
        self._note(record, OperationKind.CREATE, to_document(record), {})
        if record.signed:
            self._note(record, OperationKind.SIGN, {}, {})

    # -- leaving --------------------------------------------------------------------------

    def finish(self) -> None:
        """Write operations and audit; the vault commits right after."""
        self._session.flush()
        shadow.keep(self._session, list(self._shadows.values()))
        if len(self._operations) == 1 and outbox.goes_on(
            self._session, self._operations[0], self._now
        ):
            self._done = []  # the audit has it since the first of these changes
        elif self._operations:
            outbox.say(self._session, self._operations, self._now)
        deeds = [*self._opened, *self._done, *self._answered]
        append(self._session, deeds, actor=self._actor, at=self._now, zone=self._zone)
        self._session.flush()
        self.changed = frozenset(Changed(o.type, o.id, o.case_id) for o in self._operations)

    @property
    def read_deeds(self) -> Sequence[Deed]:
        """What a reading work must still write into the audit."""
        return self._opened

    # -- inside ---------------------------------------------------------------------------

    def _must_write(self, case_id: str | None) -> None:
        if not self._writing:
            raise AssertionError("a reading work was asked to write: use Vault.work")
        if self._arriving is None:
            self._arriving = arriving(self._session)
        if case_id in self._arriving:
            raise NotAllowed(
                "This person's record is still on its way to this laptop.",
                way_out="Wait until the sync under way is through, then try again.",
            )

    def _must_be_open(self, record: Synced) -> None:
        if record not in self._session:
            raise AssertionError("a record of another work: get it again in this one")
        self._must_write(record.case_id)
        if record.signed:
            raise NotAllowed(
                f"This {record.__kind__} is signed and stays as it is.",
                way_out="Write an addendum; it stands beneath.",
            )
        author = getattr(record, "author_id", None)
        is_draft = record.record_class is RecordClass.DRAFT
        if is_draft and author is not None and author != self._actor.user_id:
            raise NotAllowed(
                f"This {record.__kind__} is a draft of {getattr(record, 'author_name', None)}.",
                way_out="Only its author can change it before it is signed.",
            )

    def _note(
        self, record: Synced, kind: OperationKind, new: dict[str, Any], was: dict[str, Any]
    ) -> None:
        self._operations.append(
            Operation(
                op_id=new_id(),
                dseq=self._next_dseq(),
                tx=self._tx,
                type=record.__kind__,
                id=record.id,
                case_id=record.case_id,
                kind=kind,
                trunk_revision=record.rev,
                set=new,
                was=was,
                wall=self._wall,
                zone=self._zone,
                actor=self._actor.user_id,
                actor_name=self._actor.name,
            )
        )
        self._done.append(
            Deed(kind.value, record.__kind__, record.id, record.case_id, self._reason)
        )

    def _next_dseq(self) -> int:
        if self._operations:
            return self._operations[-1].dseq + 1
        return outbox.last_dseq(self._session) + 1

    def _shadow(self, record: Synced) -> None:
        """Keep headquarters' state aside at the first unsent change of a record it knows."""
        if record.rev and record.id not in self._added and record.id not in self._shadows:
            self._shadows[record.id] = shadow.values_of(record)


def _said_together(kind: type[Synced], names: Iterable[str]) -> list[str]:
    """Return the fields with all of their groups: a group merges as one, and is said as one."""
    units = dict.fromkeys(merge_unit(kind, name) for name in names)
    return [name for unit in units for name in unit_fields(kind, unit)]
