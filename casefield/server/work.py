"""Headquarters' unit of work: care functions run here as they do on a laptop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select
from sqlalchemy.orm import Session

from casefield.clock import Clock
from casefield.errors import NotAllowed, NotFound
from casefield.records.base import Synced, new_id
from casefield.records.document import merge_unit, to_document, to_wire
from casefield.records.work import Actor, find_statement
from casefield.server import audit
from casefield.server.database import Database
from casefield.server.history import change_row, hold_statement, index_row, write_changes
from casefield.server.stream import reserve

R = TypeVar("R", bound=Synced)


class HeadquartersWork:
    """Implements `casefield.records.work.Work` over headquarters' database."""

    def __init__(self, session: Session, actor: Actor, now: datetime, zone: str) -> None:
        self._session = session
        self._actor = actor
        self._now = now
        self._zone = zone
        self._deeds: dict[str, dict[str, Any]] = {}
        self._records: dict[str, Synced] = {}
        self._opened: list[tuple[str, str]] = []

    @property
    def connection(self) -> Connection:
        """The transaction's connection, for what is no record."""
        return self._session.connection()

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
        """Where headquarters is."""
        return self._zone

    def get(self, kind: type[R], record_id: str) -> R:
        """Return one record; see `Work.get`."""
        record = self._session.get(kind, (self._actor.org_id, record_id))
        if record is None or record.deleted:
            raise NotFound(f"There is no such {kind.__kind__} at headquarters.")
        return record

    def find(
        self, record_kind: type[R], /, *, case_id: str | None = None, **equals: Any
    ) -> list[R]:
        """Return the records of a kind; see `Work.find`."""
        statement = find_statement(record_kind, self._actor.org_id, case_id, equals)
        return list(self._session.scalars(statement))

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run a SELECT; see `Work.rows`."""
        return self._session.execute(statement).all()

    def opened(self, case_id: str, purpose: str) -> None:
        """Note a reading for the audit; see `Work.opened`."""
        self._opened.append((case_id, purpose))

    def add(self, record: R) -> R:
        """Keep a new record; see `Work.add`."""
        record.id = record.id or new_id()
        record.org_id = self._actor.org_id
        if record.__kind__ == "Patient":
            record.case_id = record.id
        record.fmeta, record.extra = {}, record.extra or {}
        self._session.add(record)
        self._session.flush()
        self._note(record, "create", to_document(record), {})
        return record

    def add_all(self, records: Sequence[Synced]) -> None:
        """Keep many new records."""
        for record in records:
            self.add(record)

    def change(self, record: Synced, **fields: Any) -> bool:
        """Set fields; see `Work.change`."""
        self._hold(record)
        before = {name: to_wire(getattr(record, name)) for name in fields}
        after = {name: to_wire(value) for name, value in fields.items()}
        different = {name: value for name, value in after.items() if before[name] != value}
        for name in different:
            setattr(record, name, fields[name])
        if different:
            self._note(record, "change", different, {n: before[n] for n in different})
        return bool(different)

    def sign(self, record: Synced, **fields: Any) -> None:
        """Set the last fields and make the record immutable; see `Work.sign`."""
        self.change(record, **fields)
        record.signed = True
        self._note(record, "sign", {}, {})

    def remove(self, record: Synced) -> None:
        """Delete softly; see `Work.remove`."""
        self._hold(record)
        record.deleted = True
        self._note(record, "delete", {"deleted": True}, {"deleted": False})

    def finish(self) -> None:
        """Give each touched record its revision and place, write history and audit."""
        self._session.flush()
        connection = self._session.connection()
        org = self._actor.org_id
        for case_id, purpose in self._opened:
            self._audit("open", "Patient", case_id, case_id, purpose)
        if not self._records:
            return
        for record_id, record in self._records.items():
            deed = self._deeds[record_id]
            self._audit(deed["kind"], record.__kind__, record_id, record.case_id, "")
            mark = self._mark(record.rev + 1)
            units = {merge_unit(type(record), name) for name in deed["patch"]} or {""}
            fresh = deed["kind"] == "create"
            record.fmeta = {"": mark} if fresh else {**record.fmeta, **dict.fromkeys(units, mark)}
            record.rev += 1
        first = reserve(connection, org, len(self._records))
        changes, index = [], []
        for seq, (record_id, record) in enumerate(self._records.items(), start=first):
            record.seq = seq
            deed, kind = self._deeds[record_id], record.__kind__
            place = (kind, record_id, record.case_id)
            changes.append(
                change_row(
                    org,
                    seq,
                    op_id=new_id(),
                    record=place,
                    rev=record.rev,
                    kind=deed["kind"],
                    patch=deed["patch"],
                    previous=deed["previous"],
                    actor=self._actor.user_id,
                    now=self._now,
                )
            )
            fresh = deed["kind"] == "create"
            index.append(index_row(org, *place, seq, record.rev, fresh=fresh))
        self._session.flush()
        write_changes(connection, changes, index)

    def _hold(self, record: Synced) -> None:
        """Lock a record before its first change and see it as it is now.

        Raises:
            NotAllowed: it is signed.
        """
        if record.id not in self._records:
            self.connection.execute(hold_statement(self._actor.org_id, [record.id]))
            self._session.refresh(record)
        if record.signed:
            raise NotAllowed(f"This {record.__kind__} is signed and stays as it is.")

    def _note(
        self, record: Synced, kind: str, patch: dict[str, Any], previous: dict[str, Any]
    ) -> None:
        """Several changes of one record in one work are one change of the stream."""
        deed = self._deeds.setdefault(record.id, {"kind": kind, "patch": {}, "previous": {}})
        deed["patch"] |= patch
        deed["previous"] = previous | deed["previous"]
        if kind in {"sign", "delete"} and deed["kind"] != "create":
            deed["kind"] = kind
        self._records[record.id] = record

    def _mark(self, rev: int) -> dict[str, Any]:
        wall = to_wire(self._now)
        return {"rev": rev, "op": None, "device": None, "by": self._actor.name, "at": wall}

    def _audit(self, act: str, kind: str, record_id: str, case_id: str | None, reason: str) -> None:
        audit.note(
            self._session.connection(),
            self._actor.org_id,
            act,
            actor=self._actor.user_id,
            at=self._now,
            record_type=kind,
            record_id=record_id,
            case_id=case_id,
            reason=reason,
        )


@contextmanager
def working(database: Database, actor: Actor, clock: Clock) -> Iterator[HeadquartersWork]:
    """Give one unit of work at headquarters; leaving it commits all or nothing."""
    with database.write() as connection, working_on(connection, actor, clock) as work:
        yield work


@contextmanager
def working_on(connection: Connection, actor: Actor, clock: Clock) -> Iterator[HeadquartersWork]:
    """Give a unit of work inside a transaction that the caller commits."""
    with Session(connection, expire_on_commit=False) as session:
        work = HeadquartersWork(session, actor, clock.now(), clock.zone())
        yield work
        work.finish()
        session.commit()
