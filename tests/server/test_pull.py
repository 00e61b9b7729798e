"""A laptop gets what is in its worker's care, all of it, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from casefield.records.headquarters import DeviceCase, OrgStream
from casefield.server import pull as pulling
from casefield.server.database import Database
from casefield.server.pull import HistoryChanged, Page
from casefield.sync.messages import RecordState
from tests.server.office import Line, Office, statuses


@pytest.fixture
def ana(office: Office) -> Line:
    return office.line("ana")


def person(line: Line, goals: int = 1) -> str:
    """Bring a person with some goals into a worker's care; return the case."""
    said = line.write.person(line.member.user_id)
    plan = [line.write.goal(said[0].id) for _ in range(goals)]
    assert set(statuses(line.push(*said, *plan))) == {"applied"}
    return said[0].id


def told(pages: list[Page]) -> list[RecordState]:
    return [change for page in pages for change in page.changes]


def of(case_id: str, pages: list[Page]) -> set[str]:
    """Return the ids of a person's records in pages."""
    return {change.id for change in told(pages) if change.case_id == case_id}


def small(pages: Callable[[], list[Page]], monkeypatch: pytest.MonkeyPatch, rows: int) -> Any:
    """Take pages while a page holds few rows."""
    monkeypatch.setattr(pulling, "PAGE", rows)
    return pages()


def test_a_first_pull_brings_everybody_in_care_and_all_colleagues(
    office: Office, ana: Line
) -> None:
    case_id = person(ana)
    hers = office.line("ben")
    person(hers)
    [page] = ana.pull_all()
    kinds = sorted(change.type for change in page.changes)
    assert (
        kinds
        == ["Assignment", "Device", "Device", "Goal", "Organization", "Patient"] + ["User"] * 2
    )
    assert {change.case_id for change in page.changes} == {None, case_id}
    assert [c.seq for c in page.changes] == sorted(c.seq for c in page.changes)


def test_nothing_new_is_nothing(ana: Line) -> None:
    person(ana)
    ana.pull_all()
    page = ana.pull()
    assert (page.changes, page.more, page.enter, page.leave) == ([], False, [], [])


def test_a_colleagues_change_comes_whole(office: Office, ana: Line) -> None:
    case_id = person(ana, 0)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    ben = office.line("ben")
    office.administration.assign(office.org, "ben", [case_id])
    ana.pull_all()
    ben.push(ben.write.change(goal, seen=1, was={}, barrier="Stairs"))
    [change] = [c for c in told(ana.pull_all()) if c.type == "Goal"]
    assert change.doc == goal.set | {"barrier": "Stairs"}
    assert (change.rev, change.case_id) == (2, case_id)


def test_own_words_come_back_without_their_content(office: Office, ana: Line) -> None:
    case_id = person(ana)
    ana.pull_all()
    goal = ana.write.goal(case_id)
    [result] = ana.push(goal)
    [change] = told(ana.pull_all())
    assert (change.id, change.doc, change.fmeta) == (goal.id, None, {})
    assert (change.rev, change.seq) == (result.rev, result.seq)


def test_own_words_merged_with_a_colleagues_come_whole(office: Office, ana: Line) -> None:
    case_id = person(ana, 0)
    goal = ana.write.goal(case_id)
    ana.push(goal)
    ben = office.line("ben")
    office.administration.assign(office.org, "ben", [case_id])
    ana.pull_all()
    ben.push(ben.write.change(goal, seen=1, was={}, barrier="Stairs"))
    ana.push(ana.write.change(goal, seen=1, was={}, outcome="Better"))
    [change] = [c for c in told(ana.pull_all()) if c.type == "Goal"]
    assert change.doc == goal.set | {"barrier": "Stairs", "outcome": "Better"}


def test_from_the_beginning_even_own_words_come_whole(office: Office, ana: Line) -> None:
    """Nothing proves that the laptop still has them."""
    person(ana)
    assert all(change.doc is not None for change in told(ana.pull_all()))


def test_another_laptop_of_the_same_worker_gets_everything(office: Office, ana: Line) -> None:
    case_id = person(ana, 3)
    second = office.line("ana")
    assert of(case_id, second.pull_all()) == of(case_id, ana.pull_all())


# -- care changes ------------------------------------------------------------------------------


def test_whoever_is_assigned_gets_the_person_whole(office: Office, ana: Line) -> None:
    case_id = person(ana, 3)
    ben = office.line("ben")
    ben.pull_all()
    office.administration.assign(office.org, "ben", [case_id])
    pages = ben.pull_all()
    assert pages[0].enter == [case_id]
    assert of(case_id, pages) == of(case_id, ana.pull_all())
    assert ben.pull().enter == []


def test_whoever_is_unassigned_is_told_to_let_go_until_it_did(office: Office, ana: Line) -> None:
    case_id = person(ana)
    ana.pull_all()
    office.administration.unassign(office.org, "ana", [case_id])
    for _ in range(2):
        page = ana.pull()
        assert (page.leave, of(case_id, [page])) == ([case_id], set())
    assert ana.pull(purged=[case_id]).leave == []
    assert ana.pull().leave == []


def test_who_comes_back_comes_whole(office: Office, ana: Line) -> None:
    case_id = person(ana, 3)
    before = of(case_id, ana.pull_all())
    office.administration.unassign(office.org, "ana", [case_id])
    ana.pull()
    ana.pull(purged=[case_id])
    office.administration.assign(office.org, "ana", [case_id])
    after = of(case_id, ana.pull_all())
    assert before < after  # and the new assignment


def test_a_lost_reply_about_entering_is_given_again(office: Office, ana: Line) -> None:
    case_id = person(ana, 3)
    ben = office.line("ben")
    ben.pull_all()
    office.administration.assign(office.org, "ben", [case_id])
    place = ben.cursor, ben.fence
    first = ben.pull()
    ben.cursor, ben.fence = place
    assert of(case_id, [ben.pull()]) == of(case_id, [first])


def test_nobody_outside_a_case_ever_hears_of_it(office: Office, ana: Line) -> None:
    ben = office.line("ben")
    case_id = person(ana)
    office.administration.assign(office.org, "ben", [case_id])
    ben.pull_all()
    office.administration.unassign(office.org, "ben", [case_id])
    ana.push(ana.write.goal(case_id), ana.write.goal(case_id))
    assert of(case_id, ben.pull_all()) == set()


def test_two_organisations_never_mix(office: Office, ana: Line) -> None:
    case_id = person(ana)
    there = office.administration.add_organization("Hillside", "America/Chicago")
    hillside = Office(office.database, office.clock, office.client, office.administration, there)
    boss = hillside.line("boss", "supervisor")
    assert {change.type for change in told(boss.pull_all())} == {"Device", "Organization", "User"}
    assert case_id not in {change.id for change in told(boss.pull_all())}


# -- pages ---------------------------------------------------------------------------------------


def test_pages_hold_as_much_as_was_asked_for_and_lose_nothing(office: Office, ana: Line) -> None:
    case_id = person(ana, 12)
    whole = {c.id for c in told(office.line("ana").pull_all())}
    pages = ana.pull_all(most=1000)
    assert len(pages) > 3
    assert {c.id for c in told(pages)} >= whole
    assert len(of(case_id, pages)) == 14
    for page in pages[:-1]:
        sizes = [len(msgspec.json.encode(change)) for change in page.changes]
        assert sum(sizes[:-1]) < 3000


@pytest.mark.parametrize("rows", [4, 8])
def test_entering_is_paged_and_goes_on_where_it_stopped(
    office: Office, ana: Line, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    cases = [person(ana, 4) for _ in range(3)]
    ben = office.line("ben")
    ben.pull_all()
    office.administration.assign(office.org, "ben", cases)
    pages = small(ben.pull_all, monkeypatch, rows)
    assert len(pages) >= 2
    hers = ana.pull_all()
    for case_id in cases:
        assert of(case_id, pages) == of(case_id, hers)
    ids = [change.id for change in told(pages)]
    assert len(ids) == len(set(ids))
    assert ben.pull().enter == []


def test_many_who_enter_share_one_pages_room(office: Office, ana: Line) -> None:
    cases = [person(ana, 6) for _ in range(5)]
    ben = office.line("ben")
    ben.pull_all()
    office.administration.assign(office.org, "ben", cases)
    pages = ben.pull_all(most=2500)
    assert len(pages) > 3
    assert max(len(page.changes) for page in pages) < 12


def test_who_enters_at_different_times_shares_it_too(office: Office, ana: Line) -> None:
    cases = [person(ana, 2) for _ in range(4)]
    ben = office.line("ben")
    ben.pull_all()
    pages = []
    for case_id in cases:
        office.administration.assign(office.org, "ben", [case_id])
        pages.append(ben.pull(most=1))
    pages += ben.pull_all(most=1)
    assert {len(page.changes) for page in pages[:-1]} == {1}
    hers = ana.pull_all()
    assert all(of(case_id, pages) == of(case_id, hers) for case_id in cases)


def test_a_change_while_a_person_enters_is_not_lost(
    office: Office, ana: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = person(ana, 6)
    ben = office.line("ben")
    ben.pull_all()
    office.administration.assign(office.org, "ben", [case_id])
    monkeypatch.setattr(pulling, "PAGE", 3)
    pages = [ben.pull()]
    added = ana.write.goal(case_id)
    ana.push(added)
    while pages[-1].more:
        pages.append(ben.pull())
    assert added.id in of(case_id, pages)
    assert of(case_id, pages) == of(case_id, ana.pull_all())


def test_a_large_scope_is_chosen_here_instead_of_in_sql(
    office: Office, ana: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [person(ana, 2) for _ in range(3)]
    foreign = person(office.line("ben"))
    expected = {c.id for c in told(ana.pull_all())}
    again = office.line("ana")
    monkeypatch.setattr(pulling, "MOST_IN_SQL", 1)
    pages = small(again.pull_all, monkeypatch, 4)
    assert {c.id for c in told(pages)} >= expected
    assert of(foreign, pages) == set()
    assert all(len(of(case_id, pages)) == 4 for case_id in cases)


# -- the history itself ---------------------------------------------------------------------------


def test_a_laptop_that_knows_more_than_headquarters_is_told(office: Office, ana: Line) -> None:
    person(ana)
    ana.pull_all()
    back = update(OrgStream).values(last=1)
    office.write(lambda connection: connection.execute(back))
    with pytest.raises(HistoryChanged):
        ana.pull()


@pytest.mark.parametrize(
    ("cursor", "fence"), [("nonsense", ""), (None, "0" * 16), (None, ""), (None, "none")]
)
def test_a_place_in_another_history_is_told(ana: Line, cursor: str | None, fence: str) -> None:
    person(ana)
    ana.pull_all()
    ana.cursor, ana.fence = cursor or ana.cursor, fence
    with pytest.raises(HistoryChanged):
        ana.pull()


# -- what it costs --------------------------------------------------------------------------------


def statements(database: Database) -> list[str]:
    said: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _u, text, *_: said.append(text)
    )
    return said


def test_an_idle_question_writes_nothing(office: Office, ana: Line) -> None:
    person(ana)
    ana.pull_all()
    before = office.rows(DeviceCase)
    said = statements(office.database)
    ana.pull()
    assert len(said) <= 8
    assert not [words for words in said if not words.startswith(("SELECT", "BEGIN DEFERRED"))]
    assert office.rows(DeviceCase) == before


def test_asking_does_not_grow_with_who_enters(office: Office, ana: Line) -> None:
    cases = [person(ana, 1) for _ in range(12)]
    counts = []
    for login, number in (("ben", 2), ("eve", 12)):
        line = office.line(login)
        line.pull_all()
        office.administration.assign(office.org, login, cases[:number])
        said = statements(office.database)
        line.pull()
        counts.append(len(said))
    assert counts[0] == counts[1]


@settings(max_examples=12)
@given(data=st.data())
def test_however_care_changes_each_laptop_holds_exactly_its_people(
    data: st.DataObject, sqlite_template: Any, open_office: Any, tmp_path_factory: Any
) -> None:
    """A laptop that does as it is told, whatever replies it loses."""
    file = tmp_path_factory.mktemp("h") / "headquarters.db"
    database = Database(str(shutil.copy(sqlite_template, file)))
    office = open_office(database)
    ana = office.line("ana")
    cases = [person(ana) for _ in range(3)]
    ben = office.line("ben")
    holds: dict[str, str | None] = {}
    purged: list[str] = []

    def pull() -> bool:
        nonlocal purged
        place = ben.cursor, ben.fence
        page = ben.pull(purged=list(purged), most=data.draw(st.sampled_from([300, 1_000_000])))
        if data.draw(st.booleans(), label="reply lost"):
            ben.cursor, ben.fence = place
            return True
        holds.update({change.id: change.case_id for change in page.changes})
        purged = page.leave
        for case_id in purged:
            for record_id in [i for i, of_case in holds.items() if of_case == case_id]:
                del holds[record_id]
        return page.more or bool(purged)

    for _ in range(data.draw(st.integers(1, 5))):
        case_id = data.draw(st.sampled_from(cases))
        deed = data.draw(
            st.sampled_from([office.administration.assign] * 2 + [office.administration.unassign])
        )
        deed(office.org, "ben", [case_id])
        for _ in range(data.draw(st.integers(0, 3))):
            pull()
    for _ in range(200):
        if not pull():
            break
    fresh = office.line("ben").pull_all()
    database.close()
    assert {i for i, case_id in holds.items() if case_id} == {
        change.id for change in told(fresh) if change.case_id
    }
