"""Contents up and down over a line that is cut anywhere: the same bytes, and none sent twice."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.errors import Damaged, NotFound, Offline
from casefield.records.blob import Place
from casefield.sync import blobs
from casefield.sync.blobs import Answered, Courier
from casefield.sync.core import Tally

NOW = datetime(2026, 11, 10, 18, tzinfo=UTC)
CONTENT = hashlib.shake_256(b"a photo").digest(5000)


def place_of(content: bytes, case_id: str = "c") -> Place:
    return Place(case_id, hashlib.sha256(content).hexdigest(), len(content))


PHOTO = place_of(CONTENT)


class Shelf:
    """A laptop's files in memory: implements `BlobStore`."""

    def __init__(self, *contents: bytes) -> None:
        self.whole = {place_of(content): content for content in contents}
        self.parts: dict[Place, bytearray] = {}
        self.state = dict.fromkeys(self.whole, "waiting")
        self.reasons: dict[Place, str] = {}
        self.wishes: list[Place] = []
        self.told: list[int] = []

    def waiting(self) -> Sequence[Place]:
        return [place for place, state in self.state.items() if state == "waiting"]

    def media_type(self, place: Place) -> str:
        return "image/jpeg"

    def piece(self, place: Place, offset: int, most: int) -> bytes:
        if place not in self.whole:
            raise Damaged("The file is damaged.")
        return self.whole[place][offset : offset + most]

    def reached(self, place: Place, arrived: int) -> None:
        self.told.append(arrived)

    def safe(self, place: Place) -> None:
        self.state[place] = "safe"

    def held_up(self, place: Place, reason: str, *, state: str = "waiting") -> None:
        self.state[place], self.reasons[place] = state, reason

    def wanted(self, now: datetime) -> Sequence[Place]:
        return [place for place in self.wishes if place not in self.whole]

    @contextmanager
    def arrival(self, place: Place) -> Iterator[Part | None]:
        if place in self.whole:
            yield None
        else:
            yield Part(self, place, self.parts.setdefault(place, bytearray()))


@dataclass
class Part:
    """Content on its way to a shelf."""

    shelf: Shelf
    place: Place
    data: bytearray

    @property
    def offset(self) -> int:
        return len(self.data)

    def write(self, data: bytes) -> None:
        self.data += data

    def finish(self) -> None:
        del self.shelf.parts[self.place]
        if hashlib.sha256(self.data).hexdigest() != self.place.sha256:
            raise Damaged("Something else came.")
        self.shelf.whole[self.place] = bytes(self.data)


@dataclass
class Wire:
    """Headquarters behind a line that is cut after so many bytes: implements `BlobLine`.

    Attributes:
        cuts: after how many more bytes of content each attempt is cut, up or down; then no more.
        lose_answer: the bytes get there, the answer doesn't come back.
    """

    cuts: list[int] = field(default_factory=list)
    lose_answer: bool = False
    there: dict[Place, bytearray] = field(default_factory=dict)
    whole: dict[Place, bytes] = field(default_factory=dict)
    refusals: dict[str, Answered] = field(default_factory=dict)
    moved: int = 0
    asked: list[str] = field(default_factory=list)

    def offer(self, place: Place, media_type: str) -> Answered:
        self.asked.append("offer")
        if "offer" in self.refusals:
            return self.refusals["offer"]
        if place in self.whole:
            return Answered(place.size, complete=True)
        return Answered(len(self.there.setdefault(place, bytearray())))

    def send(self, place: Place, offset: int, data: bytes) -> Answered:
        self.asked.append("send")
        if "send" in self.refusals:
            return self.refusals["send"]
        held = self.there[place]
        if offset != len(held):
            return Answered(len(held))
        came = data[: self._room(len(data))]
        held += came
        self.moved += len(came)
        cut = len(came) < len(data)
        if len(held) == place.size:
            if hashlib.sha256(held).hexdigest() == place.sha256:
                self.whole[place] = bytes(held)
            else:
                held.clear()
                return Answered(refusal="Its hash differs.")
        if cut or self.lose_answer:
            self.lose_answer = False
            raise Offline("cut")
        return Answered(len(held), complete=place in self.whole)

    def fetch(self, place: Place, offset: int) -> Iterator[bytes]:
        self.asked.append("fetch")
        if place not in self.whole:
            raise NotFound("not there")
        data = self.whole[place][offset:]
        came = data[: self._room(len(data))]
        for start in range(0, len(came), 700):
            self.moved += len(came[start : start + 700])
            yield came[start : start + 700]
        if len(came) < len(data):
            raise Offline("cut")

    def _room(self, wanted: int) -> int:
        if not self.cuts:
            return wanted
        room = min(self.cuts[0], wanted)
        self.cuts[0] -= room
        if room < wanted:
            self.cuts.pop(0)
        return room


def carry(shelf: Shelf, wire: Wire, now: datetime = NOW, courier: Courier | None = None) -> Tally:
    tally = Tally()
    (courier or Courier(shelf, wire)).carry(tally, now, lambda _: None, lambda: False)
    return tally


def until_done(shelf: Shelf, wire: Wire) -> None:
    """Try again after each cut, every time as if the laptop had just been started."""
    for _ in range(100):
        try:
            carry(shelf, wire)
        except Offline:
            continue
        return
    raise AssertionError("it never ends")


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "FIRST_PIECE_BYTES", 600)
    monkeypatch.setattr(blobs, "LEAST_PIECE_BYTES", 150)
    monkeypatch.setattr(blobs, "MOST_PIECE_BYTES", 2400)


@given(st.lists(st.integers(0, 2500), max_size=12), st.integers(1, 5000), st.booleans())
def test_up_and_down_again_whatever_is_cut(cuts: list[int], size: int, lose: bool) -> None:
    """I19: what is complete has its hash, and what arrived once is not sent again."""
    content = CONTENT[:size]
    wire = Wire(cuts=list(cuts), lose_answer=lose)
    sender = Shelf(content)
    until_done(sender, wire)
    place = place_of(content)
    assert wire.whole == {place: content}
    assert sender.state == {place: "safe"}
    assert wire.moved == size
    wire.cuts, wire.moved = list(cuts), 0
    taker = Shelf()
    taker.wishes = [place]
    until_done(taker, wire)
    assert taker.whole == {place: content}
    assert wire.moved == size


def test_what_headquarters_has_is_not_sent_again() -> None:
    shelf, wire = Shelf(CONTENT), Wire(whole={PHOTO: CONTENT})
    tally = carry(shelf, wire)
    assert (wire.asked, shelf.state[PHOTO]) == (["offer"], "safe")
    assert (tally.attachments_up, tally.attachment_bytes) == (1, 0)


def test_it_goes_on_from_where_headquarters_says() -> None:
    """However far the laptop thought it was: a restored one has less."""
    shelf, wire = Shelf(CONTENT), Wire(there={PHOTO: bytearray(CONTENT[:4000])})
    tally = carry(shelf, wire)
    assert wire.whole == {PHOTO: CONTENT}
    assert wire.moved == tally.attachment_bytes == 1000


def test_a_fast_line_gets_larger_pieces_and_a_slow_one_smaller() -> None:
    def sizes(step: float) -> list[int]:
        moment = iter(range(10_000))
        shelf, wire = Shelf(CONTENT), Wire()
        courier = Courier(shelf, wire, seconds=lambda: next(moment) * step)
        carry(shelf, wire, courier=courier)
        reached = [0, *shelf.told, len(CONTENT)]
        return [b - a for a, b in itertools.pairwise(reached)]

    assert sizes(0.1) == [600, 1200, 2400, 800]
    assert sizes(9.0)[:4] == [600, 300, 150, 150]


@pytest.mark.parametrize("when", ["offer", "send"])
@pytest.mark.parametrize(("for_good", "state"), [(True, "refused"), (False, "waiting")])
def test_a_refusal_keeps_it_here_and_holds_up_nothing_else(
    when: str, for_good: bool, state: str
) -> None:
    shelf = Shelf(CONTENT)
    wire = Wire(refusals={when: Answered(refusal="The room is full.", for_good=for_good)})
    shelf.wishes = [place_of(b"wanted")]
    wire.whole[shelf.wishes[0]] = b"wanted"
    tally = carry(shelf, wire)
    assert (shelf.state[PHOTO], shelf.reasons[PHOTO]) == (state, "The room is full.")
    assert PHOTO in shelf.whole
    assert (tally.attachments_up, tally.attachments_down) == (0, 1)


def test_a_file_that_cannot_be_read_here_is_set_aside() -> None:
    shelf, wire = Shelf(CONTENT, b"another"), Wire()
    del shelf.whole[PHOTO]
    carry(shelf, wire)
    assert shelf.state == {PHOTO: "damaged", place_of(b"another"): "safe"}


def test_what_stands_still_is_left_for_the_next_time() -> None:
    shelf, wire = Shelf(CONTENT), Wire(refusals={"send": Answered(offset=0)})
    carry(shelf, wire)
    assert wire.asked == ["offer", *["send"] * blobs.MOST_STANDSTILLS]
    assert shelf.state[PHOTO] == "waiting"


def test_it_can_be_stopped_between_pieces_and_gone_on_with() -> None:
    shelf, wire = Shelf(CONTENT), Wire()
    Courier(shelf, wire).carry(Tally(), NOW, lambda _: None, lambda: len(shelf.told) > 0)
    assert wire.moved == 600
    until_done(shelf, wire)
    assert wire.moved == len(CONTENT)


def test_progress_is_told_piece_by_piece() -> None:
    heard: list[int] = []
    shelf, wire = Shelf(CONTENT), Wire()
    Courier(shelf, wire, seconds=iter([float(n) for n in range(99)]).__next__).carry(
        Tally(), NOW, lambda t: heard.append(t.attachment_bytes), lambda: False
    )
    assert heard == [600, 1800, 4200, 5000, 5000]


def test_what_is_not_there_yet_is_asked_for_again_later() -> None:
    shelf, wire = Shelf(), Wire()
    shelf.wishes = [PHOTO]
    courier = Courier(shelf, wire)
    for moment, calls in ((NOW, 1), (NOW, 1), (NOW + timedelta(minutes=11), 2)):
        carry(shelf, wire, moment, courier)
        assert wire.asked.count("fetch") == calls


def test_a_person_who_asks_is_told_that_it_is_not_there() -> None:
    with pytest.raises(NotFound):
        Courier(Shelf(), Wire()).fetch(PHOTO, Tally(), lambda _: None, lambda: False)


def test_something_else_is_thrown_away_and_said() -> None:
    wire, shelf = Wire(whole={PHOTO: b"x" * PHOTO.size}), Shelf()
    with pytest.raises(Damaged):
        Courier(shelf, wire).fetch(PHOTO, Tally(), lambda _: None, lambda: False)
    assert (shelf.whole, shelf.parts) == ({}, {})


def test_a_fetch_can_be_stopped_and_gone_on_with() -> None:
    shelf, wire = Shelf(), Wire(whole={PHOTO: CONTENT})
    assert not Courier(shelf, wire).fetch(PHOTO, Tally(), lambda _: None, lambda: True)
    assert wire.moved == 700
    assert Courier(shelf, wire).fetch(PHOTO, Tally(), lambda _: None, lambda: False)
    assert (shelf.whole[PHOTO], wire.moved) == (CONTENT, len(CONTENT))
