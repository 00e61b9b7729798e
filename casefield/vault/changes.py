"""A page of headquarters' states on its way into the rows, under what still waits here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from casefield.records.base import Synced
from casefield.records.bulk import insert_rows
from casefield.records.document import content_fields, readers_of, table_of, to_document
from casefield.records.laptop import RawUnknown, Shadow
from casefield.records.operation import Operation
from casefield.records.registry import KINDS
from casefield.vault.outbox import parts, waiting_of
from casefield.vault.shadow import lay, shadows_of
from casefield.vault.standing import org_of

Touched = frozenset[tuple[str, str, str | None]]


class State(msgspec.Struct, kw_only=True):
    """A record as headquarters has it: what the laptop is sent, and what it keeps raw.

    `doc` is None where the content is what this very device said.
    """

    type: str
    id: str
    rev: int
    seq: int
    case_id: str | None = None
    deleted: bool = False
    signed: bool = False
    doc: dict[str, Any] | None = None
    fmeta: dict[str, Any] = {}


@dataclass(frozen=True)
class Stored:
    """What a page did here.

    Attributes:
        touched: (kind, id, case id) of the records that look different now.
        people: those who are new on this laptop.
        astray: something came back as this laptop's own words, and they are not here.
    """

    touched: Touched
    people: frozenset[str]
    astray: bool


def store(session: Session, changes: Sequence[Any]) -> Stored:
    """Store states."""
    return _Page(session).store(changes)


def store_raw(session: Session) -> None:
    """After an upgrade: store what an older version kept because it could not read it."""
    decode = msgspec.json.Decoder(State).decode
    kept = [decode(body) for body in session.scalars(select(RawUnknown.body))]
    session.execute(delete(RawUnknown))
    store(session, kept)


@dataclass(frozen=True)
class _Readable:
    """A state with its content columns; none where the content is our own."""

    change: Any
    values: dict[str, Any]


class _Page:
    """One page in its transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._org = org_of(session)
        self._touched: set[tuple[str, str, str | None]] = set()
        self._people: set[str] = set()
        self._astray = False

    def store(self, changes: Sequence[Any]) -> Stored:
        by_kind: dict[str, dict[str, _Readable]] = {}
        unreadable: list[Any] = []
        for change in sorted(changes, key=lambda change: int(change.seq)):
            kind = KINDS.get(change.type)
            values = None if kind is None else _values(kind, change.doc)
            if values is None:
                unreadable.append(change)
            else:
                by_kind.setdefault(change.type, {})[change.id] = _Readable(change, values)
        self._keep_raw(unreadable)
        for name, of_kind in by_kind.items():
            for part in parts(list(of_kind)):
                self._store_kind(KINDS[name], [of_kind[record_id] for record_id in part])
        return Stored(frozenset(self._touched), frozenset(self._people), self._astray)

    def _keep_raw(self, changes: Sequence[Any]) -> None:
        if not changes:
            return
        rows = [
            {
                "record_id": c.id,
                "record_type": c.type,
                "case_id": c.case_id,
                "body": msgspec.json.encode(c),
            }
            for c in changes
        ]
        put = upsert(RawUnknown)
        self._session.execute(
            put.on_conflict_do_update(
                index_elements=["record_id"],
                set_={n: put.excluded[n] for n in ("record_type", "case_id", "body")},
            ),
            rows,
        )

    def _store_kind(self, kind: type[Synced], states: Sequence[_Readable]) -> None:
        session = self._session
        waiting = waiting_of(session, [state.change.id for state in states])
        ours = [s for s in states if s.change.doc is None and s.change.id not in waiting]
        self._echo_all(kind, [state.change for state in ours])
        states = [s for s in states if s.change.doc is not None or s.change.id in waiting]
        ids = [state.change.id for state in states]
        known = {
            record.id: record
            for record in session.scalars(
                select(kind).where(kind.org_id == self._org, kind.id.in_(ids))
            )
        }
        shadows = shadows_of(session, list(waiting))
        fresh: list[dict[str, Any]] = []
        for state in states:
            change, record = state.change, known.get(state.change.id)
            if record is not None:
                if change.seq > record.seq:
                    self._renew(record, change, waiting.get(change.id, ()), shadows)
            elif change.doc is None:
                self._astray = True
            else:
                self._touch(change)
                if change.type == "Patient":
                    self._people.add(change.id)
                row = _row(kind, self._org, state)
                if change.id not in waiting:
                    fresh.append(row)
                    continue
                record = kind(**row)
                session.add(record)
                self._renew(record, change, waiting[change.id], shadows)
        insert_rows(session.connection(), table_of(kind), fresh)

    def _renew(
        self,
        record: Synced,
        change: Any,
        waiting: Sequence[Operation],
        shadows: dict[str, Shadow],
    ) -> None:
        """Bring a row up to date."""
        if change.doc is None:
            self._echo(record, change, shadows)
            return
        before = (to_document(record), record.deleted, record.signed)
        shadow = shadows.get(record.id)
        if shadow is None:
            shadow = Shadow(record_id=change.id, record_type=change.type)
            if waiting:
                self._session.add(shadow)
        shadow.rev, shadow.seq = change.rev, change.seq
        shadow.deleted, shadow.signed = change.deleted, change.signed
        shadow.document, shadow.fmeta = change.doc, change.fmeta
        record.case_id = change.case_id
        lay(record, shadow, waiting)
        if before != (to_document(record), record.deleted, record.signed):
            self._touch(change)

    def _echo_all(self, kind: type[Synced], changes: Sequence[Any]) -> None:
        """Our own words came back, and nobody else's: only their revision is new."""
        if not changes:
            return
        table, connection = table_of(kind), self._session.connection()
        connection.exec_driver_sql(
            f"UPDATE {table.name} SET rev = ?, seq = ?, deleted = ?, signed = ?"  # noqa: S608
            " WHERE org_id = ? AND id = ? AND seq < ?",
            [(c.rev, c.seq, c.deleted, c.signed, self._org, c.id, c.seq) for c in changes],
        )
        ids = [change.id for change in changes]
        here = connection.execute(
            select(func.count()).where(table.c.org_id == self._org, table.c.id.in_(ids))
        ).scalar()
        self._astray = self._astray or here != len(ids)

    def _echo(self, record: Synced, change: Any, shadows: dict[str, Shadow]) -> None:
        """Our own words came back, and something waits: some of it may be in them already.

        `seq` then stays, so that the answers still to come are told from it.
        """
        if change.id in shadows:
            record.rev = shadows[change.id].rev = change.rev

    def _touch(self, change: Any) -> None:
        self._touched.add((change.type, change.id, change.case_id))


def _values(kind: type[Synced], document: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the content columns of a document, None where this version can't read it."""
    if document is None:
        return {}
    blank, required, readers = _columns(kind)
    values = blank | {name: document[name] for name in document.keys() & blank.keys()}
    if any(values[name] is None for name in required):
        return None
    try:
        for name in document.keys() & readers.keys():
            if values[name] is not None:
                values[name] = readers[name](values[name])
    except (ValueError, TypeError):
        return None
    return values


def _row(kind: type[Synced], org: str, state: _Readable) -> dict[str, Any]:
    """Return all columns of a record that is new here."""
    change = state.change
    return state.values | {
        "org_id": org,
        "id": change.id,
        "case_id": change.case_id,
        "rev": change.rev,
        "seq": change.seq,
        "deleted": change.deleted,
        "signed": change.signed,
        "fmeta": change.fmeta,
        "extra": {n: value for n, value in change.doc.items() if n not in state.values},
    }


class _Columns(NamedTuple):
    """A kind's content columns: all empty, those that may not be, and how some are read."""

    blank: dict[str, Any]
    required: tuple[str, ...]
    readers: dict[str, Callable[[Any], Any]]


_COLUMNS: dict[type[Synced], _Columns] = {}


def _columns(kind: type[Synced]) -> _Columns:
    if kind not in _COLUMNS:
        names, columns = content_fields(kind), table_of(kind).columns
        required = tuple(name for name in names if not columns[name].nullable)
        _COLUMNS[kind] = _Columns(dict.fromkeys(names), required, readers_of(kind))
    return _COLUMNS[kind]
