"""Two workers on one record over a bad line: both end alike and nothing is lost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from casefield.application import Session
from casefield.errors import CasefieldError, NotAllowed, NotFound, Offline
from casefield.records.conflict import Conflict
from casefield.records.document import to_document
from casefield.records.headquarters import Change, Quarantine
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.work import Work
from casefield.records.worklist import Task
from casefield.sync.messages import SyncReply, SyncRequest
from tests.fieldwork import Fieldwork, MovedClock, fieldwork, standing_on

MOMENTS = [datetime(2026, 11, day, 15, tzinfo=UTC) for day in (13, 14)]
EDITS: list[dict[str, Any]] = [
    {"description": "Call her daughter"},
    {"description": "Call her son"},
    {"outcome": "no answer"},
    {"outcome": None},
    {"due_at": MOMENTS[0]},
    {"due_zone": "America/Denver"},
    {"due_at": MOMENTS[1], "due_zone": "America/Chicago"},
    {"attempts": [{"id": "1", "said": "rang"}]},
    {"attempts": [{"id": "1", "said": "engaged"}, {"id": "2", "said": "rang"}]},
    {"attempts": []},
]
START = {"description": "Call her", "due_at": MOMENTS[0], "due_zone": "America/New_York"}


@dataclass(frozen=True)
class Move:
    """What one worker does: edit `what`, remove, sign, or sync over a line with a fault."""

    who: int
    act: str
    what: int = 0


MOVES = st.lists(
    st.builds(
        Move,
        st.integers(0, 1),
        st.sampled_from(
            ["edit"] * 6 + ["sync"] * 3 + ["lose request", "lose reply", "crash", "remove", "sign"]
        ),
        st.integers(0, len(EDITS) - 1),
    ),
    min_size=2,
    max_size=14,
)


class Line:
    """One laptop's line to headquarters, with the fault that a test puts into it next.

    `lose request` and `lose reply` are what they say; `crash` closes the lid before the reply is
    stored.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.fault = ""
        line: Any = session._only_runner()._line
        self._core, self._store = line._core, line._core._store
        self._say: Callable[[SyncRequest], SyncReply] = line._transport.sync
        line._transport.sync = self.sync
        line._core._store = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def batches_of(self, size: int) -> None:
        """Send this many bytes at a time."""
        self._core._batch_bytes = size

    def sync(self, request: SyncRequest) -> SyncReply:
        """Stand in for the transport."""
        if self.fault == "lose request":
            raise Offline("lost on the way there")
        reply = self._say(request)
        if self.fault == "lose reply":
            raise Offline("lost on the way back")
        return reply

    def take_reply(self, reply: SyncReply, **more: Any) -> Any:
        """Stand in for the store."""
        if self.fault == "crash":
            raise KeyboardInterrupt
        return self._store.take_reply(reply, **more)


@dataclass
class World:
    """Headquarters, two laptops, and one person whom both care for."""

    field: Fieldwork
    lines: list[Line]
    case_id: str
    said: list[Any] = field(default_factory=list)

    def new_task(self) -> str:
        """Make a task that both have seen."""
        task_id = self.lines[0].session.act(
            lambda work: work.add(Task(case_id=self.case_id, **START)).id, "test"
        )
        self.settle()
        return task_id

    def settle(self) -> None:
        """Let the faults stop and everybody sync until nothing is left to say."""
        for line in (*self.lines, *self.lines):
            line.fault = ""
            line.session.sync_now()


@pytest.fixture(scope="module")
def world(fresh_profile: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return one world for all examples: each plays on a task of its own."""
    with fieldwork(fresh_profile, tmp_path_factory.mktemp("together"), MovedClock()) as made:
        ana, ben = made.laptop("ana"), made.laptop("ben")

        def take_in(work: Work) -> str:
            case_id = work.add(Patient(given_name="Rosa", family_name="Alvarez")).id
            work.add(Assignment(case_id=case_id, user_id=work.actor.user_id, role="case_manager"))
            return case_id

        case_id = ana.act(take_in, "test")
        ana.sync_now()
        made.assign("ben", case_id)
        yield World(made, [Line(ana), Line(ben)], case_id)


def do(line: Line, task_id: str, move: Move) -> dict[str, Any] | None:
    """Do one move; return the values that were said, None for none."""
    if move.act in {"edit", "remove", "sign"}:
        fields = EDITS[move.what] if move.act == "edit" else {}

        def act(work: Work) -> bool:
            task = work.get(Task, task_id)
            if move.act == "sign":
                work.sign(task)
            elif move.act == "remove":
                work.remove(task)
            else:
                return work.change(task, **fields)
            return True

        with contextlib.suppress(NotFound, NotAllowed):
            if line.session.act(act, "test"):
                return fields
        return None
    line.fault = "" if move.act == "sync" else move.act
    with contextlib.suppress(CasefieldError, KeyboardInterrupt):
        line.session.sync_now()
    return None


def found_at_headquarters(world: World, task_id: str) -> str:
    """Return everything headquarters keeps of a record, as one text."""
    kept: list[Any] = []
    with world.field.server.database.read() as connection:
        for row in connection.execute(select(Change.patch).where(Change.record_id == task_id)):
            kept.append(row.patch)
        for row in connection.execute(select(Change.patch).where(Change.record_type == "Conflict")):
            kept.append(row.patch)
        for row in connection.execute(select(Quarantine.payload)):
            kept.append(json.loads(row.payload))
    return json.dumps(kept)


def of_task(session: Session, task_id: str) -> Any:
    return standing_on(session).get(("Task", task_id))


def conflicts(session: Session, task_id: str) -> list[dict[str, Any]]:
    return session.read(
        lambda work: [to_document(c) for c in work.find(Conflict, record_id=task_id)]
    )


def atoms(fields: dict[str, Any]) -> list[str]:
    """Return the values, and the members of lists, as they stand in JSON."""
    found = []
    for value in fields.values():
        members = value if isinstance(value, list) else [] if value is None else [value]
        for member in members:
            text = member.isoformat().replace("+00:00", "Z") if isinstance(member, datetime) else ""
            found.append(json.dumps(text or member))
    return found


@settings(max_examples=25)
@given(MOVES, st.sampled_from([1, 10**6]))
@example(
    # Ben's edit is pulled while Ana's own waits in a later batch: hers is refused afterwards
    [Move(0, "edit", 2), Move(0, "edit", 0), Move(1, "edit", 1), Move(1, "sync"), Move(0, "sync")],
    1,
)
@example([Move(0, "edit", 0), Move(0, "lose reply"), Move(1, "edit", 1), Move(1, "sync")], 1)
# Ana empties a list that Ben, unseen, has put something into: headquarters keeps his as it is
@example([Move(0, "edit", 0), Move(0, "edit", 9), Move(1, "edit", 7), Move(1, "sync")], 1)
@example([Move(1, "edit", 0), Move(1, "sync"), Move(0, "edit", 1), Move(0, "crash")], 10**6)
@example([Move(0, "remove"), Move(0, "sync"), Move(1, "edit", 0), Move(1, "sync")], 10**6)
@example([Move(0, "edit", 4), Move(0, "sync"), Move(1, "edit", 5), Move(1, "sync")], 10**6)
def test_both_end_alike_and_nothing_is_lost(world: World, moves: list[Move], batch: int) -> None:
    for line in world.lines:
        line.batches_of(batch)
    task_id = world.new_task()
    said: list[dict[str, Any]] = []
    for move in moves:
        values = do(world.lines[move.who], task_id, move)
        if values is not None:
            said.append(values)
    world.settle()

    ana, ben = (line.session for line in world.lines)
    there = world.field.standing().get(("Task", task_id))
    assert of_task(ana, task_id) == of_task(ben, task_id) == there
    assert conflicts(ana, task_id) == conflicts(ben, task_id)
    for session in (ana, ben):
        assert [item for item in session.waiting() if item.state != "refused"] == []
    kept = found_at_headquarters(world, task_id)
    for fields in said:
        for atom in atoms(fields):
            assert atom in kept


def test_an_answer_is_no_sight_of_what_others_wrote(world: World) -> None:
    """The lid is closed before the reply is stored: the next edit has not seen what it told."""
    one, other = world.lines
    task_id = world.new_task()
    do(other, task_id, Move(1, "edit", 0))  # her daughter
    do(other, task_id, Move(1, "sync"))
    do(one, task_id, Move(0, "edit", 2))  # another field: taken, and merged with what is unseen
    do(one, task_id, Move(0, "crash"))
    do(one, task_id, Move(0, "edit", 1))  # her son
    world.settle()
    (found,) = conflicts(one.session, task_id)
    assert found["current"] == {"description": "Call her daughter"}
    assert found["proposed"] == {"description": "Call her son"}


def test_afterwards_everything_is_in_step_and_whole(world: World) -> None:
    """After all the examples above: laptops and headquarters agree in everything."""
    world.settle()
    there = world.field.standing()
    for line in world.lines:
        assert standing_on(line.session) == there
        assert all(finding.good for finding in line.session.check())
