"""Merge: nothing overwritten unseen, nothing lost, the signed stays, clocks decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.document import merge_unit, unit_fields
from casefield.records.operation import Operation, OperationKind
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.worklist import Task
from casefield.sync.merge import Merged, Outcome, State, merge, merged_set

ANA, BEN, OFFICE = "ana's laptop", "ben's laptop", None
CREATE, CHANGE, SIGN, DELETE, WITNESS = OperationKind
NOON = "2026-11-10T17:00:00Z"
_number = iter(range(1, 1_000_000))


def op(kind: OperationKind, trunk: int = 1, **values: Any) -> Operation:
    """Return an operation on a Goal; `was` gives what its author saw before."""
    number = next(_number)
    was = values.pop("was", {})
    return Operation(
        op_id=f"op{number}", dseq=number, tx=f"tx{number}", type="Goal", id="g1", case_id="c1",
        kind=kind, trunk_revision=trunk, set=values, was=was, wall=NOON, actor_name="Ana",
    )  # fmt: skip


def change(trunk: int = 1, **values: Any) -> Operation:
    return op(CHANGE, trunk, **values)


def made(kind: Any = Goal, device: str | None = OFFICE, **values: Any) -> State:
    return merge(kind, None, op(CREATE, 0, **values), device=device).state


def both(state: State, theirs: Operation, mine: Operation, kind: Any = Goal) -> Merged:
    """Return what comes of Ana's operation after Ben's arrived first."""
    first = merge(kind, state, theirs, device=BEN)
    return merge(kind, first.state, mine, device=ANA)


# -- worked cases -----------------------------------------------------------------------------


def test_two_people_change_different_fields_silently() -> None:
    goal = made(own_words="walk to Mass", barrier="stairs")
    merged = both(
        goal,
        change(barrier="third floor", was={"barrier": "stairs"}),
        change(own_words="walk to the market", was={"own_words": "walk to Mass"}),
    )
    assert merged.outcome is Outcome.MERGED
    assert merged.disagreements == ()
    assert merged.state.doc == {"own_words": "walk to the market", "barrier": "third floor"}
    assert merged.state.rev == 3


def test_the_same_field_twice_keeps_the_first_and_holds_both() -> None:
    goal = made(own_words="walk to Mass")
    merged = both(
        goal,
        change(own_words="walk to church", was={"own_words": "walk to Mass"}),
        change(own_words="walk to the market", was={"own_words": "walk to Mass"}),
    )
    assert merged.outcome is Outcome.CONFLICT
    assert merged.state.doc == {"own_words": "walk to church"}
    (dispute,) = merged.disagreements
    assert dispute.unit == "own_words"
    assert dispute.base == {"own_words": "walk to Mass"}
    assert dispute.current == {"own_words": "walk to church"}
    assert dispute.proposed == {"own_words": "walk to the market"}
    assert dispute.current_op.startswith("op")


def test_the_same_value_twice_is_no_conflict() -> None:
    goal = made(barrier="stairs")
    merged = both(
        goal,
        change(barrier="third floor", was={"barrier": "stairs"}),
        change(barrier="third floor", was={"barrier": "stairs"}),
    )
    assert (merged.outcome, merged.disagreements) == (Outcome.MERGED, ())
    assert merged.state.rev == 2  # nothing changed, so there is no new revision


def test_a_value_that_went_and_came_back_is_no_conflict() -> None:
    goal = made(barrier="stairs")
    away = merge(Goal, goal, change(barrier="none"), device=BEN).state
    back = merge(Goal, away, change(2, barrier="stairs"), device=BEN).state
    mine = merge(Goal, back, change(barrier="dog", was={"barrier": "stairs"}), device=ANA)
    assert (mine.outcome, mine.state.doc) == (Outcome.MERGED, {"barrier": "dog"})


def test_a_devices_own_later_operations_never_conflict() -> None:
    goal = made(barrier="stairs")
    first = merge(Goal, goal, change(barrier="lift", was={"barrier": "stairs"}), device=ANA)
    second = merge(Goal, first.state, change(barrier="dog", was={"barrier": "lift"}), device=ANA)
    assert (second.outcome, second.state.doc) == (Outcome.APPLIED, {"barrier": "dog"})


def test_an_own_operation_does_not_hide_what_another_wrote_between() -> None:
    goal = made(barrier="stairs")
    first = merge(Goal, goal, change(barrier="lift", was={"barrier": "stairs"}), device=ANA)
    theirs = change(2, barrier="ramp", was={"barrier": "lift"})
    between = merge(Goal, first.state, theirs, device=BEN)
    # Ana's revision 2 is known to her only as her own: she has never pulled Ben's
    late = merge(Goal, between.state, change(barrier="dog", was={"barrier": "lift"}), device=ANA)
    assert late.outcome is Outcome.CONFLICT
    assert late.state.doc == {"barrier": "ramp"}


def test_taking_over_unread_needs_the_whole_truth_even_when_nothing_changes() -> None:
    """Agreeing by chance in one field is not having seen the others: the answer says merged."""
    goal = made(barrier="stairs")
    theirs = change(barrier="ramp", own_words="visit the sea")
    merged = both(goal, theirs, change(barrier="ramp", was={"barrier": "stairs"}))
    assert merged.outcome is Outcome.MERGED


DUE = {"due_at": "2026-11-13T15:40:00Z", "due_zone": "America/New_York"}


def test_a_group_never_mixes_one_half_with_anothers_other_half() -> None:
    """A moment and its zone are one: neither half may meet the other author's other half."""
    task = made(Task, **DUE)
    merged = both(
        task,
        change(due_zone="America/Denver", was={"due_zone": "America/New_York"}),
        change(due_at="2026-11-13T17:00:00Z", was={"due_at": DUE["due_at"]}),
        Task,
    )
    assert merged.outcome is Outcome.CONFLICT
    assert merged.state.doc["due_at"] == DUE["due_at"]
    (dispute,) = merged.disagreements
    assert dispute.unit == "due"
    assert dispute.current == {"due_at": DUE["due_at"], "due_zone": "America/Denver"}
    assert dispute.proposed == {"due_at": "2026-11-13T17:00:00Z", "due_zone": "America/Denver"}


def test_a_whole_group_said_twice_alike_is_no_conflict() -> None:
    task = made(Task, **DUE)
    new = {"due_at": "2026-11-14T17:00:00Z", "due_zone": "America/Denver"}
    merged = both(task, change(**new, was=DUE), change(**new, was=DUE), Task)
    assert (merged.outcome, merged.state.doc) == (Outcome.MERGED, new)


def test_a_whole_group_that_came_back_is_no_conflict() -> None:
    task = made(Task, **DUE)
    away = merge(Task, task, change(due_zone="America/Denver"), device=BEN).state
    back = merge(Task, away, change(2, due_zone="America/New_York"), device=BEN).state
    new = {"due_at": "2026-11-14T17:00:00Z", "due_zone": "America/Denver"}
    merged = merge(Task, back, change(**new, was=DUE), device=ANA)
    assert (merged.outcome, merged.state.doc) == (Outcome.MERGED, new)


def test_both_additions_to_a_list_stay() -> None:
    person = made(Patient, safety_flags=["dog"])
    merged = both(
        person,
        change(safety_flags=["dog", "no reception"], was={"safety_flags": ["dog"]}),
        change(safety_flags=["dog", "oxygen"], was={"safety_flags": ["dog"]}),
        Patient,
    )
    assert merged.outcome is Outcome.MERGED
    assert sorted(merged.state.doc["safety_flags"]) == ["dog", "no reception", "oxygen"]


def test_a_later_own_edit_of_a_list_keeps_what_was_merged_into_it_unseen() -> None:
    person = made(Patient, safety_flags=["dog"])
    first = both(
        person,
        change(safety_flags=["dog", "no reception"], was={"safety_flags": ["dog"]}),
        change(safety_flags=["dog", "oxygen"], was={"safety_flags": ["dog"]}),
        Patient,
    )
    again = change(safety_flags=["oxygen"], was={"safety_flags": ["dog", "oxygen"]})
    merged = merge(Patient, first.state, again, device=ANA)
    assert sorted(merged.state.doc["safety_flags"]) == ["no reception", "oxygen"]


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ([{"id": 1, "said": "no answer"}], [{"id": 1, "said": "reached"}]),
        ([], [{"id": 1, "said": "reached"}]),
        ([{"id": 1, "said": "no answer"}], []),
    ],
)
def test_the_same_member_touched_by_both_is_a_conflict(theirs: list[Any], mine: list[Any]) -> None:
    base = [{"id": 1, "said": "called"}]
    assert merged_set(base, theirs, mine) is None
    task = made(Task, attempts=base)
    merged = both(
        task,
        change(attempts=theirs, was={"attempts": base}),
        change(attempts=mine, was={"attempts": base}),
        Task,
    )
    assert merged.outcome is Outcome.CONFLICT
    assert merged.state.doc.get("attempts") == theirs
    assert merged.disagreements[0].proposed == {"attempts": mine}


def test_a_member_is_known_again_with_its_keys_in_another_order() -> None:
    here = [{"system": "mrn", "value": "1"}]
    there = [{"value": "1", "system": "mrn"}]
    assert merged_set(here, there, [*here, {"value": "2"}]) == [*there, {"value": "2"}]
    assert merged_set(here, there, []) == []


def test_clearing_a_field_is_a_value_like_any_other() -> None:
    goal = made(barrier="stairs")
    cleared = merge(Goal, goal, change(barrier=None, was={"barrier": "stairs"}), device=ANA)
    assert cleared.state.doc == {}
    assert cleared.previous == {"barrier": "stairs"}
    late = merge(Goal, cleared.state, change(barrier="dog", was={"barrier": "stairs"}), device=BEN)
    assert late.outcome is Outcome.CONFLICT
    assert late.disagreements[0].current == {"barrier": None}


def test_an_unknown_field_of_a_newer_version_is_kept() -> None:
    goal = made(own_words="walk", mood_of_2031="bright")
    merged = merge(Goal, goal, change(barrier="dog"), device=ANA)
    assert merged.state.doc["mood_of_2031"] == "bright"


def test_an_edit_of_an_unknown_record_is_set_aside_never_invented() -> None:
    for kind in (CHANGE, SIGN, DELETE):
        merged = merge(Goal, None, op(kind, barrier="dog"), device=ANA)
        assert merged.outcome is Outcome.QUARANTINED
        assert merged.reason


def test_a_record_is_not_made_twice() -> None:
    goal = made(barrier="stairs")
    again = merge(Goal, goal, op(CREATE, 0, barrier="dog"), device=BEN)
    assert (again.outcome, again.state) == (Outcome.QUARANTINED, goal)


def test_an_edit_wins_over_a_deletion_that_had_not_seen_it() -> None:
    goal = made(barrier="stairs")
    merged = both(goal, change(barrier="dog"), op(DELETE))
    assert (merged.outcome, merged.state.deleted) == (Outcome.CONFLICT, False)
    (dispute,) = merged.disagreements
    assert (dispute.current, dispute.proposed) == ({"deleted": False}, {"deleted": True})


def test_an_edit_that_had_not_seen_the_deletion_brings_the_record_back_and_says_so() -> None:
    goal = made(barrier="stairs")
    merged = both(goal, op(DELETE), change(barrier="dog", was={"barrier": "stairs"}))
    assert (merged.outcome, merged.state.deleted) == (Outcome.CONFLICT, False)
    assert merged.state.doc == {"barrier": "dog"}
    assert merged.patch == {"barrier": "dog", "deleted": False}
    (dispute,) = merged.disagreements
    assert (dispute.current, dispute.proposed) == ({"deleted": True}, {"deleted": False})


def test_an_edit_by_somebody_who_knew_of_the_deletion_is_set_aside() -> None:
    gone = merge(Goal, made(barrier="stairs"), op(DELETE), device=ANA).state
    by_the_deleter = merge(Goal, gone, change(barrier="dog"), device=ANA)
    by_a_reader = merge(Goal, gone, change(gone.rev, barrier="dog"), device=BEN)
    for merged in (by_the_deleter, by_a_reader):
        assert (merged.outcome, merged.state) == (Outcome.QUARANTINED, gone)


def test_what_is_deleted_twice_is_deleted_once() -> None:
    merged = both(made(barrier="stairs"), op(DELETE), op(DELETE))
    assert (merged.outcome, merged.state.rev) == (Outcome.APPLIED, 2)


@pytest.mark.parametrize("late", [change(barrier="dog"), op(SIGN, barrier="dog"), op(DELETE)])
def test_what_is_signed_stays_as_it_is(late: Operation) -> None:
    signed = merge(Goal, made(barrier="stairs"), op(SIGN, barrier="ramp"), device=ANA).state
    assert signed.signed
    merged = merge(Goal, signed, late, device=BEN)
    assert (merged.outcome, merged.state) == (Outcome.REJECTED, signed)
    assert "addendum" in merged.reason


def test_nobody_signs_what_another_changed_unseen() -> None:
    goal = made(barrier="stairs")
    merged = both(goal, change(own_words="sea"), op(SIGN, barrier="dog", was={"barrier": "stairs"}))
    assert merged.outcome is Outcome.CONFLICT
    assert not merged.state.signed
    assert merged.state.doc == {"barrier": "stairs", "own_words": "sea"}
    (dispute,) = merged.disagreements
    assert (dispute.unit, dispute.current) == ("signed", {"signed": False})
    assert dispute.proposed == {"signed": True, "barrier": "dog"}


def test_signing_what_was_deleted_unseen_brings_it_back_unsigned() -> None:
    merged = both(made(barrier="stairs"), op(DELETE), op(SIGN, barrier="dog"))
    assert merged.outcome is Outcome.CONFLICT
    assert (merged.state.deleted, merged.state.signed) == (False, False)
    assert {dispute.unit for dispute in merged.disagreements} == {"deleted", "signed"}


# -- properties -------------------------------------------------------------------------------

FIELDS = ("own_words", "barrier", "due_at", "due_zone", "attempts")
WORDS = st.sampled_from([None, "a", "b", "c"])
MEMBERS = st.lists(
    st.one_of(
        st.sampled_from(["x", "y", "z"]),
        st.builds(lambda i, v: {"id": i, "v": v}, st.integers(1, 2), st.integers(1, 3)),
    ),
    max_size=3,
    unique_by=lambda m: m["id"] if isinstance(m, dict) else m,
)


@dataclass(frozen=True)
class Move:
    """What one laptop does next: pull, edit, sign or delete."""

    device: str
    act: str
    values: dict[str, Any]


@st.composite
def moves(draw: st.DrawFn) -> list[Move]:
    """Return a story of edits and pulls on three laptops."""
    acts = st.sampled_from(["edit", "edit", "edit", "edit", "pull", "push", "delete", "sign"])
    story = []
    for _ in range(draw(st.integers(1, 12))):
        names = draw(st.sets(st.sampled_from(FIELDS), min_size=1, max_size=2))
        values = {n: draw(MEMBERS if n == "attempts" else WORDS) for n in sorted(names)}
        story.append(Move(draw(st.sampled_from("ABC")), draw(acts), values))
    return story


def laid(state: State, waits: Operation) -> State:
    """Return a state with an operation over it."""
    return replace(
        state,
        doc=state.doc | waits.set,
        signed=state.signed or waits.kind is SIGN,
        deleted=state.deleted or waits.kind is DELETE,
    )


@dataclass
class Laptop:
    """What a worker sees: headquarters' state as last pulled, with the own operations over it."""

    name: str
    seen: State
    waiting: list[Operation] = field(default_factory=list)

    @property
    def shown(self) -> State:
        shown = self.seen
        for waits in self.waiting:
            shown = laid(shown, waits)
        return shown

    def keep(self, taken: Operation) -> None:
        """Go on showing what headquarters took; the revision stays the one that was pulled."""
        self.seen = laid(self.seen, taken)

    def act(self, kind: OperationKind, values: dict[str, Any], wall: str) -> None:
        shown = self.shown
        if shown.signed or shown.deleted:
            return
        new = {n: v for n, v in values.items() if shown.doc.get(n) != v}
        if kind is CHANGE and not new:
            return
        was = {n: shown.doc[n] for n in new if shown.doc.get(n) is not None}
        said = op(kind, self.seen.rev, **new, was=was)
        self.waiting.append(msgspec.structs.replace(said, wall=wall, actor_name=self.name))


History = list[tuple[str, Operation, State, Merged]]


@dataclass
class World:
    """Headquarters and its history of one Task."""

    state: State
    history: History = field(default_factory=list)

    def take(self, laptop: Laptop) -> None:
        """Answer what waits; the laptop keeps showing what was taken until it pulls."""
        for waits in laptop.waiting:
            before = self.state
            merged = merge(Task, before, waits, device=laptop.name)
            self.state = merged.state
            self.history.append((laptop.name, waits, before, merged))
            if merged.outcome in {Outcome.APPLIED, Outcome.MERGED}:
                laptop.keep(waits)
        laptop.waiting.clear()


def told(story: list[Move], skew: dict[str, str] | None = None) -> World:
    """Play a story to its end, everybody pushing at last."""
    walls = skew or {}
    start = made(Task, own_words="start", due_at="start", due_zone="start", attempts=["x"])
    world = World(start)
    laptops = {name: Laptop(name, start) for name in "ABC"}
    kinds = {"edit": CHANGE, "delete": DELETE, "sign": SIGN}
    for move in story:
        laptop = laptops[move.device]
        if move.act in kinds:
            values = {} if move.act == "delete" else move.values
            laptop.act(kinds[move.act], values, walls.get(move.device, NOON))
        else:
            world.take(laptop)  # a pull comes with the push: one call does both
            if move.act == "pull":
                laptop.seen = world.state
    for laptop in laptops.values():
        world.take(laptop)
    return world


def last_writer(history: History, unit: set[str]) -> tuple[str, int] | None:
    """Return who changed a unit last, and the revision that made."""
    for device, _, _, merged in reversed(history):
        if unit & set(merged.patch):
            return device, merged.state.rev
    return None


@given(moves())
def test_nothing_a_person_saw_is_overwritten_by_one_who_had_not_seen_it(story: list[Move]) -> None:
    history = told(story).history
    for place, (device, waits, before, merged) in enumerate(history):
        for name in set(merged.patch) - {"attempts", "deleted"}:
            unit = {*unit_fields(Task, merge_unit(Task, name))}
            writer = last_writer(history[:place], unit)
            if writer and writer[0] != device and writer[1] > waits.trunk_revision:
                # another's unseen word gave way: only because all stood as the author saw it
                for other in unit:
                    assert before.doc.get(other) == waits.was.get(other)


@given(moves())
def test_no_edit_and_no_deletion_vanishes_unseen(story: list[Move]) -> None:
    history = told(story).history
    for place, (device, waits, before, merged) in enumerate(history):
        unseen = [
            past.state.rev
            for by, _, _, past in history[:place]
            if by != device and past.patch and past.state.rev > waits.trunk_revision
        ]
        if before.deleted and not merged.state.deleted:
            assert merged.outcome is Outcome.CONFLICT  # brought back, and said so
        if merged.state.deleted and not before.deleted:
            assert not unseen


@given(moves())
def test_no_member_added_by_another_goes_unseen(story: list[Move]) -> None:
    """What one added to a list leaves it only by somebody who saw it, or by a conflict."""
    for _, waits, before, merged in told(story).history:
        if "attempts" not in merged.patch:
            continue
        shown = waits.was.get("attempts") or []
        for member in before.doc.get("attempts") or []:
            if member not in (merged.state.doc.get("attempts") or []):
                assert member in shown


@given(moves())
def test_every_value_ever_said_can_be_found_again(story: list[Move]) -> None:
    world = told(story)
    for _, waits, before, merged in world.history:
        if merged.outcome in {Outcome.QUARANTINED, Outcome.REJECTED}:
            continue  # headquarters keeps the whole operation of these
        proposed = [dispute.proposed for dispute in merged.disagreements]
        for name, value in waits.set.items():
            kept = [merged.state.doc.get(name), *(values.get(name) for values in proposed)]
            if name == "attempts" and value not in kept:
                was, lists = waits.was.get(name) or [], [m for found in kept for m in found or []]
                assert all(member in lists for member in value if member not in was)
            else:
                assert value in kept
        # and what it replaced stands in the history
        for name in merged.patch:
            if name != "deleted":
                assert merged.previous[name] == before.doc.get(name)


@given(moves())
def test_what_is_signed_never_changes_again(story: list[Move]) -> None:
    for _, _, before, merged in told(story).history:
        if before.signed:
            assert merged.state == before


@given(moves())
def test_a_conflict_holds_what_stands_and_what_was_proposed(story: list[Move]) -> None:
    for _, waits, before, merged in told(story).history:
        assert bool(merged.disagreements) == (merged.outcome is Outcome.CONFLICT)
        for dispute in merged.disagreements:
            assert dispute.current != dispute.proposed
            if dispute.unit not in {"deleted", "signed"}:
                for name, value in dispute.current.items():
                    assert merged.state.doc.get(name) == value == before.doc.get(name)
                assert waits.set.items() <= dispute.proposed.items() or len(waits.set) > 1


@given(moves())
def test_a_laptop_alone_never_disagrees_with_itself(story: list[Move]) -> None:
    alone = [replace(move, device="A") for move in story]
    for _, waits, _, merged in told(alone).history:
        assert merged.outcome is Outcome.APPLIED
        assert merged.state.doc.items() >= {
            (n, v) for n, v in waits.set.items() if isinstance(v, str)
        }


@given(moves())
def test_clocks_decide_nothing(story: list[Move]) -> None:
    def shape(world: World) -> list[Any]:
        return [
            (merged.outcome, merged.state.doc, merged.state.deleted, merged.state.signed,
             [(d.unit, d.current, d.proposed) for d in merged.disagreements])
            for _, _, _, merged in world.history
        ]  # fmt: skip

    skewed = {"A": "2016-11-10T17:00:00Z", "B": "2036-11-10T17:00:00Z", "C": "never"}
    assert shape(told(story)) == shape(told(story, skewed))


@given(st.lists(MEMBERS, min_size=3, max_size=3))
def test_a_merged_list_is_what_both_wanted(lists: list[list[Any]]) -> None:
    base, theirs, mine = lists
    merged = merged_set(base, theirs, mine)
    if merged is None:
        return
    for member in merged:
        assert member in theirs or member in mine
    for kept in (theirs, mine):
        other = mine if kept is theirs else theirs
        for member in kept:
            if member not in base:
                assert member in merged  # an addition stays
            elif member in other:
                assert member in merged
    for member in base:
        if member not in theirs and member not in mine:
            assert member not in merged
