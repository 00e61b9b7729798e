"""A headquarters to ask in tests, and laptops that say exactly what a test wants them to say."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import msgspec
from anyio.from_thread import BlockingPortal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlalchemy import func, select

from casefield.records.base import Synced, new_id
from casefield.records.document import table_of
from casefield.records.operation import Operation, OperationKind
from casefield.server.database import Database
from casefield.server.people import Administration
from casefield.server.pull import Page, Puller
from casefield.server.push import Pusher
from casefield.server.scope import Member
from casefield.sync.messages import (
    MEDIA_TYPE,
    PROTOCOL,
    EnrolReply,
    Problem,
    Result,
    Status,
    SyncReply,
    SyncRequest,
    TokenReply,
)

M = TypeVar("M")
JSON = {"content-type": MEDIA_TYPE}
TUESDAY = datetime(2026, 11, 10, 18, tzinfo=UTC)


@dataclass
class MovedClock:
    """A clock that stands until a test moves it."""

    moment: datetime = TUESDAY

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment

    def zone(self) -> str:
        """Return the zone of the place."""
        return "America/New_York"

    def forward(self, **length: float) -> None:
        """Go on by a length of time."""
        self.moment += timedelta(**length)


class Client:
    """Asks the real application, as a server would hand it requests.

    Args:
        app: headquarters.
        portal: the event loop it runs on.
    """

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self._portal = portal
        # an exception that gets out of the application fails the test
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://headquarters")

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request."""
        return self._portal.call(lambda: self._client.request(method, path, **more))


@dataclass
class Writer:
    """Makes a device's operations, each at the next place of its order."""

    places: Any = field(default_factory=lambda: itertools.count(1))

    def operation(
        self,
        kind: str,
        record_type: str,
        record_id: str,
        case_id: str | None,
        set: dict[str, Any] | None = None,
        **more: Any,
    ) -> Operation:
        """Return one operation; `more` replaces any of its fields."""
        given: dict[str, Any] = {
            "op_id": new_id(),
            "dseq": next(self.places),
            "tx": new_id(),
            "type": record_type,
            "id": record_id,
            "case_id": case_id,
            "kind": OperationKind(kind),
            "set": set or {},
            "wall": "2026-11-10T18:00:00Z",
            "zone": "America/New_York",
        }
        return Operation(**(given | more))

    def person(self, user_id: str, **fields: Any) -> list[Operation]:
        """Return what brings a person into a user's care: record and assignment, together."""
        case_id, tx = new_id(), new_id()
        known = {"given_name": "Rosa", "family_name": "Alvarez"} | fields
        mine = {"user_id": user_id, "role": "case_manager", "status": "active"}
        return [
            self.operation("create", "Patient", case_id, case_id, known, tx=tx),
            self.operation("create", "Assignment", new_id(), case_id, mine, tx=tx),
        ]

    def goal(self, case_id: str, **fields: Any) -> Operation:
        """Return what adds a goal to a person's plan."""
        known = {"description": "Walk to the shop", "status": "active"} | fields
        return self.operation("create", "Goal", new_id(), case_id, known)

    def change(self, of: Operation, *, seen: int, was: dict[str, Any], **fields: Any) -> Operation:
        """Return a change of what another operation made, by who had seen revision `seen`."""
        return self.operation(
            "change", of.type, of.id, of.case_id, fields, trunk_revision=seen, was=was
        )


@dataclass
class Line:
    """A device that speaks to push and pull themselves, without the network between."""

    office: Office
    member: Member
    write: Writer = field(default_factory=Writer)
    cursor: str = ""
    fence: str = ""

    def push(self, *operations: Operation) -> list[Result]:
        """Offer operations; return the answers."""
        return Pusher(self.office.database).push(
            self.member, operations, now=self.office.clock.now()
        )

    def pull(self, *, purged: list[str] | None = None, most: int = 1_000_000) -> Page:
        """Take one page and keep where it ends."""
        message = SyncRequest(
            proto=PROTOCOL,
            device=self.member.device_id,
            cursor=self.cursor,
            fence=self.fence,
            purged=purged or [],
            max_bytes=most,
        )
        page = Puller(self.office.database).pull(self.member, message)
        self.cursor, self.fence = page.cursor, page.fence
        return page

    def pull_all(self, *, most: int = 1_000_000) -> list[Page]:
        """Take pages until there is no more."""
        pages = [self.pull(most=most)]
        while pages[-1].more:
            pages.append(self.pull(most=most))
        return pages


class Laptop:
    """A device that speaks HTTP.

    Args:
        office: where it belongs.
        login: whose it is.
        code: what it enrols with.
        password: the user's own.
    """

    def __init__(
        self, office: Office, login: str, code: str, *, password: str | None = None
    ) -> None:
        self.office = office
        self.login = login
        self.key = Ed25519PrivateKey.generate()
        self.write = Writer()
        self.cursor = self.fence = self.epoch = ""
        self.enrolled = self.enrol(code, password)
        if self.enrolled.is_success:
            self.identity = msgspec.json.decode(self.enrolled.content, type=EnrolReply)
            self.access = self.identity.access_token
            self.refresh_token = self.identity.refresh_token

    @property
    def user_id(self) -> str:
        """Whose it is."""
        return self.identity.user_id

    @property
    def device_id(self) -> str:
        """What headquarters calls it."""
        return self.identity.device_id

    def enrol(self, code: str, password: str | None = None, **more: Any) -> httpx.Response:
        """Ask to belong to headquarters."""
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        message = {
            "code": code,
            "user": self.login,
            "device_name": f"{self.login}'s laptop",
            "public_key": public,
            "app": "0.1.0",
            "password": password,
        }
        return self.office.post("/v1/devices", message | more)

    def renew(self, **more: Any) -> httpx.Response:
        """Trade the refresh token for the next pair, and use it."""
        wall = self.office.clock.now().isoformat()
        token = more.get("refresh_token", self.refresh_token)
        device = more.get("device", self.device_id)
        signature = self.key.sign(f"{device}|{token}|{wall}".encode())
        message = {
            "device": device,
            "refresh_token": token,
            "wall": wall,
            "signature": base64.b64encode(signature).decode(),
        }
        response = self.office.post("/v1/token", message | more)
        if response.is_success:
            reply = msgspec.json.decode(response.content, type=TokenReply)
            self.access, self.refresh_token = reply.access_token, reply.refresh_token
        return response

    def ask(self, *operations: Operation, **more: Any) -> httpx.Response:
        """Send one sync request as it is; `more` replaces any of its fields."""
        message: dict[str, Any] = {
            "proto": PROTOCOL,
            "device": self.device_id,
            "epoch": self.epoch,
            "cursor": self.cursor,
            "fence": self.fence,
            "ops": list(operations),
        }
        return self.office.post("/v1/sync", message | more, token=self.access)

    def sync(self, *operations: Operation, **more: Any) -> SyncReply:
        """Push and pull once; keep where the pull stands."""
        response = self.ask(*operations, **more)
        assert response.status_code == 200, response.text
        reply = msgspec.json.decode(response.content, type=SyncReply)
        self.cursor, self.fence, self.epoch = reply.cursor, reply.fence, reply.epoch
        return reply

    def sync_all(self, *operations: Operation) -> list[SyncReply]:
        """Push, and pull until there is no more."""
        replies = [self.sync(*operations)]
        while replies[-1].more:
            replies.append(self.sync())
        return replies


@dataclass
class Office:
    """A headquarters with its administration, and the door for HTTP."""

    database: Database
    clock: MovedClock
    client: Client
    administration: Administration
    org: str

    def hire(self, login: str, role: str = "case_manager", *, team: str | None = None) -> str:
        """Make a user; return the id."""
        name = login.capitalize()
        return self.administration.add_user(self.org, login, name, role, team=team)

    def laptop(self, login: str, role: str = "case_manager", *, team: str | None = None) -> Laptop:
        """Return an enrolled laptop of a user, who is hired if need be."""
        if login not in {user.login for user in self.administration.users(self.org)}:
            self.hire(login, role, team=team)
        laptop = Laptop(self, login, self.administration.code(self.org, login))
        assert laptop.enrolled.status_code == 200, laptop.enrolled.text
        return laptop

    def line(self, login: str, role: str = "case_manager", *, team: str | None = None) -> Line:
        """Return a device of a user that needs no HTTP."""
        laptop = self.laptop(login, role, team=team)
        member = Member(self.org, laptop.user_id, login.capitalize(), role, team, laptop.device_id)
        return Line(self, member)

    def post(self, path: str, message: Any, *, token: str | None = None) -> httpx.Response:
        """Send a message as JSON."""
        signed_in = {} if token is None else {"authorization": f"Bearer {token}"}
        content = message if isinstance(message, bytes) else msgspec.json.encode(message)
        return self.client.request("POST", path, content=content, headers=JSON | signed_in)

    def rows(self, table: Any, **equals: Any) -> list[Any]:
        """Return rows of a table as they are kept."""
        with self.database.read() as connection:
            wanted = [getattr(table, name) == value for name, value in equals.items()]
            return list(connection.execute(select(table.__table__).where(*wanted)))

    def row(self, kind: type[Synced], record_id: str) -> Any:
        """Return one record's row, None if there is none."""
        table = table_of(kind)
        with self.database.read() as connection:
            return connection.execute(select(table).where(table.c.id == record_id)).first()

    def count(self, table: Any) -> int:
        """Return how many rows a table has."""
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def write(self, do: Callable[[Any], Any]) -> Any:
        """Run something on a writing connection."""
        with self.database.write() as connection:
            return do(connection)


def statuses(results: list[Result]) -> list[Status]:
    """Return what was answered, in order."""
    return [result.status for result in results]


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal, which must be casefield's own words."""
    told = msgspec.json.decode(response.content, type=Problem)
    assert told.message.endswith(".")
    return response.status_code, told.code
