"""A real headquarters on a file, without the network: it can crash, be backed up, be restored."""

from __future__ import annotations

import base64
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError

from casefield.records.base import new_id
from casefield.records.headquarters import DeviceSecret, OperationResult, ServerFact
from casefield.server import auth
from casefield.server.api.sync import answer
from casefield.server.blob_folder import beside
from casefield.server.database import Database
from casefield.server.enrolment import enrol
from casefield.server.parts import Parts
from casefield.server.people import Administration
from casefield.server.scope import Member
from casefield.server.stream import mark_durable
from casefield.sync.messages import Enrol, EnrolReply, SyncRequest
from tests.simulation.faults import Fuse


class SimClock:
    """A clock that goes on by a second each time it is asked, and may be wrong by years."""

    def __init__(self, skew: timedelta = timedelta()) -> None:
        self._now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self._skew = skew

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now + self._skew

    def zone(self) -> str:
        return "America/New_York"


class SimHeadquarters:
    """Headquarters' own code over SQLite.

    Args:
        folder: where the database lies.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "headquarters.db"
        self._folder = folder
        self.clock = SimClock()
        self._start()
        with self.fuse_free():
            self.database.prepare()
        self.administration = Administration(self.database, self.clock)

    def _start(self) -> None:
        self.database = Database(str(self._file))
        # a simulated crash is an exception: the disk itself never lies here
        event.listen(self.database.engine, "connect", _fast)
        self.fuse = Fuse(self.database.engine)
        self.parts = Parts(self.database, self.clock, beside(self.database))

    def fuse_free(self) -> Any:
        self.fuse.disarm()
        return _Nothing()

    def enrol(self, org_id: str, login: str) -> EnrolReply:
        """Make a device for a user, the whole way."""
        return enrol(
            self.database,
            self.clock,
            Enrol(
                code=self.administration.code(org_id, login),
                user=login,
                device_name="a laptop",
                public_key=base64.b64encode(bytes(32)).decode(),
                app="simulated",
            ),
        )

    def member(self, org_id: str, device_id: str, user_id: str, name: str, role: str) -> Member:
        return Member(org_id, user_id, name, role, None, device_id)

    def handle(self, member: Member, body: bytes) -> bytes | auth.Denied:
        """Answer the bytes of a request as the route does."""
        message = msgspec.json.decode(body, type=SyncRequest)
        if not self._knows(member):
            return auth.Denied(403, "bad_token", "This laptop's sign-in is not known any more.")
        try:
            return msgspec.json.encode(answer(self.parts, member, message))
        except auth.Denied as denied:
            return denied
        except SQLAlchemyError:
            return auth.Denied(503, "broken", "as the route answers")

    def _knows(self, member: Member) -> bool:
        """A headquarters restored to before an enrolment doesn't know the device's token."""
        with self.database.read() as connection:
            mine = DeviceSecret.device_id == member.device_id
            return (
                connection.execute(select(DeviceSecret.device_id).where(mine)).first() is not None
            )

    def answered_operations(self) -> set[str]:
        with self.database.read() as connection:
            return set(connection.execute(select(OperationResult.op_id)).scalars())

    def epoch(self) -> str:
        with self.database.read() as connection:
            return str(
                connection.execute(
                    select(ServerFact.value).where(ServerFact.name == "epoch")
                ).scalar_one()
            )

    def back_up(self, name: str) -> None:
        """Copy the database; what it holds is durable from now on."""
        with self.database.write() as connection:
            mark_durable(connection)
        self._close()
        shutil.copy(self._file, self._folder / name)
        self._start_again()

    def restore(self, name: str, *, by_the_book: bool) -> None:
        """Go back to a copy; by the book gives the server a new epoch, a mere copy doesn't."""
        self._close()
        shutil.copy(self._folder / name, self._file)
        self._start_again()
        if by_the_book:
            with self.database.write() as connection:
                connection.execute(
                    ServerFact.__table__.update()  # type: ignore[attr-defined]
                    .where(ServerFact.name == "epoch")
                    .values(value=new_id())
                )

    def _close(self) -> None:
        self.fuse.disarm()
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        self.database.close()
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)

    def _start_again(self) -> None:
        self._start()
        self.administration = Administration(self.database, self.clock)

    def crash_soon(self, dice: Random) -> None:
        """Die before one of the next statements."""
        self.fuse.arm(dice.randrange(60))


class _Nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _fast(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")
