"""Whatever is done, sent, lost, refused or heard: a row is headquarters' word under what waits."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefield.errors import NotAllowed, NotFound
from casefield.records.base import new_id
from casefield.records.document import to_document
from casefield.records.laptop import OutboxOperation, SentOperation, Shadow
from casefield.records.operation import Operation, OperationKind
from casefield.records.planning import Goal
from casefield.sync.messages import Result
from casefield.vault import database, keys, keyslots
from casefield.vault.check import check
from casefield.vault.database import SETTINGS
from casefield.vault.outbox import WAITING, decode
from casefield.vault.vault import Vault
from tests.vault.conftest import CLOCK, NOW, PASSPHRASE, Hands, actor_of, answer, goal_of, state
from tests.vault.headquarters import FORBIDDEN, OTHER, Headquarters

WORDS = ("walk", "dance", None)
# as often as each stands here; most of it happens to one field of one goal, where it may collide
DEEDS = (
    *("edit", "colleague_edits", "push", "pull", "push_all", "pull_all") * 3,
    *("push_in_vain", "forbidden_edit") * 2,
    *("sign", "remove", "colleague_signs", "colleague_removes", "colleague_begins"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 11), st.sampled_from(WORDS)),
    min_size=12,
    max_size=30,
)
OFTEN = ("own_words", "own_words", "barrier")


class Laptop:
    """One laptop, a colleague, a line that loses replies, a headquarters that refuses."""

    def __init__(self, folder: Path) -> None:
        self.vault = Vault.open(folder, clock=CLOCK)
        self.vault.unlock(PASSPHRASE)
        self.ana = Hands(self.vault, actor_of(self.vault))
        self.there = Headquarters()
        self.cursor = 0
        self.goals = [self.ana.goal(own_words="walk"), self.ana.goal(own_words="dance")]
        self.pulled: dict[str, int] = {}
        self.seen: dict[str, int] = {}
        self._said()

    # -- people ---------------------------------------------------------------------------------

    def edit(self, dice: int, words: str | None) -> None:
        """Ana changes a goal, if it may be changed."""
        self._try(lambda goal: self.ana.change(Goal, goal, **{OFTEN[dice % 3]: words}), dice)

    def forbidden_edit(self, dice: int, words: str | None) -> None:
        """Ana says what headquarters refuses."""
        self.edit(dice, FORBIDDEN)

    def sign(self, dice: int, words: str | None) -> None:
        """Ana signs a goal."""
        self._try(lambda goal: self.ana.sign(Goal, goal, own_words=words), dice)

    def remove(self, dice: int, words: str | None) -> None:
        """Ana takes a goal back."""
        self._try(lambda goal: self.ana.remove(Goal, goal), dice)

    def colleague_edits(self, dice: int, words: str | None) -> None:
        """Ben changes what is at headquarters."""
        self._colleague(self._goal(dice), OperationKind.CHANGE, {OFTEN[dice % 3]: words})

    def colleague_signs(self, dice: int, words: str | None) -> None:
        """Ben signs what is at headquarters."""
        self._colleague(self._goal(dice), OperationKind.SIGN, {})

    def colleague_removes(self, dice: int, words: str | None) -> None:
        """Ben takes back what is at headquarters."""
        self._colleague(self._goal(dice), OperationKind.DELETE, {})

    def colleague_begins(self, dice: int, words: str | None) -> None:
        """Ben writes a goal down, which both go on with in the place of an older one."""
        self.goals.insert(0, new_id())
        self._colleague(self.goals[0], OperationKind.CREATE, goal_of(own_words=words))

    # -- the line -------------------------------------------------------------------------------

    def push(self, dice: int, words: str | None = None) -> None:
        """Some of what waits goes up, and is answered."""
        self.ana.answered(*self._offer(1 + dice % 3))

    def push_in_vain(self, dice: int, words: str | None) -> None:
        """Some of what waits goes up, and the reply is lost."""
        self._offer(1 + dice)

    def push_all(self, dice: int = 0, words: str | None = None) -> None:
        """All that waits goes up, and is answered."""
        self.ana.answered(*self._offer(99))

    def pull(self, dice: int, words: str | None = None) -> None:
        """A short page comes down."""
        self._page(1 + dice % 2)

    def pull_all(self, dice: int = 0, words: str | None = None) -> None:
        """Everything comes down."""
        self._page(99)

    # -- what must hold -------------------------------------------------------------------------

    def must_hold(self) -> None:
        """Rows are headquarters' word under what waits: its own where nothing waits any more."""
        waiting: dict[str, list[Operation]] = {}
        refused_births: set[str] = set()
        with self.vault.snapshot() as session:
            rows = {row.id: row for row in session.query(Goal)}
            shadows = {shadow.record_id: shadow for shadow in session.query(Shadow)}
            for said in session.query(OutboxOperation).order_by(OutboxOperation.dseq):
                operation = decode(said.body)
                if said.state == WAITING:
                    waiting.setdefault(said.record_id, []).append(operation)
                elif operation.kind is OperationKind.CREATE:
                    refused_births.add(said.record_id)
            session.expunge_all()
        for goal in self.goals:
            row, shadow, mine = rows.get(goal), shadows.get(goal), waiting.get(goal, [])
            if row is None:
                assert self.cursor < self.there.records[goal].seq
                continue
            assert (shadow is not None) == bool(mine and row.rev)
            document = to_document(row)
            if shadow is not None and not shadow.signed:
                assert document == _replayed(shadow.document or {}, mine)
            kept = self.there.records.get(goal)
            if kept is None or mine or goal in refused_births or self.cursor < self.there.last:
                continue
            assert (document, row.deleted, row.signed) == (
                kept.state.doc,
                kept.state.deleted,
                kept.state.signed,
            )
            assert row.rev <= kept.state.rev

    # -- inside ---------------------------------------------------------------------------------

    def _goal(self, dice: int) -> str:
        return self.goals[dice >= 10]

    def _offer(self, most: int) -> list[Result]:
        offered = self.vault.journal.pending(most=most, max_bytes=10**6)
        return self.there.take(offered, self.seen)

    def _page(self, most: int) -> None:
        states, self.cursor = self.there.page(self.cursor, most)
        self.ana.pulled(*states)
        self.pulled |= {told.id: told.rev for told in states}

    def _try(self, act: Callable[[str], object], dice: int) -> None:
        try:
            act(self._goal(dice))
        except (NotAllowed, NotFound):
            return
        self._said()

    def _said(self) -> None:
        for operation in self.ana.outbox():
            self.seen.setdefault(operation.op_id, self.pulled.get(operation.id, 0))

    def _colleague(self, goal: str, kind: OperationKind, fields: dict[str, Any]) -> None:
        kept = self.there.records.get(goal)
        if kept is None and kind is not OperationKind.CREATE:
            return
        self.there.colleague(
            Operation(
                op_id=new_id(),
                dseq=1,
                tx=new_id(),
                type="Goal",
                id=goal,
                case_id="c",
                kind=kind,
                trunk_revision=kept.state.rev if kept else 0,
                set=fields,
                was={n: kept.state.doc.get(n) for n in fields} if kept else {},
                wall="2026-11-10T18:00:00Z",
                actor_name=OTHER,
            )
        )


def _replayed(document: dict[str, Any], operations: list[Operation]) -> dict[str, Any]:
    for operation in operations:
        document = {**document, **operation.set}
    return {name: value for name, value in document.items() if value is not None}


@settings(max_examples=30)
@given(steps=STEPS)
def test_any_sequence_of_acts_and_answers(
    made: Path, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int, str | None]]
) -> None:
    hasty = [setting.replace("synchronous = FULL", "synchronous = OFF") for setting in SETTINGS]
    monkeypatch.setattr(database, "SETTINGS", hasty)  # this is not about power cuts, nor guesses
    monkeypatch.setattr(keyslots, "from_passphrase", _from_passphrase)
    with tempfile.TemporaryDirectory() as folder:
        laptop = Laptop(Path(shutil.copytree(made, Path(folder) / "p")))
        try:
            for deed, dice, words in [*steps, ("push_all", 0, None), ("pull_all", 0, None)]:
                getattr(laptop, deed)(dice, words)
                laptop.must_hold()
            assert not laptop.ana.outbox()
            assert all(finding.good for finding in check(laptop.vault))
        finally:
            laptop.vault.lock()


_from_passphrase = cache(keys.from_passphrase)


# -- starting over ----------------------------------------------------------------------------


@pytest.fixture
def restored(vault: Vault, ana: Hands) -> tuple[str, str]:
    """Return a goal of ours and one of a colleague's, before headquarters is restored."""
    mine = ana.goal(own_words="Walk")
    ana.all_taken(rev=1, seq=101)
    ana.change(Goal, mine, own_words="Dance")
    ana.all_taken(rev=2, seq=103)
    ana.pulled(
        state(Goal, mine, 103, rev=2),
        state(Goal, "theirs", 110, rev=5, doc=goal_of(own_words="lost by the restore")),
    )
    ana.change(Goal, "theirs", barrier="Knee")
    return mine, "theirs"


def test_everything_sent_is_offered_again_in_its_order(
    vault: Vault, ana: Hands, restored: tuple[str, str]
) -> None:
    before = ana.outbox()
    vault.journal.start_over(epoch="new", now=NOW)
    again = ana.outbox()
    assert [operation.dseq for operation in again] == [1, 2, 3]
    at_birth = [min(operation.trunk_revision, 1) for operation in before]
    assert [operation.trunk_revision for operation in again[2:]] == at_birth
    assert [operation.set for operation in again[2:]] == [operation.set for operation in before]
    with vault.snapshot() as session:
        assert session.query(SentOperation).count() == 0
    position = vault.journal.position()
    assert (position.epoch, position.cursor, position.fence, position.token) == ("new", "", "", "")
    assert all(finding.good for finding in check(vault))
    assert [waiting.said_at for waiting in vault.journal.waiting()] == [NOW] * 3


def test_lower_numbers_of_the_restored_history_are_news(
    vault: Vault, ana: Hands, restored: tuple[str, str]
) -> None:
    mine, theirs = restored
    vault.journal.start_over(epoch="new", now=NOW)
    ana.pulled(state(Goal, theirs, 90, rev=3, doc=goal_of(own_words="as it was backed up")))
    row = ana.row(Goal, theirs)
    assert row is not None
    assert (row.rev, row.seq) == (3, 90)
    assert ana.document(Goal, theirs) == goal_of(own_words="as it was backed up", barrier="Knee")
    first, second, third = ana.outbox()
    ana.answered(answer(first, "duplicate", rev=1, seq=80), answer(second, rev=2, seq=91))
    assert ana.document(Goal, mine) == goal_of(own_words="Dance")
    ana.answered(answer(third, rev=4, seq=92))
    assert ana.document(Goal, theirs) == goal_of(own_words="as it was backed up", barrier="Knee")


def test_until_it_is_pulled_an_edit_claims_to_have_seen_little(
    vault: Vault, ana: Hands, restored: tuple[str, str]
) -> None:
    """Revision 5 of the lost history is not revision 5 of the new one."""
    _, theirs = restored
    vault.journal.start_over(epoch="new", now=NOW)
    ana.change(Goal, theirs, own_words="Swim")
    assert ana.outbox()[-1].trunk_revision == 1


def test_offered_again_after_a_restore_nothing_seen_is_made_up(
    vault: Vault, ana: Hands, restored: tuple[str, str]
) -> None:
    """Answers may come before headquarters' word does: no row is laid over a guess."""
    mine, _ = restored
    vault.journal.start_over(epoch="new", now=NOW)
    _, second, _ = ana.outbox()
    ana.answered(answer(second, "conflict", rev=3, seq=0))
    assert ana.document(Goal, mine) == goal_of(own_words="Dance")
    ana.pulled(state(Goal, mine, 95, rev=3, doc=goal_of(own_words="Swim", status="active")))
    first, _ = ana.outbox()
    ana.answered(answer(first, "duplicate", rev=1, seq=80))
    assert ana.document(Goal, mine) == goal_of(own_words="Swim")


def test_starting_over_twice_is_as_once(
    vault: Vault, ana: Hands, restored: tuple[str, str]
) -> None:
    vault.journal.start_over(epoch="new", now=NOW)
    before = ana.outbox()
    vault.journal.start_over(epoch="newer", now=NOW)
    assert ana.outbox() == before
