"""What headquarters set aside: late, refused and unstorable work, until a person decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, select, update

from casefield.clock import Clock
from casefield.errors import NotAllowed, NotFound, UnusableInput
from casefield.records.base import Synced
from casefield.records.document import content_fields, from_wire, replace
from casefield.records.headquarters import DeviceSecret, Quarantine
from casefield.records.operation import Operation, OperationKind
from casefield.records.organisation import User
from casefield.records.people import Patient
from casefield.records.registry import KINDS
from casefield.records.work import Actor
from casefield.server import audit
from casefield.server.database import Database
from casefield.server.history import hold_statement
from casefield.server.offer import oddity
from casefield.server.rows import BadValue, load_rows, row_values, state_of
from casefield.server.scope import REFERENCE_KINDS, WRITERS
from casefield.server.work import HeadquartersWork, working
from casefield.sync.merge import Merged, Outcome, merge

OPEN, TAKEN, DROPPED = "open", "taken", "dropped"
TOGETHER = "done together with another: "
DONE = frozenset({Outcome.APPLIED, Outcome.MERGED})
BIRTHS = frozenset({OperationKind.CREATE, OperationKind.WITNESS})


@dataclass(frozen=True)
class SetAside:
    """An operation that was set aside, told without what stands in it.

    Attributes:
        author: the login of whose laptop sent it.
        fields: the names of the fields that it sets.
        readable: its payload is an operation; else only what it was kept under is known.
    """

    op_id: str
    reason: str
    state: str
    author: str
    device_id: str | None
    received_at: datetime
    record_type: str
    record_id: str
    case_id: str | None
    kind: str
    fields: tuple[str, ...]
    readable: bool
    decision: str | None


class QuarantineDesk:
    """Looks at what was set aside in one organisation, and decides about it.

    Args:
        database: headquarters' database.
        clock: where the time comes from.
        org_id: whose.
    """

    def __init__(self, database: Database, clock: Clock, org_id: str) -> None:
        self._database = database
        self._clock = clock
        self._org = org_id

    def waiting(self, *, decided: bool = False) -> list[SetAside]:
        """Return what waits for a decision, oldest first; with `decided`, the rest as well."""
        with self._database.read() as connection:
            wanted = [Quarantine.org_id == self._org]
            if not decided:
                wanted.append(Quarantine.state == OPEN)
            rows = connection.execute(
                select(Quarantine.__table__)
                .where(*wanted)
                .order_by(Quarantine.received_at, Quarantine.op_id)
            ).all()
            whose = select(DeviceSecret.device_id, User.login).join(
                User, and_(User.org_id == DeviceSecret.org_id, User.id == DeviceSecret.user_id)
            )
            found = connection.execute(whose.where(DeviceSecret.org_id == self._org))
            logins = {row.device_id: row.login or "" for row in found}
        return [_told(row, logins) for row in rows]

    def content(self, op_id: str, by: str) -> dict[str, Any]:
        """Return what an operation would set; that it was read is audited.

        Raises:
            NotFound, NotAllowed: there is none, or this user may not read records.
        """
        with self._database.write() as connection:
            actor = self._actor(connection, by)
            row = self._row(connection, op_id)
            self._note(connection, actor, "quarantine_read", row, "")
            operation = _read(row)
        return dict(operation.set) if operation else {"payload": row.payload}

    def take(self, op_id: str, by: str) -> SetAside:
        """Apply an operation now, as a change of the person in charge.

        Args:
            by: that person's login; a role that writes records.

        Raises:
            NotFound: there is none that waits.
            NotAllowed: it can't be applied without overwriting or breaking something; the message
                says what.
        """
        with self._database.read() as connection:
            actor = self._actor(connection, by)
        with working(self._database, actor, self._clock) as work:
            row = self._row(work.connection, op_id)
            operation = _read(row)
            if operation is None:
                raise _cannot("it can't be read")
            self._apply(work, operation)
            self._decide(work.connection, actor, row, TAKEN, "")
        return _told(row, {})

    def drop(self, op_id: str, by: str, reason: str) -> SetAside:
        """Decide that an operation is not applied; it is kept with the reason.

        Raises:
            NotFound: there is none that waits.
            UnusableInput: no reason is given.
        """
        if not reason.strip():
            raise UnusableInput("A reason is needed.", way_out="Say why with --reason.")
        with self._database.write() as connection:
            actor = self._actor(connection, by)
            row = self._row(connection, op_id)
            self._decide(connection, actor, row, DROPPED, reason.strip()[:200])
        return _told(row, {})

    # -- inside -------------------------------------------------------------------------------

    def _actor(self, connection: Connection, login: str) -> Actor:
        """Return the person in charge.

        Raises:
            NotFound, NotAllowed: no such user, or one who doesn't write records.
        """
        rows = connection.execute(
            select(User.__table__).where(User.org_id == self._org, User.deleted.is_(False))
        )
        for user in rows:
            if (user.login or "").casefold() == login.strip().casefold():
                if user.role not in WRITERS or not user.active:
                    raise NotAllowed(
                        f"“{login}” does not decide about records.",
                        way_out="Name an active supervisor, case manager or care manager.",
                    )
                return Actor(self._org, user.id, user.name or user.login, user.role)
        raise NotFound(f"There is no user “{login}”.", way_out="See casefield-server user list.")

    def _row(self, connection: Connection, op_id: str) -> Any:
        row = connection.execute(
            select(Quarantine.__table__)
            .where(
                Quarantine.org_id == self._org,
                Quarantine.op_id == op_id,
                Quarantine.state == OPEN,
            )
            .order_by(Quarantine.received_at)
            .with_for_update()
        ).first()
        if row is None:
            raise NotFound(
                "Nothing of this id waits for a decision.",
                way_out="See casefield-server quarantine list.",
            )
        return row

    def _decide(
        self, connection: Connection, actor: Actor, row: Any, state: str, decision: str
    ) -> None:
        connection.execute(
            update(Quarantine)
            .where(
                Quarantine.org_id == self._org,
                Quarantine.op_id == row.op_id,
                Quarantine.payload_sha256 == row.payload_sha256,
            )
            .values(
                state=state,
                decided_by=actor.user_id,
                decided_at=self._clock.now(),
                decision=decision or None,
            )
        )
        self._note(connection, actor, f"quarantine_{state}", row, decision)

    def _note(self, connection: Connection, actor: Actor, act: str, row: Any, reason: str) -> None:
        operation = _read(row)
        audit.note(
            connection,
            self._org,
            act,
            actor=actor.user_id,
            at=self._clock.now(),
            record_type=operation.type[:40] if operation else None,
            record_id=operation.id if operation else None,
            case_id=operation.case_id if operation else None,
            reason=reason or row.op_id,
        )

    def _apply(self, work: HeadquartersWork, operation: Operation) -> None:
        kind = KINDS.get(operation.type)
        if kind is None:
            raise _cannot("this kind of record is not known here yet")
        if kind.__kind__ in REFERENCE_KINDS | {"Assignment", "Conflict"}:
            raise _cannot(f"{kind.__kind__} is kept by headquarters' own commands")
        if operation.kind is OperationKind.SIGN:
            raise _cannot("a signature is its author's to give")
        if odd := oddity(operation):
            raise _cannot(odd)
        case_id = operation.case_id
        is_person = kind is Patient and operation.kind in BIRTHS and case_id == operation.id
        if not is_person and not (case_id and work.find(Patient, id=case_id)):
            raise _cannot("the person is not known here")
        merged = self._merged(work.connection, kind, operation)
        if operation.kind in BIRTHS:
            born = kind(id=operation.id, case_id=case_id)
            replace(born, merged.state.doc)
            work.add(born)
            return
        record = work.get(kind, operation.id)
        if operation.kind is OperationKind.DELETE:
            work.remove(record)
            return
        known = frozenset(content_fields(kind))
        if set(merged.patch) - known:
            raise _cannot("it sets a field that is not known here yet")
        work.change(record, **{n: from_wire(kind, n, v) for n, v in merged.patch.items()})

    def _merged(self, connection: Connection, kind: type[Synced], operation: Operation) -> Merged:
        """Return what the operation makes of the record as it stands, if nothing is in its way."""
        found = connection.execute(hold_statement(self._org, [operation.id])).all()
        if found and found[0].record_type != kind.__kind__:
            raise _cannot("another kind of record has this id")
        row = load_rows(connection, self._org, {kind.__kind__: [operation.id]}).get(operation.id)
        if row is not None and row.case_id != operation.case_id:
            raise _cannot("the record is another person's")
        if row is not None and operation.kind in BIRTHS:
            raise _cannot("a record with this id is already here")
        if row is not None and row.deleted:
            raise _cannot("the record was deleted before")
        merged = merge(
            kind, state_of(kind, row) if row is not None else None, operation, device=None
        )
        if merged.disagreements:
            units = ", ".join(dispute.unit for dispute in merged.disagreements)
            raise _cannot(f"somebody else has changed it since: {units}")
        if merged.outcome not in DONE:
            raise _cannot(merged.reason)
        try:
            row_values(kind, self._org, operation.id, operation.case_id, merged.state, 0)
        except BadValue as error:
            raise _cannot(str(error)) from error
        return merged


def reasons(connection: Connection, org_id: str) -> dict[str, int]:
    """Return how many operations wait for a decision, by reason, the most frequent first."""
    rows = connection.execute(
        select(Quarantine.reason).where(Quarantine.org_id == org_id, Quarantine.state == OPEN)
    )
    return dict(Counter(row.reason.removeprefix(TOGETHER) for row in rows).most_common())


def _told(row: Any, logins: dict[str, str]) -> SetAside:
    operation = _read(row)
    return SetAside(
        op_id=row.op_id,
        reason=row.reason,
        state=row.state,
        author=logins.get(row.device_id, ""),
        device_id=row.device_id,
        received_at=row.received_at,
        record_type=operation.type if operation else "",
        record_id=operation.id if operation else "",
        case_id=operation.case_id if operation else None,
        kind=operation.kind.value if operation else "",
        fields=tuple(operation.set) if operation else (),
        readable=operation is not None,
        decision=row.decision,
    )


def _read(row: Any) -> Operation | None:
    try:
        return msgspec.json.decode(row.payload, type=Operation)
    except (msgspec.MsgspecError, RecursionError):
        return None


def _cannot(why: str) -> NotAllowed:
    return NotAllowed(
        f"It can't be taken: {why}.",
        way_out="It stays set aside. Write it by hand on a laptop, then drop it with the reason.",
    )
