"""The protocol's core: batches that fit the link, rounds that end, crashes that are mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.operation import OperationKind
from casefield.sync.core import (
    AIM_SECONDS,
    FIRST_BATCH_BYTES,
    LEAST_BATCH_BYTES,
    MOST_BATCH_BYTES,
    MOST_OPERATIONS,
    MOST_PAGE_BYTES,
    PAGE_BATCHES,
    Core,
    Tally,
)
from casefield.sync.messages import PROTOCOL, Result, Status, SyncReply
from tests.sync.memory import NOW, MemoryLaptop, MemoryOffice

CREATE = OperationKind.CREATE


def one_round(core: Core, office: MemoryOffice, tally: Tally, seconds: float = 0.1) -> bool:
    request = core.next_request(NOW)
    reply = office.answer(request)
    core.round_took(request, reply, seconds)
    return core.take_reply(request, reply, now=NOW, tally=tally)


def whole_sync(core: Core, office: MemoryOffice, most: int = 500) -> Tally:
    tally = Tally()
    for _ in range(most):
        if not one_round(core, office, tally):
            return tally
    raise AssertionError(f"still not done after {most} rounds")


@pytest.fixture
def laptop() -> MemoryLaptop:
    return MemoryLaptop()


@pytest.fixture
def office() -> MemoryOffice:
    return MemoryOffice()


def test_the_first_message_says_who_speaks_and_nothing_more(laptop: MemoryLaptop) -> None:
    request = Core(laptop).next_request(NOW)
    assert (request.proto, request.device) == (PROTOCOL, "device-a")
    assert (request.epoch, request.cursor, request.fence, request.token) == ("", "", "", "")
    assert (request.ops, request.purged) == ([], [])


def test_a_sync_with_nothing_to_say_is_one_round(
    laptop: MemoryLaptop, office: MemoryOffice
) -> None:
    tally = whole_sync(Core(laptop), office)
    assert (tally.rounds, tally.pushed, tally.pulled) == (1, 0, 0)


def test_what_waits_is_pushed_in_order_and_the_position_moves(
    laptop: MemoryLaptop, office: MemoryOffice
) -> None:
    said = [laptop.say(f"g{n}", CREATE, own_words=str(n)) for n in range(3)]
    tally = whole_sync(Core(laptop), office)
    assert office.seen[0].ops == said
    assert (laptop.outbox, laptop.sent) == ([], said)
    assert (tally.rounds, tally.pushed, tally.pulled) == (1, 3, 3)
    assert (laptop.at.cursor, laptop.at.fence, laptop.at.epoch) == ("3", "fence-3", "epoch-1")
    assert laptop.at.token == "token-1"


def test_a_large_outbox_goes_in_batches_of_both_bounds(
    laptop: MemoryLaptop, office: MemoryOffice
) -> None:
    for n in range(3000):
        laptop.say(f"g{n}", CREATE, own_words="x" * 200)
    whole_sync(Core(laptop), office)
    assert laptop.asked[0] == (MOST_OPERATIONS, FIRST_BATCH_BYTES)
    sizes = [len(request.ops) for request in office.seen]
    assert sum(sizes) == 3000
    assert max(sizes) <= MOST_OPERATIONS
    assert len(sizes) > 3
    assert len(office.records) == 3000


def test_what_was_done_together_travels_together(laptop: MemoryLaptop) -> None:
    office = MemoryOffice(page=2 * MOST_OPERATIONS)
    for n in range(MOST_OPERATIONS + 10):
        laptop.say(f"g{n}", CREATE, tx="one act", own_words="x" * 900)
    whole_sync(Core(laptop), office)
    assert [len(request.ops) for request in office.seen] == [MOST_OPERATIONS + 10]


def test_a_fast_link_gets_larger_batches_and_pages_within_bounds(laptop: MemoryLaptop) -> None:
    core, office = Core(laptop), MemoryOffice()
    pages = []
    for n in range(12):
        laptop.say(f"a{n}", CREATE)
        laptop.say(f"b{n}", CREATE, own_words="x" * MOST_BATCH_BYTES)  # never fits beside it
        one_round(core, office, Tally(), seconds=AIM_SECONDS / 10)
        pages.append(office.seen[-1].max_bytes)
    batches = [most for _, most in laptop.asked]
    assert batches == sorted(batches)
    assert batches[1] == int(batches[0] * 1.5)
    assert batches[-1] == MOST_BATCH_BYTES
    assert pages == [min(MOST_PAGE_BYTES, PAGE_BATCHES * batch) for batch in batches]


def test_a_slow_link_gets_smaller_batches_within_bounds(laptop: MemoryLaptop) -> None:
    core, office = Core(laptop), MemoryOffice()
    for n in range(12):
        laptop.say(f"a{n}", CREATE)
        laptop.say(f"b{n}", CREATE, own_words="x" * MOST_BATCH_BYTES)
        one_round(core, office, Tally(), seconds=AIM_SECONDS * 3)
    batches = [most for _, most in laptop.asked]
    assert batches[1] == batches[0] // 2
    assert batches[-1] == LEAST_BATCH_BYTES


@pytest.mark.parametrize("seconds", [0.001, 60.0])
def test_a_round_that_carried_all_says_nothing_of_the_link(
    laptop: MemoryLaptop, office: MemoryOffice, seconds: float
) -> None:
    core = Core(laptop)
    for n in range(5):
        laptop.say(f"g{n}", CREATE)
        one_round(core, office, Tally(), seconds)
    assert {most for _, most in laptop.asked} == {FIRST_BATCH_BYTES}


def test_too_large_halves_until_nothing_is_left_to_halve(laptop: MemoryLaptop) -> None:
    core = Core(laptop)
    asked = []
    while core.too_large():
        core.next_request(NOW)
        asked.append(laptop.asked[-1][1])
    assert asked == [FIRST_BATCH_BYTES >> halved for halved in range(1, 6)]
    assert asked[-1] == LEAST_BATCH_BYTES
    assert not core.too_large()


def test_a_line_that_broke_is_asked_for_less_each_time(laptop: MemoryLaptop) -> None:
    core = Core(laptop)
    before = core.next_request(NOW).max_bytes
    core.cut_off()
    assert core.next_request(NOW).max_bytes == before // 2
    for _ in range(20):
        core.cut_off()
    assert core.next_request(NOW).max_bytes == PAGE_BATCHES * LEAST_BATCH_BYTES


def test_a_long_pull_comes_page_by_page(laptop: MemoryLaptop) -> None:
    office = MemoryOffice(page=2)
    other = MemoryLaptop("device-b")
    for n in range(5):
        other.say(f"g{n}", CREATE, own_words=str(n))
    whole_sync(Core(other), office)
    office.seen.clear()
    tally = whole_sync(Core(laptop), office)
    assert [request.cursor for request in office.seen] == ["", "2", "4"]
    assert (tally.pulled, len(laptop.states)) == (5, 5)
    assert tally.changed == {("Goal", f"g{n}", "case") for n in range(5)}


def test_an_answer_that_brings_nothing_writes_nothing(
    laptop: MemoryLaptop, office: MemoryOffice
) -> None:
    core = Core(laptop)
    laptop.say("g1", CREATE)
    whole_sync(core, office)
    laptop.calls.clear()
    whole_sync(core, office)
    assert laptop.calls == []


def test_deferred_operations_wait_without_being_hammered(laptop: MemoryLaptop) -> None:
    office = MemoryOffice(last_dseq={"device-a": -5})  # an earlier one is missing there
    laptop.say("g1", CREATE)
    laptop.say("g2", CREATE)
    tally = whole_sync(Core(laptop), office)
    assert (tally.rounds, tally.pushed, tally.refused) == (1, 0, 0)
    assert len(laptop.outbox) == 2


def test_silence_is_no_answer(laptop: MemoryLaptop) -> None:
    """A reply without results settles nothing and does not make the laptop ask for ever."""
    laptop.say("g1", CREATE)
    core = Core(laptop)
    stranger = Result(op_id="another laptop's", status=Status.APPLIED)
    for results in ([], [stranger]):
        request = core.next_request(NOW)
        reply = SyncReply(epoch="epoch-1", results=results)
        assert not core.take_reply(request, reply, now=NOW, tally=Tally())
    assert len(laptop.outbox) == 1


def test_refused_ones_are_counted_and_never_block_the_rest(
    laptop: MemoryLaptop, office: MemoryOffice
) -> None:
    laptop.say("nobody knows me", own_words="lost")
    laptop.say("g1", CREATE, own_words="kept")
    tally = whole_sync(Core(laptop), office)
    assert (tally.pushed, tally.refused, len(laptop.refused)) == (1, 1, 1)
    assert list(office.records) == ["g1"]


def test_conflicts_are_counted(laptop: MemoryLaptop, office: MemoryOffice) -> None:
    other = MemoryLaptop("device-b")
    laptop.say("g1", CREATE, own_words="start")
    whole_sync(Core(laptop), office)
    whole_sync(Core(other), office)
    other.say("g1", own_words="hers")
    whole_sync(Core(other), office)
    laptop.say("g1", own_words="mine")
    tally = whole_sync(Core(laptop), office)
    assert (tally.pushed, tally.conflicts) == (1, 1)
    assert laptop.states["g1"].doc == {"own_words": "hers"}


def test_cases_that_left_are_removed_and_said_to_be_gone_once(laptop: MemoryLaptop) -> None:
    office = MemoryOffice(leaving=["case-1", "case-2"])
    laptop.cases = ["case-1"]  # of the other, something still waits here
    core = Core(laptop)
    tally = whole_sync(core, office)
    assert [request.purged for request in office.seen] == [[], ["case-1"]]
    assert tally.left == 1
    assert core.next_request(NOW).purged == []


def test_after_a_restore_everything_is_offered_again_and_pulled_from_the_start(
    laptop: MemoryLaptop, office: MemoryOffice
) -> None:
    core = Core(laptop)
    first = laptop.say("g1", CREATE, own_words="before the backup")
    whole_sync(core, office)
    later = laptop.say("g2", CREATE, own_words="after the backup")
    whole_sync(core, office)
    restored = MemoryOffice(epoch="epoch-2")
    restored.answer(Core(_having(first)).next_request(NOW))
    core.history_changed("epoch-2", now=NOW)
    request = core.next_request(NOW)
    assert (request.ops, request.cursor, request.token) == ([first, later], "", "")
    whole_sync(core, restored)
    assert set(restored.records) == {"g1", "g2"}
    assert laptop.outbox == []


def _having(*operations: object) -> MemoryLaptop:
    laptop = MemoryLaptop()
    laptop.outbox = list(operations)  # type: ignore[arg-type]
    return laptop


def test_a_crash_before_a_reply_is_kept_is_mended_by_the_next_round() -> None:
    laptop, office = MemoryLaptop(), MemoryOffice(page=2, leaving=["case-9"])
    laptop.cases = ["case-9"]
    for n in range(4):
        laptop.say(f"g{n}", CREATE, own_words=str(n))
    laptop.crash_at = "take_reply"
    core = Core(laptop)
    with pytest.raises(KeyboardInterrupt):
        whole_sync(core, office)
    whole_sync(Core(laptop), office)  # the program was started again
    assert (laptop.outbox, len(laptop.sent), laptop.cases) == ([], 4, [])
    assert {name: state.doc for name, state in laptop.states.items()} == {
        f"g{n}": {"own_words": str(n)} for n in range(4)
    }
    assert office.last == 4  # nothing was taken twice


@given(
    st.lists(
        st.tuples(st.sampled_from(["g1", "g2", "g3"]), st.text("abc", min_size=1, max_size=400)),
        max_size=40,
    ),
    st.sampled_from([600, 2000, LEAST_BATCH_BYTES]),
    st.integers(1, 4),
)
def test_what_comes_out_does_not_depend_on_how_it_was_cut_into_batches(
    edits: list[tuple[str, str]], batch: int, page: int
) -> None:
    def through(bytes_each: int, changes_each: int) -> object:
        laptop, office = MemoryLaptop(), MemoryOffice(page=changes_each)
        for name in ("g1", "g2", "g3"):
            laptop.say(name, CREATE)
        for name, words in edits:
            laptop.say(name, own_words=words)
        core = Core(laptop)
        core._batch_bytes = bytes_each
        whole_sync(core, office)
        docs = {name: (state.doc, state.rev) for name, (state, _) in office.records.items()}
        return docs, {n: s.doc for n, s in laptop.states.items()}, office.last

    assert through(batch, page) == through(MOST_BATCH_BYTES, 1000)
