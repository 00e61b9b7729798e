"""Gives a device what changed in its scope since its cursor, and what entered or left it.

A case that enters is sent whole, paged through the cursor's `e`; the ledger says `held` only when
the device comes back with a cursor that proves it got the last page. A case that leaves is named
until the device says it purged it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, true, update

from casefield.records.base import Synced
from casefield.records.document import table_of
from casefield.records.headquarters import DeviceCase, RecordIndex
from casefield.records.registry import KINDS
from casefield.server.database import Database
from casefield.server.rows import chunks, document_of
from casefield.server.scope import REFERENCE_KINDS, Member, cases_in_scope
from casefield.server.stream import Cursor, fence, last_number, read_cursor, write_cursor
from casefield.sync.messages import RecordState

PAGE = 2000
MOST_IN_SQL = 5000
HELD, ENTER, LEAVE = "held", "enter", "leave"


class HistoryChanged(Exception):
    """The device has seen a history that this server doesn't have: it was restored."""


@dataclass(frozen=True)
class Page:
    """One pull's answer."""

    changes: list[RecordState]
    cursor: str
    fence: str
    more: bool
    enter: list[str]
    leave: list[str]


class Puller:
    """Answers pulls.

    Args:
        database: headquarters' database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def pull(
        self, member: Member, cursor: str, fence_seen: str, purged: Sequence[str], max_bytes: int
    ) -> Page:
        """Return one page.

        Raises:
            HistoryChanged: the cursor or its fence is not of this server's history.
        """
        with self._database.write() as connection:
            return _Pull(connection, member, max_bytes).run(cursor, fence_seen, purged)


class _Pull:
    """One pull in its transaction."""

    def __init__(self, connection: Connection, member: Member, max_bytes: int) -> None:
        self._connection = connection
        self._member = member
        self._max_bytes = max_bytes

    def run(self, cursor_text: str, fence_seen: str, purged: Sequence[str]) -> Page:
        cursor = self._checked(cursor_text, fence_seen)
        scope = cases_in_scope(self._connection, self._member)
        self._forget(purged, scope)
        cursor, entering, leaving = self._ledger(cursor, scope)
        top = last_number(self._connection, self._member.org_id)
        changes, reached, full = self._stream(cursor.s, scope, top)
        snapshot: list[RecordState] = []
        progress: dict[str, int] = {}
        for case_id, as_of in entering.items():
            begun = cursor.e.get(case_id, 0)
            if full or begun >= as_of:
                progress[case_id] = begun
                full = full or begun < as_of
                continue
            rows, progress[case_id], full = self._snapshot(case_id, begun, as_of)
            snapshot += rows
        after = Cursor(s=reached, e={case: done for case, done in progress.items() if done})
        unfinished = any(progress.get(case, 0) < as_of for case, as_of in entering.items())
        return Page(
            changes=sorted([*snapshot, *changes], key=lambda change: change.seq),
            cursor=write_cursor(after),
            fence=fence(self._connection, self._member.org_id, reached),
            more=reached < top or unfinished,
            enter=list(entering),
            leave=leaving,
        )

    def _checked(self, text: str, fence_seen: str) -> Cursor:
        try:
            cursor = read_cursor(text)
        except ValueError as error:
            raise HistoryChanged from error
        org = self._member.org_id
        if cursor.s > last_number(self._connection, org):
            raise HistoryChanged
        if cursor.s and fence_seen != fence(self._connection, org, cursor.s):
            raise HistoryChanged
        return cursor

    # -- scope ------------------------------------------------------------------------------

    def _ledger(
        self, cursor: Cursor, scope: frozenset[str]
    ) -> tuple[Cursor, dict[str, int], list[str]]:
        """Return (cursor, cases still entering with their as-of, cases to leave)."""
        rows = self._connection.execute(
            select(DeviceCase.case_id, DeviceCase.state, DeviceCase.as_of_seq).where(
                DeviceCase.org_id == self._member.org_id,
                DeviceCase.device_id == self._member.device_id,
            )
        ).all()
        known = {row.case_id: row for row in rows}
        entering: dict[str, int] = {}
        for case_id in sorted(scope):
            row = known.get(case_id)
            if row is None or row.state == LEAVE:
                state = ENTER if cursor.s else HELD
                self._keep(case_id, state, cursor.s, known=row is not None)
                if state == ENTER:
                    entering[case_id] = cursor.s
            elif row.state == ENTER:
                if cursor.e.get(case_id, 0) >= row.as_of_seq:
                    self._keep(case_id, HELD, row.as_of_seq, known=True)
                else:
                    entering[case_id] = row.as_of_seq
        leaving = sorted(case for case in known if case not in scope)
        for case_id in leaving:
            if known[case_id].state != LEAVE:
                self._keep(case_id, LEAVE, cursor.s, known=True)
        kept = {case: done for case, done in cursor.e.items() if case in entering}
        return Cursor(s=cursor.s, e=kept), entering, leaving

    def _keep(self, case_id: str, state: str, as_of: int, *, known: bool) -> None:
        values = {"state": state, "as_of_seq": as_of}
        if known:
            self._connection.execute(
                update(DeviceCase)
                .where(
                    DeviceCase.org_id == self._member.org_id,
                    DeviceCase.device_id == self._member.device_id,
                    DeviceCase.case_id == case_id,
                )
                .values(**values)
            )
            return
        self._connection.execute(
            insert(DeviceCase).values(
                org_id=self._member.org_id,
                device_id=self._member.device_id,
                case_id=case_id,
                acked_seq=0,
                **values,
            )
        )

    def _forget(self, purged: Sequence[str], scope: frozenset[str]) -> None:
        """The device has removed these: the ledger forgets them, unless they are back in scope."""
        for part in chunks(purged):
            self._connection.execute(
                delete(DeviceCase).where(
                    DeviceCase.org_id == self._member.org_id,
                    DeviceCase.device_id == self._member.device_id,
                    DeviceCase.case_id.in_(part),
                )
            )

    # -- records ----------------------------------------------------------------------------

    def _stream(
        self, since: int, scope: frozenset[str], top: int
    ) -> tuple[list[RecordState], int, bool]:
        """Return (states after `since`, how far this page reaches, whether it is full)."""
        in_sql = len(scope) <= MOST_IN_SQL
        mine = or_(
            RecordIndex.record_type.in_(sorted(REFERENCE_KINDS)),
            RecordIndex.case_id.in_(sorted(scope) if in_sql else []),
        )
        statement = (
            select(RecordIndex.__table__)
            .where(
                RecordIndex.org_id == self._member.org_id,
                RecordIndex.seq > since,
                RecordIndex.seq <= top,
                mine if in_sql else true(),
            )
            .order_by(RecordIndex.seq)
            .limit(PAGE)
        )
        index = self._connection.execute(statement).all()
        wanted = [
            entry
            for entry in index
            if in_sql or entry.case_id in scope or entry.record_type in REFERENCE_KINDS
        ]
        # before a device has a place in the stream nothing proves what it still holds
        states, whole = self._states(wanted, echo=since > 0)
        if not whole:
            return states, states[-1].seq, True
        if len(index) == PAGE:
            return states, index[-1].seq, True
        return states, top, False

    def _snapshot(
        self, case_id: str, since: int, as_of: int
    ) -> tuple[list[RecordState], int, bool]:
        """Return (a page of one case's states, how far it got, whether the page is full)."""
        index = self._connection.execute(
            select(RecordIndex.__table__)
            .where(
                RecordIndex.org_id == self._member.org_id,
                RecordIndex.case_id == case_id,
                RecordIndex.seq > since,
                RecordIndex.seq <= as_of,
            )
            .order_by(RecordIndex.seq)
            .limit(PAGE)
        ).all()
        states, whole = self._states(index, echo=False)
        if not whole:
            return states, states[-1].seq, True
        if len(index) == PAGE:
            return states, index[-1].seq, True
        return states, as_of, False

    def _states(self, index: Sequence[Any], *, echo: bool) -> tuple[list[RecordState], bool]:
        """Return the records of index rows in order, as many as fit, and whether all did."""
        rows = self._rows(index)
        states: list[RecordState] = []
        size = 0
        for entry in index:
            row = rows.get(entry.record_id)
            if row is None:
                continue
            state = self._state(entry, row, echo)
            size += 200 if state.doc is None else 200 + len(msgspec.json.encode(state.doc))
            states.append(state)
            if size > self._max_bytes:
                return states, entry is index[-1]
        return states, True

    def _state(self, entry: Any, row: Any, echo: bool) -> RecordState:
        """A record that this very device wrote last and alone comes back without its content."""
        kind = KINDS[entry.record_type]
        mine = entry.device_id == self._member.device_id
        alone = mine and all(
            mark.get("device") == self._member.device_id for mark in (row.fmeta or {}).values()
        )
        return RecordState(
            type=entry.record_type,
            id=entry.record_id,
            rev=row.rev,
            seq=row.seq,
            case_id=row.case_id,
            deleted=row.deleted,
            signed=row.signed,
            doc=None if echo and alone else document_of(kind, row),
            fmeta={} if echo and alone else row.fmeta or {},
        )

    def _rows(self, index: Iterable[Any]) -> dict[str, Any]:
        by_kind: dict[type[Synced], list[str]] = {}
        for entry in index:
            by_kind.setdefault(KINDS[entry.record_type], []).append(entry.record_id)
        found: dict[str, Any] = {}
        for kind, ids in by_kind.items():
            table = table_of(kind)
            for part in chunks(ids):
                rows = self._connection.execute(
                    select(table).where(table.c.org_id == self._member.org_id, table.c.id.in_(part))
                )
                found |= {row.id: row for row in rows}
        return found
