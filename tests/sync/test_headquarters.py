"""Whole syncs over real HTTP: tokens, refusals, a restored headquarters, a cut line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest

from casefield.clock import FixedClock
from casefield.errors import LockedOrNotEnrolled, Offline
from casefield.records.operation import OperationKind
from casefield.sync.core import Tally
from casefield.sync.headquarters import Headquarters
from casefield.sync.identity import keep_identity, load_identity, new_device_key
from casefield.sync.messages import (
    PROTOCOL,
    HelloReply,
    Problem,
    SyncRequest,
    TokenReply,
)
from casefield.sync.transport import NotCasefield, Refused, Transport
from tests.sync.loopback import Answer, Heard, Loopback, said
from tests.sync.memory import NOW, MemoryLaptop, MemoryOffice
from tests.sync.test_identity import Drawer, identity

Reply = Callable[[Heard], Answer]
CREATE = OperationKind.CREATE
SIGN_IN = said(Problem(code="sign_in", message="Sign in again."), 401)
STOPPED = said(
    Problem(
        code="device_stopped",
        message="This laptop was stopped by headquarters.",
        way_out="Tell your administrator.",
    ),
    403,
)


class Desk:
    """Answers the little server's requests as headquarters would.

    Attributes:
        good: access tokens that are accepted.
        instead: (path, what answers its next request in place of the desk).
    """

    def __init__(self, office: MemoryOffice) -> None:
        self.office = office
        self.good: set[str] = set()
        self.tokens: list[str] = []
        self.instead: list[tuple[str, Reply]] = []

    def __call__(self, heard: Heard) -> Answer:
        for rule in list(self.instead):
            if rule[0] == heard.path:
                self.instead.remove(rule)
                return rule[1](heard)
        if heard.path == "/v1/token":
            return self.token(heard)
        if heard.path == "/v1/hello":
            epoch = self.office.epoch
            return said(HelloReply(product="casefield", proto=PROTOCOL, epoch=epoch, time=""))
        if heard.headers.get("Authorization", "").removeprefix("Bearer ") not in self.good:
            return SIGN_IN
        return said(self.office.answer(msgspec.convert(heard.json, SyncRequest)))

    def token(self, heard: Heard) -> Answer:
        self.tokens.append(heard.json["refresh_token"])
        number = len(self.tokens) + 1
        self.good = {f"access-{number}"}
        return said(
            TokenReply(
                access_token=f"access-{number}",
                refresh_token=f"refresh-{number}",
                access_seconds=600,
            )
        )


@pytest.fixture
def desk(server: Loopback) -> Desk:
    made = Desk(MemoryOffice())
    server.answer = made
    return made


@pytest.fixture
def laptop() -> MemoryLaptop:
    return MemoryLaptop()


@pytest.fixture
def drawer() -> Drawer:
    made = Drawer()
    private, _ = new_device_key()
    keep_identity(made, identity(private, "refresh-1"))
    return made


@pytest.fixture
def line(laptop: MemoryLaptop, drawer: Drawer, server: Loopback) -> Iterator[Headquarters]:
    made = Headquarters(laptop, drawer, Transport(server.url), FixedClock(NOW))
    yield made
    made.close()


def on(path: str, answer: Answer) -> tuple[str, Reply]:
    return path, lambda _: answer


def refresh_token(drawer: Drawer) -> str:
    known = load_identity(drawer)
    assert known is not None
    return known.refresh_token


def test_it_signs_in_syncs_and_counts(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk, server: Loopback, drawer: Drawer
) -> None:
    laptop.say("g1", CREATE, own_words="walk")
    heard: list[tuple[int, int]] = []
    tally = line.sync(lambda tally: heard.append((tally.rounds, tally.pushed)))
    assert (tally.pushed, tally.pulled, tally.rounds) == (1, 1, 1)
    assert heard == [(1, 1)]
    assert [request.path for request in server.heard] == ["/v1/token", "/v1/sync"]
    assert tally.bytes_up == sum(len(request.body) for request in server.heard)
    assert tally.bytes_down > 0
    assert refresh_token(drawer) == "refresh-2"


def test_the_request_for_a_token_is_signed_by_the_device(
    line: Headquarters, desk: Desk, server: Loopback, drawer: Drawer
) -> None:
    line.sync()
    asked = server.heard[0].json
    known = load_identity(drawer)
    assert known is not None
    assert asked["signature"] == known.signed(f"d|refresh-1|{NOW.isoformat()}")


def test_an_expired_token_is_renewed_once_and_the_same_request_sent_again(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk, server: Loopback
) -> None:
    line.sync()
    desk.good.clear()  # ten minutes went by
    server.heard.clear()
    laptop.say("g1", CREATE)
    tally = line.sync()
    assert tally.pushed == 1
    paths = [request.path for request in server.heard]
    assert paths == ["/v1/sync", "/v1/token", "/v1/sync"]
    assert server.heard[0].json == server.heard[2].json


def test_a_token_that_expires_half_way_through_costs_nothing(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk
) -> None:
    for n in range(2500):
        laptop.say(f"g{n}", CREATE)
    tally = line.sync(lambda _: desk.good.clear())
    assert (tally.pushed, laptop.outbox) == (2500, [])
    assert len(desk.tokens) == tally.rounds


def test_a_fresh_token_that_is_refused_ends_the_sync(
    line: Headquarters, desk: Desk, server: Loopback
) -> None:
    desk.instead = [on("/v1/sync", SIGN_IN), on("/v1/sync", SIGN_IN)]
    with pytest.raises(Refused, match="Sign in again"):
        line.sync()
    assert len(server.heard) == 4


def test_a_lost_reply_to_the_refresh_is_asked_for_again_with_the_same_token(
    line: Headquarters, desk: Desk, drawer: Drawer
) -> None:
    whole = said(TokenReply(access_token="lost", refresh_token="lost", access_seconds=600))
    lost = Answer(200, whole.body, cut=3)

    def take_and_lose(heard: Heard) -> Answer:
        desk.token(heard)
        return lost

    desk.instead = [("/v1/token", take_and_lose)]
    with pytest.raises(Offline):
        line.sync()
    assert refresh_token(drawer) == "refresh-1"
    line.sync()
    assert desk.tokens == ["refresh-1", "refresh-1"]
    assert refresh_token(drawer) == "refresh-3"


@pytest.mark.parametrize("path", ["/v1/token", "/v1/sync"])
def test_a_stopped_laptop_is_told_so_and_keeps_its_work(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk, path: str
) -> None:
    laptop.say("g1", CREATE)
    desk.instead = [on(path, STOPPED)]
    with pytest.raises(Refused, match="stopped by headquarters") as caught:
        line.sync()
    assert caught.value.code == "device_stopped"
    assert len(laptop.outbox) == 1


def test_a_reply_lost_on_the_way_is_pushed_again_and_taken_once(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk
) -> None:
    laptop.say("g1", CREATE)

    def take_and_lose(heard: Heard) -> Answer:
        whole = desk(heard)
        return Answer(200, whole.body, cut=10)

    desk.instead = [("/v1/sync", take_and_lose)]
    with pytest.raises(Offline):
        line.sync()
    assert (len(laptop.outbox), desk.office.last) == (1, 1)
    tally = line.sync()
    assert (tally.pushed, laptop.outbox, desk.office.last) == (1, [], 1)


def test_what_was_answered_before_the_line_broke_is_kept(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk
) -> None:
    for n in range(2500):
        laptop.say(f"g{n}", CREATE)

    def break_after_the_first(tally: Tally) -> None:
        desk.instead = [on("/v1/sync", Answer(502, b"", "text/html"))]

    with pytest.raises(Offline):
        line.sync(break_after_the_first)
    assert 0 < len(laptop.sent) < 2500
    assert len(laptop.sent) + len(laptop.outbox) == 2500


def test_a_hotels_network_is_offline_like_any_other(line: Headquarters, desk: Desk) -> None:
    page = Answer(200, b"<html>Welcome!</html>", "text/html")
    desk.instead = [on("/v1/token", page)]
    with pytest.raises(Offline) as caught:
        line.sync()
    assert not isinstance(caught.value, NotCasefield)
    assert caught.value.exit_code == 1


HISTORY = said(Problem(code="history_changed", message="Headquarters was restored."), 409)


def test_a_restored_headquarters_gets_everything_again(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk
) -> None:
    laptop.say("g1", CREATE, own_words="walk")
    line.sync()
    desk.office = MemoryOffice(epoch="epoch-2")
    desk.instead = [on("/v1/sync", HISTORY)]
    tally = line.sync()
    assert (tally.pushed, set(desk.office.records)) == (1, {"g1"})
    assert laptop.at.epoch == "epoch-2"


def test_a_history_that_never_settles_is_told_and_not_hammered(
    line: Headquarters, desk: Desk, server: Loopback
) -> None:
    server.answer = lambda heard: HISTORY if heard.path == "/v1/sync" else desk(heard)
    with pytest.raises(Refused, match="restored"):
        line.sync()
    assert len(server.heard) < 10


TOO_LARGE = said(Problem(code="too_large", message="The message is too large."), 413)


def test_too_large_is_sent_in_halves(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk, server: Loopback
) -> None:
    for n in range(1500):
        laptop.say(f"g{n}", CREATE, own_words="x" * 300)

    def strict(heard: Heard) -> Answer:
        if heard.path == "/v1/sync" and len(heard.json["ops"]) > 200:
            return TOO_LARGE
        return desk(heard)

    server.answer = strict
    tally = line.sync()
    assert (tally.pushed, laptop.outbox) == (1500, [])


def test_one_act_that_is_too_large_is_told_and_not_hammered(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk, server: Loopback
) -> None:
    laptop.say("g1", CREATE)
    server.answer = lambda heard: TOO_LARGE if heard.path == "/v1/sync" else desk(heard)
    with pytest.raises(Refused, match="larger than headquarters takes") as caught:
        line.sync()
    assert "administrator" in caught.value.way_out
    assert len(server.heard) < 10
    assert len(laptop.outbox) == 1


def test_a_stop_ends_after_the_round_under_way(
    line: Headquarters, laptop: MemoryLaptop, desk: Desk
) -> None:
    for n in range(3000):
        laptop.say(f"g{n}", CREATE)
    tally = line.sync(cancelled=lambda: True)
    assert tally.rounds == 1
    assert tally.cut_short
    assert len(laptop.outbox) == 3000 - tally.pushed
    assert not line.sync().cut_short


def test_without_an_identity_there_is_nobody_to_sign_in(
    laptop: MemoryLaptop, server: Loopback
) -> None:
    line = Headquarters(laptop, Drawer(), Transport(server.url), FixedClock(NOW))
    with pytest.raises(LockedOrNotEnrolled, match="not enrolled"):
        line.sync()
    line.close()
