"""What headquarters tells: stored whole, under what waits here, with the cursor or not at all."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import event, select

from casefield.records.conflict import Conflict
from casefield.records.laptop import RawUnknown
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.visit import Note
from casefield.sync.messages import RecordState
from casefield.vault.changes import State
from casefield.vault.journal import LONG_AGO
from casefield.vault.vault import Vault
from tests.vault.conftest import NOW, Hands, answer, goal_of, state


def raw(vault: Vault) -> dict[str, dict[str, object]]:
    with vault.snapshot() as session:
        rows = session.scalars(select(RawUnknown))
        return {row.record_id: msgspec.json.decode(row.body) for row in rows}


@pytest.fixture
def goal(ana: Hands) -> str:
    """Return a goal of headquarters, pulled at its number 5."""
    ana.pulled(state(Goal, "g", 5, rev=2, doc=goal_of(own_words="Walk", barrier="Knee")))
    return "g"


def test_a_record_that_is_new_here_is_stored_as_headquarters_has_it(ana: Hands) -> None:
    mark = {"": {"rev": 1, "by": "Ben"}}
    document = goal_of(own_words="Walk", due_on="2026-12-24", closed_at="2026-11-09T12:00:00.5Z")
    touched = ana.pulled(
        state(Goal, "g", 7, rev=3, doc={**document, "unheard_of": [1]}, fmeta=mark)
    )
    assert touched == {("Goal", "g", "c")}
    row = ana.row(Goal, "g")
    assert row is not None
    assert (row.rev, row.seq, row.case_id, row.fmeta) == (3, 7, "c", mark)
    assert row.extra == {"unheard_of": [1]}
    told = {**document, "unheard_of": [1], "closed_at": "2026-11-09T12:00:00.500000Z"}
    assert ana.document(Goal, "g") == told
    assert ana.outbox() == []
    assert ana.shadow("g") is None


def test_fields_of_a_newer_casefield_go_back_untouched(ana: Hands) -> None:
    ana.pulled(state(Goal, "g", 7, doc=goal_of(own_words="Walk", unheard_of={"a": 1})))
    ana.change(Goal, "g", own_words="Dance")
    assert ana.document(Goal, "g")["unheard_of"] == {"a": 1}  # type: ignore[index]
    assert ana.outbox()[0].set == {"own_words": "Dance"}
    ana.pulled(state(Goal, "g", 8, doc=goal_of(own_words="Walk")))
    assert ana.document(Goal, "g") == goal_of(own_words="Dance")


def test_a_newer_state_replaces_all_of_the_older(ana: Hands, goal: str) -> None:
    touched = ana.pulled(state(Goal, goal, 6, rev=3, doc=goal_of(own_words="Dance"), deleted=True))
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.rev, row.seq, row.deleted) == (3, 6, True)
    assert ana.document(Goal, goal) == goal_of(own_words="Dance")
    assert touched == {("Goal", goal, "c")}


@pytest.mark.parametrize("seq", [1, 5])
def test_what_is_older_or_known_changes_nothing(ana: Hands, goal: str, seq: int) -> None:
    assert ana.pulled(state(Goal, goal, seq, rev=1, doc=goal_of(own_words="Old"))) == frozenset()
    assert ana.document(Goal, goal) == goal_of(own_words="Walk", barrier="Knee")


def test_the_newest_of_a_page_counts_in_whatever_order(ana: Hands) -> None:
    ana.pulled(
        state(Goal, "g", 9, rev=2, doc=goal_of(own_words="new")),
        state(Goal, "g", 4, rev=1, doc=goal_of(own_words="old")),
    )
    row = ana.row(Goal, "g")
    assert row is not None
    assert (row.own_words, row.rev, row.seq) == ("new", 2, 9)


def test_only_what_looks_different_is_told(ana: Hands, goal: str) -> None:
    same = goal_of(own_words="Walk", barrier="Knee")
    assert ana.pulled(state(Goal, goal, 6, rev=3, doc=same)) == frozenset()
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.rev, row.seq) == (3, 6)


def test_what_waits_lies_over_what_comes(ana: Hands, goal: str) -> None:
    ana.change(Goal, goal, own_words="Dance")
    touched = ana.pulled(state(Goal, goal, 8, rev=3, doc=goal_of(own_words="Swim", barrier="Hip")))
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Hip")
    shadow = ana.shadow(goal)
    assert shadow is not None
    assert shadow.document == goal_of(own_words="Swim", barrier="Hip")
    assert (shadow.rev, shadow.seq) == (3, 8)
    assert touched == {("Goal", goal, "c")}
    assert ana.outbox()[0].trunk_revision == 2  # what was said before stays as it was said
    ana.change(Goal, goal, barrier="Back")
    assert ana.outbox()[1].trunk_revision == 3


def test_an_edit_that_waits_keeps_what_another_deleted(ana: Hands, goal: str) -> None:
    ana.change(Goal, goal, own_words="Dance")
    ana.pulled(state(Goal, goal, 8, rev=3, doc=goal_of(own_words="Walk"), deleted=True))
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.deleted, row.own_words) == (False, "Dance")
    ana.answered(answer(ana.outbox()[0], "rejected"))
    assert ana.row(Goal, goal).deleted  # type: ignore[union-attr]


def test_a_deletion_that_waits_stays_over_anothers_edit(ana: Hands, goal: str) -> None:
    ana.remove(Goal, goal)
    ana.pulled(state(Goal, goal, 8, rev=3, doc=goal_of(own_words="Swim")))
    assert ana.row(Goal, goal).deleted  # type: ignore[union-attr]


def test_what_is_signed_there_shows_no_change_that_waits_here(ana: Hands) -> None:
    note = ana.note(body="typed", status="draft")
    ana.all_taken()
    ana.change(Note, note, body="typed on")
    document = {"body": "signed elsewhere", "status": "signed", "author_id": ana.actor.user_id}
    ana.pulled(state(Note, note, 8, rev=3, doc=document, signed=True))
    row = ana.row(Note, note)
    assert row is not None
    assert (row.signed, row.body) == (True, "signed elsewhere")
    assert len(ana.outbox()) == 1


def test_our_own_words_come_back_as_a_number_only(ana: Hands) -> None:
    goal = ana.goal(own_words="Walk")
    ana.all_taken(rev=1, seq=7)
    assert ana.pulled(state(Goal, goal, 7, rev=1)) == frozenset()
    row = ana.row(Goal, goal)
    assert row is not None
    assert (row.rev, row.seq, row.own_words) == (1, 7, "Walk")


def test_our_own_words_under_others_that_wait(ana: Hands) -> None:
    """The first batch's echo says nothing of what is still on its way."""
    goal = ana.goal(own_words="Walk")
    ana.all_taken(rev=1, seq=7)
    ana.change(Goal, goal, own_words="Dance")
    ana.change(Goal, goal, barrier="Knee")
    first, second = ana.outbox()
    ana.pulled(state(Goal, goal, 9, rev=3))  # both were taken there, and the reply was lost
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Knee")
    ana.answered(
        answer(first, "duplicate", rev=2, seq=8), answer(second, "duplicate", rev=3, seq=9)
    )
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Knee")
    assert ana.shadow(goal) is None


def test_an_echo_of_what_was_never_here_is_nothing(ana: Hands) -> None:
    assert ana.pulled(state(Goal, "g", 7)) == frozenset()
    assert ana.row(Goal, "g") is None


def test_an_echo_of_what_was_never_here_has_all_compared_again(ana: Hands, goal: str) -> None:
    ana.pulled(state(Goal, goal, 8))
    assert ana.vault.journal.position().compared_at != LONG_AGO
    ana.pulled(state(Goal, goal, 9), state(Goal, "elsewhere", 10))
    assert ana.vault.journal.position().compared_at == LONG_AGO


def test_a_person_who_comes_back_with_work_waiting_is_stored_under_it(
    vault: Vault, ana: Hands
) -> None:
    """Offered again after a restore, the case itself having left this laptop before."""
    goal = ana.goal(own_words="Walk")
    ana.all_taken()
    ana.change(Goal, goal, own_words="Dance")
    ana.all_taken(rev=2, seq=2)
    assert ana.left("c") == ("c",)
    vault.journal.start_over(epoch="e2", now=NOW)
    ana.pulled(state(Goal, goal, 4, rev=3, doc=goal_of(own_words="Swim", barrier="Hip")))
    assert ana.document(Goal, goal) == goal_of(own_words="Dance", barrier="Hip")
    assert ana.shadow(goal).document["own_words"] == "Swim"  # type: ignore[union-attr,index]


def test_a_kind_of_a_newer_casefield_is_kept_raw(vault: Vault, ana: Hands) -> None:
    moonwalk = RecordState(type="Moonwalk", id="m", rev=1, seq=3, case_id="c", doc={"length": 3})
    ana.pulled(moonwalk, state(Goal, "g", 4, doc=goal_of()))
    ana.pulled(msgspec.structs.replace(moonwalk, seq=6, doc={"length": 4}))
    kept = raw(vault)["m"]
    assert (kept["type"], kept["seq"], kept["doc"]) == ("Moonwalk", 6, {"length": 4})
    assert ana.row(Goal, "g") is not None
    assert msgspec.json.decode(msgspec.json.encode(kept), type=State).doc == {"length": 4}


@pytest.mark.parametrize(
    "document",
    [
        {"own_words": "no status"},
        goal_of(due_on="next week"),
        goal_of(due_on=[2026]),
        goal_of(closed_at="2026-11-09T12:00:00"),
        goal_of(closed_at=[]),
    ],
)
def test_a_state_that_cannot_be_read_stops_nobody_else(
    vault: Vault, ana: Hands, goal: str, document: dict[str, object]
) -> None:
    ana.pulled(
        state(Goal, goal, 7, rev=3, doc=document),
        state(Goal, "new", 8, doc=document),
        state(Goal, "other", 9, doc=goal_of(own_words="Sing")),
    )
    assert ana.document(Goal, goal) == goal_of(own_words="Walk", barrier="Knee")
    assert ana.document(Goal, "other") == goal_of(own_words="Sing")
    assert set(raw(vault)) == {goal, "new"}
    assert vault.journal.position().cursor == "9"


def test_cursor_and_rows_come_together_or_not_at_all(
    vault: Vault, ana: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casefield.vault import standing

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(standing, "move", fail)
    with pytest.raises(ZeroDivisionError):
        ana.pulled(state(Goal, "g", 7, doc=goal_of()))
    monkeypatch.undo()
    assert ana.row(Goal, "g") is None
    ana.pulled(state(Goal, "g", 7, doc=goal_of()))
    position = vault.journal.position()
    assert (position.cursor, position.fence, position.epoch) == ("7", "f", "e")


def test_a_person_who_changes_hands_keeps_her_case(ana: Hands) -> None:
    ana.pulled(
        RecordState(type="Patient", id="p", rev=1, seq=3, case_id="p", doc={"given_name": "Rosa"})
    )
    ana.pulled(state(Conflict, "x", 4, case_id="p", doc={"status": "open", "base": {"a": [1]}}))
    assert ana.row(Patient, "p").case_id == "p"  # type: ignore[union-attr]
    assert ana.row(Conflict, "x").base == {"a": [1]}  # type: ignore[union-attr]


def test_a_page_costs_a_fixed_number_of_statements(vault: Vault, ana: Hands) -> None:
    ids = [f"g{n}" for n in range(300)]
    ana.pulled(*(state(Goal, i, n, doc=goal_of()) for n, i in enumerate(ids, start=1)))
    with vault.work(ana.actor, "many edits") as work:
        for goal in work.find(Goal)[:150]:
            work.change(goal, own_words="Dance")
    news = [state(Goal, i, n, doc=goal_of(barrier="Knee")) for n, i in enumerate(ids, start=400)]
    news += [state(Goal, f"h{n}", 800 + n, doc=goal_of()) for n in range(100)]
    statements: list[str] = []
    engine = vault._engine
    assert engine is not None
    listen = lambda _c, _x, statement, *_: statements.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    ana.pulled(*news)
    event.remove(engine, "before_cursor_execute", listen)
    assert len([s for s in statements if not s.startswith("UPDATE goal SET ")]) < 30
    assert len(statements) < 30 + 300  # each row that looks different is written once
    assert ana.document(Goal, "g299") == goal_of(barrier="Knee")
    assert ana.document(Goal, "g0") == goal_of(own_words="Dance", barrier="Knee")
