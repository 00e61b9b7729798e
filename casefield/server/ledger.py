"""What each laptop holds: which people enter it, which leave it.

A person who enters is sent whole, paged through the cursor's `e`; the ledger says `held` only when
the device comes back with a cursor that proves it got the last page. A person who leaves is named
until the device says it purged the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from casefield.records.headquarters import DeviceCase, DeviceSecret
from casefield.server.rows import chunks
from casefield.server.scope import Member
from casefield.server.stream import Cursor

HELD, ENTER, LEAVE = "held", "enter", "leave"
Move = tuple[str, str, int, bool]  # case, state, as of, whether the ledger knew it


@dataclass
class Plan:
    """What a pull must do about people.

    Attributes:
        entering: those still to be sent, with the number up to which they are sent apart.
        leaving: those the device must let go.
        moves: what the ledger must write down first.
    """

    entering: dict[str, int] = field(default_factory=dict)
    leaving: list[str] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def note(self, case_id: str, state: str, as_of: int, *, known: bool) -> None:
        """Add a move."""
        self.moves.append((case_id, state, as_of, known))


def plan(connection: Connection, member: Member, cursor: Cursor, scope: frozenset[str]) -> Plan:
    """Compare a device's ledger with its scope."""
    rows = connection.execute(
        select(DeviceCase.case_id, DeviceCase.state, DeviceCase.as_of_seq).where(*_of(member))
    )
    known: dict[str, Any] = {row.case_id: row for row in rows}
    made = Plan()
    for case_id in sorted(scope):
        row = known.get(case_id)
        state = row.state if row is not None else None
        if state == HELD:
            continue
        if not cursor.s:  # the stream itself brings everything from the beginning
            made.note(case_id, HELD, 0, known=row is not None)
        elif row is None or state == LEAVE:
            made.note(case_id, ENTER, cursor.s, known=row is not None)
            made.entering[case_id] = cursor.s
        elif cursor.e.get(case_id, 0) >= row.as_of_seq:
            made.note(case_id, HELD, row.as_of_seq, known=True)
        else:
            made.entering[case_id] = row.as_of_seq
    for case_id in sorted(known.keys() - scope):
        made.leaving.append(case_id)
        if known[case_id].state != LEAVE:
            made.note(case_id, LEAVE, cursor.s, known=True)
    return made


def keep(
    connection: Connection, member: Member, moves: Sequence[tuple[str, str, int, bool]]
) -> None:
    """Write a plan's moves down."""
    org, device = member.org_id, member.device_id
    fresh = [
        {"org_id": org, "device_id": device, "case_id": c, "state": s, "as_of_seq": n}
        for c, s, n, known in moves
        if not known
    ]
    moved = [{"b_case": c, "b_state": s, "b_as_of": n} for c, s, n, known in moves if known]
    if fresh:
        connection.execute(insert(DeviceCase), fresh)
    if moved:
        connection.execute(
            update(DeviceCase)
            .where(*_of(member), DeviceCase.case_id == bindparam("b_case"))
            .values(state=bindparam("b_state"), as_of_seq=bindparam("b_as_of")),
            moved,
            execution_options={"synchronize_session": False},
        )


def forget(connection: Connection, member: Member, purged: Sequence[str]) -> None:
    """The device removed these: should they be in its care again, they enter anew."""
    for part in chunks(purged):
        connection.execute(delete(DeviceCase).where(*_of(member), DeviceCase.case_id.in_(part)))


def hold_device(connection: Connection, member: Member) -> int:
    """Let no other call of this device in until the transaction ends.

    Returns:
        How far the device's operations have been answered without a hole.
    """
    return connection.execute(
        select(DeviceSecret.last_dseq)
        .where(DeviceSecret.org_id == member.org_id, DeviceSecret.device_id == member.device_id)
        .with_for_update()
    ).scalar_one()


def _of(member: Member) -> tuple[Any, ...]:
    return DeviceCase.org_id == member.org_id, DeviceCase.device_id == member.device_id
