"""Gives a device what changed in its scope since its cursor, and what entered or left it.

Asking writes nothing unless somebody entered or left, so that an idle laptop's question waits for
nobody. What a page holds is read on one snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select, true

from casefield.records.base import RecordClass, Synced
from casefield.records.headquarters import OperationResult, RecordIndex
from casefield.records.registry import KINDS
from casefield.server.database import Database
from casefield.server.ledger import Plan, forget, keep, plan
from casefield.server.rows import chunks, document_of, load_heads, load_rows
from casefield.server.scope import REFERENCE_KINDS, Member, Role, cases_in_scope
from casefield.server.steps import Step, lock_device, rotate, verify
from casefield.server.stream import (
    Cursor,
    fence,
    last_number,
    read_cursor,
    standing,
    write_cursor,
)
from casefield.sync.digest import UNCOUNTED, digest
from casefield.sync.messages import RecordState, SyncRequest

PAGE = 2000
MOST_IN_SQL = 5000
ENVELOPE_BYTES = 200


class HistoryChanged(Exception):
    """The device has seen a history that this server doesn't have: it was restored."""


@dataclass(frozen=True)
class Page:
    """One pull's answer.

    Attributes:
        moved: it took this device further, so its step counts.
        moves: what the ledger of people is to say from then on.
    """

    changes: list[RecordState]
    cursor: str
    fence: str
    more: bool
    enter: list[str]
    arriving: list[str]
    leave: list[str]
    astray: list[str]
    moved: bool
    durable: int
    moves: Mapping[str, str]


class Puller:
    """Answers pulls.

    Args:
        database: headquarters' database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def pull(self, member: Member, message: SyncRequest) -> Page:
        """Return one page.

        Raises:
            HistoryChanged: the cursor or its fence is not of this server's history.
            Forked: two laptops claim this device's place.
        """
        with self._database.read() as connection:
            check_place(connection, member, message)
            page = self.read(connection, member, message)
        self.keep(member, message, page)
        return page

    def read(self, connection: Connection, member: Member, message: SyncRequest) -> Page:
        """Return one page as a snapshot shows it, whose place was checked; then `keep` it."""
        cursor = read_cursor(message.cursor)
        scope = cases_in_scope(connection, member)
        made = plan(connection, member, cursor, scope, message)
        return _Pull(connection, member, scope, message).page(cursor, made)

    def keep(self, member: Member, message: SyncRequest, page: Page) -> None:
        """Write down what a page means for the device, if anything.

        Raises:
            Forked: two laptops claim this device's place.
        """
        if not (page.moves or message.purged or page.moved):
            return
        step = Step.of(message)
        with self._database.write() as connection:
            device = lock_device(connection, member)
            verify(device, step)
            forget(connection, member, message.purged)
            keep(connection, member, page.moves)
            rotate(connection, member, device, step)


def check_place(connection: Connection, member: Member, message: SyncRequest) -> Cursor:
    """Return where a device's pull stands.

    Raises:
        HistoryChanged: its cursor, its fence or its last answered operation is not of this
            server's history.
    """
    org = member.org_id
    try:
        cursor = read_cursor(message.cursor)
    except ValueError as error:
        raise HistoryChanged from error
    if cursor.s > last_number(connection, org):
        raise HistoryChanged
    if cursor.s and message.fence != fence(connection, org, cursor.s):
        raise HistoryChanged
    if message.last_op and not _answered(connection, org, message.last_op):
        raise HistoryChanged
    return cursor


def _answered(connection: Connection, org_id: str, op_id: str) -> bool:
    found = connection.execute(
        select(OperationResult.op_id).where(
            OperationResult.org_id == org_id, OperationResult.op_id == op_id
        )
    )
    return found.first() is not None


@dataclass
class _Room:
    """How much a page may still hold."""

    bytes_left: int
    states: list[RecordState] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return self.bytes_left <= 0

    def add(self, state: RecordState) -> None:
        content = 0 if state.doc is None else len(msgspec.json.encode(state.doc))
        self.bytes_left -= ENVELOPE_BYTES + content
        self.states.append(state)


class _Pull:
    """One page, read on one snapshot."""

    def __init__(
        self, connection: Connection, member: Member, scope: frozenset[str], message: SyncRequest
    ) -> None:
        self._connection = connection
        self._member = member
        self._scope = scope
        self._digests = message.digests
        self._said = message.fence
        self._room = _Room(message.max_bytes)

    def page(self, cursor: Cursor, made: Plan) -> Page:
        astray = self._astray(self._scope - made.entering.keys())
        entering = made.entering | dict.fromkeys(astray, (0, cursor.s))
        newest, durable = standing(self._connection, self._member.org_id)
        reached = self._stream(cursor.s, newest)
        goals = {case: as_of for case, (_, as_of) in entering.items()}
        done = {case: so_far for case, (so_far, _) in entering.items()}
        self._enter(goals, done)
        after = Cursor(s=reached, e={case: (done[case], as_of) for case, as_of in goals.items()})
        unfinished = sorted(case for case, as_of in goals.items() if done[case] < as_of)
        return Page(
            changes=sorted(self._room.states, key=lambda state: state.seq),
            cursor=write_cursor(after),
            fence=self._fence(cursor.s, reached),
            more=reached < newest or bool(unfinished),
            enter=sorted(entering),
            arriving=unfinished,
            leave=made.leaving,
            astray=astray,
            moved=after != cursor or bool(made.leaving),
            durable=durable,
            moves=made.moves,
        )

    def _fence(self, since: int, reached: int) -> str:
        """Return the fence of the place reached; the one that was checked, if it is the same."""
        if since and reached == since:
            return self._said
        return fence(self._connection, self._member.org_id, reached)

    def _astray(self, held: Set[str]) -> list[str]:
        """Return the people whom the device holds otherwise than headquarters does."""
        told = {case: said for case, said in self._digests.items() if case in held}
        if not told:
            return []
        found: dict[str, list[tuple[str, int]]] = {case_id: [] for case_id in told}
        for part in chunks(told):
            rows = self._connection.execute(
                select(RecordIndex.case_id, RecordIndex.record_id, RecordIndex.rev).where(
                    RecordIndex.org_id == self._member.org_id,
                    RecordIndex.case_id.in_(part),
                    RecordIndex.record_type.not_in(UNCOUNTED),
                )
            )
            for case_id, record_id, rev in rows:
                found[case_id or ""].append((record_id, rev))
        return sorted(case for case, said in told.items() if digest(found[case]) != said)

    def _stream(self, since: int, newest: int) -> int:
        """Add the states after `since`; return how far the page reaches."""
        if since >= newest:
            return since
        in_sql = len(self._scope) <= MOST_IN_SQL
        mine = or_(
            RecordIndex.record_type.in_(sorted(REFERENCE_KINDS)),
            RecordIndex.case_id.in_(sorted(self._scope) if in_sql else []),
        )
        index = self._connection.execute(
            select(RecordIndex.__table__)
            .where(
                RecordIndex.org_id == self._member.org_id,
                RecordIndex.seq > since,
                RecordIndex.seq <= newest,
                mine if in_sql else true(),
            )
            .order_by(RecordIndex.seq)
            .limit(PAGE)
        ).all()
        wanted = [
            entry
            for entry in index
            if in_sql or entry.case_id in self._scope or entry.record_type in REFERENCE_KINDS
        ]
        # before a device has a place in the stream nothing proves what it still holds
        last = self._fill(wanted, echo=since > 0)
        if last is not None:
            return int(last.seq)
        return int(index[-1].seq) if len(index) == PAGE else newest

    def _enter(self, entering: dict[str, int], done: dict[str, int]) -> None:
        """Add the records of entering people, one after the other; note in `done` how far."""
        alike: dict[tuple[int, int], list[str]] = {}
        for case_id, as_of in entering.items():
            if done[case_id] < as_of:
                alike.setdefault((done[case_id], as_of), []).append(case_id)
        for (since, as_of), cases in alike.items():
            for part in chunks(cases):
                if self._room.full:
                    return
                self._enter_alike(part, since, as_of, done)

    def _enter_alike(
        self, cases: Sequence[str], since: int, as_of: int, done: dict[str, int]
    ) -> None:
        """People who stand at the same place are read in one go, in the order of their ids."""
        index = self._connection.execute(
            select(RecordIndex.__table__)
            .where(
                RecordIndex.org_id == self._member.org_id,
                RecordIndex.case_id.in_(cases),
                RecordIndex.seq > since,
                RecordIndex.seq <= as_of,
            )
            .order_by(RecordIndex.case_id, RecordIndex.seq)
            .limit(PAGE)
        ).all()
        last = self._fill(index, echo=False)
        if last is None and len(index) == PAGE:
            last = index[-1]
        if last is None:
            done.update(dict.fromkeys(cases, as_of))
            return
        order = list(dict.fromkeys(entry.case_id for entry in index))
        done.update(dict.fromkeys(order[: order.index(last.case_id)], as_of))
        done[last.case_id] = last.seq

    def _fill(self, index: Sequence[Any], *, echo: bool) -> Any | None:
        """Add the records of index rows in order; return the last one if not all had room."""
        own = self._own(index) if echo else {}
        others = [entry for entry in index if entry.record_id not in own]
        rows = load_rows(self._connection, self._member.org_id, _by_kind(others))
        for entry in index:
            row = rows.get(entry.record_id)
            kind = KINDS[entry.record_type]
            if entry.record_id in own:
                self._room.add(own[entry.record_id])
            elif row is not None and not self._is_anothers_draft(kind, row):
                self._room.add(_state(entry, row, doc=document_of(kind, row), fmeta=row.fmeta))
            if self._room.full and entry is not index[-1]:
                return entry
        return None

    def _is_anothers_draft(self, kind: type[Synced], row: Any) -> bool:
        """A draft is its author's until it is signed; a supervisor may see what lies unfinished."""
        if kind.record_class is not RecordClass.DRAFT or row.signed or row.deleted:
            return False
        author = row.author_id
        return author not in {None, self._member.user_id} and self._member.role != Role.SUPERVISOR

    def _own(self, index: Sequence[Any]) -> dict[str, RecordState]:
        """Return what this very device wrote last and alone: it comes back without its content.

        The content isn't read either: most of what follows a push is this.
        """
        device = self._member.device_id
        mine = {entry.record_id: entry for entry in index if entry.device_id == device}
        heads = load_heads(self._connection, self._member.org_id, _by_kind(list(mine.values())))
        return {
            record_id: _state(mine[record_id], head, doc=None, fmeta={})
            for record_id, head in heads.items()
            if all(mark.get("device") == device for mark in (head.fmeta or {}).values())
        }


def _by_kind(index: Sequence[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in index:
        found.setdefault(entry.record_type, []).append(entry.record_id)
    return found


def _state(
    entry: Any, row: Any, *, doc: dict[str, Any] | None, fmeta: dict[str, Any] | None
) -> RecordState:
    return RecordState(
        type=entry.record_type,
        id=entry.record_id,
        rev=row.rev,
        seq=row.seq,
        case_id=row.case_id,
        deleted=row.deleted,
        signed=row.signed,
        doc=doc,
        fmeta=fmeta or {},
    )
