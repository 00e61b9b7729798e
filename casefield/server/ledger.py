"""What each laptop holds: which people enter it, which leave it.

A person who enters is sent whole, paged through the cursor's `e`; the ledger says `held` only when
the device comes back with a cursor that proves it got the last page. A person who leaves is named
until the device says it purged the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from casefield.records.headquarters import DeviceCase
from casefield.server.rows import chunks
from casefield.server.scope import Member
from casefield.server.stream import Cursor
from casefield.sync.messages import SyncRequest

HELD, ENTER, LEAVE = "held", "enter", "leave"
Place = tuple[int, int]  # how far a snapshot got, and how far it goes


@dataclass
class Plan:
    """What a pull must do about people.

    Attributes:
        entering: those still to be sent apart, with how far that got and how far it goes.
        leaving: those the device must let go.
        moves: what the ledger must write down first: the state of a case.
    """

    entering: dict[str, Place] = field(default_factory=dict)
    leaving: list[str] = field(default_factory=list)
    moves: dict[str, str] = field(default_factory=dict)


def plan(
    connection: Connection,
    member: Member,
    cursor: Cursor,
    scope: frozenset[str],
    message: SyncRequest,
) -> Plan:
    """Compare a device's ledger with its scope.

    How far a person's snapshot goes stands in the cursor, which the device brings back: a request
    that comes late or twice changes nothing that the device has not seen.
    """
    rows = connection.execute(select(DeviceCase.case_id, DeviceCase.state).where(*_of(member)))
    known: dict[str, str] = {row.case_id: row.state for row in rows}
    for case_id in message.purged:
        known.pop(case_id, None)
    made = Plan()
    for case_id in sorted(scope):
        state, place = known.get(case_id), cursor.e.get(case_id)
        if not cursor.s:  # the stream itself brings everything from the beginning
            if state != HELD:
                made.moves[case_id] = HELD
        elif state is None or state == LEAVE:
            made.moves[case_id] = ENTER
            made.entering[case_id] = (0, cursor.s)
        elif place is not None and place[0] < place[1]:
            made.entering[case_id] = place
        elif state == ENTER and place is None:
            made.entering[case_id] = (0, cursor.s)
        elif state == ENTER:
            made.moves[case_id] = HELD
    held = known.keys() | (frozenset(message.holds) - frozenset(message.purged))
    made.leaving = sorted(held - scope)
    made.moves |= {case: LEAVE for case in made.leaving if known.get(case) != LEAVE}
    return made


def keep(connection: Connection, member: Member, moves: Mapping[str, str]) -> None:
    """Write a plan's moves down."""
    forget(connection, member, list(moves))
    rows = [
        {
            "org_id": member.org_id,
            "device_id": member.device_id,
            "case_id": case_id,
            "state": state,
        }
        for case_id, state in sorted(moves.items())
    ]
    if rows:
        connection.execute(insert(DeviceCase), rows)


def forget(connection: Connection, member: Member, purged: Sequence[str]) -> None:
    """Know nothing of these people any more: should they be in its care again, they enter anew."""
    for part in chunks(purged):
        connection.execute(delete(DeviceCase).where(*_of(member), DeviceCase.case_id.in_(part)))


def _of(member: Member) -> tuple[Any, ...]:
    return DeviceCase.org_id == member.org_id, DeviceCase.device_id == member.device_id
